import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, test } from 'vitest'

const files = globSync('src/**/*.ts', {
  exclude: (path) => /(^|\/)(board|generated|node_modules)$|\.test\.ts$/.test(path),
}).toSorted()

/**
 * Files and lines of each room, without tests, as last written down. A room may grow by 5 % without a word
 * and is named in the run beyond that; at 10 % the run fails until its numbers, and the reason in the commit,
 * say what it grew for (docs/decisions/size-of-the-house.md). A whole budget a line would reward golf.
 */
const WRITTEN_DOWN: Readonly<Record<string, readonly [files: number, lines: number]>> = {
  // Metrics and logs over OTLP, here and in platform.
  app: [9, 1380],
  // A setting more: when a process that hangs ends itself, issue 44.
  config: [5, 1206],
  // The past of a stream at its client's pace.
  events: [5, 1325],
  http: [29, 5700],
  // What was told while an order was read, what a person took off, and entries that cannot be read.
  imports: [14, 3580],
  // Counts by day, kept by a job that follows the feed, with their export; due by the time of the database.
  figures: [4, 490],
  installation: [2, 527],
  // Three more tools, 止置き, 置き配 and the numbers of クリックポスト: issue 46.
  labels: [21, 4950],
  // Order files by mail: proven senders, shops that are off, time by size.
  mail: [31, 6700],
  'main.ts': [1, 75],
  // Shopify, the fifth mall, and column maps of order files: issue 41.
  marketplaces: [131, 23500],
  marks: [5, 1300],
  mcp: [4, 725],
  notices: [14, 2550],
  notifications: [5, 960],
  // With backups in object storage, the drill of a restore, and moves of tenants, which a restore repeats.
  // Backups that have their name once they were read again, in buckets by a copy: issue 44.
  ops: [21, 5234],
  // Lists by column, holds, shipments of each recipient, an erasure in one of several shops.
  orders: [36, 8560],
  // Orders of shops without a server, read from files: issue 41.
  // Files by mail, the age of a file, differences with values.
  // Words and headings of states that are not known, states taken back, the map that was looked at; a mailed
  // file that was not taken, told at its shop.
  'order-files': [13, 2500],
  // Item list and papers of a shop: issue 46.
  packing: [9, 995],
  platform: [48, 6440],
  reconciliation: [9, 2060],
  rehearsal: [8, 1175],
  shops: [47, 9450],
  // Orders of one parcel that stay, and shipments that were taken away.
  'site-changes': [18, 4515],
  sorting: [4, 560],
  // Passkeys: registered, shown alone and behind a password, listed, removed.
  staff: [24, 5300],
  webhooks: [6, 1100],
  // The newest order file of a shop without a server.
  why: [6, 2355],
  worker: [8, 1400],
}

const WARNS = 1.05
const FAILS = 1.1

test('no room grows unnoticed', () => {
  const rooms = Map.groupBy(files, (file) => file.split('/')[1] ?? '')
  const growth = [...rooms].map(([room, its]) => {
    const lines = its.reduce((sum, file) => sum + readFileSync(file, 'utf8').split('\n').length - 1, 0)
    const [wasFiles, wasLines] = WRITTEN_DOWN[room] ?? [0, 0]
    const text = `${room}: ${its.length} files (${wasFiles}), ${lines} lines (${wasLines})`
    // Two files of a small room are no tenth.
    return { text, by: Math.max((its.length - 2) / wasFiles, lines / wasLines) }
  })
  for (const { text } of growth.filter(({ by }) => by > WARNS)) console.warn(`grown by over 5 %: ${text}`)
  expect(growth.filter(({ by }) => by > FAILS).map(({ text }) => text)).toEqual([])
  expect([...rooms.keys()].toSorted()).toEqual(Object.keys(WRITTEN_DOWN).toSorted())
})

/** A statement in a template or a string: one of SQL's four verbs with its second word. */
const STATEMENT = /\b(select\s[\s\S]*?\bfrom\b|insert\s+into\s|update\s+\w+[\s\S]*?\sset\s|delete\s+from\s)/i
const LITERAL = /`([^`]*)`|'([^'\n]*)'/g

/**
 * Files that hold SQL beside a room's `statements.ts`: each is one statement, or one idea of the database's,
 * with its function.
 */
const ONE_IDEA: readonly string[] = [
  'src/app/check-keys.ts',
  'src/imports/import-job.ts',
  'src/imports/requests/read.ts',
  'src/installation/state.ts',
  'src/mail/intake/intake.ts',
  'src/mail/intake/learned-trust.ts',
  'src/marketplaces/quota/buckets.ts',
  'src/ops/after-restore.ts',
  'src/ops/backup/backup.ts',
  'src/ops/rotation/rotate.ts',
  'src/ops/rotation/sealed-columns.ts',
  'src/ops/tenant-move/export.ts',
  'src/ops/tenant-move/import.ts',
  'src/ops/tenant-move/move.ts',
  'src/ops/tenant-move/tables.ts',
  'src/orders/list-parts.ts',
  'src/orders/search.ts',
  'src/orders/store/dismissed.ts',
  'src/orders/store/mail-of-shop.ts',
  'src/orders/store/stage.ts',
  'src/platform/db/data-steps.ts',
  'src/platform/db/database-clock.ts',
  'src/platform/db/embedded/start.ts',
  'src/platform/db/migrate.ts',
  'src/platform/db/roles.ts',
  'src/platform/db/watched-client.ts',
  'src/reconciliation/page.ts',
  'src/reconciliation/settle.ts',
  'src/shops/credentials/tokens.ts',
  'src/site-changes/claim.ts',
  'src/site-changes/requests/read-changes.ts',
  'src/why/facts.ts',
  'src/worker/shop-worker.ts',
]

test('statements stand in a room’s list, or in a file of their own', () => {
  const holds = (file: string): boolean =>
    [...readFileSync(file, 'utf8').matchAll(LITERAL)].some(([, template, text]) =>
      STATEMENT.test(template ?? text ?? ''),
    )
  const elsewhere = files.filter((file) => basename(file) !== 'statements.ts' && holds(file))
  expect(elsewhere).toEqual(ONE_IDEA.toSorted())
})
