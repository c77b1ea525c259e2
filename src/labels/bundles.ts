import type { Pool } from 'pg'
import { invalid } from '../http/validation.ts'
import type { NormalisedOrder, OrderRecipient } from '../marketplaces/port/order.ts'
import { recipientsToShip, shipping } from '../marketplaces/port/shipping.ts'
import {
  cancellationOf,
  type FullOrder,
  fullOrders,
  labelsOf,
  type OpenDeps,
  type OrderRowWithDetail,
} from '../orders/order-json.ts'
import { normalisePlace, phoneDigits, wholeNameOf } from '../orders/store/search-tokens.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import { AppError } from '../platform/errors.ts'
import type { NewId } from '../platform/ids.ts'
import { present } from '../platform/narrow.ts'
import type { Caller } from '../shops/tenants/audit.ts'
import { dueOnDelivery } from './on-delivery.ts'
import { BUNDLE, BUNDLE_MEMBERS, ORDERS_OF_BUNDLES, UNBUNDLE } from './statements.ts'

/**
 * 同梱: orders of one buyer that go as one parcel, with one label and one tracking number for all of them. A
 * column of the order says so; whether they still fit is decided anew whenever a label is made.
 */

export interface BundleDeps extends OpenDeps {
  pool: Pool
  clock: Clock
  newId: NewId
}

export interface Bundle {
  bundleId: string | null
  orders: { orderId: string; orderNumber: string; version: number }[]
}

interface BundleFault {
  orderId: string
  code: string
  message: string
}

/**
 * Joins orders into one parcel: all of them or none, as they were when they were looked at.
 * @throws AppError VALIDATION_FAILED naming each order that does not fit, CONFLICT when somebody was faster
 */
export async function bundleOrders(
  deps: BundleDeps,
  caller: Caller,
  { orderIds, dryRun }: { orderIds: readonly string[]; dryRun: boolean },
): Promise<Bundle> {
  const orders = await readOrders(deps, caller.tenantId, orderIds)
  const [first] = orders
  if (first?.bundleId && orders.length === orderIds.length && (await isWhole(deps, caller.tenantId, orders)))
    // A repeat after a lost answer.
    return toBundle(first.bundleId, orders)
  refuse(orderIds, [...missing(orderIds, orders), ...bundled(orders), ...bundleFaults(orders)])
  if (dryRun) return toBundle(null, orders)
  const bundleId = deps.newId()
  const { rows } = await deps.pool.query<{ id: string; version: number }>(
    BUNDLE({
      tenant: caller.tenantId,
      bundle: bundleId,
      now: dateNow(deps.clock),
      actor: caller.actor,
      ids: orders.map(({ id }) => id),
      versions: orders.map(({ version }) => version),
      eventIds: orders.map(() => deps.newId()),
    }),
  )
  if (rows.length < orders.length)
    throw new AppError(
      'CONFLICT',
      '同梱にする間に、受注がほかの人かモールによって変更されました。一覧を確認してもう一度行ってください。',
    )
  const versions = new Map(rows.map(({ id, version }) => [id, version]))
  return toBundle(
    bundleId,
    orders.map((order) => ({ ...order, version: versions.get(order.id) ?? order.version })),
  )
}

/**
 * Ends a bundle: each order is its own parcel again. A label that was printed keeps its orders.
 * @throws AppError NOT_FOUND
 */
export async function endBundle(deps: BundleDeps, caller: Caller, bundleId: string): Promise<Bundle> {
  const ids = await deps.pool.query<{ id: string }>(
    BUNDLE_MEMBERS({ tenant: caller.tenantId, bundles: [bundleId] }),
  )
  const { rows } = await deps.pool.query<{ id: string; orderNumber: string; version: number }>(
    UNBUNDLE({
      tenant: caller.tenantId,
      bundle: bundleId,
      now: dateNow(deps.clock),
      actor: caller.actor,
      eventIds: ids.rows.map(() => deps.newId()),
    }),
  )
  if (rows.length === 0)
    throw new AppError('NOT_FOUND', 'この同梱はありません。すでに解除されたか、番号が違います。')
  return toBundle(null, rows)
}

const toBundle = (
  bundleId: string | null,
  orders: readonly { id: string; orderNumber: string; version: number }[],
): Bundle => ({
  bundleId,
  orders: orders.map(({ id, orderNumber, version }) => ({ orderId: id, orderNumber, version })),
})

async function readOrders(deps: BundleDeps, tenantId: string, ids: readonly string[]): Promise<FullOrder[]> {
  const { rows } = await deps.pool.query<OrderRowWithDetail>(
    ORDERS_OF_BUNDLES({ tenant: tenantId, ids, bundles: [] }),
  )
  return fullOrders(deps, tenantId, rows)
}

