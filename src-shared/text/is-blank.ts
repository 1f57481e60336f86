/** What has a shape: no white space, no control character, none that only joins, parts or directs others (zero-width ones). */
const VISIBLE = /[^\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/u

/** Whether nothing can be seen in a text. Most texts begin with a visible character, which is seen without an expression. */
export function isBlank(text: string): boolean {
  const first = text.charCodeAt(0)
  return !(first > 0x20 && first < 0x7f) && !VISIBLE.test(text)
}
