import { emptyDesk, type Desk } from '@shared/contract/desk.ts'
import { expect, it } from 'vitest'
import { call, testStudio } from '../testing/studio.ts'
import { tidied, withEntry } from './desk.ts'

const source = (id: string) => ({ id, name: `${id}.txt`, bytes: 3 })

it('keeps what was laid on it over a restart, and takes off what is said to be null', async () => {
  const { studio, dataDir } = await testStudio()
  const roles = { question: 'instruction', id: 'ignore' } as const
  await call(studio, 'desk.put', { part: 'columnRoles', id: 'a', value: roles })
  await call(studio, 'desk.put', { part: 'columnRoles', id: 'b', value: {} })
  await call(studio, 'desk.put', { part: 'columnRoles', id: 'b', value: null })
  await studio.close()
  expect(await call((await testStudio(dataDir)).studio, 'desk.get', {})).toEqual({
    ...emptyDesk(),
    columnRoles: { a: roles },
  })
})

it('remembers the roles of the fifty tables chosen last', () => {
  let desk = emptyDesk()
  const choose = (id: string) => (desk = withEntry(desk, { part: 'columnRoles', id, value: {} }))
  for (let i = 0; i < 50; i++) choose(`table ${i}`)
  choose('table 0')
  choose('one more')
  expect(Object.keys(desk.columnRoles)).toHaveLength(50)
  expect(desk.columnRoles).toHaveProperty('table 0')
  expect(desk.columnRoles).not.toHaveProperty('table 1')
})

it('forgets at the start what belongs to things that are gone', () => {
  const of = (...ids: string[]) => new Set(ids)
  const choice = { reading: {}, roles: null, sample: null }
  const desk: Desk = {
    pending: { here: { pretrain: [source('a'), source('gone')], instruct: [source('b')] }, gone: { pretrain: [] } },
    choices: { a: choice, gone: choice },
    drafts: { gone: {} as Desk['drafts'][string] },
    claims: {
      cut: { projectId: 'here', purpose: 'pretrain' },
      ended: { projectId: 'here', purpose: null },
      orphan: { projectId: 'gone', purpose: null },
    },
    columnRoles: { x: {} },
  }
  const alive = { projects: of('here'), datasets: of('set'), sources: of('a', 'b'), jobs: of('cut', 'orphan') }
  expect(tidied(desk, alive)).toEqual({
    pending: { here: { pretrain: [source('a')], instruct: [source('b')], classify: [] } },
    choices: { a: choice },
    drafts: {},
    claims: { cut: { projectId: 'here', purpose: 'pretrain' } },
    columnRoles: { x: {} },
  })
})
