import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { App } from '../../../src/http/app-types.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { type Gate, gatedDatabase } from '../../support/database/gated-database.ts'
import { someoneWaits } from '../../support/database/held-pool.ts'
import { type HeldClock, heldClock, makeTenant, newId } from '../../support/fixtures.ts'
import { OPERATOR_KEY, wholeServer } from '../../support/http/rest-server.ts'
import { type Browser, makeStaff, signedIn } from '../../support/staff/browser.ts'

/** Who made a key, a webhook, a notice channel or an invitation, and what becomes of it when they go. */

const FILL = new URL(
  '../../../prisma/migrations/20261130205710_makers_of_before/migration.sql',
  import.meta.url,
)

let database: TestDatabase
/** A second process: its statements wait at `gate`. */
let beside: Awaited<ReturnType<typeof gatedDatabase>>
let gate: Gate = () => undefined
let app: App
let other: App
let clock: HeldClock
let tenantId: string
let owner: Browser

beforeAll(async () => {
  database = await freshDatabase()
  beside = await gatedDatabase(database.url, (...statement) => gate(...statement))
  clock = heldClock()
  app = await wholeServer(database, { requestsPerMinute: 100_000 }, { clock })
  other = await wholeServer(beside, { requestsPerMinute: 100_000 }, { clock })
})
beforeEach(async () => {
  gate = () => undefined
  tenantId = (await makeTenant(database.db, { requireSecondFactor: false })).id
  owner = await signedIn(app, (await makeStaff(database.db, tenantId, 'owner')).email)
})
afterAll(async () => {
  await app?.close()
  await other?.close()
  await beside?.close()
  await database?.close()
})

interface Maker {
  id: string
  browser: Browser
  actor: string
}

async function newMaker(at: App = app): Promise<Maker> {
  const { id, email } = await makeStaff(database.db, tenantId, 'owner')
  return { id, browser: await signedIn(at, email), actor: `staff:${id}` }
}

const byKey = (key: string, method: 'GET' | 'POST', url: string, payload?: object) =>
  app.inject({
    method,
    url: `/v1${url}`,
    headers: { authorization: `Bearer ${key}` },
    ...(payload === undefined ? {} : { payload }),
  })

const opens = async (key: string) => (await byKey(key, 'GET', '/shops')).statusCode === 200

const WEBHOOK = { name: '基幹システム', url: 'https://8.8.8.8/in' }
const CHANNEL = { kind: 'webhook', name: '部屋', for: 'tenant', url: 'https://8.8.4.4/room' }

async function makeAll({ browser }: Maker) {
  const key = (await browser.ask('POST', '/api-keys', { name: '受注管理ソフト' })).json()
  const webhook = (await browser.ask('POST', '/webhooks', WEBHOOK)).json()
  const channel = (await browser.ask('POST', '/notice-channels', CHANNEL)).json()
  // What its key makes was made by the person, too.
  const further = (await byKey(key.key, 'POST', '/api-keys', { name: '二つ目' })).json()
  return { key, webhook, channel, further }
}

const enabledNow = async (list: 'webhooks' | 'notice-channels') => {
  const { webhooks, channels } = (await owner.ask('GET', `/${list}`)).json()
  return (webhooks ?? channels).map(({ enabled }: { enabled: boolean }) => enabled)
}

