import scenarios from '../../../../resources/starter/scenarios.json'
import type { Plot } from './plot.ts'

/** Plots that play at home, with a child and an adult. */
export const homePlots: readonly Plot[] = [
  {
    id: 'lost',
    heroes: ['child'],
    scenarios: scenarios.lost,
    text: `
[opening] {[His] favorite toy was|Of all [his] things, [he] liked best|[He] had} a [look] [thing].
{[He] took it everywhere.|[He] played with it every day.|[Adult] had given it to [him].|}

[oneDay] [hero] {wanted to play with the [thing], but it was gone|could not find the [thing] anywhere|looked for the [thing], but it was not there}.
{[He] looked [spot1]. [He] looked [spot2]. No [thing]!|First [he] looked [spot1]. Then [he] looked [spot2]. But there was no [thing].|[He] looked [spot1], [spot2] and [spot3], but [he] did not see it.}
[sadFace]

{"What is wrong, [hero]?"|"Why are you so sad, [hero]?"|"What are you looking for?"} asked [adult].

{"My [thing] is gone," said [hero]. "I {looked everywhere|have looked all over the house}!"|"I lost my [thing]," [hero] {said|cried}. "I will never find it!"|"I cannot find my [thing]," said [hero]. {"Someone took it!"|"It ran away!"|}}

{[Adult] sat down next to [him]. |[Adult] gave [him] a hug. |}{"Think hard," said [adult]. "Where did you have it last?"|"Let us think," said [adult]. "What did you do with it yesterday?"|"When you lose something, go back in your mind," said [adult]. "What was the last thing you did with it?"}

[hero] {closed [his] eyes and thought|thought and thought|thought for a long time}. {"Oh!" [he] said. "[Clue]!"|"[Clue]," [he] said slowly. Then [his] eyes grew wide.}
{[He] ran as fast as [he] could.|[He] jumped up and ran.|They went to look together.} And there was the [thing], [found]!

{[yay] {shouted|said|cried} [hero]. {[He] hugged the [thing] {tight|and danced around}.|"I am so happy!"}|[hero] laughed and hugged [adult]. "{You are so clever|Thank you for your help}," [he] said.}
{[fromThen] [hero] put the [thing] {back in its place|away} every {night|evening}.|[learned] that {it is good to stop and think|crying does not find things, but thinking does|a calm mind finds more than a fast foot}.|[fromThen] when [hero] lost something, [he] stopped and thought first.}
`,
  },
  {
    id: 'broken',
    heroes: ['child'],
    scenarios: scenarios.broken,
    text: `
[opening] {[owner] had a [look] [thing] and loved it very much.|In the house there was a [look] [thing]. It belonged to [owner].}

[oneDay] [hero] [cause]. {"Be careful!" [owner] had said, but [hero] {forgot|did not listen}.|It was a lot of fun.|} {Then it happened.|Suddenly, something bad happened.|Oh no!} [hit]
{[hero] stood very still.|[His] heart beat fast.|"Oh no," whispered [hero].|[hero] did not know what to do.}

{[He] hid the broken [thing] [hide].|Quickly, [he] put it [hide].|[He] was afraid, so [he] hid it [hide].} {"Nobody will know," [he] thought.|"I will say that the cat did it," [he] thought.|Then [he] ran to [his] room.}
{But [hero] could not {eat|play|sleep}. [His] {tummy|heart} felt {heavy|strange}.|But all day [he] felt bad. Even [his] favorite {food|game|song} was no fun.|But the secret felt like a stone in [his] {pocket|shoe|tummy}.}

{In the evening, [owner] asked, "Has anyone seen my [thing]?"|Soon [owner] came in. "Where is my [look] [thing]?"|"Where is my [thing]?" asked [owner].}

{[hero] looked at [his] feet. |[hero] took a deep breath. |[hero] wanted to lie, but [he] could not. }{"I broke it," [he] said {softly|in a small voice}. "I am {so |very |}sorry."|"It was me," [he] said. "I [cause], and I broke it. I am sorry."|"I have to tell you something," [he] said. "I broke the [thing] and hid it [hide]."}

{[owner] was {quiet|sad} for a moment. Then [owner] hugged [him]. |[owner] looked sad, but not angry. |[owner] took [his] hand. |}{"Thank you for telling me the truth," said [owner]. "That was brave."|"A thing can break," said [owner]. "But I am glad that I can trust you."|"I am sad about the [thing]," said [owner], "but I am proud of you."}
{The two of them [fix].|The next day they [fix].|Then they {sat down and|got some tools and} [fix].} {It was not perfect, but it was good.|It looked almost like new.|[hero] helped a lot.|}

{The heavy feeling was gone.|[hero] felt light again.|That night [hero] slept well.} {[learned] that {the truth makes your heart light|it is best to tell the truth|a lie gets heavy, but the truth is light}.|[fromThen] [hero] always told the truth, even when it was hard.}
`,
  },
  {
    id: 'fear',
    heroes: ['child'],
    scenarios: scenarios.fear,
    text: `
[opening] {But there was one thing that [he] did not like:|But [hero] was afraid of|There was only one problem. [hero] was afraid of} [fear].

[When]. {[hero] stood still and shook.|[hero] did not want to go on.|[hero] wanted to hide.} {"[Thought]!" said [hero].|"[Thought]," thought [hero]. [His] knees shook.|[hero] held [adult]'s hand. "[Thought]," [he] whispered.}

{"I was afraid of [fear] too when I was little," said [adult].|"It is okay to be afraid," said [adult].|"Everyone is afraid of something," said [adult].} {"Being brave means that you try anyway."|"Let us do it one step at a time."|"I am afraid of spiders!"|}

{"What did you do?" asked [hero].|"What can I do?" asked [hero].|"Will you help me?" asked [hero].}

{"Come, [step]," said [adult].|"I know what helps," said [adult]. "[Step]."} {[adult] also had [tool] for [him].|And [adult] gave [him] [tool].|

Then [adult] said, "And here is [tool]."}

[hero] {took a deep breath|held on tight|closed [his] eyes, then opened them again|counted to three}. {[His] legs shook, but [he] did it.|[He] was still afraid, but [he] tried.|Slowly, very slowly, [he] tried.} {And what did [he] find? [Truth]!|Soon [he] saw that [truth].|To [his] surprise, [truth].}

{[yay] {said|shouted|cried} [hero]. {"It was not so bad!"|"I did it!"|"I was brave!"}|[hero] laughed out loud. {"That was all?"|"I did it!"}} {[adult] clapped. |[adult] gave [him] a big hug. |}
{[hero] felt very proud. |}{[fromThen] [hero] [after].|[learned] that {being brave is not the same as having no fear|you can be afraid and brave at the same time|a fear gets small when you look at it}. The next time, [he] [after].}
`,
  },
  {
    id: 'rainy',
    heroes: ['child'],
    scenarios: scenarios.rainy,
    text: `
[opening] {All week|For days|Since Monday}, [hero] {had waited for Saturday|had thought about only one thing}. On Saturday, {the family|[he] and [adult]|[he] and [his] friend [f]} wanted to [plan].

{They packed|Everything was ready: they had packed|On Saturday morning, they packed} [pack]. {[hero] put on [his] shoes and ran to the door.|[hero] could not sit still.|} {But then|Just then,|But at ten o'clock,} [spoil]. {They could not go.|"We have to stay home," said [adult].|"Oh dear," said [adult]. "We cannot go now."}

{[hero] {began to cry|felt very sad|sat down and hung [his] head}.|[hero] was so {angry|sad} that [he] {kicked [his] shoe across the room|did not say a word}.} {"This is the worst day ever!" [he] said.|"It is not fair!" [he] said.|"Now the whole day is ruined," [he] said.}

{[adult] looked out of the window and thought.|[adult] {smiled|winked}.|Then [adult] had an idea.} {"We cannot change that," said [adult], "but we can change our plan."|"Who says that we need to go out to have fun?" asked [adult].|"Come on," said [adult]. "We can make our own [instead], right here!"}

{"How?" asked [hero].|[hero] looked up. "But how?" [he] asked.|"How do we do that?" asked [hero].}

{"We can [idea]," said [adult].|"First we [idea]," said [adult]. "You will see!"} {So they did.|And that is what they did.|[hero] ran to help.} {Then they [fun].|They [fun] until it was dark.|All afternoon they [fun].} {They laughed until their tummies hurt.|[hero] forgot to be sad.|Soon everyone was laughing.}

{[endOfDay] [hero] said, "This was {the best|an even better} [instead]{| of all|, I think}!"|"{Can we do this again tomorrow|Can we do it again}, even if {the sun shines|the weather is good}?" asked [hero].}
{[learned] that {a bad start can have a good end|fun is something you make|when one plan fails, you can make another}.|And everybody agreed that it was a perfect day.}
`,
  },
  {
    id: 'gift',
    heroes: ['child'],
    scenarios: scenarios.gift,
    text: `
[opening] {Soon it was [who]'s birthday.|The next day was [who]'s birthday.|It was almost [who]'s birthday.} [hero] wanted to give [who] something {special|nice|beautiful}.

{[He] went to the shop and saw|In the window of a shop [he] saw|In the shop there was} [shop]. {It was beautiful, but it cost ten coins.|"How much is it?" [he] asked. It cost ten coins.|It shone in the light. It cost ten coins.} [hero] {had only two coins|looked into [his] pocket and found only one coin|counted [his] money. [He] had only three coins}. {[He] went home with slow steps.|[sadFace]|"That is not enough," [he] said sadly.}

{[His] friend [f] was {sitting by the gate|on the way home, too}. "What is the matter?" [f.he] asked.|[His] friend [f] saw [him] and asked, "Why are you so sad?"}

{"I have no gift for [who]," said [hero]. "I do not have enough money."|"I wanted to buy [shop]," said [hero], "but it costs too much."}

{"You do not have to buy a gift," said [f]. "You can make one!"|"The best gifts do not come from a shop," said [f]. "You can make one with your own hands."|"Then make something," said [f]. "I will help you."}

{[hero] thought about it. Then [he] took [with] and began to work.|That was a good idea! [hero] got [with] and started at once.|So [hero] took [with]. [He] worked all afternoon.} {[He] made|It was hard, but at last [he] had|Slowly it became} [make]. {It was not perfect, but [hero] liked it.|[He] worked until it was just right.|}

{The next day, [he] gave it to [who].|When the day came, [hero] gave it to [who]. [His] hands shook a little.} {"I made it myself," [he] said.|"It is not from the shop," [he] said softly.|}

{"[Say]!" {said|cried} [who], and there were happy tears.|[Who] looked at it for a long time. "[Say]," came the answer at last. "Thank you!"}
{[learned] that {a gift from the heart is the best gift|love cannot be bought in a shop|you do not need money to make someone happy}.|[hero] was happier than if [he] had bought [shop].}
`,
  },
  {
    id: 'chore',
    heroes: ['child'],
    traits: ['lazy', 'sleepy', 'dreamy', 'playful', 'funny'],
    scenarios: scenarios.chore,
    text: `
[opening] {But there was one thing [he] did not like: work.|[hero] never wanted to help at home.|When there was work to do, [hero] was never there.}

{One day|On Monday|One morning} [adult] said, "Please [chore], [hero]."

{"Later," said [hero].|"I will do it later," said [hero], and [he] {ran out to play|went back to bed|looked at a book}.|"Not now," said [hero]. "I am {busy|tired}."} {But later [he] forgot.|But [he] did not do it.|The next day, [he] said "later" again.} {Soon|After two days|Before long} [later].

{Then [hero]|The next morning, [hero]|When [hero] came back, [he]} [bad]. {"Oh dear," [he] said.|"Oh no!" [he] cried.|[He] was not happy at all.} {Because of that, [he] lost [lost].|And so [lost] was gone.|[He] had to go without [lost].}

{"Why did this happen?" [he] asked.|"This is a bad day," said [hero].|[hero] sat on the step and was sad.}

{"It happened because you did not [chore]," said [adult] {kindly|gently|in a calm voice}. "A small job today {saves|can save} you a big problem tomorrow."|[adult] sat down with [him]. "Small jobs are like seeds," said [adult]. "If you leave them, they grow."}

{[hero] thought about that.|[hero] knew that [adult] was right.|[hero] nodded slowly.} {"I will do it now," [he] said.|"You are right," [he] said. "I will do it right away."} {It took only ten minutes.|[He] even sang a little song while [he] worked.|It was not so hard after all.}
{Soon it was done, and [good].|And look, [good]!|The next day, [good].} {[proud]|} {[fromThen] [hero] did not say "later" any more.|[learned] that {it is better to do a small job at once|work that is done early is quickly forgotten}.}
`,
  },
]
