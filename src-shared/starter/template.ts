import type { Rng } from '../random/rng.ts'

/** Values for the slots of a template. A value may itself be a template. */
export type Vars = Readonly<Record<string, string>>

type Node =
  | { type: 'text'; text: string }
  | { type: 'slot'; name: string; capital: boolean }
  | { type: 'choice'; flag: string | null; options: Node[][] }

const parsed = new Map<string, Node[]>()

/**
 * Fills a template:
 * - `{a|b|}` takes one of the alternatives (which may nest), each equally likely;
 * - `{?flag:a|b}` takes `a` when the variable `flag` is set and not empty, else `b`;
 * - `[name]` is the value of a variable, `[Name]` the same with a capital letter.
 * Throws when a slot has no value or a bracket is not closed.
 */
export function expand(template: string, vars: Vars, rng: Rng): string {
  let nodes = parsed.get(template)
  if (nodes === undefined) {
    nodes = parse(template)
    parsed.set(template, nodes)
  }
  return render(nodes, vars, rng)
}

function render(nodes: readonly Node[], vars: Vars, rng: Rng): string {
  let out = ''
  for (const node of nodes) {
    if (node.type === 'text') out += node.text
    else if (node.type === 'slot') {
      const value = vars[node.name]
      if (value === undefined) throw new Error(`no value for [${node.name}]`)
      const text = /[[{]/.test(value) ? expand(value, vars, rng) : value
      out += node.capital ? capitalise(text) : text
    } else if (node.flag !== null) out += render(node.options[vars[node.flag] ? 0 : 1] ?? [], vars, rng)
    else out += render(rng.pick(node.options), vars, rng)
  }
  return out
}

function parse(source: string): Node[] {
  let at = 0
  const sequence = (inChoice: boolean): Node[] => {
    const nodes: Node[] = []
    while (at < source.length) {
      const c = source[at]!
      if (inChoice && (c === '|' || c === '}')) break
      if (c === '[') nodes.push(slot())
      else if (c === '{') nodes.push(choice())
      else {
        const start = at
        while (at < source.length && !'[{'.includes(source[at]!) && !(inChoice && '|}'.includes(source[at]!))) at++
        nodes.push({ type: 'text', text: source.slice(start, at) })
      }
    }
    return nodes
  }
  const slot = (): Node => {
    const end = source.indexOf(']', at)
    if (end < 0) throw new Error(`"[" is not closed: ${source.slice(at, at + 40)}`)
    const name = source.slice(at + 1, end)
    at = end + 1
    const lower = name.charAt(0).toLowerCase() + name.slice(1)
    return { type: 'slot', name: lower, capital: lower !== name }
  }
  const choice = (): Node => {
    const start = at++
    const flag = /^\?([\w.]+):/.exec(source.slice(at, at + 40))
    if (flag) at += flag[0].length
    const options = [sequence(true)]
    while (source[at] === '|') {
      at++
      options.push(sequence(true))
    }
    if (source[at] !== '}') throw new Error(`"{" is not closed: ${source.slice(start, start + 40)}`)
    at++
    return { type: 'choice', flag: flag?.[1] ?? null, options }
  }
  return sequence(false)
}

export function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
