import cast from '../../../resources/starter/cast.json'
import little from '../../../resources/starter/little-stories.json'
import phrasings from '../../../resources/starter/phrasings.json'
import type { Rng } from '../../random/rng.ts'
import { fixArticles } from '../english.ts'
import { capitalise, expand } from '../template.ts'
import { drawFacts, type Fact, sample, type Task } from './task.ts'

/** Rewriting of sentences, questions about a very short story, and telling one. */
export function sentenceTasks(rng: Rng): Task[] {
  return [
    { facts: drawFacts(200, () => rewrite(rng, asQuestion)), phrasings: phrasings.toQuestion, times: 1 },
    { facts: drawFacts(200, () => rewrite(rng, asNegative)), phrasings: phrasings.toNegative, times: 1 },
    {
      facts: drawFacts(560, () => rng.pick([oneEvent, twoOwners, feeling])(rng)),
      phrasings: phrasings.story,
      times: 1,
    },
    { facts: drawFacts(120, () => shortStory(rng)), phrasings: phrasings.tellStory, times: 1 },
  ]
}

type Statement = { subject: string; be: string; state: string }

function rewrite(rng: Rng, change: (statement: Statement) => string): Fact {
  const statement = { subject: rng.pick(little.subjects), be: rng.pick(['is', 'was']), state: rng.pick(little.states) }
  return { vars: { sentence: `${statement.subject} ${statement.be} ${statement.state}.` }, output: change(statement) }
}

function asQuestion({ subject, be, state }: Statement): string {
  return `${capitalise(be)} ${subject.replace(/^The /, 'the ')} ${state}?`
}

function asNegative({ subject, be, state }: Statement): string {
  return `${subject} ${be} not ${state}.`
}

/** "Mia found a red ball in the garden." and a question for one of its parts. */
function oneEvent(rng: Rng): Fact {
  const who = anyone(rng)
  const verb = rng.pick(little.verbs)
  const [color, thing, place] = [rng.pick(little.colors), rng.pick(little.things), rng.pick(little.places)]
  const story = `${who} ${verb.past} a ${color} ${thing} ${place}.`
  return question(
    story,
    rng.pick([
      [`Who ${verb.past} the ${thing}?`, who],
      [`Where did ${who} ${verb.base} the ${thing}?`, place],
      [`What did ${who} ${verb.base}?`, `a ${color} ${thing}`],
      [`What color was the ${thing}?`, color],
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
  const place = rng.pick(little.places)
  const story = `${girl} and ${boy} were ${place}. ${girl} was ${her}, but ${boy} was ${his}.`
  return question(
    story,
    rng.pick([
      [`Who was ${her}?`, girl],
      [`Who was ${his}?`, boy],
      [`Where were ${girl} and ${boy}?`, place],
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

function shortStory(rng: Rng): Fact {
  const vars = { kind: rng.pick(little.kinds), thing: rng.pick(little.things) }
  const color = rng.pick(little.colors)
  const text = `One day, a [kind] found a ${color} [thing] ${rng.pick(little.places)}. ${rng.pick(little.middles)} ${rng.pick(little.endings)}`
  return { vars, output: fixArticles(expand(text, vars, rng)) }
}
