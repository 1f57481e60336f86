import { createHash } from 'node:crypto'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { starterSchema } from '../contract/schemas.ts'
import { generateStarter, starters } from './index.ts'

// A change here changes what everybody's starter models were trained on: change it knowingly.
const CHECKSUMS = {
  stories: '76dda775314607cca0f935a776d74c5292446d9ea36fecd9d9d90b82628929a7',
  instructions: 'f83f5fa9689dc5cf6dc035a564258f8f2a52f8000898f0cdfaa50a67eea90013',
  messages: '7d07701fbe30deae1ba245796d3e196912e50dd5c36d96921f6c83bcfc17e61e',
}

describe.each(starters.map((starter) => [starter.id, starter] as const))('%s', (id, starter) => {
  const records = [...generateStarter(id)]
  const lines = records.map((record) => JSON.stringify(record))

  test('is described as the contract wants it, with its true size', () => {
    expect(v.is(starterSchema, starter)).toBe(true)
    expect(records).toHaveLength(starter.records)
    const bytes = Buffer.byteLength(lines.join('\n'))
    expect(Math.abs(bytes / starter.approxBytes - 1)).toBeLessThan(0.15)
  })

  test('is the same on every run and every machine', () => {
    const hash = createHash('sha256').update(lines.join('\n')).digest('hex')
    expect(hash).toBe(CHECKSUMS[id])
    const again = generateStarter(id)
    for (const line of lines.slice(0, 200)) expect(JSON.stringify(again.next().value)).toBe(line)
  })

  test('has no record twice', () => {
    const keys = records.map((record) => ('text' in record ? record.text : `${record.instruction}\n${record.input}`))
    expect(new Set(keys).size).toBe(keys.length)
  })

  test('is plain ASCII without stray spaces, template marks or open quotations', () => {
    const bad = (text: string) =>
      !/^[\x20-\x7e\n]*$/.test(text) ||
      / {2}|^\s|\s$| \n|\n | [,;!?]|[[\]{}|]/.test(text) ||
      text.split('"').length % 2 === 0
    expect(records.flatMap((record) => Object.values(record)).filter(bad)).toEqual([])
  })

  test('uses "a" and "an" rightly', () => {
    const pairs = new Set(
      records.flatMap((record) => Object.values(record)).flatMap((text: string) => text.match(/\ban? [a-z]+/gi) ?? []),
    )
    expect(pairs.size).toBeGreaterThan(5)
    for (const pair of pairs) {
      const [article, word] = pair.toLowerCase().split(' ') as [string, string]
      const vowelSound = /^[aeiou]/.test(word) && !/^(one|use|unicorn)/.test(word)
      // "A to Z" names a letter.
      if (word !== 'to') expect(article, pair).toBe(vowelSound || word === 'hour' ? 'an' : 'a')
    }
  })
})
