import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { LIFE_FAULTS, type PlantedRun, rowOf } from '../mutation/planted/life.ts'
import { FAULTS, withFault } from '../mutation/planted/main.ts'

const root = new URL('../../', import.meta.url)
const textOf = (file: string) => readFile(new URL(file, root), 'utf8')

test.each(FAULTS)('$name: can be planted, and has the tests that are to notice', async ({ edits, tests }) => {
  for (const edit of edits) {
    const source = await textOf(edit.file)
    expect(withFault(source, edit)).not.toBe(source)
  }
  expect(tests.filter((file) => !existsSync(new URL(file, root)))).toEqual([])
  expect(tests).not.toEqual([])
})

test.each(LIFE_FAULTS)('for the life model, $name: can be planted', async ({ edit }) => {
  const source = await textOf(edit.file)
  expect(withFault(source, edit)).not.toBe(source)
})

test('the life model’s faults are forty, over all rooms of the way', () => {
  expect(LIFE_FAULTS).toHaveLength(40)
  expect(new Set(LIFE_FAULTS.map(({ name }) => name)).size).toBe(40)
  const rooms = new Set(LIFE_FAULTS.map(({ name }) => name.split(':')[0]))
  expect(rooms.size).toBeGreaterThanOrEqual(12)
  expect(LIFE_FAULTS.filter(({ made }) => made.length === 0)).toEqual([])
})

test('docs/reliability.md shows what is kept of them', async () => {
  const { faults } = JSON.parse(await textOf('docs/reliability/life/faults.json')) as PlantedRun
  const page = await textOf('docs/reliability.md')
  expect(faults.map(({ name }) => name)).toEqual(LIFE_FAULTS.map(({ name }) => name))
  expect(faults.map(rowOf).filter((row) => !page.includes(row))).toEqual([])
})

test('of the forty, drawn histories of one run found 36, the quick ones of it 24', async () => {
  const { faults, quick, long } = JSON.parse(await textOf('docs/reliability/life/faults.json')) as PlantedRun
  const early = faults.filter(({ found }) => found && found.history <= quick)
  expect(faults.filter(({ found, histories = 0 }) => !found && histories < long)).toEqual([])
  expect(faults.filter(({ found }) => found).length).toBeGreaterThanOrEqual(36)
  expect(early.length).toBeGreaterThanOrEqual(24)
})

test('a fault is planted once or not at all', () => {
  const edit = { file: 'here', find: 'a', put: 'b' }
  expect(withFault('xax', edit)).toBe('xbx')
  expect(() => withFault('xx', edit)).toThrow('here holds 0 times, not once: a')
  expect(() => withFault('xaxa', edit)).toThrow('here holds 2 times')
})
