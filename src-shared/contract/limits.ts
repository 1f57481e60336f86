/** Caps that both sides of the contract know. Bytes unless the name says otherwise. */
export const LIMITS = {
  /** Largest part of an upload or checkpoint in one PUT. */
  partBytes: 16 * 1024 * 1024,
  /** Largest JSON body of one rpc call. */
  rpcBytes: 4 * 1024 * 1024,
  /** Longest line accepted in a JSONL or CSV file. */
  lineBytes: 16 * 1024 * 1024,
  /** Deepest nesting accepted in JSON. */
  jsonDepth: 64,
  /** Most columns of a table, or different keys of its records. */
  columns: 2000,
  /** Most files inside a document that is a ZIP archive (DOCX, EPUB). */
  archiveEntries: 20_000,
  /** Most text inside a document, unpacked. */
  archiveBytes: 1024 * 1024 * 1024,
  /** Most that compressed data may grow by, beyond its first `ratioFreeBytes`: text rarely exceeds 20. */
  compressionRatio: 200,
  ratioFreeBytes: 64 * 1024 * 1024,
  /** Largest PDF, which has to stand in memory. */
  pdfBytes: 256 * 1024 * 1024,
  /** Largest row group of a Parquet table, unpacked, which has to stand in memory. */
  rowGroupBytes: 1024 * 1024 * 1024,
  /** Largest safetensors header (huggingface/safetensors `src/tensor.rs`, MAX_HEADER_SIZE). */
  safetensorsHeaderBytes: 100_000_000,
  /** Malformed rows kept with line number and excerpt; the rest are only counted. */
  problemsKept: 200,
  /** Problems of each kind that the report lists; the rest are only counted. */
  problemsListed: 10_000,
  /** Longest record that the report lets a person edit, in characters. */
  editCharacters: 16_000,
  /** Records longer than this, in characters, are named: the longest context here, 8,192 tokens, holds about as much. */
  longRecord: 32_000,
  /** Records (or paragraphs) that are compared for near-duplicates. */
  nearDuplicates: 200_000,
  /** Bytes of the sources that a recipe is tried on. */
  trialBytes: 8 * 1024 * 1024,
  /** Longest text accepted by the chat composer, in characters. */
  promptChars: 20_000,
} as const
