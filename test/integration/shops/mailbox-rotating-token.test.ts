import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type MailOAuthSim, startMailOAuthSim } from '../../../sandbox/mail-oauth/index.ts'
import { type Database, openDatabase } from '../../../src/platform/db/database.ts'
import { createMailboxAccess, type MailboxAccess } from '../../../src/shops/mailboxes/sign-in.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeMailbox, makeTenant, testSealer } from '../../support/fixtures.ts'
import { oauthTools, providersAt } from '../../support/mail/oauth.ts'

/**
 * A provider whose refresh tokens count once and who ends the whole consent when a replaced one is shown
 * again. Two processes (each with its own connections, owner and memory) must never show the same one.
 */

const USER = 'orders@shop.example'
const signal = () => new AbortController().signal

let database: TestDatabase
let second: Database
let sim: MailOAuthSim
let mailbox: { id: string; tenantId: string; username: string; sealedAuth: Uint8Array; authVersion: number }
beforeAll(async () => {
  database = await freshDatabase()
  second = await openDatabase({ url: database.url, log: { warn: () => undefined }, maxConnections: 6 })
})
afterAll(async () => {
  await second?.close()
  await database?.close()
})
beforeEach(async () => {
  sim = await startMailOAuthSim()
  sim.endsOnReuse = true
  sim.addClient('app', 'app-secret')
  const tenantId = (await makeTenant(database.db)).id
  const { id } = await makeMailbox(database.db, { tenantId })
  const auth = {
    kind: 'microsoft',
    clientId: 'app',
    clientSecret: 'app-secret',
    refreshToken: sim.grant(USER),
  }
  const sealedAuth = testSealer.of(tenantId).sealJson(`mailbox:${id}:auth`, auth)
  mailbox = { id, tenantId, username: USER, sealedAuth, authVersion: 0 }
  await database.db.mailbox.update({ where: { id }, data: { authKind: auth.kind, sealedAuth } })
})
afterEach(() => sim.close())

const processOn = (db: TestDatabase['db']): MailboxAccess =>
  createMailboxAccess(oauthTools(db, undefined, providersAt(sim.url)))

test('ten callers in two processes renew once each time the token ends, and the consent lives', async () => {
  const both = [processOn(database.db), processOn(second.db)]
  const everybody = () =>
    Promise.all(both.flatMap((access) => Array.from({ length: 5 }, () => access.get(mailbox, signal()))))
  for (let round = 1; round <= 5; round += 1) {
    const tokens = await everybody()
    expect(new Set(tokens.map(({ accessToken }) => accessToken)).size).toBe(1)
    expect(sim.asks.get('refresh_token')).toBe(round)
    // All of them are told by the mail server that this one is not taken any more.
    for (const access of both) await access.invalidate(mailbox, tokens[0] as (typeof tokens)[0])
  }
})

test('an answer that was lost with its process ends the consent there, and that is said', async () => {
  await processOn(database.db).get(mailbox, signal())
  const dying = new Proxy(database.db, {
    get: (real, name) =>
      name === '$executeRaw'
        ? (query: unknown, ...values: unknown[]) =>
            Array.isArray(query) && query.join('').includes('set sealed_token')
              ? Promise.reject(new Error('the process died'))
              : Reflect.apply(real.$executeRaw, real, [query, ...values])
        : Reflect.get(real, name),
  })
  const access = processOn(database.db)
  await access.invalidate(mailbox, await access.get(mailbox, signal()))
  await expect(processOn(dying).get(mailbox, signal())).rejects.toThrow('the process died')
  await expect(processOn(second.db).get(mailbox, signal())).rejects.toMatchObject({
    code: 'MAILBOX_CONSENT_ENDED',
  })
})
