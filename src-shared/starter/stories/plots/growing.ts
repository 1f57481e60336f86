import scenarios from '../../../../resources/starter/scenarios.json'
import type { Plot } from './plot.ts'

/** Plots about trying, waiting, wondering and wishing. */
export const growingPlots: readonly Plot[] = [
  {
    id: 'skill',
    heroes: ['child', 'animal'],
    scenarios: scenarios.skill,
    text: `
[opening] {More than anything, [he] wanted to [skill].|All the others could [skill], but [hero] could not.|[He] had only one wish: [he] wanted to [skill].}

[oneDay] {[he] tried it for the first time.|[he] said, "Today I will [skill]!"|[he] began to practice.} {But [fail1].|It did not go well. [Fail1].|It looked easy. But [fail1].} {[He] tried again, and [fail2].|The second time, [fail2].|[He] did it again. This time [fail2].} {"I will never learn it!" {said|cried} [hero].|"I give up," said [hero].|[hero] was angry. "It is too hard," [he] said.}

{[His] friend [f.full] {was watching|saw it all|came over}. "Do not give up," [f.he] said.|"It was hard for me, too," said [his] friend [f.full].|"Nobody can do it the first time," said [his] friend [f.full].} {"[Tip]."|"Try this: [tip]."|"I will tell you a secret: [tip]."}

{So [hero] tried it that way.|[hero] wiped [his] {face|nose} and tried once more.|"All right," said [hero]. "One more time."} {[He] practiced on Monday. [He] practiced on Tuesday. [He] practiced all week.|Every day [he] practiced {a little|for an hour}.|[He] practiced in the morning and in the evening.} {Day by day it got {better|easier}.|Slowly, it got better.|Some days were good and some days were bad.}

{Then, {one day|on Sunday|at last}, it worked.|And then it happened.} [success]! {"Look at me!" [he] {shouted|called}. "I can do it!"|"I did it! I did it!" [he] sang.|[F] clapped and cheered.} [proud]
{[learned] that {you can learn almost anything if you keep trying|every mistake is a step on the way|practice makes hard things easy}.|And when a smaller {?child:child|animal} said, "I will never learn it," [hero] said, "[Tip]."|[fromThen] [hero] did not say "I give up" any more.}
`,
  },
  {
    id: 'garden',
    heroes: ['child', 'animal'],
    traits: ['impatient', 'curious', 'lively', 'cheerful'],
    scenarios: scenarios.garden,
    text: `
[opening] {In spring, [adult] gave [him] [seed].|[oneDay] [he] found [seed].|In April, a neighbor gave [him] [seed].} {"What is it?" asked [hero]. "Plant it, and you will see," was the answer.|"If you plant it, something wonderful will grow," said [adult].}

{[hero] dug a hole, put [it] in and covered [it] with earth.|So [hero] dug a small hole [spot] and put [it] in.|[He] planted [it] [spot].} {Then [he] sat down and waited.|[He] gave [it] some water and waited.|"Grow!" [he] said.} {Nothing happened.|[He] waited an hour. Nothing grew.|The next morning [he] ran out to look. There was only brown earth.}

{"Why does it not grow?" asked [hero].|"It does not work," said [hero]. "Maybe it is {broken|asleep}."|[hero] wanted to dig [it] up again. "I want to see if it is growing," [he] said.}

{"Good things need time," said [adult].|"You have to be patient," said [adult].|"A plant does not hear you when you shout," said [adult].} {"Give it water and sun, and wait."|"It is working under the ground, where you cannot see it."|"Water it every day, and do not dig."}

{So every {day|morning} [hero] gave it water.|[hero] watered it every day and pulled out the weeds.} {One week went by. Two weeks went by.|March came, then April, then May.|It rained, and then the sun came out.} Then, {one morning|one day}, [he] saw {a tiny green leaf|something small and green|a green tip}. {"It is growing!" [he] {shouted|cried}.|[yay] [he] cried. "It is growing!"} {It grew and grew.|Every day it was a little taller.|First it was as tall as a thumb, then as tall as [hero].}

In {summer|July|August}, there {was|stood} [result]. {[He] called all [his] friends, and they [use].|[hero] and [his] friend [f.full] [use].|[hero] ran to [adult], and together they [use].} {"It was worth the wait," said [hero].|"It took so long," said [hero], "but it is {wonderful|the best}!"|[proud]}
{[learned] that {good things take time|some things cannot be rushed|big things begin small}.|And [he] kept one seed for the next spring.}
`,
  },
  {
    id: 'noise',
    heroes: ['child', 'animal'],
    scenarios: scenarios.noise,
    text: `
[opening] {One night, [he] could not sleep.|One night, [he] woke up.|It was late, and everyone was asleep. Only [hero] was awake.} {Then [he] heard something. [Noise]!|[Noise]! What was that?|From [place] came a strange noise. [Noise]!} {[hero] pulled the blanket over [his] head.|[His] heart beat fast.|[hero] sat up.}

{"It is a monster," [he] {thought|whispered}. "It has [monster]."|"What can it be?" [he] thought. "Maybe it has [monster]!"|"Maybe it is a ghost with [monster]," thought [hero].} [Noise]! There it was again. {It came from [place].|It was louder this time.|}

{[hero] wanted to hide, but [he] also wanted to know.|[hero] did not want to be afraid all night.|"I have to find out," [he] said.} {[He] woke up [his] [f.sib] [f.full].|[He] called [his] [f.sib] [f.full].|[His] [f.sib] [f.full] was awake, too.} {"Did you hear that?" {asked|whispered} [hero].

{"Yes, I did," said [f]. "Let us look."|"I think so," said [f]. "What was it?"|"I am scared, too," said [f], "but two are braver than one."}|"Come with me," said [hero]. "I do not want to go alone."

{"I am scared, too," said [f], "but two are braver than one."|"I am right behind you," said [f].|"All right," said [f]. "Let us look."}}

{They took a {light|lamp|candle} and went on tiptoe.|Hand in hand they crept to [place].|Step by step they went, closer and closer.} {[Noise]! It was very near now.|The floor creaked.|Their shadows were long and black.} {"One, two, three!" said [hero], and {they looked|[he] held up the light}.|[hero] held [his] breath and looked.}

{And what did they see? It was [truth]!|It was not a monster at all. It was [truth].|There was no monster. There was only [truth].} {They laughed until they had to sit down.|"So you are the monster!" said [hero] and laughed.|[F] began to giggle, and then they both laughed.} Then they [fix]. {[After], and everyone went back to sleep.|[After]. Soon they were fast asleep.}

{[learned] that {things look bigger in the dark|it is better to look than to be afraid|most monsters are only in our heads}.|[fromThen] when [hero] heard a noise at night, [he] said, "I wonder who that is," and smiled.}
`,
  },
  {
    id: 'wish',
    heroes: ['child', 'animal'],
    traits: ['kind', 'good', 'poor', 'gentle', 'quiet'],
    scenarios: scenarios.wish,
    text: `
[opening] [oneDay] [he] {was walking [where]|went for a walk [where]}. {There [he] saw [magic].|Suddenly, [he] saw [magic].|And there was [magic].} [trouble]. {"Please help me," said [magic.the].|"Will you help me?" asked [magic.the].}

{"Of course," said [hero], and [he] [deed].|[hero] did not think twice. [He] [deed].|"You poor thing," said [hero]. [He] [deed].} 

[thanks] said [magic.the]. {"You have a good heart. I will give you one wish."|"Now you may make a wish. But only one!"|"For that you get one wish. Think about it well."}

{A wish! [hero] thought about {all the things [he] could have|[toy]}.|"I could wish for [toy]," thought [hero].|At first [hero] wanted [toy].} {But then [he] thought of [need].|Then [he] remembered [need].|But on the way home, [he] saw [need].} {[His] heart hurt.|[hero] knew what to do.|That was more important.}

{"I know my wish," said [hero].|"I have made up my mind," said [hero].|"I do not need anything," said [hero].} "[Wish]."

{"Is that all?" asked [magic.the]. "You want nothing for yourself?"

"Nothing," said [hero].|"Are you sure?" asked [magic.the]. [hero] nodded.|[Magic.the] smiled. "So be it!"} {There was a flash of light|A warm wind blew|There was a sound like little bells}, and {when [hero] looked up,|at once} [granted]. {Everyone was so happy!|Nobody knew how it had happened. Only [hero] knew.|[hero] [smiled]. It was the best wish [he] could have made.}

{And the next morning, there was also [toy] in front of [his] door.|"[Hero]'s heart is made of gold," said [magic.the].|[hero] never saw [magic.the] again, but [he] never forgot.}
{[learned] that {the best wish is one for someone else|making others happy makes you happy|a kind heart is worth more than gold}.|}
`,
  },
]
