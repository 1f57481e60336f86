import { capitalise } from './template.ts'

/** Words that start with a vowel letter but a consonant sound, and the other way round. */
const CONSONANT_SOUND = /^(one|once|use|useful|used|uniform|unicorn|united|european)\b/i
const VOWEL_SOUND = /^(hour|honest|honor)/i

/** The indefinite article that goes before `next`, by its first sound. */
export function article(next: string): 'a' | 'an' {
  if (CONSONANT_SOUND.test(next)) return 'a'
  return VOWEL_SOUND.test(next) || /^[aeiou]/i.test(next) ? 'an' : 'a'
}

/** Puts every a/an of a text right. */
export function fixArticles(text: string): string {
  return text.replace(/\b([Aa])n? (?=([A-Za-z]+))/g, (_, letter: string, next: string) =>
    letter === 'A' ? `${capitalise(article(next))} ` : `${article(next)} `,
  )
}

/**
 * Turns expanded template text into clean prose: blank lines separate paragraphs, and so does one speaker following
 * another; other white space is one space, a sentence and a quotation start with a capital letter, articles fit the
 * next word.
 */
export function tidy(text: string): string {
  return text
    .replace(/([.!?]")\s+(?=")/g, '$1\n\n')
    .split(/\n\s*\n/)
    .map((paragraph) =>
      paragraph
        .replace(/\s+/g, ' ')
        .replace(/ ([.,!?])(?!\.)/g, '$1')
        .trim(),
    )
    .filter((paragraph) => paragraph !== '')
    .map((paragraph) => splitSpeakers(capitalise(sentenceCapitals(fixArticles(paragraph)))))
    .join('\n\n')
}

const VERB = '(?:said|asked|cried|called|shouted|whispered|wondered)'
const SPEECH = `" (?:${VERB} (?:(?:his|her) friend )?(the \\w+|[A-Z]\\w+)|s?he ${VERB})`
const TURN = new RegExp(`(${SPEECH}[^".]*[.]) (?="[^"]+${SPEECH})`, 'g')

/** A new paragraph where somebody else begins to speak. */
function splitSpeakers(paragraph: string): string {
  return paragraph.replace(TURN, (all, turn: string, speaker?: string, next?: string) =>
    next === undefined || next === speaker ? all : `${turn}\n\n`,
  )
}

function sentenceCapitals(paragraph: string): string {
  return paragraph
    .replace(/([.!?] )([a-z])/g, (_, end: string, letter: string) => end + letter.toUpperCase())
    .replace(/((?:^|[.!?]"? )")([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase())
}

const NUMBER_WORDS = 'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen'
const numberWords = NUMBER_WORDS.split(' ')

/** "zero" .. "fifteen". */
export function numberWord(n: number): string {
  const word = numberWords[n]
  if (word === undefined) throw new RangeError(`no word for ${n}`)
  return word
}
