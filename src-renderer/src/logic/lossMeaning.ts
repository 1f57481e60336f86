import { formatCount, formatLoss } from './format.ts'

/**
 * What a loss in nats says: exp(loss) is the number of equally likely choices it stands for (the perplexity), out of `choices`.
 */
export function lossMeaning(loss: number, choices: number, what: 'next tokens' | 'classes'): string {
  const likely = Math.exp(loss)
  if (likely > choices * 1.05) {
    return `Loss ${formatLoss(loss)} is worse than guessing among all ${formatCount(choices)} ${what}, which costs ${formatLoss(Math.log(choices))}.`
  }
  const number = likely < 9.95 ? likely.toFixed(1) : formatCount(likely)
  return `Loss ${formatLoss(loss)} = like choosing among about ${number} equally likely ${what}. Guessing would be among all ${formatCount(choices)}.`
}

interface Curve {
  trainLoss: number | null
  valLoss: number | null
  bestValLoss: number | null
  bestStep: number | null
}

/** How training goes on, where there is something to say: learning by heart, or the best state being an earlier one. */
export function curveAdvice({ trainLoss, valLoss, bestValLoss, bestStep }: Curve): string | null {
  if (trainLoss === null || valLoss === null || bestValLoss === null || bestStep === null) return null
  if (valLoss > bestValLoss * 1.03 && trainLoss < bestValLoss) {
    return `The validation loss has risen since step ${formatCount(bestStep)} while the training loss fell: the model begins to learn the text by heart. The best state is kept.`
  }
  if (valLoss - trainLoss > 0.25 * valLoss && valLoss - trainLoss > 0.3) {
    return 'The model finds its training text much easier than held-out text. More text, or a smaller model, would close the gap.'
  }
  return null
}
