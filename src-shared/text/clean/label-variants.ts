/** What labels are compared by: case and white space do not count. */
const plain = (label: string) => label.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase()

export interface LabelVariants {
  /** The spelling that most texts have. */
  keep: string
  others: string[]
  /** Texts with one of the others. */
  texts: number
}

/** Labels that differ only in case or spaces, by the number of texts of each. */
export function labelVariants(counts: ReadonlyMap<string, number>): LabelVariants[] {
  const groups = new Map<string, string[]>()
  for (const label of counts.keys()) groups.set(plain(label), [...(groups.get(plain(label)) ?? []), label])
  return [...groups.values()]
    .filter((labels) => labels.length > 1)
    .map((labels) => {
      const count = (label: string) => counts.get(label) ?? 0
      const [keep = '', ...others] = labels.toSorted((a, b) => count(b) - count(a) || (a < b ? -1 : 1))
      return { keep, others, texts: others.reduce((sum, label) => sum + count(label), 0) }
    })
}
