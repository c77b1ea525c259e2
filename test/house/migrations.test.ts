import { createHash } from 'node:crypto'
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

// A service refuses to start where an applied migration is another one than its own, be it by a comment.
// `npm run migration` records a new one. No other line may change.
test('each migration is the one that installations have applied', async () => {
  const recorded = (await readFile('prisma/migrations.sha256', 'utf8')).trim().split('\n')
  const names = (await readdir(MIGRATIONS)).filter((name) => /^\d/.test(name)).toSorted()
  const present = names.map(async (name) => {
    const script = await readFile(`${MIGRATIONS}/${name}/migration.sql`)
    return `${createHash('sha256').update(script).digest('hex')}  ${name}/migration.sql`
  })
  expect(await Promise.all(present)).toEqual(recorded)
})
