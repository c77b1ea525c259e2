import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { type FauxqsServer, startFauxqs } from 'fauxqs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type AmazonSimulator, NO_QUOTAS } from '../../sandbox/malls/amazon/index.ts'
import { allOrders, numbersOf, startWorld, type World, waitForStaged } from '../support/service/world.ts'

/**
 * Mail, the mall's notification and the sweep, each switched off alone and in pairs: every order is staged
 * once, whatever is left. The lateness that is printed stands in docs/reliability.md.
 */

const ORDERS = Number(process.env.TRIGGER_ORDERS ?? 10)
/** Amazon takes twenty lists in a row and then one in three minutes: closer sweeps would use them up. */
const SWEEP_SECONDS = 20
/** Less than two minutes: a sweep that was there a moment ago has not looked at that time. */
const LISTED_AFTER_MS = 110_000
const AWS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'us-east-1' }

let queue: FauxqsServer
let sqs: SQSClient

beforeAll(async () => {
  queue = await startFauxqs({ port: 0, logger: false })
  sqs = new SQSClient({
    region: 'us-east-1',
    endpoint: queue.address,
    useQueueUrlAsEndpoint: false,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
})
afterAll(async () => {
  sqs.destroy()
  await queue.stop()
})

interface Off {
  mail?: boolean
  notification?: boolean
}

it.each<[number, Off[]]>([
  [SWEEP_SECONDS, [{}, { mail: true }, { notification: true }, { mail: true, notification: true }]],
  [0, [{}, { mail: true }, { notification: true }]],
])('with a sweep every %d s (0: none) no order is lost', { timeout: 400_000 }, async (sweep, runs) => {
  const { queueName } = queue.createQueue(`triggers-${sweep}`)
  const queueUrl = `${queue.address}/000000000000/${queueName}`
  const world = await startWorld({
    environment: { SWEEP_INTERVAL_SECONDS: String(sweep), AMAZON_NOTIFICATION_QUEUES: queueUrl, ...AWS },
  })
  try {
    let placed = 0
    const amazon = world.sandbox.malls.amazon as AmazonSimulator
    amazon.change({ listDelaySeconds: 0, quotas: NO_QUOTAS })
    let listening = true
    const sent: Promise<unknown>[] = []
    amazon.notifications.onMessage((_arn, MessageBody) => {
      if (listening) sent.push(sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody })))
    })
    const shopId = await subscribe(world)
    for (const off of runs) {
      listening = off.notification !== true
      const from = new Date().toISOString()
      const place = () => Array.from({ length: ORDERS }, () => amazon.place({}))
      // Amazon lists nothing younger than two minutes, so a sweep by itself is that late; most of them have
      // passed here.
      const byListAlone = off.mail && off.notification
      if (byListAlone) amazon.clock.advance(-LISTED_AFTER_MS)
      const orders = off.mail ? world.sandbox.withoutMail(place) : place()
      if (byListAlone) amazon.clock.advance(LISTED_AFTER_MS)
      placed += orders.length
      await waitForStaged(world, placed, 240_000)
      const numbers = numbersOf(await allOrders(world))
      for (const { orderNumber } of orders) expect(numbers).toContain(orderNumber)
      expect(new Set(numbers).size).toBe(numbers.length)
      await report(world, shopId, from, { sweep, ...off })
    }
    await Promise.all(sent)
  } finally {
    await world.close()
  }
})

async function subscribe(world: World): Promise<string> {
  const { shops }: { shops: { id: string; marketplace: string }[] } =
    await world.registration.client.get('/shops')
  const shopId = shops.find((shop) => shop.marketplace === 'amazon')?.id ?? ''
  const answer = await world.registration.client.post(`/shops/${shopId}/notifications`, {})
  expect(answer).toMatchObject({ subscribed: true })
  return shopId
}

interface Report {
  triggers: { trigger: string; orders: number; fromOrder: { median: number; worst: number } }[]
}

async function report(world: World, shopId: string, from: string, off: object): Promise<void> {
  const query = `from=${encodeURIComponent(from)}`
  const { triggers } = await world.registration.client.get<Report>(`/shops/${shopId}/triggers?${query}`)
  expect(triggers.reduce((sum, { orders }) => sum + orders, 0)).toBe(ORDERS)
  const told = triggers.map(
    ({ trigger, orders, fromOrder }) =>
      `${trigger} ${orders} (${fromOrder.median} s, worst ${fromOrder.worst} s)`,
  )
  process.stdout.write(`${JSON.stringify(off)}: ${told.join(', ')}\n`)
}
