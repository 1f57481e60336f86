import cast from '../../../resources/starter/cast.json'
import little from '../../../resources/starter/little-stories.json'
import phrasings from '../../../resources/starter/phrasings.json'
import type { Rng } from '../../random/rng.ts'
import { fixArticles } from '../english.ts'
import { drawFacts, type Fact, sample, type Task } from './task.ts'

/** Sentences turned into their negative, and questions about a very short story. */
export function sentenceTasks(rng: Rng): Task[] {
  return [
    { facts: drawFacts(60, () => negation(rng)), phrasings: phrasings.toNegative, times: 1 },
    {
      facts: drawFacts(100, () => rng.pick([oneEvent, twoOwners, feeling])(rng)),
      phrasings: phrasings.story,
      times: 1,
    },
  ]
}

function negation(rng: Rng): Fact {
  const [subject, be, state] = [rng.pick(little.subjects), rng.pick(['is', 'was']), rng.pick(little.states)]
  return { vars: { sentence: `${subject} ${be} ${state}.` }, output: `${subject} ${be} not ${state}.` }
}

/** "Mia found a red ball." or "Mia found a ball in the garden.", and a question for one of its parts. */
function oneEvent(rng: Rng): Fact {
  const who = anyone(rng)
  const verb = rng.pick(little.verbs)
  const [thing, color, place] = [rng.pick(little.things), rng.pick(little.colors), rng.pick(little.places)]
  if (rng.next() < 0.5) {
    return question(
      `${who} ${verb.past} a ${color} ${thing}.`,
      rng.pick([
        [`Who ${verb.past} the ${thing}?`, who],
        [`What color was the ${thing}?`, color],
      ]),
    )
  }
  return question(
    `${who} ${verb.past} a ${thing} ${place}.`,
    rng.pick([
      [`Who ${verb.past} the ${thing}?`, who],
      [`Where was the ${thing}?`, place],
      [`What did ${who} ${verb.base}?`, `a ${thing}`],
    ]),
  )
}

/** Two people with two things: the answer depends on who or what was asked. */
function twoOwners(rng: Rng): Fact {
  const [one, other] = rng.shuffle([rng.pick(cast.girls), rng.pick(cast.boys)])
  const [thing1, thing2] = sample(little.things, 2, rng)
  const story = `${one} had a ${thing1}. ${other} had a ${thing2}.`
  return question(
    story,
    rng.pick([
      [`Who had the ${thing1}?`, one!],
      [`Who had the ${thing2}?`, other!],
      [`What did ${one} have?`, `a ${thing1}`],
      [`What did ${other} have?`, `a ${thing2}`],
    ]),
  )
}

function feeling(rng: Rng): Fact {
  const [girl, boy] = [rng.pick(cast.girls), rng.pick(cast.boys)]
  const [her, his] = sample(little.feelings, 2, rng)
  const story = `${girl} was ${her}. ${boy} was ${his}.`
  return question(
    story,
    rng.pick([
      [`Who was ${her}?`, girl],
      [`Who was ${his}?`, boy],
      [`How did ${girl} feel?`, her!],
      [`How did ${boy} feel?`, his!],
    ]),
  )
}

function question(story: string, [text, answer]: readonly string[]): Fact {
  return { vars: { story, question: text! }, output: fixArticles(answer!) }
}

function anyone(rng: Rng): string {
  return rng.pick(rng.pick([cast.girls, cast.boys]))
}
