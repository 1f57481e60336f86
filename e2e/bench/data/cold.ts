import { readFileSync } from 'node:fs'
import { ENCODERS, piecesOf, type EncoderName } from './encoders.ts'

/** A process that encodes a file once, nothing warmed up: NAME FILE. Reading and loading the vocabulary are not counted. */
const [name, file] = process.argv.slice(2) as [EncoderName, string]
const texts = piecesOf(readFileSync(file))
const encode = await ENCODERS[name]()
const start = performance.now()
const { tokens, hash } = encode(texts)
console.log(JSON.stringify({ ms: performance.now() - start, values: [tokens, hash] }))
