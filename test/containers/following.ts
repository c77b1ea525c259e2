import { type Api, waitFor } from '../../sandbox/demo/client.ts'
import { table } from '../../sandbox/demo/show.ts'
import { print } from './latencies.ts'
import type { WalkRecord } from './record.ts'
import type { Delivery, SandboxClient } from './sandbox-client.ts'

/**
 * What a shop's programs notice when the database under the service is put back, and that everything works
 * afterwards.
 */

interface Page {
  position: string
  changes: Delivery[]
}

/**
 * The state that the database will be put back to is now: a follower has a place in the feed, a webhook is
 * sent each order.
 */
export async function follow(client: Api, record: WalkRecord): Promise<void> {
  const { webhooks } = await client.get<{ webhooks: unknown[] }>('/webhooks')
  if (webhooks.length === 0)
    await client.post('/webhooks', {
      name: '基幹システム',
      url: 'http://sandbox:4100/hook',
      kinds: ['order'],
    })
  record.position = (await client.get<Page>('/changes')).position
  record.kept = record.pulls.length
  print('  a program follows the feed, and a webhook is sent each order')
}

/** Orders that were pulled after that state are staged once more: their mails are read again. */
export function setBack(record: WalkRecord): Promise<void> {
  const lost = record.pulls.splice(record.kept).flatMap(({ orders }) => orders)
  record.waiting.push(...lost)
  print(`  ${lost.length} orders were pulled after that state`)
  return Promise.resolve()
}

/** Nobody goes on from an old place as if nothing had happened. */
export async function beginsAnew(
  client: Api,
  sandbox: SandboxClient,
  record: WalkRecord,
  limitMs: number,
): Promise<void> {
  const refused = await waitFor(
    'the old position to be refused',
    () =>
      client.get<Page>(`/changes?limit=1&after=${record.position}`).then(
        () => '',
        (error: unknown) => String(error),
      ),
    (text) => text.includes('POSITION_EXPIRED'),
    { everyMs: 500, limitMs },
  )
  const { position } = JSON.parse(refused.slice(refused.indexOf('{'))) as Page
  const received = await waitFor(
    'a reset by webhook',
    () => sandbox.received(),
    (all) => all.some(({ type }) => type === 'reset'),
    { everyMs: 500, limitMs },
  )
  record.position = position
  print(`  the feed begins anew, and the webhook was told so (${received.length} deliveries so far)`)
}

const stagedIn = (rows: readonly Delivery[]): string[] =>
  rows.flatMap(({ data }) => (data.what?.includes('staged') ? [data.orderNumber ?? ''] : []))

/**
 * The orders of the last pull are told once each, by the feed behind its new beginning and by the webhook
 * behind its reset; none from before.
 */
export async function told(
  client: Api,
  sandbox: SandboxClient,
  record: WalkRecord,
  limitMs: number,
): Promise<void> {
  const last = new Set(record.pulls.at(-1)?.orderNumbers)
  const before = new Set(record.pulls.slice(0, record.kept).flatMap(({ orderNumbers }) => orderNumbers))
  const ways: Record<string, () => Promise<Delivery[]>> = {
    feed: async () => (await client.get<Page>(`/changes?limit=1000&after=${record.position}`)).changes,
    webhook: async () => {
      const all = await sandbox.received()
      return all.slice(all.findLastIndex(({ type }) => type === 'reset') + 1)
    },
  }
  for (const [way, ask] of Object.entries(ways)) {
    const rows = await waitFor(
      `${last.size} orders by ${way}`,
      ask,
      (found) => new Set(stagedIn(found).filter((number) => last.has(number))).size === last.size,
      { everyMs: 500, limitMs },
    )
    const numbers = stagedIn(rows)
    if (new Set(numbers).size !== numbers.length) throw new Error(`${way}: an order was told twice`)
    const old = numbers.filter((number) => before.has(number))
    if (old.length > 0) throw new Error(`${way}: ${old.length} orders from before were told again`)
    print(`  ${way}: ${numbers.length} orders told, each once`)
  }
}

interface Change {
  id: string
  state: string
  message: string | null
  finishedAt: string | null
}

interface Order {
  id: string
  orderNumber: string
  marketplace: string
  detail: { recipients: { id: string }[] } | null
}

const JAPAN_MS = 9 * 60 * 60_000

/** 発送完了報告 of one order of the last pull at each mall, and what the mall has in its books of it. */
export async function change(
  client: Api,
  sandbox: SandboxClient,
  record: WalkRecord,
  limitMs: number,
): Promise<void> {
  const last = new Set(record.pulls.at(-1)?.orderNumbers)
  const { orders } = await client.get<{ orders: Order[] }>('/orders?status=new&limit=1000')
  const chosen = record.shops.map(({ marketplace }) => {
    const order = orders.find((one) => one.marketplace === marketplace && last.has(one.orderNumber))
    if (!order) throw new Error(`No order of ${marketplace} to ship`)
    return order
  })
  const shippedOn = new Date(Date.now() + JAPAN_MS).toISOString().slice(0, 10)
  const changes = await Promise.all(
    chosen.map(async ({ id }) => {
      const { detail } = await client.get<Order>(`/orders/${id}`)
      const parcels = (detail?.recipients ?? []).map((recipient, index) => ({
        recipientId: recipient.id,
        carrier: 'yamato',
        trackingNumber: `40000000000${index + 1}`,
      }))
      return { orderId: id, action: 'ship', shippedOn, parcels }
    }),
  )
  const { siteChanges } = await client.post<{ siteChanges: Change[] }>(
    '/site-changes',
    { changes },
    { 'idempotency-key': `walk-ship-${record.pulls.length}-${Date.now()}` },
  )
  const rows: string[][] = []
  for (const [index, { id }] of siteChanges.entries()) {
    const ended = await waitFor(
      `site change ${id} ended`,
      () => client.get<Change>(`/site-changes/${id}`),
      ({ finishedAt }) => finishedAt !== null,
      { everyMs: 200, limitMs },
    )
    const { marketplace = '', orderNumber = '' } = chosen[index] ?? {}
    if (ended.state !== 'succeeded')
      throw new Error(`${marketplace} ${orderNumber}: ${ended.state} ${ended.message}`)
    rows.push([marketplace, orderNumber, (await sandbox.writes(marketplace, orderNumber)).join(', ')])
  }
  print(table(['mall', 'shipped', "the mall's own books"], rows))
  if (rows.some(([, , books]) => books === '')) throw new Error('A mall has nothing in its books')
}
