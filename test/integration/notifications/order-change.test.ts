import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { type FauxqsServer, startFauxqs } from 'fauxqs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AmazonSimulator } from '../../../sandbox/malls/amazon/index.ts'
import { type OrderChangeFacts, orderChange } from '../../../sandbox/malls/amazon/notifications.ts'
import { SANDBOX_SHOPS } from '../../../sandbox/malls/index.ts'
import { triggerRoutes } from '../../../src/imports/routes.ts'
import { createAmazon } from '../../../src/marketplaces/amazon/index.ts'
import type { Marketplace } from '../../../src/marketplaces/port/marketplace.ts'
import { createQueueReader, type QueueReader } from '../../../src/notifications/queue-reader.ts'
import { notificationAdminRoutes, notificationRoutes } from '../../../src/notifications/routes.ts'
import { systemClock } from '../../../src/platform/clock.ts'
import { createLogger } from '../../../src/platform/logger.ts'
import { createMetrics } from '../../../src/platform/metrics.ts'
import { freshDatabase, type TestDatabase } from '../../support/database/database.ts'
import { newId, testSealer } from '../../support/fixtures.ts'
import { type RestServer, restServer } from '../../support/http/rest-server.ts'
import { type MallBench, mallBench } from '../../support/malls/mall-bench.ts'

const WAIT = { timeout: 15_000 }
const SELLER = SANDBOX_SHOPS.amazon.code
const SQS = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }

let database: TestDatabase
let bench: MallBench
let amazon: AmazonSimulator
let queue: FauxqsServer
let queueUrl: string
let queues: string
let sqs: SQSClient
let readers: QueueReader[]
let woken: string[]

beforeAll(async () => {
  queue = await startFauxqs({ port: 0, logger: false })
  sqs = new SQSClient({ ...SQS, endpoint: queue.address, useQueueUrlAsEndpoint: false })
})

beforeEach(async () => {
  database = await freshDatabase()
  queueUrl = newQueue()
  await open(queueUrl)
  readers = []
  woken = []
})

const newQueue = () => `${queue.address}/000000000000/${queue.createQueue(`orders-${newId()}`).queueName}`

/** @param setting as the operator writes it */
async function open(setting: string): Promise<void> {
  queues = setting
  bench = await mallBench(database, { queues })
  amazon = bench.malls.amazon as AmazonSimulator
}

afterEach(async () => {
  await Promise.all(readers.map((reader) => reader.stop()))
  await bench.close()
  await database.close()
})

afterAll(async () => {
  sqs.destroy()
  await queue.stop()
})

const mall = () =>
  createAmazon({ apiUrl: amazon.url, authUrl: amazon.authUrl, queues }) as unknown as Marketplace
const marketplaces = () => new Map([['amazon' as const, mall()]])

function read(pool = database.pool, timing = {}): QueueReader {
  const reader = createQueueReader({
    pool,
    clock: systemClock,
    newId,
    sealer: testSealer,
    owner: newId(),
    sqs: SQS,
    log: createLogger({ level: 'silent' }),
    metrics: createMetrics(),
    wakeQueue: { wake: async (ids) => void woken.push(...ids) },
    marketplaces: marketplaces(),
    timing: { tickMs: 100, leaseMs: 1_000, waitSeconds: 1, visibilitySeconds: 2, ...timing },
  })
  reader.start()
  readers.push(reader)
  return reader
}

const send = (MessageBody: string) => sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody }))
const told = (orderNumber: string, more: Partial<OrderChangeFacts> = {}) =>
  orderChange({
    shopCode: SELLER,
    orderNumber,
    changeType: 'OrderStatusChange',
    status: 'Unshipped',
    at: Date.now(),
    ...more,
  })

async function left(): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  )
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0)
}

const requests = () =>
  database.db.importRequest.findMany({
    where: { source: 'notification' },
    select: { orderNumber: true, purpose: true, state: true, outcome: true },
    orderBy: { requestedAt: 'asc' },
  })
const notifications = () => database.db.mallNotification.findMany({ orderBy: { seenAt: 'asc' } })

