import type { PlaceOptions } from '../kit/types.ts'
import { SANDBOX_MALLS, type SandboxMall } from '../malls/index.ts'
import { READY_TO_SHIP } from '../ready-orders.ts'
import type { Sandbox } from '../sandbox.ts'
import { type Api, waitFor } from './client.ts'
import { seconds, table } from './show.ts'

/** 発送完了報告 of one pulled order at each mall: from queued to succeeded, and once in the mall's own books. */

/** What the client knows of an order that it has pulled. */
export interface PulledOrder {
  id: string
  orderNumber: string
  marketplace: string
  detail: { recipients: { id: string }[] } | null
}

/** The order that is shipped later: everything is ready, but au PAY's must be confirmed first. */
export const shippable = (mall: SandboxMall): PlaceOptions => ({
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
export async function shipAtMalls(
  sandbox: Sandbox,
  client: Api,
  orders: Readonly<Record<SandboxMall, PulledOrder>>,
  print: (text: string) => void,
): Promise<void> {
  const changes = SANDBOX_MALLS.flatMap((mall) => changesOf(mall, orders[mall]))
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
  const rows = SANDBOX_MALLS.flatMap((mall) => {
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
  for (const mall of SANDBOX_MALLS) checkBooks(sandbox, mall, orders[mall])
}

function changesOf(mall: SandboxMall, { id: orderId, detail }: PulledOrder): Record<string, unknown>[] {
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

function rowOf(mall: SandboxMall, change: SiteChange, books: string[]): string[] {
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

/** What the mall must have written: each call once, Rakuten's for each recipient. */
function checkBooks(sandbox: Sandbox, mall: SandboxMall, order: PulledOrder): void {
  const wanted = {
    rakuten: (order.detail?.recipients ?? []).map(() => 'updateOrderShipping'),
    yahoo: ['orderShipStatusChange'],
    amazon: ['confirmShipment'],
    aupay: ['updateTradeStsProc', 'updateTradeInfoProc', 'updateTradeStsProc'],
  }[mall]
  const found = booksOf(sandbox, order)
  if (found.join() !== wanted.join())
    throw new Error(`${mall} has written ${found.join()} of ${order.orderNumber} and not ${wanted.join()}`)
}
