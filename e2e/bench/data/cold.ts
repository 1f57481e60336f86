import { readFileSync } from 'node:fs'
import { ENCODERS, piecesOf, summed, type EncoderName } from './encoders.ts'

/** A process that encodes a file once, nothing warmed up: NAME FILE. Reading and loading the vocabulary are not counted. */
const [name, file] = process.argv.slice(2) as [EncoderName, string]
const texts = piecesOf(readFileSync(file))
const encode = await ENCODERS[name]()
const start = performance.now()
const ids = encode(texts)
const ms = performance.now() - start
console.log(JSON.stringify({ ms, values: summed(ids) }))
