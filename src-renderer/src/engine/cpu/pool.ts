/** Addresses that kernels/pool.ts gives its words. */
export const FAILED_ADDRESS = 384
