import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BoundToShops, routeAt } from '../../../src/http/access.ts'
import type { App } from '../../../src/http/app-types.ts'
import { factsOf, present } from '../../../src/platform/narrow.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { newApiKey } from '../../../src/shops/tenants/authenticate.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { makeMailbox, makeShop, makeTenant, newId } from '../../support/fixtures.ts'
import { targetsOf } from '../../support/http/hostile-calls.ts'
import { OPERATOR_KEY, wholeServer } from '../../support/http/rest-server.ts'
import { makeStaff, openBrowser, PASSWORD, signedIn } from '../../support/staff/browser.ts'

/**
 * Every operation of the OpenAPI document by every kind of caller, as its record says. docs/access.txt shows
 * in a review what a record says now, so that one that lets in too many is seen there.
 */

const NEEDS = [
  ...['anyone', 'session', 'read_only', 'staff', 'owner'],
  ...['operator_without_personal_data', 'operator'],
] as const
type Need = (typeof NEEDS)[number]

type Answer = 'in' | 'no key' | 'wrong role' | 'token wrong' | 'unfinished' | 'suspended'

interface Principal {
  headers: Record<string, string>
  /** What a route of each need answers it. */
  expects: Partial<Record<Need, Answer>>
  /** A key of some shops: what the record says of those counts beside its role. */
  bound?: true
}

/** Of a tenant's role, and of the operator's two. */
const roleOf = (...mine: Need[]): Principal['expects'] =>
  Object.fromEntries(
    NEEDS.map((need) => [need, need === 'anyone' || mine.includes(need) ? 'in' : 'wrong role']),
  )
const everywhere = (answer: Answer): Principal['expects'] =>
  Object.fromEntries(NEEDS.map((need) => [need, need === 'anyone' ? 'in' : answer]))
/** Routes of a browser's own session know no keys. */
const byKey = (expects: Principal['expects']): Principal['expects'] => ({ ...expects, session: 'no key' })

let database: TestDatabase
let app: App
let targets: (ReturnType<typeof targetsOf>[number] & { need: Need; bound: BoundToShops | null })[]
let principals: Record<string, Principal>
let theirs: { shop: string; mailbox: string }

beforeAll(async () => {
  database = await freshDatabase()
  const { db } = database
  app = await wholeServer(database, { requestsPerMinute: 1_000_000, authFailuresPerMinute: 1_000_000 })
  targets = targetsOf((await app.inject('/openapi.json')).json()).map((target) => {
    const { need, config } = present(routeAt(app.routeTable, target.method, target.path))
    return { ...target, need, bound: config.who?.kind === 'tenant' ? config.who.bound : null }
  })
  const tenantId = (await makeTenant(db, { requireSecondFactor: false })).id
  const other = (await makeTenant(db, { requireSecondFactor: false })).id
  const shop = await makeShop(db, { tenantId })
  const mailbox = await makeMailbox(db, { tenantId, shopIds: [shop.id] })
  theirs = { shop: shop.id, mailbox: mailbox.id }

  const keyOf = async (tenant: string, more: object = {}) => {
    const { key, prefix, hash } = newApiKey(systemRandom)
    const row = { id: newId(), tenantId: tenant, name: 'x', prefix, hash, createdAt: new Date() }
    await db.apiKey.create({ data: { ...row, ...more } })
    return { authorization: `Bearer ${key}` }
  }
  const sessionOf = async (tenant: string | null, role: Parameters<typeof makeStaff>[2]) => {
    const { cookie, csrfToken } = await signedIn(app, (await makeStaff(db, tenant, role)).email)
    return { cookie: `__Host-torikomi_session=${cookie}`, 'x-csrf-token': csrfToken }
  }
  const strict = await makeTenant(db)
  const unfinished = openBrowser(app)
  const { email } = await makeStaff(db, strict.id, 'owner')
  await unfinished.ask('POST', '/session', { email, password: PASSWORD })
  const suspended = await makeTenant(db, { status: 'suspended' })

  const readOnly = roleOf('read_only', 'session')
  const staff = roleOf('read_only', 'staff', 'session')
  const owner = roleOf('read_only', 'staff', 'owner', 'session')
  const reports = roleOf('operator_without_personal_data', 'session')
  const operator = roleOf('operator_without_personal_data', 'operator', 'session')
  const { cookie } = await sessionOf(tenantId, 'owner')
  principals = {
    nobody: { headers: {}, expects: everywhere('no key') },
    'a made-up key': {
      headers: { authorization: `Bearer trk_${'x'.repeat(40)}` },
      expects: everywhere('no key'),
    },
    'a revoked key': {
      headers: await keyOf(tenantId, { revokedAt: new Date() }),
      expects: everywhere('no key'),
    },
    'a key that has ended': {
      headers: await keyOf(tenantId, { expiresAt: new Date(0) }),
      expects: everywhere('no key'),
    },
    'a key of a suspended tenant': {
      headers: await keyOf(suspended.id),
      expects: byKey({ ...everywhere('suspended') }),
    },
    'a made-up session': {
      headers: { cookie: `__Host-torikomi_session=${'x'.repeat(43)}` },
      expects: everywhere('no key'),
    },
    'a read-only key': { headers: await keyOf(tenantId, { role: 'read_only' }), expects: byKey(readOnly) },
    'a key of staff': { headers: await keyOf(tenantId, { role: 'staff' }), expects: byKey(staff) },
    'an owner’s key': { headers: await keyOf(tenantId, { role: 'owner' }), expects: byKey(owner) },
    'an owner’s key of one shop': {
      headers: await keyOf(tenantId, { role: 'owner', shopIds: [shop.id] }),
      expects: byKey(owner),
      bound: true,
    },
    'the operator key': {
      headers: { authorization: `Bearer ${OPERATOR_KEY}` },
      expects: byKey(operator),
    },
    'a reader': { headers: await sessionOf(tenantId, 'read_only'), expects: readOnly },
    'one of staff': { headers: await sessionOf(tenantId, 'staff'), expects: staff },
    'an owner': { headers: await sessionOf(tenantId, 'owner'), expects: owner },
    'an owner of another tenant': { headers: await sessionOf(other, 'owner'), expects: owner },
    'an operator without personal data': {
      headers: await sessionOf(null, 'operator_without_personal_data'),
      expects: reports,
    },
    'an operator': { headers: await sessionOf(null, 'operator'), expects: operator },
    'an owner who owes the second factor': {
      headers: {
        cookie: `__Host-torikomi_session=${unfinished.cookie}`,
        'x-csrf-token': unfinished.csrfToken,
      },
      expects: { ...everywhere('unfinished'), session: 'in' },
    },
    'an owner’s browser led by another site': { headers: { cookie }, expects: everywhere('token wrong') },
  }
})
afterAll(async () => {
  await app?.close()
  await database?.close()
})

