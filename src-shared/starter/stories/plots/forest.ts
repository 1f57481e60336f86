import scenarios from '../../../../resources/starter/scenarios.json'
import type { Plot } from './plot.ts'

/** Plots with animals in the woods and on the farm. */
export const forestPlots: readonly Plot[] = [
  {
    id: 'rescue',
    heroes: ['animal'],
    traits: ['kind', 'gentle', 'brave', 'good', 'helpful'],
    scenarios: scenarios.rescue,
    text: `
[opening] {[oneDay] [hero] {went for a walk|was on the way home|was looking for [food]}.|[weather]}

{Suddenly, [he] heard a {small|weak|tiny} voice. "Help! Help!" it {cried|called}.|Then [he] heard someone cry.|"Help me, please!" called a little voice.} [hero] {looked around|ran to the place|stopped and listened}. {It was [small.full]. [Small] was stuck [stuck].|There was [small.full], stuck [stuck].}

{"Do not be afraid," said [hero]. "I will help you."|"Hold on!" said [hero]. "I am coming!"|"Poor thing," said [hero]. "I will get you out."} {[He] [rescue].|Carefully, [he] [rescue].|It was not easy, but [he] [rescue].} [Small] was free!

[thanks] said [small]. {"One day I will help you, too."|"I will never forget this."|"If you ever need me, just call."}

{[hero] {smiled|laughed}. "You are so small," [he] said. "How can you help me?" But [he] was {glad|happy} all the same.|[hero] smiled and went on.|"That is all right," said [hero]. "Go home safely."}

{Not long after,|A few days later,|One week later,} [hero] {was in trouble|had bad luck}. [trouble]. {"Oh no!" [he] {cried|called}. "What can I do?"|[He] tried and tried, but it was no use.|"Can anybody hear me?" [he] called.}

{[Small] heard [him] and came {at once|as fast as the wind}.|Who came {running|in a hurry}? It was [small]!|A little voice said, "I am here!" It was [small].} {"Now it is my turn," said [small].|"You helped me, and now I will help you," said [small].|} [Small] [payback]. {Soon [hero] was safe.|And then [hero] was safe.|It worked!}

{"You are small, but you are a great helper," said [hero].|[thanks] said [hero]. "You saved me!"|"I was wrong," said [hero]. "Small friends can do big things."}
{[fromThen] they were {best|good} friends.|[learned] that {kindness comes back|nobody is too small to help|a good deed is never lost}.|And the two of them went home together.}
`,
  },
  {
    id: 'lost-in-woods',
    heroes: ['animal'],
    traits: ['curious', 'lively', 'playful', 'bold'],
    scenarios: scenarios.wander,
    text: `
[opening] {"Do not go too far," [adult] always said.|Every morning [adult] said, "Stay close to home."|[Adult] had one rule: stay near the house.}

[oneDay] [hero] saw [lure]. {It was so beautiful!|"Oh, how pretty!" said [hero].|"I want to see where it goes," thought [hero].} [He] {followed it|went after it} {over the hill|past the big rock|down the path} and {across the stream|through the tall grass|deep into the woods}. {[He] did not look back once.|[He] forgot the rule.|On and on [he] went.}

{At last it was gone|Then it was gone}, and [hero] {stopped|stood still}. {Every tree looked the same.|Nothing looked like home.|[He] did not know this place.} {The sun went down.|It was getting dark.|The wind was cold.} {"Where am I?" [he] whispered.|"I am lost!" said [hero]. [sadFace]|"Mother! Father!" [he] called, but nobody answered.}

{Just then, [guide] {came by|looked down|came out of the bushes}.|Then something moved. It was [guide].} {"Why are you all alone?" asked the [guide.kind].|"Who is crying here?" asked the [guide.kind].|"Are you lost, little [kind]?" asked the [guide.kind].}

{"I followed something pretty, and now I cannot find my way home," said [hero].|"I went too far," said [hero]. "Can you help me?"|"I want to go home," said [hero], "but I do not know the way."}

{"Do not worry," said the [guide.kind]. "[Advice]."|"I can help," said the [guide.kind]. "[Advice]."} {[hero] did just that.|[hero] listened well this time.|So that is what they did.} {They went past the rock and over the stream|Step by step they walked back|They walked and walked}, and {soon|at last} [hero] saw {a light|[his] home}. {[He] turned around to say thank you, but the [guide.kind] was {already|} gone.|"Thank you, kind [guide.kind]!" [he] said.}

{[adult] {ran out|was waiting} and hugged [him] {tight|for a long time}.|[Adult] cried with joy.} {"I was so worried!" said [adult].|"I am so glad you are home," said [adult].} 

{"I am sorry," said [hero]. "I will stay close from now on."|"I will not go so far again," said [hero].}
{[learned] that {rules are there to keep us safe|home is the best place when night comes}.|[fromThen] [hero] looked back to see the way home before [he] went on.|}
`,
  },
  {
    id: 'contest',
    heroes: ['animal'],
    traits: ['quiet', 'kind', 'calm', 'gentle', 'steady'],
    scenarios: scenarios.contest,
    text: `
[opening] {Every year there was|One summer there was|One day the animals held} a great [contest]. {The prize was a [prize].|The winner would get a [prize].|Everyone wanted the [prize].}

{"I will win," said [f.full]. "I am the best!"|[F.full] laughed loudly. "Nobody can beat me!" [f.he] said.|"The prize is mine already," said [f.full].} {Then [f.he] said, "You are too slow, [hero]."|[F.he] looked at [hero]. "You do not have a chance," [f.he] said.|}

{"We will see," said [hero].|"I will just do my best," said [hero] {quietly|with a smile}.|[hero] said nothing. [He] just got ready.}

{The contest began.|"One, two, three, go!" called the old owl.|All the animals came to watch.} {At first, [f] was far ahead.|[F] did very well at first.|[F] was good, there was no doubt.} But {then [f.he] [boast]|soon [f.he] [boast]}. {"I have lots of time," [f.he] said.|"This is too easy," [f.he] said.|} 

{[hero] did not stop. [He] [steady].|[hero] did not look left or right. [He] [steady].|Meanwhile, [hero] [steady].} {Little by little, [he] got better.|[He] was tired, but [he] did not give up.|}

{At last|In the end}, {everyone cheered. [hero] had won!|the owl lifted a wing. "The winner is [hero]!"|the winner was clear. It was [hero]!} [F] {could not believe it|hung [f.his] head|was very surprised}. {"How did you do it?" [f.he] asked.|"I was so sure," [f.he] said.}

{"I just kept going," said [hero]. "Come, let us share the prize."|"You are very good," said [hero] kindly. "But you stopped too soon."|"It was not magic," said [hero]. "I only kept on trying."} {[F] smiled. "Next time I will not boast," [f.he] said.|The two of them shared the [prize].|"I am sorry that I laughed at you," said [f].}
{And everyone {saw|knew} that {those who keep going go far|big words do not win a contest|it is better to work than to boast}.|[F] learned that it is better to {try hard|work} than to talk.}
`,
  },
  {
    id: 'greedy',
    heroes: ['animal'],
    traits: ['hungry', 'greedy', 'selfish', 'round'],
    scenarios: scenarios.greedy,
    text: `
[opening] [oneDay] [he] found [treasure] [where]. {"All for me!" said [hero].|"I will not tell anyone," thought [hero].|[His] eyes grew big. "Mine, all mine!" [he] said.}

{[F.full] came by.|Soon [f.full] came along the path.|[hero]'s friend, [f.full], saw it.} {"That is a lot," said [f]. "May I have a little?"|"I have not eaten all day," said [f]. "Can you share some with me?"|"What a big meal!" said [f]. "Will you share it?"}

{"No!" said [hero]. "I found it, so it is mine."|"There is not enough," said [hero], and [he] turned away.|"Go and find your own," said [hero].} {[F] went away {sadly|without a word}.|[F] was hungry, but [f.he] went on.}

{So [hero] [greed].|[hero] did not want to wait. [He] [greed].} {Then something bad happened.|But it was too much.|That was a mistake.} [result]. {"Oh! Oh!" cried [hero]. "Help!"|"I should have stopped," [he] said.|[He] could not move.}

{[F] heard [him] and came back.|Who came to help? It was [f].|[F] was not far away, and [f.he] ran back.} {"Let me help you," [f.he] said.|[F.he] did not laugh at [him].|} [F] [help]. {Soon [hero] felt better.|After a while, all was well again.|It took a long time, but it worked.}

{"I was mean to you, and you still helped me," said [hero]. "Why?"|"Why did you help me?" asked [hero]. "I did not share with you."}

{"Because that is what friends do," said [f].|"Because you needed help," said [f].|"I like you more than [treasure.name]," said [f].}

{[hero] was ashamed.|[hero] felt {[his] face get hot|very sorry}.|} {"I am sorry. Come, let us eat together," [he] said.|"From now on, half of everything is yours," [he] said.} {They sat in the grass and ate.|They shared what was left.|} {It tasted {even |much }better with a friend.|[learned] that {sharing makes a small meal big|if you want everything, you may lose everything|too much is not good for anyone}.}
`,
  },
  {
    id: 'different',
    heroes: ['animal'],
    traits: ['shy', 'quiet', 'lonely', 'gentle'],
    scenarios: scenarios.different,
    text: `
[opening] But [hero] was not like the others. [He] had [feature].

{The other animals laughed at [him].|Some of the animals made fun of [him].|The others {often|sometimes} pointed at [him].} {"Look at [feature.short]!" they said.|"You look so funny!" they said.|"Why are you so strange?" they asked.} {[sadFace]|[hero] wished to be like everyone else.|[hero] tried to hide it.}

{"You are just right the way you are," said [adult].|"Different is not bad," said [adult]. "One day you will see."} {But [hero] did not believe it.|[hero] was not so sure.|}

{One day,|One night,|Then one day,} [danger]. {Everyone was afraid.|Nobody knew what to do.|"What can we do?" the animals cried.|All the animals ran here and there.}

{"I can help," said [hero].|"Wait!" called [hero]. "I have an idea."|[hero] stepped forward. "Let me try," [he] said.} {[He] was shy, but [he] did it.|Everybody looked at [him].|} [He] [save]. {And it worked!|Soon everyone was safe.|The danger was over.}

{The animals cheered. |For a moment it was quiet. Then all the animals cheered. |}{"You saved us!" they said. "We are sorry that we laughed."|"Thank you, [hero]!" they said. "You are a hero!"|[F.full] came to [him]. "I am sorry," [f.he] said. "You are wonderful."}

{[hero] smiled. [He] did not want to hide any more.|[hero] was so happy that [he] danced.|[proud]} {[learned] that {what makes you different can make you strong|everyone is good at something|it is good to be yourself}.|[fromThen] nobody laughed at [feature.short] again.}
`,
  },
  {
    id: 'teamwork',
    heroes: ['animal'],
    scenarios: scenarios.teamwork,
    text: `
[opening] [oneDay] [problem]. {"I can do this alone," said [hero].|"I am strong enough," thought [hero].|"This is easy," said [hero].} {[He] [try] with all [his] might, but nothing happened.|[He] [try]. [He] [try] again. But it was no use.|[He] [try] until [he] was out of breath. It did not work.}

{[F.full] came {along|by}.|Then came [f.full].} {"Can I help?" [f.he] asked.|"Shall I help you?" asked [f].} 

{"No, thank you," said [hero]. "I can do it." But [he] could not.|[hero] was proud, but [he] was also tired. "Yes, please," [he] said.}
{[F] [try], too.|So the two of them tried together.} {But it was still {too hard|not enough}.|It moved a little bit, but not enough.}

{"We need more friends," said [f].|"Let us call the others," said [f].|"Two are good, but three are better," said [f].}

{A [third.kind] came. Then {three|four|five|six} little mice came.|They called a [third.kind] and {three|four|five} birds.|Soon a [third.kind] and {two|three|four} ants came to help.} {"But we are so small," said the little ones.

"Every bit helps," said [hero].|Everyone found a place.|}

{"One, two, three, now!" they {called|shouted}.|They counted to three, and then all of them worked at the same time.|"All together!" said [hero].} {Nobody stopped. Nobody gave up.|They [try.all] and they [try.all].|} [success]! 

{Everyone {cheered|clapped|danced}.|"We did it!" they {shouted|cried}.|[yay] they cried.} 

{"I could not do it alone," said [hero]. "Thank you, friends."|"I was silly to think that I could do it alone," said [hero].|"Together we are strong," said [hero].}
{Then they [reward].|In the evening they [reward].|} {[learned] that {many small hands can do a big thing|it is no shame to ask for help|friends make hard work easy}.|}
`,
  },
]
