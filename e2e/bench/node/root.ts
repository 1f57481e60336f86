import { resolve } from 'node:path'

/** The project's folder; this runs from out/bench/node. */
export const root = resolve(import.meta.dirname, '../../..')