describe('a notification in the queue', () => {
  it('imports the order, and is deleted once that is certain', async () => {
    const { orderNumber } = amazon.place({ shopCode: SELLER })
    await send(told(orderNumber))
    read()
    await expect.poll(left, WAIT).toBe(0)
    expect(woken).toEqual([bench.shopIds.amazon])
    await bench.work('amazon')
    expect(await requests()).toEqual([{ orderNumber, purpose: 'import', state: 'done', outcome: 'staged' }])
    expect(await database.db.order.count({ where: { orderNumber } })).toBe(1)
  })

  it('comes twice, in any order, and from two readers: one row, one request, one order', async () => {
    const placed = Array.from({ length: 30 }, () => amazon.place({ shopCode: SELLER }).orderNumber)
    const messages = placed.flatMap((orderNumber, n) => {
      const first = told(orderNumber, { notificationId: `n-${n}` })
      return [told(orderNumber, { status: 'Shipped', notificationId: `later-${n}` }), first, first]
    })
    await Promise.all(messages.map(send))
    read()
    read()
    await expect.poll(left, WAIT).toBe(0)
    await bench.work('amazon')
    expect(await database.db.order.count({ where: { shopId: bench.shopIds.amazon } })).toBe(30)
    expect((await requests()).filter(({ purpose }) => purpose === 'import')).toHaveLength(30)
    expect(await notifications()).toHaveLength(60)
  })

  it('is not deleted while the database is away, and taken in when it is back', async () => {
    const { orderNumber } = amazon.place({ shopCode: SELLER })
    await send(told(orderNumber))
    let away = true
    let refused = 0
    // The lease is looked after as usual; what would be stored is not.
    const pool = Object.create(database.pool, {
      connect: {
        value: () => {
          if (!away) return database.pool.connect()
          refused += 1
          return Promise.reject(Object.assign(new Error('away'), { code: 'ECONNREFUSED' }))
        },
      },
      query: { value: database.pool.query.bind(database.pool) },
    })
    read(pool, { visibilitySeconds: 1 })
    await expect.poll(() => refused, WAIT).toBeGreaterThan(1)
    expect(await notifications()).toEqual([])
    expect(await left()).toBe(1)
    away = false
    await expect.poll(left, { timeout: 30_000 }).toBe(0)
    expect(await requests()).toMatchObject([{ orderNumber, purpose: 'import' }])
  })

  it('that cannot be read is set aside with its text and the others go on', async () => {
    const { orderNumber } = amazon.place({ shopCode: SELLER })
    await send('<not>what</not> <was>expected</was>')
    await send(told(orderNumber, { shopCode: 'ASTRANGER' }))
    await send(told('250-0000000-0000001', { status: 'Shipped' }))
    await send(told(orderNumber))
    read()
    await expect.poll(left, WAIT).toBe(0)
    const states = (await notifications()).map(({ state }) => state).sort()
    expect(states).toEqual(['idle', 'idle', 'poison', 'taken'])
    expect(await requests()).toMatchObject([{ orderNumber }])
    const rest = await restFor()
    const answer = await rest.app.inject({
      url: '/v1/admin/notifications?state=poison',
      headers: rest.operator,
    })
    expect(answer.json()).toMatchObject({
      notifications: [{ state: 'poison', text: '<not>what</not> <was>expected</was>' }],
      queues: [{ url: queueUrl, read: true, failureCode: null }],
    })
    await rest.close()
  })

  it('is read by one process at a time, and by another when that one ends', async () => {
    const first = read()
    await expect
      .poll(() => database.db.notificationQueue.count({ where: { leaseOwner: { not: null } } }), WAIT)
      .toBe(1)
    const { leaseOwner } = await database.db.notificationQueue.findFirstOrThrow({})
    read()
    await new Promise((resolve) => setTimeout(resolve, 400))
    expect((await database.db.notificationQueue.findFirstOrThrow({})).leaseOwner).toBe(leaseOwner)
    await first.stop()
    await send(told(amazon.place({ shopCode: SELLER }).orderNumber))
    await expect.poll(left, WAIT).toBe(0)
    expect((await database.db.notificationQueue.findFirstOrThrow({})).leaseOwner).not.toBe(leaseOwner)
  })

  it('of a queue that is not there is told to the operator, and reading goes on trying', async () => {
    queues = queueUrl.replace(/orders-.*$/, 'no-such-queue')
    read()
    await expect
      .poll(async () => (await database.db.notificationQueue.findFirst({}))?.failureCode ?? null, WAIT)
      .not.toBeNull()
  })
})

