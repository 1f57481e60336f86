import { randomUUID } from 'node:crypto'

/** A fresh id in the contract's form: lower-case letters, digits, dashes. */
export const newId = (): string => randomUUID()
