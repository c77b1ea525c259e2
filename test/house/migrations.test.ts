import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { MIGRATIONS } from '../../scripts/prisma-files.ts'

/** The last one that made functions and triggers: from then on they stand in prisma/triggers.sql alone. */
const LAST_WITH_BODIES = '20261128205500_lane_outage_and_attempts_told'
const BODY = /\bcreate\s+(?:or\s+replace\s+)?(?:constraint\s+)?(?:function|procedure|trigger)\b/i

test('no migration makes a function or trigger', async () => {
  const names = (await readdir(MIGRATIONS)).filter((name) => /^\d/.test(name))
  const scripts = await Promise.all(
    names.map(async (name) => ({
      name,
      text: await readFile(`${MIGRATIONS}/${name}/migration.sql`, 'utf8'),
    })),
  )
  const making = scripts.filter(({ text }) => BODY.test(text)).map(({ name }) => name)
  expect(making).toContain(LAST_WITH_BODIES)
  expect(making.filter((name) => name > LAST_WITH_BODIES)).toEqual([])
})
