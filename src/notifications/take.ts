import type { Pool, PoolClient } from 'pg'
import { type NewImportRequest, requestImports } from '../imports/requests/statements.ts'
import type { MallNotification, Marketplace, PushedOrder } from '../marketplaces/port/marketplace.ts'
import type { MarketplaceName } from '../marketplaces/port/order.ts'
import { type ErasureTerm, namesBuyer } from '../orders/store/search-tokens.ts'
import type { Clock } from '../platform/clock.ts'
import { ifOpens, type Sealer } from '../platform/crypto/sealer.ts'
import type { Db } from '../platform/db/database.ts'
import { retryable } from '../platform/db/failures.ts'
import { acrossTenants } from '../platform/db/tenant-scope.ts'
import { inTransaction } from '../platform/db/transaction.ts'
import type { NewId } from '../platform/ids.ts'
import type { Logger } from '../platform/logger.ts'
import type { Metrics } from '../platform/metrics.ts'
import type { WakeQueue } from '../platform/queue/wake-queue.ts'
import {
  INSERT_NOTIFICATION,
  LIST_HERE,
  LIST_OWNERS,
  TAKE_NOTIFICATION,
  TELL_REQUESTS,
} from './statements.ts'

/**
 * Stores one notification of a mall like a mail: the notification and its requests in one transaction, then
 * wakes the shops.
 */

export interface TakeTools {
  pool: Pool
  clock: Clock
  newId: NewId
  log: Logger
  sealer: Pick<Sealer, 'of' | 'fingerprint'>
  metrics: Pick<Metrics, 'importRequests' | 'notifications'>
  wakeQueue: Pick<WakeQueue, 'wake'>
}

type Taken = 'taken' | 'idle' | 'poison' | 'duplicate'

/** Characters of an unreadable message kept for the operator. */
const KEPT_TEXT = 64 * 1024

export const poisonContext = (id: string): string => `mall_notification:${id}:text`

/**
 * Returns the text of an unreadable notification for the operator; null when it was erased or its key is
 * gone.
 */
export const poisonText = (
  sealer: Pick<Sealer, 'of'>,
  { id, sealedText }: { id: string; sealedText: Uint8Array | null },
): string | null =>
  sealedText && ifOpens(() => sealer.of(null).open(poisonContext(id), sealedText).toString('utf8'))

/** Resolves once committed: only then the message may be deleted. Rejects when the database fails. */
export async function ingestNotification(
  tools: TakeTools,
  mall: Pick<Marketplace, 'name' | 'notifications'>,
  text: string,
): Promise<void> {
  const notification = mall.notifications?.read(text) ?? null
  await take(tools, mall.name, async (client) => {
    const shops = notification?.kind === 'order' ? await readShops(client, mall.name, notification) : []
    return [{ notification, shops, text }]
  })
}

/** The same for the orders that were posted to the shop's own door in one message: all of them, or none. */
export async function ingestPushed(
  tools: TakeTools,
  shop: { id: string; tenantId: string; code: string; marketplace: MarketplaceName },
  orders: readonly PushedOrder[],
): Promise<void> {
  await take(tools, shop.marketplace, async (client) => {
    const { rows } = await client.query<{ number: string }>(
      LIST_HERE({ shop: shop.id, numbers: orders.map(({ orderNumber }) => orderNumber) }),
    )
    const here = new Set(rows.map(({ number }) => number))
    return orders.map(({ orderNumber, id, news = 'new' }) => ({
      notification: {
        kind: 'order' as const,
        news,
        what: 'push',
        at: null,
        // Prefixes the shop, so that another shop's sender cannot use up its ids.
        id: `push:${shop.id}:${id}:${orderNumber}`,
        shopCode: shop.code,
        orderNumber,
      },
      shops: [{ id: shop.id, tenantId: shop.tenantId, here: here.has(orderNumber) }],
      text: '',
    }))
  })
}

interface Heard {
  /** Null when it cannot be read. */
  notification: MallNotification | null
  shops: readonly Owner[]
  text: string
}

async function take(
  tools: TakeTools,
  marketplace: MarketplaceName,
  hear: (client: PoolClient) => Promise<Heard[]>,
): Promise<void> {
  const { taken, shopIds, created } = await retryable(() =>
    inTransaction(tools.pool, async (client) => store(client, tools, marketplace, await hear(client))),
  )
  if (shopIds.length > 0) void tools.wakeQueue.wake(shopIds)
  for (const result of taken) tools.metrics.notifications.inc({ marketplace, result })
  if (taken.includes('poison')) tools.log.warn({ marketplace }, 'unreadable notification set aside')
  if (created > 0) tools.metrics.importRequests.inc({ marketplace, source: 'notification' }, created)
}

async function store(
  client: PoolClient,
  tools: TakeTools,
  marketplace: MarketplaceName,
  heard: readonly Heard[],
) {
  const taken: Taken[] = []
  const wanted: NewImportRequest[] = []
  const told = new Set<string>()
  for (const { notification, shops, text } of heard) {
    const requests = notification?.kind === 'order' ? requestsFor(notification, shops) : []
    let state: Taken = notification === null ? 'poison' : requests.length > 0 ? 'taken' : 'idle'
    const row = { id: tools.newId(), marketplace, state, reason: reasonOf(notification, shops, requests) }
    const fresh = await insert(client, tools, row, notification, text)
    if (fresh && notification?.kind === 'order' && notification.news === 'changed') {
      const late = await tellRequests(client, tools, notification, shops)
      requests.push(...late.requests)
      for (const shopId of late.told) told.add(shopId)
      if (state === 'idle' && late.requests.length + late.told.length > 0) {
        state = 'taken'
        await client.query(TAKE_NOTIFICATION({ id: row.id }))
      }
    }
    if (fresh) wanted.push(...requests)
    taken.push(fresh ? state : 'duplicate')
  }
  const { shopIds, created } = await requestImports(client, tools, wanted)
  return { taken, created, shopIds: [...new Set([...shopIds, ...told])] }
}

