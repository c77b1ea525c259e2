import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { MIGRATIONS } from '../../scripts/prisma-files.ts'
import { splitIndexes } from '../../scripts/split-indexes.ts'

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

/** The last one that built an index of a table in use within its transaction. */
const LAST_AT_ONCE = '20261201202547_order_file_takes_back'

// Its writes would wait for the whole build, and whoever reads and then writes would be in its way.
// `npm run migration` puts such indexes into a migration of their own.
test('an index of a table that is there is built while it is written', async () => {
  const names = (await readdir(MIGRATIONS)).filter((name) => /^\d/.test(name) && name > LAST_AT_ONCE)
  expect(names.length).toBeGreaterThan(0)
  for (const name of names) {
    const { within, online } = splitIndexes(await readFile(`${MIGRATIONS}/${name}/migration.sql`, 'utf8'))
    expect(online, name).toBe('')
    expect(within, name).not.toBe('')
  }
})

test('what is written of indexes is split: of a new table within, of others on their own', () => {
  const { within, online } = splitIndexes(`-- CreateTable
CREATE TABLE "notes" (
    "id" UUID NOT NULL
);

-- DropIndex
DROP INDEX "orders_by_day";

-- CreateIndex
CREATE INDEX "notes_of_day" ON "notes"("id");

-- CreateIndex
CREATE UNIQUE INDEX "orders_key" ON "orders"("id");

-- CreateIndex
CREATE INDEX "orders_by_name" ON "orders"("id") WHERE (status <> 'new'::order_status);
`)
  expect(within.match(/^CREATE.*/gm)).toEqual([
    'CREATE TABLE "notes" (',
    'CREATE INDEX "notes_of_day" ON "notes"("id");',
    'CREATE UNIQUE INDEX "orders_key" ON "orders"("id");',
  ])
  expect(online.match(/^(CREATE|DROP).*/gm)).toEqual([
    `CREATE INDEX CONCURRENTLY IF NOT EXISTS "orders_by_name" ON "orders"("id") WHERE (status <> 'new'::order_status);`,
    'DROP INDEX CONCURRENTLY IF EXISTS "orders_by_day";',
  ])
})
