/** A hundred lines of JSONL, seven of them broken; two of the seven (20 and 50) have one reading and can be repaired. */
export function badLines(): string {
  const lines = Array.from({ length: 100 }, (_, i) => JSON.stringify({ text: `Line number ${i} says a thing.` }))
  lines[9] = '{"text": "cut off'
  lines[19] = '{"text": "comma after it",}'
  lines[29] = '["a", "list"]'
  lines[39] = ''
  lines[49] = '\ufeff{"text": "a mark in the middle"}'
  lines[59] = '{"text": NaN}'
  lines[69] = '{"txet": "wrong key"}'
  return `${lines.join('\n')}\n`
}

/** Seven ways in which a line of pairs can be broken, by its number (1 is the first); 10 and 50 have one reading. */
export const BROKEN_PAIRS: Readonly<Record<number, string>> = {
  3: '{"instruction": "a", "output": "b"',
  10: '{"instruction": "a", "output": "b",}',
  20: '["instruction", "output"]',
  35: '',
  50: '\uFEFF{"instruction": "a", "output": "b"}',
  70: '{"instruction": "a", "output": NaN}',
  99: '{"instruction":"a","outptu":"b"}',
}

/** A hundred lines of pairs, with {@link BROKEN_PAIRS} among them. */
export function badPairs(): string {
  const lines = Array.from({ length: 100 }, (_, i) =>
    JSON.stringify({ instruction: `Say ${i}.`, input: '', output: `${i}` }),
  )
  for (const [line, text] of Object.entries(BROKEN_PAIRS)) lines[Number(line) - 1] = text
  return `${lines.join('\n')}\n`
}
