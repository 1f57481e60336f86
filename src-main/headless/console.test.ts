import { EventEmitter } from 'node:events'
import { expect, test, vi } from 'vitest'
import { stopWithoutReader } from './console.ts'

const gone = () => Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })

test('a command whose output is no longer read is interrupted, once', () => {
  const output = new EventEmitter()
  const exit = vi.fn()
  const interrupt = vi.fn()
  stopWithoutReader([output], exit)
  process.once('SIGINT', interrupt)
  output.emit('error', gone())
  // What it says while it saves finds no reader either.
  output.emit('error', gone())
  expect(interrupt).toHaveBeenCalledTimes(1)
  expect(exit).not.toHaveBeenCalled()
})

test('one that has nothing to save ends at once', () => {
  const output = new EventEmitter()
  const exit = vi.fn()
  stopWithoutReader([output], exit)
  expect(process.listenerCount('SIGINT')).toBe(0)
  output.emit('error', gone())
  expect(exit).toHaveBeenCalledTimes(1)
})

test('any other error of an output is not kept quiet', () => {
  const output = new EventEmitter()
  stopWithoutReader([output], () => {})
  expect(() => output.emit('error', Object.assign(new Error('no space left'), { code: 'ENOSPC' }))).toThrow('no space')
})
