import { afterAll, beforeAll, expect, test } from 'vitest'
import type { App } from '../../../src/http/app-types.ts'
import { poisonContext } from '../../../src/notifications/take.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { type Database, openDatabase } from '../../../src/platform/db/database.ts'
import { present } from '../../../src/platform/narrow.ts'
import { auditAll } from '../../../src/shops/tenants/audit.ts'
import {
  freshDatabase,
  grantLogins,
  type Logins,
  makeLogins,
  type TestDatabase,
} from '../../support/database/database.ts'
import { makeTenant, newId, testSealer } from '../../support/fixtures.ts'
import { wholeServer } from '../../support/http/rest-server.ts'
import { type Browser, makeStaff, openBrowser, signedIn } from '../../support/staff/browser.ts'

/**
 * The operator's lists, read as the role that sees nothing sealed: what they answer, and that it is this role
 * that reads.
 */

let database: TestDatabase
/** Of a login that may not take on the role. */
let plain: Database
let logins: Logins
let app: App
let without: App
const warnings: string[] = []
const people: Record<string, Browser> = {}
const tenants: string[] = []

beforeAll(async () => {
  database = await freshDatabase()
  logins = await makeLogins(database.url)
  await grantLogins(database.url, logins)
  plain = await openDatabase({
    url: logins.service,
    log: { warn: (line: unknown) => void warnings.push(String(line)) },
  })
  app = await wholeServer(database)
  without = await wholeServer(plain)
  const tools = { clock: systemClock, newId }
  for (const emails of [['owner@example.jp', 'shop@example.jp'], []])
    tenants.push((await makeTenant(database.db, { emails })).id)
  for (const role of ['operator', 'operator_without_personal_data'] as const)
    people[role] = await signedIn(app, (await makeStaff(database.db, null, role)).email)
  const owner = await makeStaff(database.db, tenants[0] ?? '', 'owner')
  await auditAll(
    database.db,
    tools,
    ['operator', 'mail', `staff:${owner.id}`, `key:${newId()}`].map((actor, at) => ({
      tenantId: tenants[at % 2] ?? null,
      actor,
      source: `203.0.113.${at}`,
      action: 'shop.updated',
      target: newId(),
      data: { name: `店舗${at}` },
      orderIds: [newId()],
    })),
  )
  for (const state of ['poison', 'idle', 'taken']) {
    const id = newId()
    await database.db.mallNotification.create({
      data: {
        id,
        marketplace: 'amazon',
        notificationId: id,
        state,
        seenAt: new Date(),
        ...(state === 'poison'
          ? { sealedText: new Uint8Array(testSealer.of(null).sealText(poisonContext(id), '山田 花子 様')) }
          : {}),
      },
    })
  }
  await database.db.notificationQueue.create({
    data: { url: 'https://sqs.example.jp/1', marketplace: 'amazon', updatedAt: new Date() },
  })
})
afterAll(async () => {
  await Promise.all([app?.close(), without?.close()])
  await plain?.close()
  await database?.close()
})

const LISTS = (): [path: string, table: string][] => [
  ['tenants', 'tenants'],
  [`tenants/${tenants[0]}`, 'tenants'],
  ['audit?action=shop.updated', 'audit_entries'],
  [`audit?tenantId=${tenants[1]}&limit=1`, 'audit_entries'],
  ['audit/export?action=shop.updated&format=csv', 'audit_entries'],
  ['notifications', 'mall_notifications'],
  ['notifications?state=poison', 'notification_queues'],
]

const asked = async (browser: Browser, path: string) => {
  const { statusCode, body } = await browser.ask('GET', `/admin/${path}`)
  return { statusCode, body }
}

test.each(['operator', 'operator_without_personal_data'])('%s is answered the same', async (role) => {
  const reports = present(people[role])
  const service = Object.assign(openBrowser(without), { cookie: reports.cookie })
  for (const [path] of LISTS()) {
    const answer = await asked(reports, path)
    expect(answer.statusCode, path).toBe(200)
    expect(answer, path).toEqual(await asked(service, path))
  }
  const { body: listed } = await asked(reports, 'tenants')
  expect(listed).toContain('owner@example.jp')
  const { body: entries } = await asked(reports, 'audit?action=shop.updated')
  for (const text of ['店舗0', '203.0.113.3']) expect(entries).toContain(text)
  expect(entries.includes('owner 花子')).toBe(role === 'operator')
  const { body: poison } = await asked(reports, 'notifications')
  expect(poison.includes('山田 花子 様')).toBe(role === 'operator')
})

test('whoever may not read a table any more is who read it, and what is beside it is read by the service', async () => {
  const browser = present(people.operator)
  for (const [path, table] of LISTS()) {
    const { rows } = await database.pool.query<{ columns: string }>(
      `select string_agg(quote_ident(column_name), ', ') as columns from information_schema.column_privileges
       where table_name = $1 and grantee = 'torikomi_reports' and privilege_type = 'SELECT'`,
      [table],
    )
    const columns = rows[0]?.columns ?? ''
    await database.pool.query(`revoke select on ${table} from torikomi_reports`)
    try {
      // A file has begun before its first line is read.
      const refused = await asked(browser, path).catch(() => ({ statusCode: 500 }))
      expect(refused.statusCode, path).toBe(500)
    } finally {
      await database.pool.query(`grant select (${columns}) on ${table} to torikomi_reports`)
    }
    expect((await asked(browser, path)).statusCode, path).toBe(200)
  }
})

test('a login that may not take it on is told of once, when the service starts', () => {
  expect(warnings).toEqual([
    'the operator’s reports are read as the service itself: see "npm run ops -- doctor"',
  ])
})
