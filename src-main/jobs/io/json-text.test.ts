import { createRng } from '@shared/random/rng.ts'
import { expect, it } from 'vitest'
import { JsonText } from './json-text.ts'
import { TextBytes } from './text-bytes.ts'

const into = new TextBytes()
const json = new JsonText('text', into)

/** The text that was read, or null. */
function read(line: string): string | null {
  // Something before and behind, which is none of its business.
  const bytes = Buffer.from(`"}${line}"}`)
  return json.read(bytes, 2, bytes.length - 2) ? into.bytes.toString('utf8', 0, into.length) : null
}

it('takes the text of what nearly all lines look like', () => {
  expect(read('{"text":"a é 中 😀"}')).toBe('a é 中 😀')
  expect(read(' { "id" : -12 , "text" : "x\\"y\\\\\\n\\u00e9\\u4e2d\\u0041" ,\t"ok":true, "no": null,"s":"t"} ')).toBe(
    'x"y\\\né中A',
  )
  expect(read('{"text": ""}')).toBe('')
})

it('leaves alone whatever is unusual or wrong', () => {
  for (const line of [
    '',
    '{}',
    '{"text":"a"',
    '{"text":"a"}}',
    '{"text":"a",}',
    '{"text":"a" "b":1}',
    '{"text":"a\tb"}',
    '{"text":"a\\x"}',
    '{"text":"\\u12g4"}',
    '{"text":"\\ud83d\\ude00"}',
    '{"text":1}',
    '{"text":null}',
    '{"other":"a"}',
    '{"text":"a","text":"b"}',
    '{"t\\u0065xt":"a"}',
    '{"n":01,"text":"a"}',
    '{"n":1.5,"text":"a"}',
    '{"n":-,"text":"a"}',
    '{"n":[1],"text":"a"}',
    '{"n":nul,"text":"a"}',
    '["text"]',
    '\ufeff{"text":"a"}',
  ]) {
    expect(read(line), line).toBeNull()
  }
})

it('never differs from JSON.parse, whatever is done to a line', () => {
  const rng = createRng(7)
  const parts = [
    '{',
    '}',
    '"text"',
    '"id"',
    ':',
    ',',
    '"a"',
    '"\\n"',
    '\\',
    'u00e9',
    '1',
    '-',
    '0',
    'true',
    'é',
    ' ',
    '"',
    '[',
  ]
  const seeds = ['{"id":1,"text":"a\\nb é"}', '{"text":"x","b":false,"c":"\\u0041"}', '{ "a" : null , "text" : "" }']
  let taken = 0
  const wrong: string[] = []
  for (let round = 0; round < 60_000; round++) {
    let line = seeds[rng.int(seeds.length)] as string
    for (let changes = rng.int(4); changes > 0; changes--) {
      const at = rng.int(line.length + 1)
      const part = parts[rng.int(parts.length)] as string
      line = line.slice(0, at) + (rng.int(2) === 0 ? part : '') + line.slice(at + rng.int(3))
    }
    const found = read(line)
    if (found === null) continue
    taken++
    let expected: unknown
    try {
      expected = (JSON.parse(line) as { text: unknown }).text
    } catch {
      expected = undefined
    }
    if (found !== expected) wrong.push(line)
  }
  expect(wrong).toEqual([])
  expect(taken).toBeGreaterThan(10_000)
})