describe('the whole way with a subscription', () => {
  it('is made once, tells of a new order, and a wish to cancel keeps it from being shipped', async () => {
    const rest = await restFor()
    const headers = await rest.keyFor(bench.tenantId)
    const url = `/v1/shops/${bench.shopIds.amazon}/notifications`
    const subscribe = async () => (await rest.app.inject({ method: 'POST', url, headers })).json()
    expect(await subscribe()).toMatchObject({ subscribed: true, code: null })
    expect(await subscribe()).toMatchObject({ subscribed: true, code: null })

    const sent: Promise<unknown>[] = []
    amazon.notifications.onMessage((_arn, body) => void sent.push(send(body)))
    read()
    const { orderNumber } = amazon.place({ shopCode: SELLER })
    await expect.poll(async () => (await requests()).length, WAIT).toBe(1)
    await bench.work('amazon')
    const order = await database.db.order.findFirstOrThrow({ where: { orderNumber } })

    amazon.requestCancel(orderNumber)
    await expect.poll(async () => (await requests()).length, WAIT).toBe(2)
    await bench.work('amazon')
    const { holds } = await bench.readOrder(order.id)
    expect(holds.map(({ kind }) => kind)).toContain('change_pending')
    const parcels = [{ carrier: 'yamato' as const, trackingNumber: '123456789012' }]
    const [changeId] = await bench.ask([
      { orderId: order.id, action: 'ship', shippedOn: '2026-01-15', parcels },
    ])
    await bench.work('amazon')
    expect(await database.db.siteChange.findUniqueOrThrow({ where: { id: changeId ?? '' } })).toMatchObject({
      state: 'warning',
      code: 'CANCEL_REQUESTED',
    })
    expect(amazon.writes?.(orderNumber) ?? []).toEqual([])

    const triggers = await rest.app.inject({ url: `/v1/shops/${bench.shopIds.amazon}/triggers`, headers })
    expect(triggers.json()).toMatchObject({
      triggers: [{ trigger: 'notification', orders: 1, fromTrigger: { worst: expect.any(Number) } }],
    })
    await Promise.all(sent)
    await rest.close()
  })

  it('goes to the queue of the shop’s application, and says so where that has none', async () => {
    const { clientId = '' } = amazon.credentialsFor(SELLER)
    const subscribe = async () => {
      const rest = await restFor()
      const headers = await rest.keyFor(bench.tenantId)
      const url = `/v1/shops/${bench.shopIds.amazon}/notifications`
      const { subscribed, code } = (await rest.app.inject({ method: 'POST', url, headers })).json()
      await rest.close()
      return { subscribed, code }
    }
    await bench.close()
    const own = newQueue()
    await open(`${queueUrl},${clientId}=${own}`)
    expect(await subscribe()).toEqual({ subscribed: true, code: null })
    const arns = new Set<string>()
    amazon.notifications.onMessage((arn) => void arns.add(arn))
    amazon.place({ shopCode: SELLER })
    expect([...arns]).toEqual([expect.stringContaining(own.split('/').at(-1) ?? '')])

    await bench.close()
    await database.close()
    database = await freshDatabase()
    await open(`amzn1.application-oa2-client.another=${own}`)
    expect(await subscribe()).toEqual({ subscribed: false, code: 'AMAZON_QUEUE_MISSING' })
  })

  it('says what to do by hand where the mall does not grant it, and which shops have none', async () => {
    const rest = await restFor()
    const headers = await rest.keyFor(bench.tenantId)
    amazon.notifications.granted = false
    const post = (shopId: string) =>
      rest.app.inject({ method: 'POST', url: `/v1/shops/${shopId}/notifications`, headers })
    const answer = (await post(bench.shopIds.amazon)).json()
    expect(answer).toMatchObject({ subscribed: false })
    expect(answer.messages.join()).toContain('createSubscription')
    expect((await post(bench.shopIds.yahoo)).json()).toMatchObject({ reason: 'notifications_not_supported' })
    await rest.close()
  })
})

function restFor(): Promise<RestServer> {
  const { db, pool } = database
  const malls = new Map([...bench.marketplaces, ...marketplaces()])
  const tools = {
    db,
    pool,
    clock: systemClock,
    sealer: testSealer,
    sessions: bench.sessions,
    marketplaces: malls,
  }
  return restServer(db, {
    more: {
      clientRoutes: [notificationRoutes(tools), triggerRoutes(tools)],
      operatorRoutes: [notificationAdminRoutes(tools)],
    },
  })
}
