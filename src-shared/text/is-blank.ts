/** Whether there is nothing but white space in a text. Most texts begin with a visible character, which is seen without making a copy. */
export function isBlank(text: string): boolean {
  const first = text.charCodeAt(0)
  return !(first > 0x20 && first < 0x7f) && text.trim() === ''
}
