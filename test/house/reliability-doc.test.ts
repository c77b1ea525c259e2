import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { isGreen, type StoredResult, storedResults, withTables } from '../chaos/report.ts'

const page = () => readFile(new URL('../../docs/reliability.md', import.meta.url), 'utf8')

test('docs/reliability.md says what the stored results say (npm run chaos -- report)', async () => {
  expect(withTables(await page(), storedResults())).toBe(await page())
})

test('a red result is shown as red, with what was found', async () => {
  const [green] = storedResults()
  const red = {
    ...(green as StoredResult),
    commit: 'planted',
    lost: 2,
    findings: ['lost: never staged: yahoo 1'],
  }
  expect(isGreen(red)).toBe(false)
  expect(isGreen({ ...red, lost: 0, settleSeconds: null })).toBe(false)
  const text = withTables(await page(), [red])
  expect(text).toMatch(/\| \*\*red\*\* \| .* \| planted \|/)
  expect(text).toContain('`lost: never staged: yahoo 1`')
})