test('lists name who made a key, a webhook, a channel and an invitation, and whether they still may', async () => {
  const maker = await newMaker()
  const { key, webhook, further } = await makeAll(maker)
  const by = { actor: maker.actor, name: 'owner 花子', hasAccess: true }
  expect([key.createdBy, webhook.createdBy]).toEqual([by, by])
  expect(further.createdBy).toEqual({
    actor: `key:${key.id}`,
    name: 'API キー「受注管理ソフト」',
    hasAccess: true,
  })
  const invited = await maker.browser.ask('POST', '/staff/invitations', {
    email: `${newId()}@example.jp`,
    role: 'staff',
  })
  expect(invited.json().invitedBy).toEqual(by)
  expect((await owner.ask('GET', '/staff/invitations')).json().invitations[0].invitedBy).toEqual(by)
  expect((await owner.ask('GET', '/notice-channels')).json().channels[0].createdBy).toEqual(by)
  const answer = await app.inject({
    method: 'GET',
    url: `/v1/admin/api-keys?tenantId=${tenantId}`,
    headers: { authorization: `Bearer ${OPERATOR_KEY}` },
  })
  expect(answer.json().apiKeys[0].createdBy).toEqual(by)

  const people = (await owner.ask('GET', '/staff')).json().staff
  expect(people.find(({ id }: { id: string }) => id === maker.id).made).toBe(4)
  await owner.ask('DELETE', `/staff/${maker.id}`)
  const { webhooks } = (await owner.ask('GET', '/webhooks')).json()
  expect(webhooks[0].createdBy).toEqual({ ...by, hasAccess: false })
})

test('a new address of a webhook is by whoever gave it, another name is not', async () => {
  const maker = await newMaker()
  const { webhook } = await makeAll(maker)
  const changed = (change: object) => owner.ask('PATCH', `/webhooks/${webhook.id}`, change)
  expect((await changed({ name: 'x', url: webhook.url })).json().createdBy.actor).toBe(maker.actor)
  expect((await changed({ url: 'https://8.8.8.8/other' })).json().createdBy.actor).not.toBe(maker.actor)
})

const ENDINGS: Record<string, (id: string, keep: string[] | 'all') => Parameters<Browser['ask']>> = {
  deleted: (id, keep) => [
    'DELETE',
    `/staff/${id}?keepMade=${keep === 'all' ? 'all' : keep.join(',') || 'none'}`,
  ],
  disabled: (id, keepMade) => ['PATCH', `/staff/${id}`, { state: 'disabled', keepMade }],
  demoted: (id, keepMade) => ['PATCH', `/staff/${id}`, { role: 'staff', keepMade }],
}

describe.each(Object.entries(ENDINGS))('when who made it is %s', (_how, ending) => {
  test('it is listed before, and ends but for what is kept', async () => {
    const maker = await newMaker()
    const { key, webhook, channel, further } = await makeAll(maker)
    const { made } = (await owner.ask('GET', `/staff/made/${maker.id}`)).json()
    expect(made).toEqual([
      expect.objectContaining({ kind: 'api_key', id: key.id, lastUsedAt: expect.any(String) }),
      expect.objectContaining({ kind: 'api_key', id: further.id, name: '二つ目', lastUsedAt: null }),
      expect.objectContaining({ kind: 'webhook', id: webhook.id, name: '基幹システム', lastUsedAt: null }),
      expect.objectContaining({ kind: 'notice_channel', id: channel.id, name: '部屋' }),
    ])
    expect((await owner.ask(...ending(maker.id, [key.id]))).statusCode).toBeLessThan(300)
    expect([await opens(key.key), await opens(further.key)]).toEqual([true, false])
    expect([...(await enabledNow('webhooks')), ...(await enabledNow('notice-channels'))]).toEqual([
      false,
      false,
    ])
    const { audit } = (await owner.ask('GET', '/audit?limit=20')).json()
    const actions = audit.map(({ action }: { action: string }) => action)
    expect(actions).toEqual(
      expect.arrayContaining(['api_key.revoked', 'webhook.updated', 'notice_channel.updated']),
    )
  })

  test('all of it goes on without a word, as programs depend on it', async () => {
    const maker = await newMaker()
    const { key, further } = await makeAll(maker)
    expect((await owner.ask(...ending(maker.id, 'all'))).statusCode).toBeLessThan(300)
    expect([await opens(key.key), await opens(further.key)]).toEqual([true, true])
    expect((await owner.ask('GET', `/staff/made/${maker.id}`)).json().made).toHaveLength(4)
  })

  test('what is being made meanwhile ends with the rest, or is not made', async () => {
    const maker = await newMaker(other)
    const reached = Promise.withResolvers<void>()
    const released = Promise.withResolvers<void>()
    gate = async (text) => {
      if (!/insert into "?(public"?\.)?"?api_keys/i.test(text)) return
      reached.resolve()
      await released.promise
    }
    const making = maker.browser.ask('POST', '/api-keys', { name: 'late' })
    await reached.promise
    const ended = owner.ask(...ending(maker.id, []))
    await Promise.race([ended, someoneWaits(database.pool)])
    released.resolve()
    expect((await ended).statusCode).toBeLessThan(300)
    const { key } = (await making).json()
    expect(key === undefined || !(await opens(key))).toBe(true)
    expect(await database.db.apiKey.count({ where: { tenantId, revokedAt: null } })).toBe(0)
  })
})

