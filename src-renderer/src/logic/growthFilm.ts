import type { Sample } from '@shared/contract/schemas.ts'

export interface Film {
  prompt: string
  /** By step, ascending. */
  frames: { step: number; text: string }[]
}

/** The samples of a run as one film per prompt, in the order the prompts first came. */
export function filmsOf(samples: readonly Sample[]): Film[] {
  const films = new Map<string, Film>()
  for (const { prompt, step, text } of samples) {
    const film = films.get(prompt) ?? { prompt, frames: [] }
    film.frames.push({ step, text })
    films.set(prompt, film)
  }
  for (const film of films.values()) film.frames.sort((a, b) => a.step - b.step)
  return [...films.values()]
}

/** Text as it can be shown: an untrained model also writes control characters, which a font draws as boxes. */
export const showable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Co}\p{Cn}]/gu, (c) => (c === '\n' || c === '\t' ? c : '\uFFFD'))

/** Every step that any film has a frame of, ascending. */
export const filmSteps = (films: readonly Film[]): number[] =>
  [...new Set(films.flatMap((film) => film.frames.map((frame) => frame.step)))].sort((a, b) => a - b)

/** The newest frame at or before `step`; null before the first. */
export const frameAt = (film: Film, step: number): Film['frames'][number] | null =>
  film.frames.findLast((frame) => frame.step <= step) ?? null