/** True where these are all the orders of one bundle. */
async function isWhole(deps: BundleDeps, tenantId: string, orders: readonly FullOrder[]): Promise<boolean> {
  const [first] = orders
  if (!first?.bundleId || orders.some(({ bundleId }) => bundleId !== first.bundleId)) return false
  const { rows } = await deps.pool.query<{ id: string }>(
    BUNDLE_MEMBERS({ tenant: tenantId, bundles: [first.bundleId] }),
  )
  return rows.length === orders.length
}

/** Reads all orders of these bundles, oldest first: the first is the one whose label the parcel has. */
export async function readBundles(
  deps: Pick<BundleDeps, 'pool' | keyof OpenDeps>,
  tenantId: string,
  bundles: readonly string[],
): Promise<ReadonlyMap<string, FullOrder[]>> {
  if (bundles.length === 0) return new Map()
  const { rows } = await deps.pool.query<OrderRowWithDetail>(
    ORDERS_OF_BUNDLES({ tenant: tenantId, ids: [], bundles }),
  )
  const orders = await fullOrders(deps, tenantId, rows)
  return Map.groupBy(orders, ({ bundleId }) => bundleId ?? '')
}

const missing = (ids: readonly string[], orders: readonly FullOrder[]): BundleFault[] =>
  ids
    .filter((id) => !orders.some((order) => order.id === id))
    .map((orderId) => ({ orderId, code: 'not_found', message: '受注が見つかりません。' }))

const bundled = (orders: readonly FullOrder[]): BundleFault[] =>
  orders
    .filter(({ bundleId }) => bundleId !== null)
    .map(({ id, orderNumber }) => ({
      orderId: id,
      code: 'BUNDLED',
      message: `受注 ${orderNumber} はすでに同梱になっています。先に同梱を解除してください。`,
    }))

function refuse(orderIds: readonly string[], faults: readonly BundleFault[]): void {
  if (faults.length === 0) return
  throw invalid(
    faults.slice(0, 50).map(({ orderId, code, message }) => ({
      field: `orderIds[${orderIds.indexOf(orderId)}]`,
      code,
      message,
    })),
  )
}

/** True for an order that can still leave. Others are left out of their parcel. */
export const canLeave = ({ status, mallState, detail }: FullOrder): boolean =>
  status !== 'cancelled' && mallState === 'open' && (detail === null || shipping(detail).state === 'none')

/**
 * Names each order that cannot be in one parcel with those before it: of three orders the first may have no
 * wish, and the others two. Pure.
 */
export function bundleFaults(orders: readonly FullOrder[]): BundleFault[] {
  return orders.flatMap((order, at) => {
    const told = faultOf(order) ?? firstDifference(orders.slice(0, at), order)
    return told ? [{ orderId: order.id, ...told }] : []
  })
}

function firstDifference(others: readonly FullOrder[], order: FullOrder): Told {
  for (const other of others) {
    const told = differenceOf(other, order)
    if (told) return told
  }
  return null
}

type Told = Omit<BundleFault, 'orderId'> | null

function faultOf(order: FullOrder): Told {
  const name = `受注 ${order.orderNumber} `
  if (order.detail === null)
    return { code: 'DETAIL_MISSING', message: `${name}は保存期間が終わったか、読み取れません。` }
  const cancellation = cancellationOf(order)
  if (cancellation === 'done')
    return { code: 'ORDER_CANCELLED', message: `${name}はキャンセルされています。同梱にできません。` }
  if (!canLeave(order) || ['shipped', 'completed'].includes(order.status))
    return { code: 'ORDER_SHIPPED', message: `${name}は発送済みです。同梱にできません。` }
  if (order.holds.length > 0 || order.status === 'on_hold')
    return {
      code: 'ORDER_ON_HOLD',
      message: `${name}は保留中です（${labelsOf(order).holds.join('、') || '保留'}）。保留の間は同梱にできません。`,
    }
  if (cancellation === 'under_way')
    return {
      code: 'CANCEL_UNDER_WAY',
      message: `${name}はキャンセルのサイト変更が終わっていません。終わるまで同梱にできません。`,
    }
  const wanted = recipientsToShip(order.detail)
  if (wanted.length !== 1)
    return { code: 'BUNDLE_RECIPIENTS', message: `${name}は送付先が1件ではないため、同梱にできません。` }
  const [recipient] = wanted
  if (recipient?.pickup || recipient?.addressPending)
    return {
      code: 'BUNDLE_PICKUP',
      message: `${name}は店舗・コンビニ受取か住所待ちのため、同梱にできません。`,
    }
  return null
}

