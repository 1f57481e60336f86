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
  /** Largest safetensors header (huggingface/safetensors `src/tensor.rs`, MAX_HEADER_SIZE). */
  safetensorsHeaderBytes: 100_000_000,
  /** Malformed rows kept with line number and excerpt; the rest are only counted. */
  problemsKept: 200,
  /** Longest text accepted by the chat composer, in characters. */
  promptChars: 20_000,
} as const
