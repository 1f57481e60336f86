const ROOT = Math.sqrt(2 / Math.PI)

/** 0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) */
export const geluReference = (x: number): number => 0.5 * x * (1 + Math.tanh(ROOT * (x + 0.044715 * x ** 3)))

export function geluDerivativeReference(x: number): number {
  const t = Math.tanh(ROOT * (x + 0.044715 * x ** 3))
  return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * ROOT * (1 + 3 * 0.044715 * x * x)
}
