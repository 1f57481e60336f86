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
