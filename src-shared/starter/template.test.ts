import { expect, test } from 'vitest'
import { createRng } from '../random/rng.ts'
import { expand } from './template.ts'

const all = (template: string, vars = {}) => {
  const rng = createRng(1)
  return new Set(Array.from({ length: 200 }, () => expand(template, vars, rng)))
}

test('takes every alternative, nested and empty ones too', () => {
  expect(all('{a|b{1|2}|}!')).toEqual(new Set(['a!', 'b1!', 'b2!', '!']))
})

test('fills slots, with a capital where the slot has one, and templates inside values', () => {
  const vars = { he: 'she', 'f.his': 'his', wish: '[he] {sang}' }
  expect(all('[He] saw [f.his] hat: [wish].', vars)).toEqual(new Set(['She saw his hat: she sang.']))
})

test('chooses by a flag', () => {
  expect(all('{?child:boy|fox}', { child: 'yes' })).toEqual(new Set(['boy']))
  expect(all('{?child:boy|fox}', { child: '' })).toEqual(new Set(['fox']))
  expect(all('{?child:boy}', {})).toEqual(new Set(['']))
})

test('refuses an unknown slot and open brackets', () => {
  const rng = createRng(1)
  expect(() => expand('[nobody]', {}, rng)).toThrow('no value for [nobody]')
  expect(() => expand('{a|b', {}, rng)).toThrow('not closed')
  expect(() => expand('[a', {}, rng)).toThrow('not closed')
})
