import { createHash } from 'node:crypto'

const MOODS = (
  'amber bold brave bright calm clear clever cosy crisp daring eager early fair fleet fond fresh gentle glad golden ' +
  'happy hardy honest humble jolly keen kind light lively lucky mellow merry misty modest neat nimble noble patient ' +
  'polite proud quick quiet rapid ready rosy serene sharp shy silver sincere smooth snug spry steady still sturdy sunny ' +
  'swift tender tidy true warm wise witty young'
).split(' ')
const ANIMALS = (
  'badger beaver bison bunting camel cod crane curlew deer dolphin dormouse dove duck eagle egret elk falcon ferret finch ' +
  'fox gecko goose hare hawk hedgehog heron ibex jay kestrel kite lark lemur linnet llama lynx magpie marmot marten mole ' +
  'moose newt oriole osprey otter owl panda pelican pika plover pony puffin quail rabbit raven robin salmon seal shrew ' +
  'sparrow squirrel stoat stork swan tapir tern thrush trout turtle vole walrus weasel wombat wren yak'
).split(' ')

/** Two friendly words, "calm-otter", picked by the seed; the next free pair where it is taken. */
export function runName(seed: string, taken: ReadonlySet<string>): string {
  const pairs = MOODS.length * ANIMALS.length
  const start = createHash('sha256').update(seed).digest().readUInt32LE(0) % pairs
  for (let i = 0; i < pairs; i++) {
    const at = (start + i) % pairs
    const name = `${MOODS[at % MOODS.length]}-${ANIMALS[Math.floor(at / MOODS.length)]}`
    if (!taken.has(name)) return name
  }
  return `run-${taken.size + 1}`
}
