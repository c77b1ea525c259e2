import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { PAGES } from '../../scripts/settings-doc.ts'

test.each(PAGES.map(({ file, make }) => ({ name: file.pathname.split('/').at(-1), file, make })))(
  '$name is what the schema says (npm run docs)',
  async ({ file, make }) => {
    expect(await readFile(file, 'utf8')).toBe(make())
  },
)
