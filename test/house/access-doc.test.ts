import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { accessPage, PAGE } from '../../scripts/access-doc.ts'

it('docs/security.md says who may use which route (npm run docs)', async () => {
  expect(await readFile(PAGE, 'utf8')).toBe(await accessPage())
})
