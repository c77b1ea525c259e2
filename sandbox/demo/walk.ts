import type { PlaceOptions, SandboxOrder } from '../kit/types.ts'
import { READY_TO_SHIP, SHAPES_OF, SHIPPED_BY, SIMULATED_MALLS, type SimulatedMall } from '../malls/index.ts'
import type { Sandbox } from '../sandbox.ts'
import { type Api, waitFor } from './client.ts'
import type { Registration } from './register.ts'
import { seconds, table } from './show.ts'

/**
 * The way of each order, as the shop's client sees it: mail → 自動受注取込 → 受注取込 → 新規受付, then 発送完了報告 of one
 * at each mall, and a buyer's cancel of another.
 */

interface ListedOrder {
  id: string
  orderNumber: string
  marketplace: string
  status: string
  stagedAt: string
  billedAmount: number
  flags: string[]
  holds: string[]
  labels: { holds: string[] }
}

interface Board {
  staged: number
}

interface Pulled {
  pullId: string
  orders: (ListedOrder & PulledOrder)[]
  remaining: number
  /** Behind this batch: what a client stores with its orders. */
  position: string
}

const ORDERS_PER_MALL = 5

/**
 * One of each shape between plain ones, and one that a webhook alone tells of. The last of each mall is the
 * one to be shipped, the first the one that its buyer cancels.
 */
function placeOrders(sandbox: Sandbox): SandboxOrder[] {
  const others = Array.from({ length: ORDERS_PER_MALL - 1 }, () => SIMULATED_MALLS)
  return [
    sandbox.withoutMail(() => sandbox.malls.shopify.place()),
    ...others.flat().map((mall) => sandbox.malls[mall].place()),
    ...SIMULATED_MALLS.flatMap((mall) =>
      SHAPES_OF[mall].map((shape) => sandbox.malls[mall].place({ shape })),
    ),
    ...SIMULATED_MALLS.map((mall) => sandbox.malls[mall].place(shippable(mall))),
  ]
}

export async function walk(
  sandbox: Sandbox,
  registration: Registration,
  print: (text: string) => void,
): Promise<void> {
  const { client } = registration
  const orders = placeOrders(sandbox)
  print(
    `\n${orders.length} orders placed at ${SIMULATED_MALLS.length} malls; their mails are on the way (注文メール送信済み), of one a webhook alone`,
  )
  await waitFor(
    'all orders staged',
    () => client.get<Board>('/board'),
    (board) => board.staged === orders.length,
  )
  const staged = (await client.get<{ orders: ListedOrder[] }>('/orders?status=auto_imported&limit=1000'))
    .orders
  print('\n自動受注取込 (staged, nobody at the desk):')
  print(stagedTable(sandbox, staged))
  const pulled = await pullOnce(registration, orders, print)
  await pullAgain(registration, pulled, print)
  await shipAtMalls(sandbox, client, toShip(orders, pulled), print)
  await cancelAtMall(sandbox, registration, orders, print)
}

function toShip(orders: SandboxOrder[], { orders: pulled }: Pulled): Record<SimulatedMall, PulledOrder> {
  const lastOf = (mall: SimulatedMall) => {
    const number = orders.findLast(({ marketplace }) => marketplace === mall)?.orderNumber
    return [mall, pulled.find(({ orderNumber }) => orderNumber === number)]
  }
  return Object.fromEntries(SIMULATED_MALLS.map(lastOf)) as Record<SimulatedMall, PulledOrder>
}

function stagedTable(sandbox: Sandbox, staged: ListedOrder[]): string {
  const deliveredAt = new Map(
    sandbox.delivered.map((mail) => [mail.event.order.orderNumber, mail.deliveredAt]),
  )
  return table(
    ['モール', '注文番号', '請求金額', 'mail → staged', '出荷保留'],
    staged.map((order) => [
      order.marketplace,
      order.orderNumber,
      `${order.billedAmount.toLocaleString('en')} 円`,
      sinceMail(order, deliveredAt.get(order.orderNumber)),
      order.holds.map((code, index) => `${order.labels.holds[index]} ${code}`).join(', '),
    ]),
  )
}