test('what stays of somebody is asked only where something ends', async () => {
  const maker = await newMaker()
  const kept = await owner.ask('PATCH', `/staff/${maker.id}`, { name: '別名', keepMade: [] })
  expect([kept.statusCode, kept.json().errors[0]]).toMatchObject([422, { field: 'keepMade' }])
  expect((await owner.ask('GET', `/staff/${newId()}/made`)).statusCode).toBe(404)
  const elsewhere = (await makeTenant(database.db, {})).id
  const stranger = await makeStaff(database.db, elsewhere, 'owner')
  expect((await owner.ask('GET', `/staff/made/${stranger.id}`)).statusCode).toBe(404)
})

test('a person who is gone makes no notice channel of their own, either', async () => {
  for (const whose of ['tenant', 'me']) {
    const maker = await newMaker(other)
    const reached = Promise.withResolvers<void>()
    const released = Promise.withResolvers<void>()
    gate = async (text) => {
      if (!/^begin/i.test(text)) return
      reached.resolve()
      await released.promise
    }
    const making = maker.browser.ask('POST', '/notice-channels', { ...CHANNEL, for: whose })
    await reached.promise
    await owner.ask('DELETE', `/staff/${maker.id}`)
    released.resolve()
    expect([whose, (await making).statusCode]).toEqual([whose, 401])
    gate = () => undefined
  }
  expect(await database.db.noticeChannel.count({ where: { tenantId } })).toBe(0)
})

test('rows of before, and of a process of the release before, have their makers from the audit', async () => {
  const maker = await newMaker()
  const { key, webhook, channel } = await makeAll(maker)
  const rotated = (await maker.browser.ask('POST', `/api-keys/${key.id}/rotate`, {})).json()
  const makers = async () => [
    ...(await database.db.apiKey.findMany({ where: { tenantId }, orderBy: { id: 'asc' } })),
    await database.db.webhook.findUniqueOrThrow({ where: { id: webhook.id } }),
    await database.db.noticeChannel.findUniqueOrThrow({ where: { id: channel.id } }),
  ]
  const forget = async () => {
    for (const table of ['api_keys', 'webhooks', 'notice_channels'])
      await database.pool.query(`update ${table} set created_by = null where tenant_id = $1`, [tenantId])
    expect((await makers()).map(({ createdBy }) => createdBy)).toEqual(Array(5).fill(null))
  }
  const right = [maker.actor, `key:${key.id}`, maker.actor, maker.actor, maker.actor]
  await forget()
  await database.pool.query(await readFile(FILL, 'utf8'))
  expect((await makers()).map(({ createdBy }) => createdBy)).toEqual(right)

  await forget()
  const entry = (action: string, target: string, data: object = {}, actor = maker.actor) =>
    database.db.auditEntry.create({
      data: { id: newId(), tenantId, at: new Date(clock.now()), actor, action, target, data },
    })
  await entry('api_key.created', key.id)
  const { id: second } = (await makers())[1] as { id: string }
  await entry('api_key.created', second, {}, `key:${key.id}`)
  await entry('api_key.rotated', key.id, { successorId: rotated.id })
  await entry('webhook.updated', webhook.id, { fields: ['name'] }, 'operator')
  await entry('webhook.created', webhook.id)
  await entry('notice_channel.updated', channel.id, { fields: ['token'] })
  expect((await makers()).map(({ createdBy }) => createdBy)).toEqual(right)
})
