import source from '../../../resources/starter/messages.json'
import type { Rng } from '../../random/rng.ts'
import { numberWord, tidy } from '../english.ts'
import { expand, type Vars } from '../template.ts'

/** What a small shop sorts its mail by, with the number of messages of each. */
const CLASSES = [
  { label: 'order', count: 800, cores: source.order, tails: source.orderTail },
  { label: 'question', count: 700, cores: source.question, tails: source.questionTail },
  { label: 'complaint', count: 500, cores: source.complaint, tails: source.complaintTail },
] as const

type MessageClass = (typeof CLASSES)[number]

export type LabelledMessage = { text: string; label: string }

/** Yields all messages once, the classes mixed. */
export function* generateMessages(rng: Rng): Generator<LabelledMessage> {
  const order = rng.shuffle(CLASSES.flatMap((kind) => Array.from({ length: kind.count }, () => kind)))
  const seen = new Set<string>()
  for (const kind of order) {
    let text = writeMessage(kind, rng)
    while (seen.has(text)) text = writeMessage(kind, rng)
    seen.add(text)
    yield { text, label: kind.label }
  }
}

function writeMessage({ cores, tails }: MessageClass, rng: Rng): string {
  const [greeting, closing] = [rng.pick(source.greetings), rng.pick(source.closings)]
  const text = `${greeting} ${rng.pick(cores)} ${rng.pick(tails)} ${closing}`
  return tidy(expand(text, details(rng), rng))
}

function details(rng: Rng): Vars {
  const [[product, products], [product1, others]] = rng.shuffle([...source.products]) as [string[], string[]]
  const [color1, color2] = rng.shuffle([...source.colors])
  const plural = rng.next() < 0.7 ? `${color1} ${products}` : products!
  return {
    product: product!,
    products: products!,
    product1: product1!,
    others: others!,
    color1: color1!,
    color2: color2!,
    colored: plural,
    colored1: `${color1} ${product}`,
    n: amount(rng),
    n2: amount(rng),
    day: rng.pick(source.days),
    month: rng.pick(source.months),
    town: rng.pick(source.towns),
    name: rng.pick(source.names),
    id: `${1000 + rng.int(9000)}`,
  }
}

/** At least two, as a word or in digits. */
function amount(rng: Rng): string {
  const n = 2 + rng.int(9)
  return rng.next() < 0.5 ? numberWord(n) : `${n}`
}
