/** Names of the privileged calls between preload and main. */
export const CHANNELS = { registerFile: 'gradus:register-file', revealDataDir: 'gradus:reveal-data-dir' } as const

/** What main answers: what was asked for, or why not, in plain words. */
export type CallResult = { value: string } | { error: string }
