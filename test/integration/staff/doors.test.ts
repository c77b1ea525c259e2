import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { App } from '../../../src/http/app-types.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type Gate, gatedDatabase } from '../../support/database/gated-database.ts'
import { someoneWaits } from '../../support/database/held-pool.ts'
import { heldClock, makeTenant, newId } from '../../support/fixtures.ts'
import { wholeServer } from '../../support/http/rest-server.ts'
import {
  type Browser,
  codeAt,
  makeStaff,
  openBrowser,
  PASSWORD,
  signedIn,
} from '../../support/staff/browser.ts'

let database: TestDatabase
let app: App
/** A second process: its statements wait at `gate`. */
let beside: Awaited<ReturnType<typeof gatedDatabase>>
let other: App
let gate: Gate
let tenantId: string
const clock = heldClock()
const mails: { to: string; text: string }[] = []

const NEW_PASSWORD = 'another horse battery'

beforeAll(async () => {
  database = await freshDatabase()
  beside = await gatedDatabase(database.url, (...statement) => gate(...statement))
  const sendMail = async (mail: { to: string; text: string }) => void mails.push(mail)
  const more = { clock, sendMail, config: { publicUrl: 'https://torikomi.test' } }
  app = await wholeServer(database, { requestsPerMinute: 100_000 }, more)
  other = await wholeServer(beside, { requestsPerMinute: 100_000 }, more)
})
beforeEach(async () => {
  gate = () => undefined
  mails.length = 0
  tenantId = (await makeTenant(database.db, { requireSecondFactor: false })).id
})
afterAll(async () => {
  await app?.close()
  await other?.close()
  await beside?.close()
  await database?.close()
})

const tokenOf = (url: string) => url.split('/').at(-1) ?? ''

/** Whether any browser of a list is still let in. */
const open = async (browser: Browser) => (await browser.ask('GET', '/shops')).statusCode === 200

/** Of the last mail. */
const mailedToken = () => tokenOf(/https:\S+/.exec(mails.at(-1)?.text ?? '')?.[0] ?? '')

async function resetLink(email: string): Promise<string> {
  const before = mails.length
  expect((await openBrowser(app).ask('POST', '/password-resets', { email })).statusCode).toBe(202)
  await expect.poll(() => mails.length).toBe(before + 1)
  return mailedToken()
}

/** Stops the other process before its first statement that fits. */
function stopBefore(fits: (text: string) => boolean) {
  const reached = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  let first = true
  gate = async (text) => {
    if (!first || !fits(text)) return
    first = false
    reached.resolve()
    await released.promise
  }
  return { reached: reached.promise, release: () => released.resolve() }
}

const isInsertOf = (table: string) => (text: string) =>
  new RegExp(`insert into "?(public"?\\."?)?${table}\\b`, 'i').test(text)

/** Lets the other process go on once the work beside it is done, or waits for a row that it has locked. */
async function letGo(work: Promise<unknown>, stop: { release(): void }): Promise<void> {
  await Promise.race([work, someoneWaits(database.pool)])
  stop.release()
  await work
}

describe('a sign-in with the old password while the password changes', () => {
  const endings = {
    'by its owner': async (_email: string, browser: Browser) => {
      const passwords = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }
      expect((await browser.ask('POST', '/session/password', passwords)).statusCode).toBe(204)
    },
    'by a link': async (email: string) => {
      const token = await resetLink(email)
      const done = await openBrowser(app).ask('POST', `/password-resets/${token}`, { password: NEW_PASSWORD })
      expect(done.statusCode).toBe(204)
    },
  }
  for (const [name, change] of Object.entries(endings))
    for (const at of ['before its session is stored', 'before it is committed'])
      test(`leaves no session of the old one: ${name}, ${at}`, async () => {
        const { email } = await makeStaff(database.db, tenantId, 'staff')
        const browser = await signedIn(app, email)
        let stored = false
        const stop = stopBefore((text) => {
          const passed = stored
          stored ||= isInsertOf('staff_sessions')(text)
          return at === 'before its session is stored' ? stored : passed
        })
        const late = openBrowser(other)
        const signIn = late.ask('POST', '/session', { email, password: PASSWORD })
        await stop.reached
        await letGo(change(email, browser), stop)
        await signIn
        expect(await open(late)).toBe(false)
        const next = await openBrowser(app).ask('POST', '/session', { email, password: NEW_PASSWORD })
        expect(next.statusCode).toBe(200)
      })
})