const sinceMail = ({ stagedAt }: ListedOrder, mailedAt: number | undefined): string =>
  mailedAt === undefined ? 'webhook' : seconds(Date.parse(stagedAt) - mailedAt)

async function pullOnce(
  registration: Registration,
  orders: SandboxOrder[],
  print: (text: string) => void,
): Promise<Pulled> {
  const started = performance.now()
  const pulled = await registration.client.post<Pulled>('/orders/pull', { after: null })
  print(
    `\n受注取込 (pull): ${pulled.orders.length} orders to 新規受付 in ${seconds(performance.now() - started)}, ` +
      `${pulled.remaining} left, pullId ${pulled.pullId}`,
  )
  const got = new Set(pulled.orders.map((order) => order.orderNumber))
  const missing = orders.filter((order) => !got.has(order.orderNumber))
  if (missing.length > 0 || got.size !== orders.length) {
    throw new Error(`The pull returned ${got.size} of ${orders.length} orders`)
  }
  if (pulled.orders.some((order) => order.status !== 'new')) throw new Error('A pulled order is not 新規受付')
  return pulled
}

async function pullAgain(
  registration: Registration,
  first: Pulled,
  print: (text: string) => void,
): Promise<void> {
  const { client } = registration
  const again = await client.post<Pulled>('/orders/pull', { after: null })
  if (again.pullId !== first.pullId || again.orders.length !== first.orders.length) {
    throw new Error('The same position returned another batch')
  }
  const next = await client.post<Pulled>('/orders/pull', { after: first.position })
  if (next.orders.length !== 0) throw new Error('An order was handed over twice')
  print('The same position returns the same batch; the one behind it returns nothing twice (二重取込なし)')
}

async function cancelAtMall(
  sandbox: Sandbox,
  registration: Registration,
  orders: SandboxOrder[],
  print: (text: string) => void,
): Promise<void> {
  const rows: string[][] = []
  for (const mall of SIMULATED_MALLS) {
    const order = orders.find((candidate) => candidate.marketplace === mall) as SandboxOrder
    const started = performance.now()
    sandbox.malls[mall].cancel(order.orderNumber)
    const flagged = await waitFor(
      `${order.orderNumber} flagged as cancelled`,
      () => registration.client.get<{ orders: ListedOrder[] }>('/orders?limit=1000'),
      (list) =>
        list.orders.some((o) => o.orderNumber === order.orderNumber && o.flags.includes('cancelled_at_mall')),
    )
    rows.push([
      mall,
      order.orderNumber,
      seconds(performance.now() - started),
      `${flagged.orders.length} orders listed`,
    ])
  }
  print('\nCancelled by the buyer at the mall → flag cancelled_at_mall here (モールでキャンセル):')
  print(table(['モール', '注文番号', 'mail → flag', '一覧'], rows))
}

// 発送完了報告 of one pulled order at each mall: from queued to succeeded, and once in the mall's own books.

/** An order that was pulled, as far as the client knows it. */
interface PulledOrder {
  id: string
  orderNumber: string
  marketplace: string
  detail: { recipients: { id: string }[] } | null
}

/** The order that is shipped later: everything is ready, but au PAY's must be confirmed first. */
const shippable = (mall: SimulatedMall): PlaceOptions => ({
  overrides: { ...READY_TO_SHIP[mall], ...(mall === 'aupay' ? { orderStatus: '新規受付' } : {}) },
})

interface SiteChange {
  id: string
  orderNumber: string
  action: string
  state: string
  labels: { action: string; state: string }
  message: string | null
  nextStep: string | null
  requestedAt: string
  startedAt: string | null
  finishedAt: string | null
}

const REFUSED: ReadonlySet<string> = new Set(['warning', 'failed'])

