import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { PAGE, sitePage } from '../../scripts/site-changes-doc.ts'

it('docs/site-changes.md is what the malls offer (npm run docs)', async () => {
  expect(await readFile(PAGE, 'utf8')).toBe(sitePage())
})
