/** Addresses that kernels/pool.ts gives its words. */
export const TICKET_ADDRESS = 64
export const FAILED_ADDRESS = 384
