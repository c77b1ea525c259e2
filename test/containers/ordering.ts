import { type Api, waitFor } from '../../sandbox/demo/client.ts'
import { seconds, table } from '../../sandbox/demo/show.ts'
import { latencies, print } from './latencies.ts'
import type { WalkRecord } from './record.ts'
import type { PlacedOrder, SandboxClient } from './sandbox-client.ts'

/**
 * What buyers and a shop's client do, over HTTP alone. Each step throws when something is not as it must be.
 */

interface ListedOrder {
  orderNumber: string
  status: string
  stagedAt: string
  billedAmount: number
  flags: string[]
}

interface Pulled {
  pullId: string
  orders: ListedOrder[]
  remaining: number
}

export async function place(sandbox: SandboxClient, record: WalkRecord, perMall: number): Promise<void> {
  for (const { marketplace } of record.shops)
    record.waiting.push(...(await sandbox.place(marketplace, perMall)))
  print(`  ${record.waiting.length} orders placed, their mails delivered`)
}

/** The work has begun. */
export async function someStaged(client: Api, limitMs: number): Promise<void> {
  await waitFor(
    'a first staged order',
    () => client.get<{ orders: ListedOrder[] }>('/orders?status=auto_imported&limit=1'),
    ({ orders }) => orders.length > 0,
    { limitMs },
  )
}

/**
 * Waits until everything placed is staged, shows how long each took, and pulls it: all of it, once, nothing
 * else.
 */
export async function collect(
  client: Api,
  sandbox: SandboxClient,
  record: WalkRecord,
  limitMs: number,
): Promise<void> {
  const expected = record.waiting
  const { orders: staged } = await waitFor(
    `${expected.length} staged orders`,
    () => client.get<{ orders: ListedOrder[] }>('/orders?status=auto_imported&limit=1000'),
    ({ orders }) => orders.length >= expected.length,
    { everyMs: 100, limitMs },
  )
  print(await latencies(sandbox, expected, staged))
  const key = `walk-${record.pulls.length + 1}`
  const began = performance.now()
  const pulled = await pull(client, key)
  const took = performance.now() - began
  mustBeSame('The pull', pulled.orders, expected)
  if (pulled.orders.some(({ status }) => status !== 'new')) throw new Error('A pulled order is not 新規受付')
  if (pulled.remaining !== 0) throw new Error(`${pulled.remaining} orders were left behind`)
  record.pulls.push({ key, pullId: pulled.pullId, orderNumbers: numbers(expected), orders: expected })
  record.waiting = []
  print(`  pulled ${pulled.orders.length} orders in ${seconds(took)}`)
}

/** All that was ever handed over is still there, under the same keys, and is not handed over again. */
export async function kept(client: Api, record: WalkRecord): Promise<void> {
  for (const { key, pullId, orderNumbers } of record.pulls) {
    const again = await pull(client, key)
    if (again.pullId !== pullId) throw new Error(`The key ${key} returned another pull`)
    if (numbers(again.orders).join() !== orderNumbers.join())
      throw new Error(`The key ${key} returned another batch`)
  }
  const listed = await client.get<{ orders: ListedOrder[] }>('/orders?limit=1000')
  const orders = listed.orders.filter(({ status }) => status !== 'auto_imported')
  const all = record.pulls.flatMap(({ orderNumbers }) => orderNumbers).toSorted()
  if (numbers(orders).join() !== all.join())
    throw new Error(`${orders.length} of ${all.length} pulled orders are listed`)
  print(`  ${record.pulls.length} pulls and their ${orders.length} orders are as they were`)
}

export async function cancel(client: Api, sandbox: SandboxClient, record: WalkRecord): Promise<void> {
  const pulled = record.pulls.flatMap(({ orderNumbers }) => orderNumbers)
  const rows: string[][] = []
  for (const { marketplace, code } of record.shops) {
    const { orders } = await client.get<{ orders: (ListedOrder & { marketplace: string })[] }>(
      '/orders?limit=1000',
    )
    const chosen = orders.find(
      (order) => order.marketplace === marketplace && pulled.includes(order.orderNumber),
    )
    if (!chosen) throw new Error(`No order of ${code} to cancel`)
    const began = performance.now()
    await sandbox.cancel(marketplace, chosen.orderNumber)
    await waitFor(
      `${chosen.orderNumber} flagged as cancelled`,
      () => client.get<{ orders: ListedOrder[] }>('/orders?limit=1000'),
      (list) =>
        list.orders.some(
          (order) => order.orderNumber === chosen.orderNumber && order.flags.includes('cancelled_at_mall'),
        ),
      { everyMs: 100 },
    )
    rows.push([marketplace, chosen.orderNumber, seconds(performance.now() - began)])
  }
  print(table(['mall', 'cancelled at the mall', 'mail → flag'], rows))
}

const pull = (client: Api, key: string): Promise<Pulled> =>
  client.post<Pulled>('/orders/pull', {}, { 'idempotency-key': key })

const numbers = (orders: readonly { orderNumber: string }[]): string[] =>
  orders.map(({ orderNumber }) => orderNumber).toSorted()

function mustBeSame(what: string, got: readonly ListedOrder[], placed: readonly PlacedOrder[]): void {
  if (numbers(got).join() !== numbers(placed).join())
    throw new Error(`${what} returned ${got.length} orders for ${placed.length} placed ones`)
  const billed = new Map(placed.map((order) => [order.orderNumber, order.billed]))
  for (const { orderNumber, billedAmount } of got)
    if (billed.get(orderNumber) !== billedAmount)
      throw new Error(`${what}: ${orderNumber} is billed ${billedAmount}, not ${billed.get(orderNumber)}`)
}
