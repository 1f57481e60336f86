/**
 * Training samples that windows of `context` tokens and their shifted targets give, one beginning every `stride` tokens:
 * floor((N - T - 1) / stride) + 1 for N >= T + 1 tokens, else 0 (Raschka, chapter 2: `range(0, len(ids) - T, stride)`).
 */
export function sampleCount(tokens: number, context: number, stride: number): number {
  if (tokens < context + 1) return 0
  return Math.floor((tokens - context - 1) / stride) + 1
}

/** Where the first windows begin on a row of `tokens` tokens; `most` of them. */
export function windowStarts(tokens: number, context: number, stride: number, most: number): number[] {
  return Array.from({ length: Math.min(most, sampleCount(tokens, context, stride)) }, (_, i) => i * stride)
}

/** What a stride means for a context, in one sentence. */
export function strideMeaning(context: number, stride: number): string {
  if (stride === context) return 'Stride equals context: each token is read once per pass.'
  if (stride > context)
    return `Stride is larger than context: ${stride - context} of every ${stride} tokens are skipped.`
  const times = context / stride
  const about = Number.isInteger(times) ? String(times) : `about ${times.toFixed(1)}`
  return `Stride is smaller than context: windows overlap, and each token is read ${about} times per pass.`
}

/**
 * Samples that training takes per pass over `tokens` tokens. It reads with the stride of a context from a new random start in each pass
 * (engine/train/text-batches.ts), so a pass has one less where the start leaves too little at the end.
 */
export function trainingSamples(tokens: number, context: number): { least: number; most: number } {
  if (tokens < context + 1) return { least: 0, most: 0 }
  const latest = Math.min(context - 1, tokens - 1 - context)
  return { least: sampleCount(tokens - latest, context, context), most: sampleCount(tokens, context, context) }
}
