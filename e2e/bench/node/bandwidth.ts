import { Worker } from 'node:worker_threads'
import asc from 'assemblyscript/asc'
import type { Contender } from '../core/case.ts'
import { timed } from '../contenders/timed.ts'

/** Reads a range in steps of 128 bytes, all loads independent. */
const SOURCE = `
export function read(from: usize, to: usize): i32 {
  let a = i32x4.splat(0), b = a, c = a, d = a, e = a, f = a, g = a, h = a
  for (let p = from; p < to; p += 128) {
    a = v128.or(a, v128.load(p, 0))
    b = v128.or(b, v128.load(p, 16))
    c = v128.or(c, v128.load(p, 32))
    d = v128.or(d, v128.load(p, 48))
    e = v128.or(e, v128.load(p, 64))
    f = v128.or(f, v128.load(p, 80))
    g = v128.or(g, v128.load(p, 96))
    h = v128.or(h, v128.load(p, 112))
  }
  a = v128.or(v128.or(v128.or(a, b), v128.or(c, d)), v128.or(v128.or(e, f), v128.or(g, h)))
  return i32x4.extract_lane(a, 0)
}`

/** Waits for its number to be called, reads its part, says so. Words: 0 turn, 1 threads that are done. */
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads')
const { module, memory, words, from, to } = workerData
WebAssembly.instantiate(module, { env: { memory } }).then(({ exports }) => {
  parentPort.postMessage('ready')
  for (let turn = 0; ; ) {
    Atomics.wait(words, 0, turn)
    turn = Atomics.load(words, 0)
    if (turn < 0) return
    exports.read(from, to)
    Atomics.add(words, 1, 1)
    Atomics.notify(words, 1)
  }
})`

const PAGE = 65_536

/** Plain reading of memory by WebAssembly threads, as fast as they can: the limit of whatever must read as many bytes. */
export function memoryRead(bytes: number, threads: number): Contender {
  const words = new Int32Array(new SharedArrayBuffer(8))
  const pages = Math.ceil(bytes / PAGE) + 1
  const part = Math.floor(bytes / threads / 128) * 128
  const workers: Worker[] = []
  let read: (from: number, to: number) => number
  return {
    name: `only reading: WebAssembly loads, ${threads} threads`,
    async prepare() {
      const module = await WebAssembly.compile(await compile(pages))
      const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true })
      // Pages that were never written all lie on one page of zeros, which a cache holds.
      new Uint8Array(memory.buffer).fill(1)
      read = (await WebAssembly.instantiate(module, { env: { memory } })).exports.read as typeof read
      for (let i = 1; i < threads; i++) {
        const workerData = { module, memory, words, from: i * part, to: (i + 1) * part }
        const worker = new Worker(THREAD, { eval: true, workerData })
        workers.push(worker)
        await new Promise((done, refuse) => worker.once('message', done).once('error', refuse))
      }
    },
    run: (times) =>
      timed(times, async () => {
        Atomics.store(words, 1, 0)
        Atomics.add(words, 0, 1)
        Atomics.notify(words, 0)
        read(0, part)
        for (let done; (done = Atomics.load(words, 1)) < threads - 1;) Atomics.wait(words, 1, done)
        return null
      }),
    async dispose() {
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}

async function compile(pages: number): Promise<Uint8Array<ArrayBuffer>> {
  let binary: Uint8Array | undefined
  const shared = ['--importMemory', '--sharedMemory', '--initialMemory', `${pages}`, '--maximumMemory', `${pages}`]
  const { error, stderr } = await asc.main(
    ['read.ts', '-O3', '--runtime', 'stub', '--enable', 'simd,threads', ...shared, '--outFile', 'read.wasm'],
    {
      readFile: (name) => (name === 'read.ts' ? SOURCE : null),
      writeFile: (_name, contents) => void (binary = contents as Uint8Array),
      listFiles: () => [],
    },
  )
  if (error || !binary) throw new Error(`The memory benchmark does not compile: ${stderr.toString()}`)
  return new Uint8Array(binary)
}
