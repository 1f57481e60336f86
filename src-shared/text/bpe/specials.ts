/** Cuts a text at the special tokens in it: strings are ordinary text, numbers are ids. The longest special wins where two start. */
export function splitSpecials(text: string, specials: ReadonlyMap<string, number>): (string | number)[] {
  if (specials.size === 0) return [text]
  const longestFirst = [...specials.keys()].sort((a, b) => b.length - a.length)
  const pattern = longestFirst.map((special) => special.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|')
  return text
    .split(new RegExp(`(${pattern})`))
    .filter((part) => part !== '')
    .map((part) => specials.get(part) ?? part)
}