describe('what a person gives others', () => {
  const gives = {
    'an invitation': {
      ask: (giver: Browser) =>
        giver.ask('POST', '/staff/invitations', { email: `${newId()}@example.jp`, role: 'owner' }),
      table: 'staff_invitations',
      rows: () => database.db.staffInvitation.count({ where: { tenantId } }),
    },
    'an API key': {
      ask: (giver: Browser) => giver.ask('POST', '/api-keys', { name: 'late' }),
      table: 'api_keys',
      rows: () => database.db.apiKey.count({ where: { tenantId } }),
    },
  }
  type Ask = Parameters<Browser['ask']>
  const endings: Record<string, (id: string) => Ask> = {
    deleted: (id) => ['DELETE', `/staff/${id}`],
    disabled: (id) => ['PATCH', `/staff/${id}`, { state: 'disabled' }],
    demoted: (id) => ['PATCH', `/staff/${id}`, { role: 'staff' }],
    'signed out': (id) => ['PATCH', `/staff/${id}`, { endSessions: true }],
  }
  for (const [what, { ask, table, rows }] of Object.entries(gives))
    for (const [how, ending] of Object.entries(endings))
      test(`is not given by whoever was ${how} meanwhile: ${what}`, async () => {
        const owner = await signedIn(app, (await makeStaff(database.db, tenantId, 'owner')).email)
        const made = await makeStaff(database.db, tenantId, 'owner')
        const giver = await signedIn(other, made.email)
        // Behind the look at the session.
        const stop = stopBefore((text) => /^begin/i.test(text))
        const asked = ask(giver)
        await stop.reached
        const ended = owner.ask(...ending(made.id))
        await letGo(ended, stop)
        expect((await ended).statusCode).toBeLessThan(300)
        expect((await asked).statusCode, table).toBeGreaterThan(400)
        expect(await rows()).toBe(0)
      })

  const three = Object.entries(endings).filter(([how]) => how !== 'signed out')
  for (const [how, ending] of three)
    test(`an open invitation opens nothing once its giver is ${how}`, async () => {
      const owner = await signedIn(app, (await makeStaff(database.db, tenantId, 'owner')).email)
      const made = await makeStaff(database.db, tenantId, 'owner')
      const giver = await signedIn(app, made.email)
      const email = `${newId()}@example.jp`
      await giver.ask('POST', '/staff/invitations', { email, role: 'owner' })
      const token = mailedToken()
      const others = await owner.ask('POST', '/staff/invitations', {
        email: `${newId()}@example.jp`,
        role: 'staff',
      })
      const accept = (at: App) =>
        openBrowser(at).ask('POST', `/invitations/${token}/accept`, {
          name: '山田 花子',
          password: PASSWORD,
        })
      // Being accepted at that moment, too.
      const stop = stopBefore((text) => /^begin/i.test(text))
      const accepting = accept(other)
      await stop.reached
      await letGo(owner.ask(...ending(made.id)), stop)
      expect((await accepting).statusCode).toBe(404)
      expect((await accept(app)).statusCode).toBe(404)
      const { invitations } = (await owner.ask('GET', '/staff/invitations')).json()
      expect(invitations.map(({ id }: { id: string }) => id)).toEqual([others.json().id])
    })

  test('an invitation of a program ends with its key', async () => {
    const owner = await signedIn(app, (await makeStaff(database.db, tenantId, 'owner')).email)
    const { id, key } = (await owner.ask('POST', '/api-keys', { name: 'inviting' })).json()
    const invited = await app.inject({
      method: 'POST',
      url: '/v1/staff/invitations',
      headers: { authorization: `Bearer ${key}` },
      payload: { email: `${newId()}@example.jp`, role: 'owner' },
    })
    expect(invited.statusCode).toBe(201)
    await owner.ask('DELETE', `/api-keys/${id}`)
    const link = `/invitations/${mailedToken()}`
    expect((await openBrowser(app).ask('GET', link)).statusCode).toBe(404)
  })
})

