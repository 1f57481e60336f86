import { describe, expect, it } from 'vitest'
import { createRng } from '../../random/rng.ts'
import { Duplicates } from './duplicates.ts'
import { FingerprintSet } from './fingerprint.ts'
import { comparable, HASHES, minhash, SHINGLE, similarity } from './minhash.ts'
import { bandRows, NearDuplicates } from './near-duplicates.ts'

/** The definition: shared shingles over all shingles. */
function jaccard(a: string, b: string): number {
  const shingles = (text: string) => {
    const plain = comparable(text)
    const all = new Set<string>()
    for (let i = 0; i + SHINGLE <= plain.length; i++) all.add(plain.slice(i, i + SHINGLE))
    return all
  }
  const [x, y] = [shingles(a), shingles(b)]
  const both = [...x].filter((one) => y.has(one)).length
  return both / (x.size + y.size - both)
}

const rng = createRng(5)
const word = () => Array.from({ length: 3 + rng.int(6) }, () => String.fromCharCode(97 + rng.int(26))).join('')
const words = (n: number) => Array.from({ length: n }, word)
/** The text with `n` of its words replaced. */
const changed = (list: string[], n: number) => {
  const copy = [...list]
  for (const at of rng.shuffle(list.map((_, i) => i)).slice(0, n)) copy[at] = word()
  return copy.join(' ')
}

describe('fingerprints', () => {
  it('is a set: every text new once, through many growths', () => {
    const set = new FingerprintSet()
    const naive = new Set<string>()
    const wrong: string[] = []
    for (let i = 0; i < 50_000; i++) {
      const text = `text ${rng.int(20_000)}`
      if (set.add(text) === naive.has(text)) wrong.push(text)
      naive.add(text)
    }
    expect(wrong).toEqual([])
    expect(set.size).toBe(naive.size)
    expect(set.has('text of another kind')).toBe(false)
  })
})

describe('MinHash', () => {
  it('estimates the exact Jaccard similarity within four standard errors', () => {
    const [a, b] = [new Uint32Array(HASHES), new Uint32Array(HASHES)]
    let sum = 0
    for (let i = 0; i < 60; i++) {
      const base = words(80)
      const other = changed(base, i % 30)
      minhash(base.join(' '), a)
      minhash(other, b)
      const exact = jaccard(base.join(' '), other)
      const error = similarity(a, b) - exact
      expect(Math.abs(error)).toBeLessThanOrEqual(4 * Math.sqrt((exact * (1 - exact)) / HASHES) + 1e-9)
      sum += error
    }
    // No bias: the mean error of 60 estimates.
    expect(Math.abs(sum / 60)).toBeLessThan(0.02)
  })

  it('takes case and white space for nothing, and compares short texts too', () => {
    const [a, b] = [new Uint32Array(HASHES), new Uint32Array(HASHES)]
    minhash('Win  CASH now\n', a)
    minhash('win cash now', b)
    expect(similarity(a, b)).toBe(1)
    minhash('ok', a)
    minhash('no', b)
    expect(similarity(a, b)).toBe(0)
  })

  it('chooses bands that miss next to nothing at the threshold', () => {
    for (const threshold of [0.5, 0.7, 0.8, 0.9, 0.95, 0.99]) {
      const rows = bandRows(threshold)
      expect(1 - (1 - threshold ** rows) ** (HASHES / rows)).toBeGreaterThan(0.99)
    }
    expect(bandRows(0.9)).toBe(8)
  })
})

describe('near-duplicates', () => {
  it('finds the pairs that the exact similarity finds, but for those at the threshold', () => {
    const threshold = 0.9
    const bases = Array.from({ length: 300 }, () => words(60))
    const near = new NearDuplicates(threshold, 10_000)
    for (const base of bases) expect(near.add(base.join(' '))).toBeNull()
    let found = 0
    for (const [i, base] of bases.entries()) {
      const text = changed(base, i % 12)
      const exact = jaccard(base.join(' '), text)
      const match = near.find(text)
      if (match) {
        found++
        expect(match.index).toBe(i)
        expect(Math.abs(match.similarity - exact)).toBeLessThan(0.12)
      }
      if (exact >= 0.97) expect(match).not.toBeNull()
      if (exact < 0.78) expect(match).toBeNull()
    }
    expect(found).toBeGreaterThan(40)
  })

  it('remembers no more than its limit and says so', () => {
    const near = new NearDuplicates(0.9, 2)
    const texts = [words(30).join(' '), words(30).join(' '), words(30).join(' ')]
    for (const text of texts) near.add(text)
    expect(near.full).toBe(true)
    expect(near.find(texts[0] as string)).not.toBeNull()
    expect(near.find(texts[2] as string)).toBeNull()
  })
})

describe('duplicates', () => {
  it('counts copies whether or not they are left out', () => {
    const options = { exact: false, near: false, nearThreshold: 0.9, nearLimit: 100 }
    const keep = new Duplicates(options)
    expect(['a', 'b', 'a', 'a'].map((text) => keep.check(text)?.leftOut ?? null)).toEqual([null, null, false, false])
    expect(keep.exact).toBe(2)
    const drop = new Duplicates({ ...options, exact: true, near: true })
    const base = words(60)
    const texts = [base.join(' '), `${base.join('  ')}.`, base.join(' ')]
    expect(texts.map((text) => drop.check(text)?.kind ?? null)).toEqual([null, 'near', 'exact'])
  })
})
