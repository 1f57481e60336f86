/**
 * The little text work that WGSL needs before it is compiled. Software adapters keep an array in registers only where every index into
 * it is a literal, so inner loops must be unrolled in the text; sizes of function-scope arrays can't be `override` constants either.
 *
 *     const ROWS: u32 = 4u;      a constant that the kernel's TypeScript twin may set; the file's value is the default
 *     #include vec               another file
 *     #storage Out               include/storage.wgsl with Out for $T, OUT for $C and out for $t
 *     #if VEC4 / #else / #end    a choice by a boolean constant
 *     #for i in ROWS / #end      the lines between, once for each i = 0 .. ROWS-1, `$i` replaced by the number
 *     .lane($i)                  component of a Vec: `[i]` for vec4f, nothing for f32
 */
export type Constants = Readonly<Record<string, number | boolean>>

const DECLARATION = /^const (\w+): (u32|f32|bool) = ([\w.-]+);/
const literal = (type: string, value: number | boolean) =>
  type === 'u32' ? `${value}u` : type === 'f32' && Number.isInteger(value) ? `${String(value)}.0` : String(value)

class Expansion {
  private readonly known = new Map<string, number | boolean>()
  readonly unused: Set<string>

  constructor(
    private readonly constants: Constants,
    private readonly includes: Readonly<Record<string, string>>,
  ) {
    this.unused = new Set(Object.keys(constants))
  }

  lines(lines: readonly string[]): string[] {
    const out: string[] = []
    for (let at = 0; at < lines.length; at++) {
      const line = lines[at]!
      const word = line.trim().split(/\s+/)
      if (word[0] === '#include') {
        out.push(...this.lines(this.include(word[1]!).split('\n')))
      } else if (word[0] === '#storage') {
        const type = word[1]!
        const names = { $T: type, $C: type.toUpperCase(), $t: type.toLowerCase() }
        const text = this.include('storage').replace(/\$[TCt]/g, (name) => names[name as keyof typeof names])
        out.push(...this.lines(text.split('\n')))
      } else if (word[0] === '#if' || word[0] === '#for') {
        const { end, otherwise } = this.block(lines, at)
        const body = lines.slice(at + 1, otherwise ?? end)
        if (word[0] === '#for') out.push(...this.repeat(body, word[1]!, this.value(word[3]!)))
        else if (this.value(word[1]!)) out.push(...this.lines(body))
        else if (otherwise !== undefined) out.push(...this.lines(lines.slice(otherwise + 1, end)))
        at = end
      } else out.push(this.declaration(line))
    }
    return out
  }

  private include(name: string): string {
    const text = this.includes[name]
    if (text === undefined) throw new Error(`WGSL include "${name}" is not known`)
    return text
  }

  private value(name: string): number | boolean {
    const value = this.known.get(name)
    if (value === undefined) throw new Error(`WGSL template: ${name} is used before it is declared`)
    return value
  }

  private repeat(body: readonly string[], variable: string, count: number | boolean): string[] {
    const pattern = new RegExp(`\\$${variable}\\b`, 'g')
    const out: string[] = []
    for (let i = 0; i < Number(count); i++) out.push(...this.lines(body.map((l) => l.replace(pattern, String(i)))))
    return out
  }

  /** Line numbers of the `#end`, and of the `#else`, that belong to the block opened at `at`. */
  private block(lines: readonly string[], at: number): { end: number; otherwise?: number } {
    let depth = 0
    let otherwise: number | undefined
    for (let i = at; i < lines.length; i++) {
      const word = lines[i]!.trim().split(/\s+/)[0]
      if (word === '#if' || word === '#for') depth++
      else if (word === '#else' && depth === 1) otherwise = i
      else if (word === '#end' && --depth === 0) return { end: i, ...(otherwise === undefined ? {} : { otherwise }) }
    }
    throw new Error(`WGSL template: "${lines[at]!.trim()}" has no #end`)
  }

  private declaration(line: string): string {
    const found = DECLARATION.exec(line)
    if (!found) return line
    const [, name, type, text] = found as unknown as [string, string, string, string]
    this.unused.delete(name)
    const value = this.constants[name] ?? (type === 'bool' ? text === 'true' : Number.parseFloat(text))
    this.known.set(name, value)
    return `const ${name}: ${type} = ${literal(type, value)};`
  }
}

/** The WGSL that a template stands for. @throws Error on a constant that the text doesn't declare */
export function expand(source: string, constants: Constants, includes: Readonly<Record<string, string>>): string {
  const expansion = new Expansion(constants, includes)
  const text = expansion.lines(source.split('\n')).join('\n')
  const [unknown] = expansion.unused
  if (unknown !== undefined) throw new Error(`WGSL template: constant ${unknown} is not declared`)
  return text.replace(/\.lane\((\d+)\)/g, constants.VEC4 === false ? '' : '[$1]')
}