test('a tenant has so many keys that work, and a rotated one lives as long as the one before', async () => {
  const owner = await signedIn(app, (await makeStaff(database.db, tenantId, 'owner')).email)
  const week = 7 * 24 * 3_600_000
  const expiresAt = new Date(clock.now() + week).toISOString()
  const { id } = (await owner.ask('POST', '/api-keys', { name: 'a week', expiresAt })).json()
  clock.advance(week - 3_600_000)
  const again = await signedIn(app, (await makeStaff(database.db, tenantId, 'owner')).email)
  const answer = await again.ask('POST', `/api-keys/${id}/rotate`, {})
  expect(answer.statusCode, answer.body).toBe(201)
  const rotated = answer.json()
  expect(Date.parse(rotated.expiresAt)).toBe(clock.now() + week)
  const row = { tenantId, name: 'many', prefix: 'trk_', createdAt: new Date(clock.now()) }
  await database.db.apiKey.createMany({
    data: Array.from({ length: 98 }, (_, n) => ({ ...row, id: newId(), hash: Uint8Array.from([n]) })),
  })
  const more = await again.ask('POST', '/api-keys', { name: 'one more' })
  expect(more.json()).toMatchObject({ status: 409, reason: 'too_many', most: 100 })
  expect((await again.ask('POST', `/api-keys/${rotated.id}/rotate`, {})).statusCode).toBe(201)
})

describe('a mailed link to set a password', () => {
  const endings = {
    'an own change of the password': async (_id: string, browser: Browser) => {
      const passwords = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }
      expect((await browser.ask('POST', '/session/password', passwords)).statusCode).toBe(204)
    },
    'a time in which the account was disabled': async (id: string) => {
      const owner = await signedIn(app, (await makeStaff(database.db, tenantId, 'owner')).email)
      for (const state of ['disabled', 'active'])
        expect((await owner.ask('PATCH', `/staff/${id}`, { state })).statusCode).toBe(200)
    },
  }
  for (const [name, end] of Object.entries(endings))
    test(`does not outlive ${name}`, async () => {
      const { id, email } = await makeStaff(database.db, tenantId, 'staff')
      const browser = await signedIn(app, email)
      const token = await resetLink(email)
      await end(id, browser)
      const used = await openBrowser(app).ask('POST', `/password-resets/${token}`, {
        password: 'a third horse battery',
      })
      expect(used.statusCode).toBe(404)
    })
})

test('a code is not used up where the session that shows it has ended', async () => {
  const { id, email } = await makeStaff(database.db, tenantId, 'staff')
  const browser = await signedIn(app, email)
  const { secret } = (await browser.ask('POST', '/session/second-factor/setup', {})).json()
  const { recoveryCodes } = (
    await browser.ask('POST', '/session/second-factor/confirm', { code: codeAt(secret, clock.now()) })
  ).json()
  const late = openBrowser(other)
  await late.ask('POST', '/session', { email, password: PASSWORD })
  const stop = stopBefore((text) => /^begin/i.test(text))
  const shown = late.ask('POST', '/session/second-factor', { recoveryCode: recoveryCodes[0] })
  await stop.reached
  const passwords = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }
  await letGo(browser.ask('POST', '/session/password', passwords), stop)
  expect((await shown).statusCode).toBe(401)
  const row = await database.db.staffAccount.findUniqueOrThrow({ where: { id } })
  expect(row.recoveryCodes).toHaveLength(10)
})