/** Why these two cannot go as one parcel. Both have one recipient. */
function differenceOf(first: FullOrder, order: FullOrder): Told {
  const name = `受注 ${order.orderNumber} `
  if (first.detail === null || order.detail === null) return null
  const [one, other] = [recipientOf(first.detail), recipientOf(order.detail)]
  if (one === undefined || other === undefined) return null
  if (placeOf(one) !== placeOf(other))
    return {
      code: 'BUNDLE_ADDRESS',
      message: `${name}のお届け先（氏名・郵便番号・住所）が同じではありません。`,
    }
  if (classOf(first.detail.delivery.temperature) !== classOf(order.detail.delivery.temperature))
    return {
      code: 'BUNDLE_TEMPERATURE',
      message: `${name}の温度帯（常温・冷蔵・冷凍）が同じではありません。`,
    }
  const [gift, otherGift] = [isGift(first.detail, one), isGift(order.detail, other)]
  if (gift !== otherGift || (gift && wholeNameOf(first.detail.buyer) !== wholeNameOf(order.detail.buyer)))
    return { code: 'BUNDLE_GIFT', message: `${name}のギフトの指定か贈り主が同じではありません。` }
  if (differs(one.wish.date, other.wish.date) || differs(one.wish.timeText, other.wish.timeText))
    return { code: 'BUNDLE_WISH', message: `${name}のお届け希望の日時が同じではありません。` }
  return null
}

/** The class that mall or staff set; goods that name another one are found when the label is made. */
function classOf(words: string | null): 'normal' | 'cool' | 'frozen' {
  if (words?.includes('凍')) return 'frozen'
  return words?.includes('冷') || words?.includes('チルド') ? 'cool' : 'normal'
}

const recipientOf = (order: NormalisedOrder): OrderRecipient | undefined => recipientsToShip(order)[0]

const isGift = (order: NormalisedOrder, recipient: OrderRecipient): boolean =>
  order.gift.requested || recipient.gift.requested

const differs = (one: string | null, other: string | null): boolean => Boolean(one && other && one !== other)

const placeOf = ({ person }: OrderRecipient): string => {
  const { prefecture, city, address1, address2, postalCode } = person
  const place = normalisePlace([prefecture, city, address1, address2].join(''))
  return [normalisePlace(wholeNameOf(person)), phoneDigits(postalCode), place].join(' ')
}

/**
 * The first order with the goods of all, as one label has them. What is collected on delivery is the sum of
 * the orders that are paid so; each line goes to the one recipient.
 */
export function mergedOrder(orders: readonly FullOrder[]): FullOrder {
  const first = present(orders[0])
  const details = orders.map(({ detail }) => present(detail))
  const lead = present(details[0])
  const recipient = present(recipientOf(lead))
  const onDelivery = details.filter((detail) => (dueOnDelivery(detail) ?? 0) > 0)
  const [paid] = onDelivery
  const wishes = details.map((detail) => present(recipientOf(detail)).wish)
  const items = details.flatMap((detail, at) =>
    detail.items
      .filter(({ deleted, recipientId }) => !deleted && recipientId === recipientOf(detail)?.id)
      .map((item) => ({ ...item, lineId: `${at}-${item.lineId}`, recipientId: recipient.id })),
  )
  const day = wishes.find(({ date }) => date)?.date ?? null
  const wish = {
    ...(wishes.find(({ timeText, timeFrom }) => timeText || timeFrom) ?? recipient.wish),
    date: day,
  }
  return {
    ...first,
    detail: {
      ...lead,
      items,
      recipients: [
        {
          ...recipient,
          lineIds: items.map(({ lineId }) => lineId),
          wish,
          remoteArea: details.some((detail) => recipientOf(detail)?.remoteArea),
        },
      ],
      ...(paid === undefined
        ? {}
        : {
            payment: {
              ...paid.payment,
              outstanding: onDelivery.reduce((sum, detail) => sum + (dueOnDelivery(detail) ?? 0), 0),
            },
            totals: {
              ...lead.totals,
              billed: onDelivery.reduce((sum, { totals }) => sum + totals.billed, 0),
            },
            taxSummary: onDelivery.flatMap(({ taxSummary }) => taxSummary),
          }),
    },
  }
}

/** Where one label of a bundle goes: the recipient of each order, the one whose key it has first. */
export const parcelOf = (orders: readonly FullOrder[]): { orderId: string; recipientId: string }[] =>
  orders.map(({ id, detail }) => ({ orderId: id, recipientId: present(recipientOf(present(detail))).id }))
