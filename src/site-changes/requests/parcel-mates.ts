import type { z } from 'zod'
import type { Marketplaces } from '../../marketplaces/index.ts'
import { mallOfShop } from '../../marketplaces/of-shop.ts'
import type { Marketplace } from '../../marketplaces/port/marketplace.ts'
import type { ChangeParameters } from '../../marketplaces/port/site-changes.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import type { Queries } from '../../platform/db/transaction.ts'
import type { WantedChange } from '../schemas.ts'
import { type CheckedChange, LIST_MATES } from '../statements.ts'
import { decideEach, readRequestedOrders } from './check-changes.ts'

interface MateDeps {
  /** In a transaction its connection, which has the parcels' rows locked. */
  pool: Queries
  sealer: Pick<Sealer, 'of'>
  marketplaces: Marketplaces
}

/** Whose orders the caller may change; null: all of the tenant's. */
export interface Reach {
  shops: readonly string[] | null
}

/**
 * 同梱: one parcel is one shipment, so the other orders of a bundle are shipped with the one that is, under the
 * same number. Named by the request itself they are left out; what cannot go is named with its reason, as the
 * goods of all are in the parcel.
 * @param from the place behind the changes of the request
 */
export async function shipMates(
  deps: MateDeps,
  tenantId: string,
  { shops }: Reach,
  { taken, named, from }: { taken: readonly WantedChange[]; named: ReadonlySet<string>; from: number },
): Promise<Mates> {
  const shipped = taken.filter(({ action }) => action === 'ship')
  if (shipped.length === 0) return NO_MATES
  const { rows } = await deps.pool.query<MateRow>(
    LIST_MATES({ tenant: tenantId, ids: shipped.map(({ orderId }) => orderId), shops }),
  )
  const mates = new Map<string, { row: MateRow; change: WantedChange }>()
  for (const row of rows) {
    const change = shipped.find(({ orderId }) => orderId === row.orderId)
    if (change && !named.has(row.mateId) && !mates.has(row.mateId)) mates.set(row.mateId, { row, change })
  }
  if (mates.size === 0) return NO_MATES
  const all = [...mates.values()].map((mate) => ({ ...mate, kept: keptBy(mate.row) }))
  const asked = all.filter(({ kept }) => kept === null)
  const orders = await readRequestedOrders(
    deps,
    tenantId,
    asked.map(({ row, change }) => ({ ...change, orderId: row.mateId })),
  )
  const changes = asked.map(({ row, change }) => {
    const order = orders.get(row.mateId)
    return ofMate(change, row.mateId, order && mallOfShop(deps.marketplaces, order))
  })
  const places = changes.map((_, at) => from + at)
  const { errors, good, every } = decideEach(deps.marketplaces, orders, changes, places)
  const toMate = ({ orderId, mateId, orderNumber }: MateRow) => ({
    orderId: mateId,
    orderNumber,
    shippedWith: orderId,
  })
  const changeOf = (among: readonly CheckedChange[], id: string) => among.find(({ order }) => order.id === id)
  return {
    shipped: asked.flatMap(({ row, change: asks }) => {
      const change = isDivided(asks) ? undefined : changeOf(good, row.mateId)
      return change ? [{ ...toMate(row), change }] : []
    }),
    refused: all.flatMap(({ row, change: asks, kept }) => {
      if (kept) return [{ ...toMate(row), ...kept, change: null }]
      const [wrong] = errors[asked.findIndex((one) => one.row === row)] ?? []
      const fault = isDivided(asks) ? DIVIDED : wrong
      if (!fault) return []
      const { code = 'invalid', message } = fault
      const change = row.isTold ? undefined : changeOf(every, row.mateId)
      return [{ ...toMate(row), code, message, change: change ?? null }]
    }),
  }
}

/** Why an order must not leave, whatever its mall would say. */
function keptBy({ isCancelled, isCancelling, isHeld }: MateRow): typeof HELD | null {
  if (isCancelled) return CANCELLED
  if (isCancelling) return CANCELLING
  return isHeld ? HELD : null
}

/** No line of the other order tells in which of its parcels these goods are. */
const isDivided = (change: WantedChange): boolean =>
  isShipment(change) && change.parcels.length > 1 && change.parcels.some(({ lines }) => lines)

interface MateRow {
  orderId: string
  mateId: string
  orderNumber: string
  isCancelled: boolean
  isCancelling: boolean
  isHeld: boolean
  /** A failed change of an earlier shipment says so already, and nobody has looked at it. */
  isTold: boolean
}

/** The other orders of parcels that leave: each goes with them, or does not for a reason. */
export interface Mates {
  shipped: Mate[]
  refused: RefusedMate[]
}

export const NO_MATES: Mates = { shipped: [], refused: [] }

const HELD = {
  code: 'ORDER_ON_HOLD',
  message: '保留中の受注です。荷物に入っていないか確認してください。',
}
const CANCELLED = {
  code: 'ORDER_CANCELLED',
  message: 'キャンセルされた受注です。荷物に入っていないか確認してください。',
}

const CANCELLING = {
  code: 'CANCEL_UNDER_WAY',
  message: 'キャンセルのサイト変更が終わっていない受注です。荷物に入っていないか確認してください。',
}

const DIVIDED = {
  code: 'PARCELS_BY_LINES',
  message: '個口ごとに明細が指定されているため、どの荷物に入るか分かりません。',
}

/** Another order of a parcel. */
interface MateFacts {
  orderId: string
  orderNumber: string
  shippedWith: string
}

type Mate = MateFacts & { change: CheckedChange }
/** `change`: stands as failed from now on; null where the order itself must not leave, or has one already. */
type RefusedMate = MateFacts & { code: string; message: string; change: CheckedChange | null }

/** Whether 注文確認 can go before 発送完了 in one change at this mall. */
export const hasConfirmFirst = (mall: Pick<Marketplace, 'changes'> | undefined): boolean =>
  takesField(mall, 'confirmFirst')

const takesField = (mall: Pick<Marketplace, 'changes'> | undefined, field: string): boolean =>
  mall?.changes?.actions.some(
    ({ action, fields }) => action === 'ship' && fields.some(({ name }) => name === field),
  ) ?? false

type Shipment = z.infer<typeof ChangeParameters.ship> & { orderId: string; action: 'ship' }

const isShipment = (change: WantedChange): change is Shipment => change.action === 'ship'

/**
 * Takes over the parcel's own facts, true of both orders. Recipient and lines are the other order's own; that
 * it was paid, or may leave a hold, was said of one alone. A parcel may hold orders of two malls, of which
 * one knows no 注文確認, words of a method, or reasons for no number.
 */
function ofMate(change: WantedChange, orderId: string, mall: Marketplace | undefined): WantedChange {
  if (!isShipment(change)) return { ...change, orderId }
  const { markPaid: _, release: __, confirmFirst, parcels, ...rest } = change
  return {
    ...rest,
    orderId,
    ...(confirmFirst !== undefined && hasConfirmFirst(mall) ? { confirmFirst } : {}),
    parcels: parcels.map(({ recipientId: _, lines: __, shippingMethod, noNumberReason, ...parcel }) => ({
      ...parcel,
      ...(shippingMethod && takesField(mall, 'parcels.shippingMethod') ? { shippingMethod } : {}),
      ...(noNumberReason && takesField(mall, 'parcels.noNumberReason') ? { noNumberReason } : {}),
    })),
  }
}
