/** TABLES[k][b]: what byte b contributes when k more bytes follow it (Kounavis and Berry, "slicing by 8"). */
const TABLES = Array.from({ length: 8 }, () => new Uint32Array(256))
const [T0, T1, T2, T3, T4, T5, T6, T7] = TABLES as [
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
  Uint32Array,
]
for (let n = 0; n < 256; n++) {
  let c = n
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  T0[n] = c
}
for (let k = 1; k < 8; k++) {
  const [before, table] = [TABLES[k - 1], TABLES[k]] as [Uint32Array, Uint32Array]
  for (let n = 0; n < 256; n++) table[n] = T0[before[n]! & 0xff]! ^ (before[n]! >>> 8)
}

/** CRC-32 (IEEE 802.3, as in zlib). Pass the last result as `seed` to go on over chunks. */
export function crc32(bytes: Uint8Array, seed = 0): number {
  let c = ~seed
  let i = 0
  for (const whole = bytes.length - 7; i < whole; i += 8) {
    c ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)
    c =
      T7[c & 0xff]! ^
      T6[(c >>> 8) & 0xff]! ^
      T5[(c >>> 16) & 0xff]! ^
      T4[c >>> 24]! ^
      T3[bytes[i + 4]!]! ^
      T2[bytes[i + 5]!]! ^
      T1[bytes[i + 6]!]! ^
      T0[bytes[i + 7]!]!
  }
  for (; i < bytes.length; i++) c = T0[(c ^ bytes[i]!) & 0xff]! ^ (c >>> 8)
  return ~c >>> 0
}