test('each operation of the document says who may use it, and all kinds are among them', () => {
  expect(new Set(targets.map(({ need }) => need))).toEqual(new Set(NEEDS))
  expect(new Set(targets.map(({ bound }) => bound))).toEqual(
    new Set([null, 'refused', 'filtered', 'by path', 'by shop', 'by orders', 'open']),
  )
})

const CODES: Readonly<Record<string, Answer>> = {
  UNAUTHENTICATED: 'no key',
  // Twenty wrong ones of one beginning; good keys go on.
  TOO_MANY_REQUESTS: 'no key',
  FORBIDDEN: 'wrong role',
  CSRF_TOKEN_WRONG: 'token wrong',
  SECOND_FACTOR_REQUIRED: 'unfinished',
  TENANT_SUSPENDED: 'suspended',
}

/**
 * With ids that nobody has, and without a body where the door is in front of it: what is answered is answered
 * at the door.
 */
async function ask(method: string, path: string, headers: Record<string, string>, payload?: object) {
  const answer = await app.inject({
    method: method as 'GET',
    url: path,
    headers,
    ...(payload ? { payload } : {}),
  })
  if (answer.statusCode >= 500) throw new Error(`${method} ${path}: ${answer.statusCode} ${answer.body}`)
  const problem = answer.statusCode >= 400 && answer.body.startsWith('{') ? answer.json().code : null
  return { answer, said: CODES[problem] ?? ('in' as const) }
}

/**
 * They end what walks on, or do not end by themselves: test/integration/staff/sessions.test.ts,
 * test/integration/http/events.test.ts.
 */
const NOT_WALKED = ['signOut', 'endSession', 'streamEvents']

test('each kind of caller is let in exactly where it says so', async () => {
  const wrong: string[] = []
  let walked = 0
  for (const [name, { headers, expects, bound: isBound = false }] of Object.entries(principals))
    for (const { operationId, method, path, bodies, need, bound } of targets) {
      if (NOT_WALKED.includes(operationId)) continue
      // A token is asked of changes alone, and a session that reads is a session.
      const led = expects[need] === 'token wrong' && method === 'GET'
      const asked = led ? principals['an owner']?.expects[need] : expects[need]
      const isShut =
        isBound && (bound === 'refused' || (bound === 'by shop' && factsOf(bodies[0]).shopId === undefined))
      const wanted = isShut && asked === 'in' ? 'wrong role' : asked
      const query = operationId === 'discoverMailbox' ? '?address=shop@example.jp' : ''
      const url = path.replace('{number}', '1').replace(/\{\w+\}/g, newId()) + query
      // Routes of a session look at its cookie themselves, after the body.
      const whole = (need === 'session' && wanted !== 'in') || (isBound && bound !== null)
      const payload = whole ? (bodies[0] as object | undefined) : undefined
      const { said } = await ask(method, url, headers, payload)
      walked += 1
      // What asks for a link's token or a password may say that there is none.
      const owed = wanted === 'in' && need === 'session' && said === 'unfinished'
      if (need !== 'anyone' && said !== wanted && !owed)
        wrong.push(`${name}: ${operationId} answers "${said}" for "${wanted}"`)
    }
  expect(wrong).toEqual([])
  expect(walked).toBe(Object.keys(principals).length * (targets.length - NOT_WALKED.length))
}, 240_000)

describe('another tenant’s', () => {
  test.each(['shop', 'mailbox'] as const)('%s is not there, whatever is asked of it', async (what) => {
    const headers = { ...principals['an owner of another tenant']?.headers, 'if-match': '*' }
    const mine = targets.filter(
      ({ path, need }) =>
        path.startsWith(`/v1/${what === 'shop' ? 'shops' : 'mailboxes'}/{id}`) && need !== 'anyone',
    )
    expect(mine.length).toBeGreaterThan(5)
    for (const { method, path, bodies } of mine) {
      const answer = await app.inject({
        method: method as 'GET',
        url: path.replace('{id}', theirs[what]),
        headers,
        ...(bodies.length > 0 ? { payload: bodies[0] as object } : {}),
      })
      expect([method, path, answer.statusCode]).toEqual([method, path, 404])
    }
    expect(await database.db[what === 'shop' ? 'shop' : ('mailbox' as 'shop')].count()).toBe(1)
  })
})