interface Owner {
  id: string
  tenantId: string
  /** True when the order is stored already. */
  here: boolean
}

async function readShops(
  client: PoolClient,
  marketplace: MarketplaceName,
  { shopCode, orderNumber }: Extract<MallNotification, { kind: 'order' }>,
): Promise<Owner[]> {
  const { rows } = await client.query<Owner>(
    LIST_OWNERS({ marketplace, code: shopCode, number: orderNumber }),
  )
  return rows
}

/** Re-reads orders that are here. Others are imported when they are new. */
function requestsFor(
  { orderNumber, news }: Extract<MallNotification, { kind: 'order' }>,
  shops: readonly Owner[],
): NewImportRequest[] {
  return shops.flatMap(({ id: shopId, tenantId, here }) => {
    if (!here && news === 'changed') return []
    const purpose = here ? ('refresh' as const) : ('import' as const)
    return [{ tenantId, shopId, orderNumber, purpose, source: 'notification' as const }]
  })
}

/**
 * A change of an order that is not here is told to those that read it now; an older one is not ours.
 * @returns shops whose requests were told, and what to ask for where the order came in meanwhile
 */
async function tellRequests(
  client: PoolClient,
  { clock }: Pick<TakeTools, 'clock'>,
  { orderNumber }: Extract<MallNotification, { kind: 'order' }>,
  shops: readonly Owner[],
): Promise<{ requests: NewImportRequest[]; told: string[] }> {
  const late: { requests: NewImportRequest[]; told: string[] } = { requests: [], told: [] }
  for (const { id: shopId, tenantId, here } of shops) {
    if (here) continue
    const now = new Date(clock.now())
    const { rowCount } = await client.query(TELL_REQUESTS({ shop: shopId, number: orderNumber, now }))
    if (rowCount) late.told.push(shopId)
    else if ((await client.query(LIST_HERE({ shop: shopId, numbers: [orderNumber] }))).rowCount)
      late.requests.push({ tenantId, shopId, orderNumber, purpose: 'refresh', source: 'notification' })
  }
  return late
}

function reasonOf(
  notification: MallNotification | null,
  shops: readonly Owner[],
  requests: readonly unknown[],
): string | null {
  if (notification === null)
    return '通知の形式を読み取れません。受注はモールの注文一覧との定期照合で取り込まれます。'
  if (notification.kind === 'other') return 'この種類の通知では何もしません。'
  if (shops.length === 0) return 'この出品者IDの有効な店舗がありません。'
  return requests.length === 0 ? 'ここにない受注の変更のため、何もしません。' : null
}

/** False when the same one came before. */
async function insert(
  client: PoolClient,
  tools: TakeTools,
  row: { id: string; marketplace: MarketplaceName; state: string; reason: string | null },
  notification: MallNotification | null,
  text: string,
): Promise<boolean> {
  const order = notification?.kind === 'order' ? notification : null
  // Poison has no id of its own: the same text is the same message.
  const id = notification?.id ?? Buffer.from(tools.sealer.fingerprint('notification', text)).toString('hex')
  const sealed =
    notification === null
      ? tools.sealer.of(null).sealText(poisonContext(row.id), text.slice(0, KEPT_TEXT))
      : null
  const { rowCount } = await client.query(
    INSERT_NOTIFICATION({
      id: row.id,
      marketplace: row.marketplace,
      notification: id,
      state: row.state,
      reason: row.reason,
      what: notification?.what ?? '',
      shopCode: order?.shopCode ?? null,
      orderNumber: order?.orderNumber ?? null,
      happenedAt: order?.at ?? null,
      seenAt: new Date(tools.clock.now()),
      sealed,
    }),
  )
  return rowCount === 1
}

const KEPT_DAYS = 30

/** Longer than any queue keeps a message (14 days), so that none comes twice for having been forgotten. */
export const deleteOldNotifications =
  ({ db, clock }: { db: Db; clock: { now(): number } }) =>
  async (): Promise<void> => {
    const oldest = new Date(clock.now() - KEPT_DAYS * 24 * 60 * 60_000)
    await db.mallNotification.deleteMany({ where: { seenAt: { lt: oldest } } })
  }

const MOST = 1_000

interface EraseDeps {
  db: Db
  sealer: Pick<Sealer, 'of'>
}

/**
 * Erases unreadable notifications that name the buyer, whichever tenant asked: they belong to no tenant and
 * serve only the operator.
 */
export const erasePoison =
  (deps: EraseDeps) =>
  (_tenantId: string, terms: readonly ErasureTerm[]): Promise<number> =>
    acrossTenants('unreadable notifications belong to no tenant', () => erase(deps, terms))

async function erase({ db, sealer }: EraseDeps, terms: readonly ErasureTerm[]): Promise<number> {
  let erased = 0
  let last: string | undefined
  for (;;) {
    const rows = await db.mallNotification.findMany({
      where: { sealedText: { not: null }, ...(last === undefined ? {} : { id: { gt: last } }) },
      select: { id: true, sealedText: true },
      orderBy: { id: 'asc' },
      take: MOST,
    })
    const ids = rows.filter((row) => namesBuyer(terms, poisonText(sealer, row) ?? '')).map(({ id }) => id)
    const { count } = await db.mallNotification.updateMany({
      where: { id: { in: ids } },
      data: { sealedText: null },
    })
    erased += count
    last = rows.at(-1)?.id
    if (rows.length < MOST) return erased
  }
}
