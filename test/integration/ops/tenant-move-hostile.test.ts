import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createInboundDoor } from '../../../src/mail/inbound.ts'
import { createJudge } from '../../../src/mail/recognition/judge.ts'
import { createPushDoor } from '../../../src/notifications/push.ts'
import { signingSecret } from '../../../src/platform/crypto/signed-message.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { createMetrics } from '../../../src/platform/metrics.ts'
import { present } from '../../../src/platform/narrow.ts'
import { systemRandom } from '../../../src/platform/random.ts'
import { createMailbox, rotateInboundSecret } from '../../../src/shops/mailboxes/mailboxes.ts'
import { pushContext } from '../../../src/shops/shops/shops.ts'
import { makeShop, makeTenant, newId } from '../../support/fixtures.ts'
import { importBench, numbers } from '../../support/imports/import-bench.ts'
import { malls, orderMail } from '../../support/mail/listener.ts'
import { rakutenOrder } from '../../support/malls/sandbox-orders.ts'
import {
  ADDRESS,
  type Side,
  sealers,
  type TwoInstallations,
  twoInstallations,
} from '../../support/service/two-installations.ts'

/** Files that forge more than a row, and what is posted to a tenant on its way. */

let both: TwoInstallations
beforeEach(async () => {
  both = await twoInstallations()
})
afterEach(() => both.close())

const clock = { now: () => Date.now(), sleep: async () => undefined }
const nothing = () => undefined

/** A tenant with one imported order. */
async function withOrder(side: Side) {
  const database = both.databases[side]
  const bench = await importBench(database)
  for (const number of numbers(1)) bench.mall.place(number)
  await bench.want(numbers(1))
  await bench.run()
  const order = await database.db.order.findFirstOrThrow({ where: { tenantId: bench.tenantId } })
  return { tenantId: bench.tenantId, order }
}

/** Of the buyer of an order, as somebody with the forged file's tenant writes it. */
async function eraseByHand(tenantId: string, order: { id: string; sealedDetail: Uint8Array | null }) {
  const sealer = sealers.here.of(tenantId)
  const detail = JSON.parse(
    sealer.open(`order:${order.id}:detail`, present(order.sealedDetail ?? undefined)).toString(),
  )
  const phone = detail.recipients[0].person.phone.replaceAll(/\D/g, '')
  const id = newId()
  await both.databases.here.pool.query(
    `insert into erasures (id, tenant_id, kind, hash, sealed_term, at, requested_by, orders)
     values ($1, $2, 'phone', $3, $4, now() + interval '1 year', 'x', 0)`,
    [id, tenantId, Buffer.alloc(16, 1), Buffer.from(sealer.seal(`erasure:${id}:term`, phone))],
  )
}

test('a file whose keys are not its rows’ is refused, and erases no order of another tenant', async () => {
  const victim = await withOrder('there')
  const forger = await withOrder('here')
  await eraseByHand(forger.tenantId, forger.order)
  await both.forge(forger.tenantId, ({ table, keys }) => {
    if (table === 'orders') for (const key of keys) key.id = victim.order.id
  })
  await expect(both.imported('forged')).rejects.toThrow('a row of orders')
  const { db } = both.databases.there
  expect(await db.order.findUniqueOrThrow({ where: { id: victim.order.id } })).toEqual(victim.order)
})

test('an erasure of one tenant ends at the orders of another, whatever the hashes say', async () => {
  const victim = await withOrder('there')
  const { db, pool } = both.databases.there
  const { id: tenantId } = await makeTenant(db)
  await pool.query(
    `insert into erasures (id, tenant_id, kind, hash, sealed_term, at, requested_by, orders)
     values ($1, $2, 'phone', $3, $3, now() + interval '1 year', 'x', 0)`,
    [newId(), tenantId, Buffer.alloc(16, 1)],
  )
  await pool.query(
    `insert into order_search (order_id, tenant_id, kind, hash) values ($1, $2, 'phone', $3)`,
    [victim.order.id, tenantId, Buffer.alloc(16, 1)],
  )
  expect(await db.order.findUniqueOrThrow({ where: { id: victim.order.id } })).toEqual(victim.order)
})

test('a file under the number of another tenant’s move takes nothing from it', async () => {
  const { db } = both.databases.there
  const victim = (await makeTenant(both.databases.here.db)).id
  await both.moved(victim, 'here', 'victim')
  const move = await db.tenantMove.findFirstOrThrow({ where: { tenantId: victim } })
  const forger = (await makeTenant(both.databases.here.db)).id
  await both.forge(forger, nothing, { move: move.id })
  await expect(both.imported('forged')).rejects.toThrow('another tenant')
  expect(await db.tenantMove.findMany()).toEqual([move])
  expect(await both.statusAt('there', forger)).toBeNull()
})

