import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { mallsPage, PAGE, refusals } from '../../scripts/malls-doc.ts'

it('docs/malls.md is what the malls offer and the tests try (node scripts/malls-doc.ts)', async () => {
  expect(await readFile(PAGE, 'utf8')).toBe(await mallsPage())
})

it('every refusal of a change is met by a test', async () => {
  const all = await refusals()
  expect(all.length).toBeGreaterThan(60)
  expect(all.filter(({ tests }) => tests.length === 0).map(({ mall, code }) => `${mall} ${code}`)).toEqual([])
})
