import scenarios from '../../../../resources/starter/scenarios.json'
import type { Plot } from './plot.ts'

/** Plots about two friends. */
export const friendPlots: readonly Plot[] = [
  {
    id: 'sharing',
    heroes: ['child', 'animal'],
    scenarios: scenarios.sharing,
    text: `
[opening] {[oneDay] [hero] got [item].|Today was a special day: [hero] had [item].} {It was [look].|It was [look], and [he] loved it.|[He] thought it was the best thing in the world.}

{[F.full] came to play.|[His] friend [f.full] came over.|[He] took it outside, and there was [f.full].} {"Oh, how nice!" said [f]. "[Ask]?"|"That looks like fun," said [f]. "[Ask]?"|[F] looked at it with big eyes. "[Ask]?" [f.he] asked.}

{"No," said [hero]. "It is mine."|"No!" said [hero] and held it behind [his] back.|[hero] shook [his] head. "I do not want to share," [he] said.} {[F] looked sad. [F.he] sat down alone {under a tree|on a stone|on the steps}.|[F] said nothing and went to sit {under a tree|on a bench}.|"Oh," said [f], and [f.he] {went away|turned around}.}

{So [hero] [alone].|[hero] [alone] all by [himself].} {At first it was fun. But {soon|after a while} it was {boring|lonely}.|It was not as much fun as [he] had thought.|But something was missing.} {[He] looked at [f]. [F] looked at the ground.|Nobody laughed with [him]. Nobody said "Wow!"|It was very quiet.} {[hero] felt {bad|a little ashamed}.|}

{[hero] {went|walked} over to [f].|At last, [hero] stood up and went to [f].} {"I am sorry," [he] said. "[Offer]."|"I was not nice," [he] said. "[Offer]."|"It is more fun with you," [he] said. "[Offer]."}

{[F]'s face lit up.|[F] [smiled].|[F] jumped up.} {"Really? Thank you, [hero]!" [f.he] said.|[thanks] said [f].|"You are a good friend," said [f].} {They [together].|Soon the two of them [together].|All afternoon they [together].} {They laughed {so much|and laughed}.|[hero] had never been so happy.|This time it was twice as much fun.}
{[learned] that {sharing makes everything better|a thing you share gets bigger, not smaller|fun is best when there are two}.|[fromThen] {the two friends|[hero] and [f]} shared {everything|all their things}.}
`,
  },
  {
    id: 'new-friend',
    heroes: ['child', 'animal'],
    traits: ['kind', 'friendly', 'cheerful', 'sweet', 'warm'],
    scenarios: scenarios.newcomer,
    text: `
[opening] {[oneDay] someone new came to live {next door|nearby}|One week someone new moved into the house by the {river|bridge|hill}}. It was a [f.kind] named [f]. [F] {was very shy|did not know anyone|came from far away}. {[F.he] sat alone all day.|[F.he] stood by the fence and looked at the others.|[F.he] never said a word.}

{"Why does [f.he] not play with us?" asked the others.|"[F] is strange," said the others. "[F.he] does not talk."|Nobody went to [f.him].} {But [hero] remembered what it is like to be alone.|"Maybe [f.he] is only shy," said [hero].|[hero] felt sorry for [f.him].}

So [hero] went over. {"Hello, I am [hero]," [he] said. "What is your name?"|"Hi! My name is [hero]," [he] said. "Do you want to play?"|"Hello!" said [hero]. "I like [like]. What do you like?"}

{"I am [f]," said [f] {very softly|in a tiny voice}.|[F] looked at [f.his] feet. "My name is [f]," [f.he] whispered.} {"I like [like], too."|"I do not know your games."|"Nobody asked me before."}

{"Then come with me!" said [hero].|"I know just what we can do," said [hero].|[hero] took [f.him] by the hand.} {They [activity].|Together they [activity].|First they [activity].} {At first [f] was quiet, but then [f.he] laughed.|Soon [f] was not shy any more.|Little by little, [f] began to talk.} {And what a surprise! [F] could [talent] better than anyone.|Then [f] showed [him] something. [F.he] could [talent]!} {"Wow!" said [hero]. "Can you teach me?"|"That is wonderful!" said [hero].}

{The others came to watch. "Can we play, too?" they asked.|The others saw it and came {running|closer}. Soon they all played together.|} {[endOfDay] [f] said, "This was my best day here."|"I am glad that you came to me," said [f].|"Will you be my friend?" asked [f].

"I already am," said [hero].}
{[learned] that {one kind word can open a door|a friend may be hiding behind a shy face|it takes only one "hello" to make a friend}.|[fromThen] [hero] and [f] were {best friends|always together}.}
`,
  },
  {
    id: 'quarrel',
    heroes: ['child', 'animal'],
    scenarios: scenarios.quarrel,
    text: `
{[hero]{?animal: the [kind]|} and [f.full] were {best|good|old} friends. {They did everything together.|They played together every day.|They lived side by side.}|[opening] [His] best friend was [f.full]. {They met every day after breakfast.|}}

[oneDay] they wanted to [plan]. {"[Mine]," said [hero].|"[Mine], of course," said [hero].|[hero] said, "[Mine]."} {"No, [yours]," said [f].|"No!" said [f]. "[Yours]!"} {They got louder and louder.|Neither of them wanted to give in.|Both of them were angry.}

{"I do not want to play with you any more!" {said|shouted} [hero].|"Then I will go home!" said [f].|They turned their backs and went home.}

{The next day, [hero] was alone.|[hero] stayed at home and played alone.|All day long, [hero] did not see [f].} {[His] games were dull.|Nothing was fun.|[He] had nobody to talk to.} {[He] looked at the road again and again.|Again and again [he] thought of [f].|} {"It was not so important," [he] thought.|"I miss [f]," [he] said to [adult].|"I was too loud," thought [hero].}

{[Adult] gave [him] some advice. "Someone has to say sorry first," said [adult]. "Why not you?"|"Being right is nice," said [adult], "but being friends is nicer."|At last [he] stood up. "I will say sorry," [he] said.}

{[hero] ran to [f]'s house, and on the way [he] met [f].|Halfway there, [he] saw [f]. [F.he] was coming to see [him]!|[He] opened the door to go, and there stood [f].} {"I am sorry!" they both said at the same time.|"I am sorry that I shouted," said [hero].

"I am sorry, too," said [f].|"Can we be friends again?" asked [hero].

"Yes!" said [f].} {Then they [laugh.word].|They hugged.|}

{"I have an idea," said [f]. "[Solution]."|"What if [solution]?" said [hero].|"We can do both," said [hero]. "[Solution]."} {And that is what they did.|It was even better than before.|And it was great.}
{[learned] that {a friend is worth more than being right|saying sorry makes you feel better|two ideas can be better than one}.|[fromThen] they {listened to each other|did not fight about small things}.}
`,
  },
  {
    id: 'sick-friend',
    heroes: ['child', 'animal'],
    traits: ['kind', 'caring', 'good', 'gentle', 'thoughtful'],
    scenarios: scenarios.sick,
    text: `
[opening] {Every {day|morning} [he] played with [f.full].|[His] best friend was [f.full].} {But [oneDay] [f] did not come.|[oneDay] [hero] waited for [f], but [f.he] did not come.|One day, the place where they always met was empty.}

{"Where can [f.he] be?" {asked|wondered} [hero].|"That is strange," said [hero].|[hero] began to worry.} [He] {went|ran} to [f]'s home and knocked.

{"Come in," said a weak voice.|There was no answer, so [he] looked inside.} {[F] lay in bed. [Illness].|[F] was in bed, under three blankets. [Illness].} {"I am sick," said [f]. "I have to stay in bed."|"I cannot play today," [f.he] said.|"Do not come too close," said [f].}

{"I will help you to get well," said [hero].|"Poor [f]!" said [hero]. "I will take care of you."|"Stay in bed," said [hero]. "I will be right back."} {[He] ran home and made [food1].|[He] came back with [food1].|[He] cooked [food1], and it smelled good.} {Then [he] brought [comfort].|[He] also had [comfort].|The next day [he] brought [comfort].}

{[F] ate a little and fell asleep.|"Mmm," said [f]. [F.he] ate it all.|[F] smiled for the first time.}

{[hero] came every day.|On Tuesday [he] came again, and on Wednesday, too.|[hero] sat by the bed and {told stories|sang softly}.} {"You must be bored," said [f]. "You could play outside."|"Why do you not go out and play?" asked [f].}

{"It is no fun without you," said [hero].|"I would rather be here with you," said [hero].|"You would do the same for me," said [hero].}

{After {three|four|five} days, [f] was {well|healthy} again.|At last, [f] felt strong again.|One morning, [f] jumped out of bed.} {They went outside and [celebrate].|The first thing they did was this: they [celebrate].} {"You are the best medicine," said [f].|"I got well because of you," said [f].|"Thank you for taking care of me," said [f].}
{[learned] that {a good friend stays when times are hard|a little care can be the best medicine}.|And when [hero] was sick the next winter, who came with [food1]? It was [f], of course.|}
`,
  },
]