/** Throws when one does not succeed, or when a mall's books show anything but one effect of each call. */
async function shipAtMalls(
  sandbox: Sandbox,
  client: Api,
  orders: Readonly<Record<SimulatedMall, PulledOrder>>,
  print: (text: string) => void,
): Promise<void> {
  const changes = SIMULATED_MALLS.flatMap((mall) => changesOf(mall, orders[mall]))
  const { siteChanges: asked } = await client.post<{ siteChanges: SiteChange[] }>(
    '/site-changes',
    { changes },
    { 'idempotency-key': 'demo-ship-1' },
  )
  // A worker may have begun one before the answer was read.
  if (asked.length !== changes.length || asked.some(({ state }) => REFUSED.has(state)))
    throw new Error(`The site changes were not queued: ${JSON.stringify(asked)}`)
  const ended = await Promise.all(asked.map(({ id }) => untilEnded(client, id)))
  const failed = ended.filter(({ state }) => state !== 'succeeded')
  const rows = SIMULATED_MALLS.flatMap((mall) => {
    const own = ended.filter(({ orderNumber }) => orderNumber === orders[mall].orderNumber)
    return own.map((change, index) => rowOf(mall, change, index === 0 ? booksOf(sandbox, change) : []))
  })
  print('\n発送完了報告 (site changes of pulled orders, asked for with one request):')
  print(
    table(
      ['モール', '注文番号', '操作', 'queued', '→ changing', '→ end', '結果', "the mall's own books"],
      rows,
    ),
  )
  if (failed.length > 0)
    throw new Error(
      failed.map((one) => `${one.orderNumber} ${one.action}: ${one.message} ${one.nextStep}`).join('\n'),
    )
  for (const mall of SIMULATED_MALLS) checkBooks(sandbox, mall, orders[mall])
}

function changesOf(mall: SimulatedMall, { id: orderId, detail }: PulledOrder): Record<string, unknown>[] {
  const parcels = (detail?.recipients ?? []).map((recipient, index) => ({
    recipientId: recipient.id,
    carrier: 'yamato',
    trackingNumber: `40000000000${index + 1}`,
  }))
  const shippedOn = new Date(Date.now() + JAPAN_MS).toISOString().slice(0, 10)
  const ship = { orderId, action: 'ship', shippedOn, parcels }
  return mall === 'aupay' ? [{ orderId, action: 'confirm' }, ship] : [ship]
}

const JAPAN_MS = 9 * 60 * 60_000

const untilEnded = (client: Api, id: string): Promise<SiteChange> =>
  waitFor(
    `site change ${id} ended`,
    () => client.get<SiteChange>(`/site-changes/${id}`),
    ({ finishedAt }) => finishedAt !== null,
  )

function rowOf(mall: SimulatedMall, change: SiteChange, books: string[]): string[] {
  const { requestedAt, startedAt, finishedAt } = change
  const after = (time: string | null) =>
    time ? `+${seconds(Date.parse(time) - Date.parse(requestedAt))}` : '-'
  return [
    ...[mall, change.orderNumber, `${change.labels.action} ${change.action}`, clockTime(requestedAt)],
    ...[after(startedAt), after(finishedAt), `${change.labels.state} ${change.state}`, books.join(', ')],
  ]
}

/** HH:MM:SS in Japan. */
const clockTime = (time: string) => new Date(Date.parse(time) + JAPAN_MS).toISOString().slice(11, 19)

const booksOf = (sandbox: Sandbox, { orderNumber }: { orderNumber: string }): string[] =>
  Object.values(sandbox.malls).flatMap(
    (mall) => mall.writes?.(orderNumber).map(({ operation }) => operation) ?? [],
  )

/** Calls that the mall must have written: each once, Rakuten's for each recipient. */
function checkBooks(sandbox: Sandbox, mall: SimulatedMall, order: PulledOrder): void {
  const wanted = SHIPPED_BY[mall](order.detail?.recipients.length ?? 0)
  const written = booksOf(sandbox, order)
  // Goods of an order may lie in several places, each of which sends its own.
  const found = mall === 'shopify' ? [...new Set(written)] : written
  if (found.join() !== wanted.join())
    throw new Error(`${mall} has written ${found.join()} of ${order.orderNumber} and not ${wanted.join()}`)
}
