import { afterAll, beforeAll, expect, test } from 'vitest'
import { createMailboxStore } from '../../../src/mail/statements.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeMailbox, makeTenant } from '../../support/fixtures.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase()
})
afterAll(() => database?.close())

test('what a person must mend stays, whatever comes between, until the mailbox is really listened to', async () => {
  const { id: tenantId } = await makeTenant(database.db)
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute))
  const { id } = await makeMailbox(database.db, { tenantId, leaseOwner: 'me', leaseUntil: at(60) })
  const store = createMailboxStore(database.pool, 'me')
  const row = () => database.db.mailbox.findUniqueOrThrow({ where: { id } })
  const fails = (minute: number, code: string | null) => {
    const attention = code === null ? null : { code, message: `${code} の対応` }
    return store.failed(id, { failures: minute, nextAttemptAt: at(minute + 1), attention }, at(minute))
  }
  await fails(1, null)
  expect(await row()).toMatchObject({ state: 'waiting', attentionCode: null, attentionSince: null })
  await fails(2, 'MAILBOX_LOGIN_REFUSED')
  const refused = { state: 'attention', attentionCode: 'MAILBOX_LOGIN_REFUSED', attentionSince: at(2) }
  expect(await row()).toMatchObject(refused)
  await fails(3, null)
  expect(await row()).toMatchObject({
    ...refused,
    failures: 3,
    attentionMessage: 'MAILBOX_LOGIN_REFUSED の対応',
  })
  await fails(4, 'MAILBOX_UNREACHABLE')
  expect(await row()).toMatchObject({ attentionCode: 'MAILBOX_UNREACHABLE', attentionSince: at(2) })
  await store.following(id, { state: 'connected', attention: null, unnumbered: false }, at(5))
  expect(await row()).toMatchObject({ state: 'connected', attentionCode: null, attentionSince: null })
})
