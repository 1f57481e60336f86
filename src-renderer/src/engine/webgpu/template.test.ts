import { describe, expect, it } from 'vitest'
import { expand } from './template.ts'

const flat = (source: string, constants = {}, includes = {}) =>
  expand(source, constants, includes)
    .split('\n')
    .map((l) => l.trim())
    .filter(Boolean)

describe('expand', () => {
  it('sets constants and keeps defaults', () => {
    expect(flat('const A: u32 = 4u;\nconst B: f32 = 0.5;\nconst C: bool = true;', { A: 8, C: false })).toEqual([
      'const A: u32 = 8u;',
      'const B: f32 = 0.5;',
      'const C: bool = false;',
    ])
  })

  it('unrolls nested loops', () => {
    const source = 'const N: u32 = 2u;\n#for i in N\n#for j in N\nx$i_$j\n#end\n#end'
    expect(flat(source.replace('x$i_$j', 'x[$i + $j]'))).toEqual([
      'const N: u32 = 2u;',
      'x[0 + 0]',
      'x[0 + 1]',
      'x[1 + 0]',
      'x[1 + 1]',
    ])
  })

  it('chooses by a constant and includes', () => {
    const source = 'const VEC4: bool = true;\n#include vec\nlet a = v.lane(2);'
    const includes = { vec: '#if VEC4\nalias Vec = vec4f;\n#else\nalias Vec = f32;\n#end' }
    expect(flat(source, {}, includes).slice(1)).toEqual(['alias Vec = vec4f;', 'let a = v[2];'])
    expect(flat(source, { VEC4: false }, includes).slice(1)).toEqual(['alias Vec = f32;', 'let a = v;'])
  })

  it('refuses what it does not know', () => {
    expect(() => flat('x', { A: 1 })).toThrow('constant A is not declared')
    expect(() => flat('#include nothing')).toThrow('"nothing"')
    expect(() => flat('#for i in N\n#end')).toThrow('N is used before')
    expect(() => flat('const N: u32 = 2u;\n#for i in N')).toThrow('has no #end')
  })
})