test('a file that is imported anew after its drop is started by its own word', async () => {
  const tenantId = (await makeTenant(both.databases.here.db)).id
  await both.forge(tenantId, nothing, { startHash: '0'.repeat(64), wasActive: false })
  await both.imported('forged')
  await both.run('there', 'tenant', 'drop', tenantId)
  const word = await both.released(tenantId, await both.imported())
  await both.run('there', 'tenant', 'start', tenantId, word)
  expect(await both.statusAt('there', tenantId)).toBe('active')
})

const log = createLogger({ level: 'silent' })
const toolsAt = (side: Side) => ({
  ...both.databases[side],
  clock,
  newId,
  random: systemRandom,
  sealer: sealers[side],
  metrics: createMetrics(),
  marketplaces: malls,
  log,
  wakeQueue: { wake: async () => undefined },
  judge: createJudge(malls),
  addressRules: { allowedPrivateHosts: [] },
  onMailboxChanged: nothing,
})

/** An inbound mailbox as the API makes it, and how a mail is posted to it. */
async function withInbound() {
  const { db } = both.databases.here
  const tenantId = (await makeTenant(db)).id
  const shop = await makeShop(db, { tenantId, code: rakutenOrder.shopCode })
  const caller = { tenantId, actor: 'operator' }
  const tools = toolsAt('here') as never
  const { id } = await createMailbox(
    tools,
    caller as never,
    {
      name: 'posted',
      kind: 'inbound',
      security: 'tls',
      folder: 'INBOX',
      enabled: true,
      authservId: null,
      auth: { kind: 'password' },
      shopIds: [shop.id],
    } as never,
  )
  const secret = await rotateInboundSecret(tools, caller as never, id)
  const mails = [0, 1, 2, 3].map((n) => orderMail('orders@shop.example', n))
  const posted = (side: Side, n: number) => {
    const source = present(mails[n])
    const at = new Date()
    const message = newId()
    const signature = new Webhook(secret).sign(message, at, source.toString('utf8'))
    const headers = { id: message, timestamp: String(Math.floor(at.getTime() / 1000)), signature }
    return createInboundDoor(toolsAt(side) as never)({ mailboxId: id, headers, source })
  }
  return { tenantId, shopId: shop.id, posted }
}

test('a mailbox of kind inbound takes mails in where the tenant went', async () => {
  const { tenantId, posted } = await withInbound()
  expect(await posted('here', 1)).toEqual({ result: 'recognised' })
  await both.moved(tenantId)
  expect(await posted('there', 2)).toEqual({ result: 'recognised' })
})

const refusal = (error: unknown) => {
  const { code, details } = error as { code?: string; details?: object }
  return { code, ...details }
}
const WAIT = { code: 'UNAVAILABLE', retryAfterSeconds: 60 }
const MOVED = { code: 'TENANT_MOVED', movedTo: ADDRESS }

test('who posts mails and orders to a tenant on its way is told to wait, then where it went', async () => {
  const { tenantId, shopId, posted } = await withInbound()
  const secret = signingSecret(systemRandom)
  const sealedPushSecret = sealers.here.of(tenantId).seal(pushContext(shopId), secret)
  await both.databases.here.db.shop.update({ where: { id: shopId }, data: { sealedPushSecret } })
  const pushed = (side: Side, key = secret) => {
    const body = Buffer.from(JSON.stringify({ orderNumbers: [rakutenOrder.orderNumber] }))
    const at = new Date()
    const id = newId()
    const signature = new Webhook(key).sign(id, at, body.toString('utf8'))
    const headers = { id, timestamp: String(Math.floor(at.getTime() / 1000)), signature }
    const push = { shopId, headers, body, xml: false }
    return createPushDoor(toolsAt(side) as never)(push)
  }
  const answers = async (side: Side) => [
    await posted(side, 1).catch(refusal),
    await pushed(side).catch(refusal),
  ]
  expect(await answers('here')).toEqual([{ result: 'recognised' }, { taken: 1 }])
  await both.exported(tenantId)
  expect(await answers('here')).toEqual([WAIT, WAIT])
  const receipt = await both.imported()
  expect(await answers('there')).toEqual([WAIT, WAIT])
  const word = await both.released(tenantId, receipt)
  expect(await answers('here')).toEqual([MOVED, MOVED])
  // Whoever shows no signature learns nothing of it.
  expect(await pushed('here', signingSecret(systemRandom))).toEqual({ refusal: 'forged' })
  await both.run('there', 'tenant', 'start', tenantId, word)
  expect(await answers('there')).toEqual([{ result: 'recognised' }, { taken: 1 }])
  // Suspended by the operator, who says nothing to outsiders.
  await both.databases.there.db.tenant.update({ where: { id: tenantId }, data: { status: 'suspended' } })
  expect(await answers('there')).toEqual([{ refusal: 'forged' }, { refusal: 'forged' }])
})
