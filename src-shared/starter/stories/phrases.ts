import type { Vars } from '../template.ts'

const source: Vars = {
  opening: `{?child:
    {{Once upon a time,|Once,|A long time ago,} there was a {little |young |}[kind] {named|called} [hero].
    |There was once a [trait] [kind] {named|called} [hero].
    |[hero] was a [trait] {little |young |}[kind] who lived [home].
    |[hero] was a [kind] of [age] years who lived [home].
    |There lived a [trait] [kind] [home]. [His] name was [hero].
    |[hero] and [his] {family|mom and dad|big family} lived [home].
    |[hero] lived [home]. [He] had a {sleepy cat|small dog|noisy parrot|lazy old cat}.}
    {[He] {loved|liked} [hobby].|[He] loved [hobby] more than anything.||}
    |
    {{Once upon a time,|Once,|A long time ago,} a [trait] {little |young |}[kind] named [hero] lived [home].
    |There was once a {little |young |}[kind] {named|called} [hero]. [He] lived [home].
    |[hero] was a [trait] [kind] who lived [home].
    |[Home] lived a {little |young |}[kind] {named|called} [hero].
    |[hero] the [kind] lived [home].}
    {[He] {loved|liked} [hobby].|[He] loved [food] and [he] loved [hobby].||}}`,
  oneDay: `{one day,|one morning,|one {sunny|warm|windy|cold|quiet|bright} {morning|day|afternoon},|one {spring|summer|fall} day,}`,
  smiled: '{smiled|laughed|nodded|grinned}',
  sadFace: `{[He] began to cry.|[He] felt very sad.|A tear rolled down [his] cheek.|[He] sat down and hung [his] head.}`,
  thanks: `{"Thank you!"|"Thank you so much!"|"Oh, thank you!"}`,
  proud: `{[He] felt very proud.|[He] was proud and happy.|[He] could not stop smiling.|[His] heart was full of joy.}`,
  yay: `{"Yay!"|"Hooray!"|"Yes!"|"Wow!"}`,
  fromThen: `{From that day on,|After that,|From then on,}`,
  learned: `{[hero] learned|That day, [hero] learned|[hero] had learned|And so [hero] learned|[hero] now knew}`,
  endOfDay: `{That night,|In the evening,|When the sun went down,|At the end of the day,}`,
  weather: `{The sun was {warm|bright|high} and the sky was blue.|The birds were singing in the trees.|A soft wind blew through the leaves.|White clouds moved slowly over the hills.|The air smelled of {flowers|grass|rain|fresh bread}.|}`,
}

/**
 * Pieces that every plot may use. They refer to the hero, so they are filled in by the story's own variables. Here a
 * line break is only layout: it never starts a paragraph.
 */
export const phrases: Vars = Object.fromEntries(
  Object.entries(source).map(([name, text]) => [name, text.replace(/\s+/g, ' ')]),
)
