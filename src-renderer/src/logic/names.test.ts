import { expect, it } from 'vitest'
import { projectName, uniqueName } from './names.ts'

it.each([
  ['tinyshakespeare.txt', 'Tinyshakespeare'],
  ['my_notes-2024.final.md', 'My notes 2024 final'],
  ['.txt', 'Untitled'],
  ['émile 🎉.csv', 'Émile 🎉'],
  ['no ending', 'No ending'],
  [`${'🎉'.repeat(80)}.txt`, '🎉'.repeat(60)],
])('names a project after %s', (file, name) => expect(projectName(file)).toBe(name))

it('counts up where a name is taken', () => {
  expect(uniqueName('Notes', [])).toBe('Notes')
  expect(uniqueName('Notes', ['Notes', 'Notes 2'])).toBe('Notes 3')
})
