/** A project's name from its file's: "tiny_shakespeare-v2.txt" -> "Tiny shakespeare v2". */
export function projectName(fileName: string): string {
  const stem = fileName.replace(/\.[A-Za-z0-9]{1,8}$/, '')
  const words = stem
    .replace(/[_\-.]+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  const name = [...words].slice(0, 60).join('').trim()
  if (name === '') return 'Untitled'
  return name.charAt(0).toUpperCase() + name.slice(1)
}

/** `name`, or "name 2", "name 3" ... when others have it already. */
export function uniqueName(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name
  let n = 2
  while (taken.includes(`${name} ${n}`)) n++
  return `${name} ${n}`
}
