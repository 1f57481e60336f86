import facts from '../../../../resources/starter/facts.json'
import { article, numberWord } from '../../english.ts'
import type { Plot } from './plot.ts'
import { projects, travelSights } from './learning-data.ts'

const school = `
[opening] {In school, [he] sat next to [f].|[He] went to the little school on the hill. [F] was in [his] class.|Every morning [he] walked to school with [f].}

[oneDay] the teacher{, Miss Bell,|, Mr. Hill,|} {said, "Today we will play a game. |came in with a {big box|red ball|small bell}. "Let us play," the teacher said. "}`

const praise = '{"Very good!"|"That is right!"|"Well done, [hero]!"|"Yes, [hero]!"} said the teacher.'

/** Plots that carry small facts: opposites, plurals, past forms, sums, capitals, days. */
export const learningPlots: readonly Plot[] = [
  {
    id: 'school-opposites',
    heroes: ['child'],
    vars: (rng) => pairs('abc', rng.shuffle([...facts.opposites])),
    text: `${school}{I say a word, and you say the opposite.|You tell me the opposite of my word.} {What is the opposite of [a0]?|The first word is [a0].}"

{"[A1]!" {called|said|shouted} [hero].|"The opposite of [a0] is [a1]," said [hero].}

${praise} {"And what is the opposite of [b0]?"|"Now the opposite of [b0]!"}

{[F] put up [f.his] hand. "[B1]," [f.he] said.|"It is [b1]," said [f].|"It is [b1], of course," said [f].}

{Then it was harder. "[C0]?" asked the teacher. [hero] {thought and thought|did not know it}. [F] {whispered in [his] ear|wrote something on a piece of paper}. "[C1]!" said [hero].|"[C0]," said the teacher. Everyone was quiet. Then [hero] and [f] both said, "[C1]!"|"And the opposite of [c0]?" Nobody knew it. "The opposite of [c0] is [c1]," said the teacher.}

{On the way home, they played the game again. "[A0] and [a1]," said [hero]. "[B0] and [b1]," said [f].|[endOfDay] [hero] asked [adult], "What is the opposite of [a0]?" [Adult] laughed and said, "[A1]."|In the end, everyone got a {star|sticker|cookie}.}
{[hero] loved words, and [he] learned new ones every day.|[learned] that {learning is a game|words come in pairs, like shoes|it is fun to learn with a friend}.|}
`,
  },
  {
    id: 'school-plurals',
    heroes: ['child'],
    vars: (rng) => pairs('abc', rng.shuffle([...facts.plurals])),
    text: `${school}{I say one, and you say many.|One thing, many things. Let us see who knows it.} {One [a0], two ...?|If I have one [a0] and get one more, then I have two ...?}"

{"Two [a1]!" {called|said|shouted} [hero].|"One [a0], two [a1]," said [hero].}

${praise} {"And one [b0], two ...?"|"Now one [b0], and then many ...?"}

{[F] put up [f.his] hand. "[B1]," [f.he] said.|"It is [b1]," said [f]. "One [b0], two [b1]."}

{The last word was [c0]. {[hero] thought hard.|Everyone was quiet.|} "One [c0], three [c1]!" said [hero].|Then [hero] had a question. "What do you call more than one [c0]?" [he] asked. "[C1]," said the teacher.|"And if you see one [c0] and then another [c0]?" asked the teacher.

"Then I see two [c1]," said [hero].}

{On the way home, they looked for things to count. {"One [a0], two [a1]," said [hero].|"I see many [b1]!" said [f].}|At home, [hero] drew a picture with one [a0] and three [b1].|[endOfDay] [hero] told [adult] about [a1] and [b1].}
{[hero] loved words, and [he] learned new ones every day.|[learned] that {learning is a game|one is good, but many are better|it is fun to learn with a friend}.|}
`,
  },
  {
    id: 'school-sums',
    heroes: ['child'],
    vars: (rng) => {
      const a = 1 + rng.int(9)
      const b = 1 + rng.int(9)
      const c = 3 + rng.int(8)
      const d = 1 + rng.int(c - 2)
      const wrong = a + b + (rng.next() < 0.5 ? 1 : -1)
      return {
        ...pairs('pq', rng.shuffle([...facts.pasts])),
        ...{
          a: `${a}`,
          b: `${b}`,
          sum: `${a + b}`,
          wrong: `${wrong}`,
          slip: rng.next() < 0.5 ? 'yes' : '',
          c: `${c}`,
          d: `${d}`,
          rest: `${c - d}`,
        },
      }
    },
    text: `${school}I ask, and you answer. What is [a] + [b]?"

{?slip:"It is [wrong]!" called [hero].

"Almost," said the teacher. "Count again."

[hero] counted on [his] fingers. "[sum]!" [he] said.|{[hero] counted on [his] fingers. "[sum]," [he] said.|"[sum]!" said [hero] at once.}}

{"Right! [a] + [b] = [sum],"|"That is right! [a] plus [b] is [sum],"} said the teacher. {"And what is [c] - [d]?"|"You have [c] apples and eat [d] of them. How many apples do you have now?"}

{[F] put up [f.his] hand. "[rest]," [f.he] said.|"[rest]," said [f].|[F] drew [c] dots and crossed out [d]. "[rest]," [f.he] said.}

{"Yes! [c] - [d] = [rest]," said the teacher.|"Good work, [f]!" said the teacher. "[c] minus [d] is [rest]."}

{Then they talked about yesterday. "Today I [p0]," said the teacher, "but yesterday I ...?"

"Yesterday I [p1]," said [hero].|The teacher went on. "Today I [p0]. Yesterday I [p1]. And now you: today I [q0], but yesterday I ...?"

"Yesterday I [q1]!" said [f].|"Now a word game," said the teacher. "Today we [q0], and yesterday we ...?"

"We [q1]!" the children {called|said}.}

{When the bell rang, [hero] was surprised. "Is it over already?" [he] asked.|At home, [hero] told [adult] about it. {?slip:"I was wrong once," [he] said, "but then I got it right."|"I knew the answer," [he] said.}|[hero] and [f] walked home together and counted their steps.|On the way home, [hero] and [f] asked each other more and more.}
{[learned] that {a mistake is not the end|you can count on your fingers, and on your friends|it is good to count twice}.|[proud]|}
`,
  },
  {
    id: 'market',
    heroes: ['child', 'animal'],
    vars: (rng) => {
      const n = 4 + rng.int(7)
      const first = 1 + rng.int(2)
      const second = 1 + rng.int(n - first - 1)
      const [one, many] = rng.pick([
        ['apple', 'apples'],
        ['egg', 'eggs'],
        ['plum', 'plums'],
        ['pear', 'pears'],
        ['bun', 'buns'],
        ['cookie', 'cookies'],
        ['nut', 'nuts'],
        ['carrot', 'carrots'],
        ['peach', 'peaches'],
        ['potato', 'potatoes'],
      ] as const)
      const left = n - first - second
      const count = (k: number) => `${numberWord(k)} ${k === 1 ? one : many}`
      return {
        all: count(n),
        first: count(first),
        second: count(second),
        middle: count(n - first),
        left: count(left),
        many,
        leftIs: left === 1 ? 'is' : 'are',
        middleWas: n - first === 1 ? 'was' : 'were',
        n: numberWord(n),
        leftWord: numberWord(left),
        seller: rng.pick([
          'the old farmer',
          'a friendly woman',
          'the baker',
          'a man with a long beard',
          'a girl with a red cap',
        ]),
      }
    },
    text: `
[opening] {One day, [adult] said, "Please go to the market and get [all]."|"We need [all]," said [adult]. "Can you get them?"|[oneDay] [adult] gave [him] a basket and said, "Bring me [all], please."} {"Yes, I can do that," said [hero].|[hero] was proud that [he] could go alone.|}

{At the market, [he] bought [all] from [seller].|[He] went to the market. There [seller] sold [many]. [hero] counted them: "[N]!"|[seller] counted [all] into the basket.} {[weather]|The basket was heavy.|}

On the way home, [he] met {[f.full]|[f.full], who looked tired}. {"I am so hungry," said [f].|"I have had no breakfast," said [f].|"Those look good," said [f].} {[hero] gave [f.him] [first].|"Here you are," said [hero] and gave [f.him] [first].} Now there [middleWas] [middle] in the basket.

{Then [he] saw an old woman on a bench. [He] gave her [second].|Then [he] came to a poor family by the road. [He] gave them [second].|Near the bridge sat an old man with an empty bag. [hero] put [second] into it.}

At home, [adult] looked into the basket. {"There [leftIs] only [left]," [adult.he] said. "What happened?"|"I asked for [all], but I see only [left]," [adult.he] said.}

{[hero] told {[adult.him] everything|the whole story}.|"I met hungry people on the way," said [hero].} {"Then it is just right," said [adult]. "[left] in the basket and a good deed on top."|[Adult] [smiled]. "[leftWord] will be enough for us," [adult.he] said.|"You have a good heart," said [adult], and [adult.he] made a {little|small} cake{ with what was left|}.}
{[learned] that {what you give away is not lost|a light basket can go with a light heart}.|It was a small cake, but it tasted very good.|}
`,
  },
  {
    id: 'week',
    heroes: ['child', 'animal'],
    vars: (rng) => {
      const project = rng.pick(projects)
      const start = rng.int(3)
      const day = (i: number) => facts.days[start + i]!
      const [s1, s2, s3, s4] = project.steps
      return {
        d1: day(0),
        d2: day(1),
        d3: day(2),
        d4: day(3),
        d5: day(4),
        thing: project.thing,
        s1,
        s2,
        s3,
        s4,
        end: project.end,
      }
    },
    text: `
[opening] {One week, [he] wanted to make [thing].|"This week I will make [thing]," [he] said.|[He] wanted to make [thing], but it was a lot of work.} {"How long will it take?" asked [his] friend [f.full].|"You cannot do that in one day," said [his] friend [f.full].|"May I help you?" asked [his] friend [f.full].} {"One step each day," said [hero].|"I will do a little every day," said [hero].|}

On [d1], [he] [s1]. {That was {easy|fun}.|[He] was tired in the evening.|} On [d2], [he] [s2]. {[F] helped [him].|It took all day.|[weather]|}

{On [d3], it rained, so [he] {stayed inside and rested|only looked at it from the window}.|On [d3], [he] made a mistake and had to do it again.|On [d3], [he] wanted to stop. "It is too much work," [he] said.} {"Do not stop now," said [f]. "You are halfway there."|"Tomorrow is a new day," said [adult].|"Look how much you have done," said [f].}

On [d4], [he] [s3]. {It looked {good|better and better}.|Now you could see what it would be.|} {And on [d5], [he] [s4].|On [d5], the last day, [he] [s4].} {It was done!|Then it was ready!|"Done!" said [hero].}

{[F] and [adult] came to see it. [End].|Everyone came to look. [End].|[yay] cried [f]. [End].} {"What will you make next week?" asked [f]. [hero] laughed. "Nothing! Next week I will rest."|"Five days of work," said [hero], "and it was worth it."|[proud]}
{[learned] that {a big job is made of small steps|a little every day is a lot in the end}.|}
`,
  },
  {
    id: 'traveler',
    heroes: ['animal', 'child'],
    vars: (rng) => {
      const [a, b] = rng.shuffle([...facts.capitals])
      const guest = rng.pick(['crow', 'swallow', 'parrot', 'stork', 'seagull'])
      const [sight1, sight2] = rng.shuffle([...travelSights])
      return {
        country1: a![0]!,
        city1: a![1]!,
        country2: b![0]!,
        city2: b![1]!,
        guest,
        aGuest: `${article(guest)} ${guest}`,
        sight1: sight1!,
        sight2: sight2!,
      }
    },
    text: `
[opening] {But [he] had never been far away.|[He] often dreamed of other countries.|[He] wanted to know what was behind the hills.}

[oneDay] [aGuest] {sat down on the roof|landed on the fence|came to rest in the garden}. {It had flown a long way.|Its feathers were full of dust.|It looked very tired.} {"Where do you come from?" asked [hero].|[hero] gave it some water and asked, "Have you seen the world?"|"Tell me about the world," said [hero].}

{"I come from [country1]," said the [guest]. "The capital of [country1] is [city1]. There I saw [sight1]."|"First I was in [city1]," said the [guest]. "That is the capital of [country1]. I saw [sight1] there."|"I have seen a lot," said the [guest]. "In [country1] I flew to [city1], the capital. I saw [sight1]."}

{"And then?" asked [hero].|"Where else were you?" asked [hero].|"Go on!" said [f.full], who was listening, too.}

{"Then I flew to [country2]," said the [guest]. "Its capital is [city2]. I saw [sight2], and I slept on a tower."|"After that I saw [city2], the capital of [country2]," said the [guest]. "There I saw [sight2]."} {"Which place is the best?" asked [hero].|"Did you like it better than here?" asked [hero].|"I want to go there, too!" said [hero].}

{"Every place is beautiful," said the [guest], "but the best one is where your friends are."|The [guest] thought for a while. "The best place is the one where someone gives you water," it said.|"One day you will," said the [guest]. "The world is big, and it is waiting for you."}
{The next morning, the [guest] was gone. Only a {blue|black|white|gray} feather lay there. |In the evening, the [guest] flew on, and [hero] waved for a long time. |}{"[City1] is the capital of [country1], and [city2] is the capital of [country2]," [hero] said to [adult]. "One day I will see them!"|[hero] drew a map with [city1] and [city2] on it and hung it on the wall.|[hero] told everyone about [city1] and [city2].}
`,
  },
]

/** Variables `a0`, `a1`, `b0`, `b1`, ... for the first pairs of a table. */
function pairs(names: string, table: readonly string[][]): Record<string, string> {
  return Object.fromEntries([...names].flatMap((name, i) => [0, 1].map((k) => [`${name}${k}`, table[i]![k]!])))
}
