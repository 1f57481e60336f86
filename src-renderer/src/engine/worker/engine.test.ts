import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { AppError } from '@shared/contract/errors.ts'
import { call } from '../../../../src-main/testing/studio.ts'
import type { EngineEvent } from './protocol.ts'
import { sampling, settings, setUp, V } from '../../../../src-main/headless/testing/engine-world.ts'

describe('Engine', () => {
  test('trains a run over the real routes, and the model writes and is kept', async () => {
    const { studio, send, phase, answer, createRun, getRun, events } = await setUp()
    const run = await createRun()
    send({ type: 'train', runId: run.id, resume: false })
    await phase('finished')
    const done = await getRun(run.id)
    expect(done).toMatchObject({
      status: 'finished',
      step: 40,
      bestStep: 40,
      backend: { kind: 'webgpu', adapter: 'fake' },
    })
    expect(done.valLoss!).toBeLessThan(0.7 * Math.log(V))
    expect(done.checkpoints.at(-1)).toMatchObject({ step: 40, best: true })
    const metrics = await call(studio, 'runs.metrics', { id: run.id })
    expect(metrics.map((m) => m.step)).toEqual(Array.from({ length: 41 }, (_, i) => i))
    expect((await call(studio, 'runs.samples', { id: run.id })).map((s) => s.step)).toEqual([0, 20, 40])
    expect(events.filter((e) => e.type === 'metrics').flatMap((e) => e.rows.length)).not.toContain(0)

    send({ type: 'loadModel', requestId: 'a', runId: run.id, prefer: 'best' })
    expect(await answer('a')).toMatchObject({ type: 'modelLoaded', step: 40 })
    send({ type: 'generate', requestId: 'b', prompt: 'ab', instruct: false, sampling })
    expect(await answer('b')).toMatchObject({ type: 'generated', tokens: 4, stopReason: 'length' })
    const text = events.flatMap((e) => (e.type === 'token' && e.requestId === 'b' ? e.text : [])).join('')
    expect(text).toBe('c de')
    send({ type: 'classify', requestId: 'c', text: 'a' })
    expect(await answer('c')).toMatchObject({ type: 'requestFailed', error: { code: 'bad_request' } })
  })

  test('classifies from a base run and reports', async () => {
    const { send, phase, answer, createRun, getRun, events } = await setUp()
    const base = await createRun()
    send({ type: 'train', runId: base.id, resume: false })
    await phase('finished')
    events.length = 0
    const run = await createRun({ kind: 'classify', datasetId: 'texts', baseRunId: base.id, labels: ['low', 'high'] })
    send({ type: 'train', runId: run.id, resume: false })
    await phase('finished')
    expect((await getRun(run.id)).report).toMatchObject({ total: 6, baselineAccuracy: 0.5 })
    send({ type: 'loadModel', requestId: 'a', runId: run.id, prefer: 'best' })
    send({ type: 'classify', requestId: 'b', text: 'fff' })
    const result = await answer('b')
    expect(result).toMatchObject({ type: 'classified', truncated: false })
    const { probabilities } = result as Extract<EngineEvent, { type: 'classified' }>
    expect(probabilities[0]! + probabilities[1]!).toBeCloseTo(1)
    expect(probabilities[1]).toBeGreaterThan(0.5)
    send({ type: 'classify', requestId: 'c', text: 'f'.repeat(50) })
    expect(await answer('c')).toMatchObject({ truncated: true })
    send({ type: 'generate', requestId: 'd', prompt: 'a', instruct: false, sampling })
    expect(await answer('d')).toMatchObject({ type: 'requestFailed', error: { code: 'bad_request' } })
  })

  test('refuses to write while a run trains, but not while it is paused', async () => {
    const { send, phase, answer, createRun, configure } = await setUp()
    const first = await createRun()
    send({ type: 'train', runId: first.id, resume: false })
    await phase('finished')
    send({ type: 'loadModel', requestId: 'a', runId: first.id, prefer: 'best' })
    await answer('a')
    const second = await createRun({ settings: { ...settings, steps: 100_000 } })
    configure.session = (session) => {
      const step = session.trainStep.bind(session)
      session.trainStep = async (batch, options) => {
        if (options.step === 5) send({ type: 'generate', requestId: 'busy', prompt: 'a', instruct: false, sampling })
        if (options.step === 9) send({ type: 'pause' })
        return step(batch, options)
      }
    }
    send({ type: 'train', runId: second.id, resume: false })
    expect(await answer('busy')).toMatchObject({ type: 'requestFailed', error: { code: 'busy' } })
    await phase('paused')
    send({ type: 'generate', requestId: 'c', prompt: 'a', instruct: false, sampling })
    expect(await answer('c')).toMatchObject({ type: 'generated' })
    send({ type: 'stop' })
    await phase('stopped')
  })

  test('a second run is refused while one trains; stop saves and a resume goes on with the same losses', async () => {
    const whole = await setUp()
    const reference = await whole.createRun()
    whole.send({ type: 'train', runId: reference.id, resume: false })
    await whole.phase('finished')
    const expected = await call(whole.studio, 'runs.metrics', { id: reference.id })

    const { studio, send, phase, until, createRun, getRun, configure, events } = await setUp()
    const run = await createRun()
    const other = await createRun()
    configure.session = (session) => {
      const step = session.trainStep.bind(session)
      session.trainStep = async (batch, options) => {
        if (options.step === 17) {
          send({ type: 'train', runId: other.id, resume: false })
          send({ type: 'stop' })
        }
        return step(batch, options)
      }
    }
    send({ type: 'train', runId: run.id, resume: false })
    const refused = await until(
      (e): e is Extract<EngineEvent, { type: 'train' }> => e.type === 'train' && e.runId === other.id,
    )
    expect(refused).toMatchObject({ phase: 'failed', error: { code: 'busy' } })
    await phase('stopped')
    expect(await getRun(run.id)).toMatchObject({ status: 'stopped' })
    expect((await getRun(other.id)).status).toBe('created')
    configure.session = () => {}
    events.length = 0
    send({ type: 'train', runId: run.id, resume: true })
    await phase('finished')
    const got = await call(studio, 'runs.metrics', { id: run.id })
    expect(got.map((m) => [m.step, m.loss, m.valLoss])).toEqual(expected.map((m) => [m.step, m.loss, m.valLoss]))
  })

  test('a destroyed device comes back and the run ends as if nothing had been', async () => {
    const { send, phase, createRun, events, configure, backends, sessions } = await setUp()
    const run = await createRun()
    configure.session = (session) => {
      if (sessions.length > 1) return
      const step = session.trainStep.bind(session)
      session.trainStep = async (batch, options) => {
        if (options.step === 25) send({ type: 'loseDevice' })
        await new Promise((resolve) => setImmediate(resolve))
        return step(batch, options)
      }
    }
    send({ type: 'train', runId: run.id, resume: false })
    await phase('finished')
    expect(backends.length).toBe(2)
    expect(sessions.length).toBe(2)
    expect(events.filter((e) => e.type === 'deviceLost')).toEqual([
      { type: 'deviceLost', reason: 'The graphics device was lost.', recovering: true },
    ])
  })

  test('a device lost as the model answers is opened again, and twice lost it is treated gently', async () => {
    const { send, phase, answer, createRun, configure, backends, sessions, events } = await setUp()
    const run = await createRun()
    send({ type: 'train', runId: run.id, resume: false })
    await phase('finished')
    send({ type: 'loadModel', requestId: 'load', runId: run.id, prefer: 'best' })
    await answer('load')
    const last = sessions.length
    configure.session = (session) => {
      if (sessions.length > last + 2) return
      session.decoder = () => {
        backends.at(-1)!.lose()
        throw new AppError({ code: 'gpu_lost', message: 'The graphics device was lost.' })
      }
    }
    send({ type: 'generate', requestId: 'write', prompt: 'ab', instruct: false, sampling })
    expect(await answer('write')).toMatchObject({ type: 'generated' })
    expect(sessions.length).toBe(last + 3)
    const care = backendsOf(events).map((backend) => backend.care)
    expect(care).toEqual([undefined, undefined, expect.stringContaining('portions of 1/2')])
  })

  test('what the device says of itself is told also while a run trains; measuring it is not', async () => {
    const { send, phase, answer, createRun } = await setUp()
    const run = await createRun()
    send({ type: 'train', runId: run.id, resume: false })
    await phase('running')
    send({ type: 'look', requestId: 'facts', look: { at: 'device' } })
    send({ type: 'look', requestId: 'peaks', look: { at: 'peaks' } })
    expect(await answer('facts')).toMatchObject({ type: 'looked', findings: { at: 'device' } })
    expect(await answer('peaks')).toMatchObject({ type: 'requestFailed', error: { code: 'busy' } })
    await phase('finished')
  })

  test('a device lost as it is looked at is opened again, once, and told in plain words after that', async () => {
    const { send, answer, until, configure, backends } = await setUp()
    await until((e): e is Extract<EngineEvent, { type: 'ready' }> => e.type === 'ready')
    let losses = 1
    configure.look = async () => {
      if (losses-- <= 0) return { at: 'device', groups: [] }
      backends.at(-1)!.lose()
      throw new AppError({ code: 'gpu_lost', message: 'The graphics device was lost.' })
    }
    send({ type: 'look', requestId: 'once', look: { at: 'peaks' } })
    expect(await answer('once')).toMatchObject({ type: 'looked' })
    expect(backends.length).toBe(2)
    losses = 2
    send({ type: 'look', requestId: 'twice', look: { at: 'peaks' } })
    const error = { code: 'gpu_lost', message: 'The graphics device was lost.' }
    expect(await answer('twice')).toMatchObject({ type: 'requestFailed', error })
    send({ type: 'look', requestId: 'later', look: { at: 'device' } })
    expect(await answer('later')).toMatchObject({ type: 'looked' })
  })

  /** A run whose card is pulled out at step 25 and stays away. */
  async function pullCard(wanted: 'auto' | 'webgpu') {
    const world = await setUp(undefined, wanted)
    const run = await world.createRun()
    world.configure.session = (session) => {
      const step = session.trainStep.bind(session)
      session.trainStep = async (batch, options) => {
        if (world.machine.card && options.step === 25) {
          world.machine.card = false
          world.send({ type: 'loseDevice' })
        }
        await new Promise((resolve) => setImmediate(resolve))
        return step(batch, options)
      }
    }
    world.send({ type: 'train', runId: run.id, resume: false })
    return { ...world, run }
  }
  const backendsOf = (events: EngineEvent[]) => events.flatMap((e) => (e.type === 'ready' ? [e.backend] : []))

  test('a card that does not come back leaves the run to the processor, which says so', async () => {
    const { events, phase, run, getRun } = await pullCard('auto')
    await phase('finished')
    const notes = events.flatMap((e) => (e.type === 'train' && e.note ? [e.note] : []))
    expect(notes).toEqual(['The graphics device did not come back; the run goes on from step 20 on the processor.'])
    expect(await getRun(run.id)).toMatchObject({
      status: 'finished',
      step: 40,
      backend: { kind: 'cpu', adapter: 'WebAssembly', threads: 2 },
    })
    expect(backendsOf(events)).toMatchObject([
      { kind: 'webgpu', reason: 'A card.' },
      { kind: 'cpu', reason: expect.stringContaining('the processor took over') },
    ])
  })

  test('where WebGPU was asked for the run fails instead, and can be taken to the processor', async () => {
    const { events, phase, run, getRun, send } = await pullCard('webgpu')
    expect(await phase('failed')).toMatchObject({ error: { code: 'gpu_lost' } })
    expect(await getRun(run.id)).toMatchObject({ status: 'failed', backend: { kind: 'webgpu' } })
    send({ type: 'train', runId: run.id, resume: true, backend: 'cpu' })
    await phase('finished')
    expect(await getRun(run.id)).toMatchObject({ status: 'finished', step: 40, backend: { kind: 'cpu' } })
    expect(backendsOf(events).at(-1)).toMatchObject({ kind: 'cpu', reason: 'You chose the processor for this run.' })
  })

  test('an open device of another kind gives way where a run asks for the processor', async () => {
    const { events, phase, createRun, send } = await setUp()
    const run = await createRun()
    send({ type: 'train', runId: run.id, resume: false, backend: 'cpu' })
    await phase('finished')
    expect(backendsOf(events).map(({ kind }) => kind)).toEqual(['webgpu', 'cpu'])
    expect(events.filter((e) => e.type === 'deviceLost')).toEqual([])
  })

  test('a damaged checkpoint is passed over, with a note', async () => {
    const { send, phase, until, createRun, getRun, dataDir, events } = await setUp()
    const run = await createRun()
    send({ type: 'train', runId: run.id, resume: false })
    await phase('finished')
    const newest = (await getRun(run.id)).checkpoints.at(-1)!
    const file = join(dataDir, 'runs', run.id, 'checkpoints', newest.id, 'model.safetensors')
    const bytes = await readFile(file)
    bytes[bytes.length - 1]! ^= 1
    await writeFile(file, bytes)
    events.length = 0
    send({ type: 'train', runId: run.id, resume: true })
    const running = await until(
      (e): e is Extract<EngineEvent, { type: 'train' }> => e.type === 'train' && e.phase === 'running',
    )
    expect(running.step).toBe(30)
    expect(running.note).toContain('has changed on disk')
    await phase('finished')
  })

  test('no adapter is said in plain words, and fails a run without losing it', async () => {
    const error = new AppError({ code: 'no_gpu', message: 'No graphics adapter was found.' })
    const { send, until, phase, createRun, getRun } = await setUp(() => Promise.reject(error))
    const told = await until((e): e is Extract<EngineEvent, { type: 'unavailable' }> => e.type === 'unavailable')
    expect(told.error).toEqual(error.toData())
    const run = await createRun()
    send({ type: 'train', runId: run.id, resume: false })
    expect(await phase('failed')).toMatchObject({ error: { code: 'no_gpu' } })
    expect(await getRun(run.id)).toMatchObject({ status: 'failed', error: { code: 'no_gpu' } })
  })

  test('a cancelled answer stops', async () => {
    const { send, phase, answer, createRun } = await setUp()
    const run = await createRun()
    send({ type: 'train', runId: run.id, resume: false })
    await phase('finished')
    send({ type: 'loadModel', requestId: 'a', runId: run.id, prefer: 'newest' })
    send({ type: 'generate', requestId: 'b', prompt: 'a', instruct: false, sampling: { ...sampling, maxTokens: 1e9 } })
    send({ type: 'cancel', requestId: 'b' })
    expect(await answer('b')).toMatchObject({ type: 'generated', stopReason: 'stopped' })
  })
})
