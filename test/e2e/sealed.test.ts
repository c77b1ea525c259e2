import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { waitFor } from '../../sandbox/demo/client.ts'
import { SANDBOX_SHOPS, SIMULATED_MALLS } from '../../sandbox/malls/index.ts'
import { dumpDatabase } from '../support/database/personal-data.ts'
import { type PrivateRedis, redisMissing, startRedis } from '../support/redis.ts'
import { startWorld, type World } from '../support/service/world.ts'

/**
 * Invariant: who can read the database, a backup of it, the queue, the log, a scrape or a refusal learns no
 * person and no key.
 */

let world: World
let redis: PrivateRedis | null
/** Every command that Redis was sent, from the first on: what is gone from it again counts too. */
const commands: string[] = []

beforeAll(async () => {
  redis = redisMissing === null ? await startRedis() : null
  if (redis) {
    const monitor = await new Redis(redis.url).monitor()
    monitor.on('monitor', (_time: string, args: string[]) => void commands.push(args.join(' ')))
  }
  world = await startWorld({
    environment: { LOG_LEVEL: 'debug' },
    ...(redis ? { redisUrl: redis.url } : {}),
  })
})

afterAll(async () => {
  await world?.close()
  await redis?.stop()
})

const staged = (orders: readonly { orderNumber: string }[]) =>
  waitFor(
    'the orders',
    () =>
      world.database.db.order.count({
        where: { orderNumber: { in: orders.map(({ orderNumber }) => orderNumber) } },
      }),
    (count) => count === orders.length,
    { limitMs: 60_000 },
  )

test('a dump, the log, the metrics and refusals hold no personal data and no secret in clear', async () => {
  const orders = SIMULATED_MALLS.flatMap((mall) =>
    Array.from({ length: 10 }, () => world.sandbox.malls[mall].place()),
  )
  await staged(orders)
  const { client, apiKey } = world.registration
  await client.post('/orders/pull', { after: null })
  const refusals = await refused(orders.map(({ orderNumber }) => orderNumber))

  const dump = await dumpDatabase(world.database.url)
  const metrics = await fetch(`${world.service().url}/metrics`, {
    headers: { authorization: `Bearer ${world.operatorKey}` },
  }).then((answer) => answer.text())
  // The dump is the real one: what stands in clear by design is in it.
  for (const order of orders) expect(dump).toContain(order.orderNumber)
  expect(metrics).toContain('torikomi_')

  const places = { dump, log: world.service().output(), metrics, refusals }
  for (const secret of [...secrets(world), ...orders.flatMap(personalData)]) {
    const words = `${secret.what}: ${secret.value}`
    for (const [place, text] of Object.entries(places))
      expect(standsIn(text, secret.value) ? words : null, `in the ${place}`).toBeNull()
  }

  /** Wrong requests, with the key that they came with and words that stand in the orders. */
  async function refused(numbers: readonly string[]): Promise<string> {
    const send = async (path: string, init: RequestInit) => {
      const answer = await fetch(`${world.service().url}/v1${path}`, {
        ...init,
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      })
      expect(answer.status, path).toBeGreaterThanOrEqual(400)
      return answer.text()
    }
    const body = (value: unknown) => ({ method: 'POST', body: JSON.stringify(value) })
    const answers = await Promise.all([
      send(`/orders?orderNumber=${numbers[0]}&nothing=1`, {}),
      send('/orders/00000000-0000-7000-8000-000000000000', {}),
      send('/orders/move', body({ orderIds: numbers, status: 'nowhere' })),
      send('/site-changes', body({ changes: numbers.map((orderId) => ({ orderId, action: 'ship' })) })),
      send('/shops', body({ marketplace: 'rakuten', code: '123456', name: 'x', credentials: {} })),
    ])
    return answers.join('\n')
  }
})

describe.skipIf(redisMissing !== null)(`Redis${redisMissing ? ` [${redisMissing}]` : ''}`, () => {
  test('is never sent a person, an order or a secret', async () => {
    const order = world.sandbox.malls.rakuten.place()
    const before = commands.length
    await staged([order])
    // It is the queue that the order came by.
    expect(commands.slice(before).some((words) => words.includes('torikomi'))).toBe(true)
    const all = commands.join('\n')
    for (const { what, value } of [
      ...secrets(world),
      ...personalData(order),
      { what: 'number', value: order.orderNumber },
    ])
      expect(standsIn(all, value) ? `${what}: ${value}` : null).toBeNull()
  })
})

/**
 * The simulated phones have many zeros, and so have sums of seconds in the metrics: 0.002 + 0.101 is
 * 0.10300000000000001, of which 0300000000 is a part. Digits within a longer number are no phone.
 */
const standsIn = (text: string, value: string): boolean =>
  /^\d+$/.test(value) ? new RegExp(`(?<![\\d.])${value}(?!\\d)`).test(text) : text.includes(value)

test('a phone is found in a text, and not in a longer number', () => {
  const phone = '0300000000'
  const sum = `seconds_sum ${0.002 + 0.101}`
  expect(sum).toContain(phone)
  expect(standsIn(sum, phone)).toBe(false)
  expect(standsIn(`tel:${phone},`, phone)).toBe(true)
})

function personalData(order: {
  buyerName: string
  recipientName: string
  recipientAddress: string
  recipientPhone: string
  note: string
}): { what: string; value: string }[] {
  const { buyerName, recipientName, recipientAddress, recipientPhone, note } = order
  return [
    { what: 'buyer', value: buyerName },
    ...buyerName.split(/\s+/).map((value) => ({ what: 'part of the buyer name', value })),
    { what: 'recipient', value: recipientName },
    { what: 'address', value: recipientAddress },
    { what: 'phone', value: recipientPhone },
    { what: 'phone digits', value: recipientPhone.replaceAll('-', '') },
    { what: 'note', value: note },
  ].filter(({ value }) => value.trim().length > 1)
}

function secrets({ sandbox, registration }: World): { what: string; value: string }[] {
  const credentials = SIMULATED_MALLS.flatMap((mall) =>
    Object.entries(sandbox.malls[mall].credentialsFor(SANDBOX_SHOPS[mall].code)).map(([name, value]) => ({
      what: `${mall} ${name}`,
      value: String(value),
    })),
  )
  return [
    { what: 'mailbox password', value: sandbox.mailbox.password },
    { what: 'mailbox user', value: sandbox.mailbox.username },
    { what: 'API key', value: registration.apiKey },
    // A key version or a date says nothing of the key, and would be found by chance.
    ...credentials.filter(({ value }) => value.length >= 8 && !/^\d{4}-\d\d-\d\d/.test(value)),
  ]
}
