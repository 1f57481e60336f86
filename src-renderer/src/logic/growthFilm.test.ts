import { expect, it } from 'vitest'
import { filmsOf, filmSteps, frameAt, showable } from './growthFilm.ts'

const samples = [
  { step: 0, prompt: 'Once', text: 'xq' },
  { step: 0, prompt: 'The', text: '##' },
  { step: 200, prompt: 'Once', text: ' upon a time' },
  { step: 100, prompt: 'Once', text: ' the the' },
]

it('makes one film per prompt, its frames in order of the steps', () => {
  const films = filmsOf(samples)
  expect(films.map((film) => film.prompt)).toEqual(['Once', 'The'])
  expect(films[0]?.frames.map((frame) => frame.step)).toEqual([0, 100, 200])
  expect(filmSteps(films)).toEqual([0, 100, 200])
})

it('shows the newest frame up to a step', () => {
  const [once, the] = filmsOf(samples)
  if (!once || !the) throw new Error('two films were expected')
  expect(frameAt(once, 150)?.text).toBe(' the the')
  expect(frameAt(the, 150)?.text).toBe('##')
  expect(frameAt(once, -1)).toBeNull()
})

it('shows control characters as the mark of what cannot be shown', () => {
  expect(showable('a\u0000b\nc\u007f – é 😀')).toBe('a\uFFFDb\nc\uFFFD – é 😀')
})
