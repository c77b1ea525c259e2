import { z } from 'zod'
import type { Order } from '../../generated/prisma/client.ts'
import { renamedTo } from '../../http/deprecation.ts'
import { Id, Time } from '../../http/schemas.ts'
import {
  HOLD_KINDS,
  MALL_STATES,
  type NormalisedOrder,
  PAYMENT_KINDS,
} from '../../marketplaces/port/order.ts'
import { Shipping, shipping } from '../../marketplaces/port/shipping.ts'
import { isStorableTime } from '../../platform/storable.ts'
import { MarketplaceNameSchema } from '../../shops/shops/shop-schemas.ts'
import { ChangeState, OrderStatus } from '../../shops/terms.ts'
import { itemsText } from './search-tokens.ts'

/** Dates of the mall that an order waits for: when to read it again, how long to keep its content. */

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS
/** Clocks differ, and malls let go a little late. */
const OVER_MS = 30_000
/** Malls lift a hold some hours after its day has begun; what lasts for days longer waits for a person. */
const HOURLY_FOR_MS = 2 * DAY_MS
/** A release may be moved forward without a word. */
const MOST_AHEAD_MS = 30 * DAY_MS

/** NaN for what is no time; a mall may write anything. */
const timeOf = (text: string | null): number =>
  text !== null && isStorableTime(text) ? Date.parse(text) : Number.NaN

const endsOf = ({ holds }: Pick<NormalisedOrder, 'holds'>): number[] =>
  holds.map(({ until }) => timeOf(until)).filter((time) => !Number.isNaN(time))

const toTime = (times: readonly number[]): string | null =>
  times.length === 0 ? null : new Date(Math.max(...times)).toISOString()

/** When the last of the holds ends, as far as the mall says. */
export const heldUntil = (order: Pick<NormalisedOrder, 'holds'>): string | null => toTime(endsOf(order))

/**
 * When an order that has just been read is read again by itself: at the end of its next hold, hourly for two
 * days while a hold is past its time, and then daily; and when the adapter says so. Null for all others.
 */
export function nextCheckAt(order: Pick<NormalisedOrder, 'holds'>, at: Date, rereadAt?: Date): string | null {
  const ends = [...endsOf(order).map((end) => end + OVER_MS), ...(rereadAt ? [rereadAt.getTime()] : [])]
  if (ends.length === 0) return null
  const now = at.getTime()
  const past = ends.filter((end) => end <= now)
  const pause = now - Math.max(...past) < HOURLY_FOR_MS ? HOUR_MS : DAY_MS
  const next = Math.min(...ends.filter((end) => end > now), ...(past.length > 0 ? [now + pause] : []))
  return new Date(Math.min(next, now + MOST_AHEAD_MS)).toISOString()
}

/** The latest of the days on which the order may have to ship: staff may have written another one. */
function shipOn({
  items,
  recipients,
  delivery,
}: Pick<NormalisedOrder, 'items' | 'recipients' | 'delivery'>): string | null {
  const days = [
    delivery.shipBy,
    ...items.filter(({ deleted }) => !deleted).map(({ releaseDate }) => releaseDate),
    ...recipients.map(({ wish }) => wish.date),
  ]
  return toTime(days.map(timeOf).filter((time) => !Number.isNaN(time)))
}

// Unsealed columns of an order, each once, in the API's order. Lists, filters and the board need them; none
// holds personal data. Insert, refresh, edit, select and the REST row are made from this list.

/** By the same name in schema.prisma, in the REST row and, with underscores, in the database. */
export interface OrderColumn {
  type:
    | ('uuid' | 'text' | 'text[]' | 'int' | 'bool' | 'timestamptz' | 'jsonb')
    | ('marketplace' | 'order_status' | 'change_state')
  /** The REST row's field. Without it the column is not shown. */
  listed?: z.ZodType
  /**
   * Columns made of the order itself. `mall`: each refresh sets it, so no client may edit the parts it is
   * made of. `content`: it goes with the sealed detail, whoever replaces that, a refresh before 受注取込, a
   * re-import or a client's edit.
   */
  follows?: 'mall' | 'content'
  parts?: readonly (keyof NormalisedOrder)[]
  /** From what the mall said; for `content` with what staff made of it. */
  from?: (order: NormalisedOrder) => unknown
}

const ofMall = <P extends keyof NormalisedOrder, T>(
  parts: readonly P[],
  from: (order: Pick<NormalisedOrder, P>) => T,
) => ({ follows: 'mall', parts, from }) as const

const ofContent = <T>(from: (order: NormalisedOrder) => T) => ({ follows: 'content', from }) as const

/** Columns that no list of fields is made of: the statements that need them name them. */
export const INTERNAL_COLUMNS = [
  'tenantId',
  'mallRevision',
  'nextCheckAt',
  'heldUntil',
  'pullPosition',
  'waitsForDesk',
  'sorting',
  'endedAt',
  'createdAt',
  'updatedAt',
] as const
export const SEALED_COLUMNS = ['sealedDetail', 'sealedEdits', 'sealedOnHoldReason'] as const

type Unlisted = (typeof INTERNAL_COLUMNS)[number] | (typeof SEALED_COLUMNS)[number]

const CANCELLED_AT_MALL = 'cancelled_at_mall'
export const CHANGED_AT_MALL = 'changed_at_mall'

export const ORDER_COLUMNS = {
  id: { type: 'uuid', listed: Id },
  shopId: { type: 'uuid', listed: Id.describe('Shop (店舗ID)') },
  marketplace: { type: 'marketplace', listed: MarketplaceNameSchema },
  orderNumber: { type: 'text', listed: z.string().describe('The mall’s order number (受注番号)') },
  status: { type: 'order_status', listed: OrderStatus },
  changeState: { type: 'change_state', listed: ChangeState },
  mallStatus: {
    type: 'text',
    ...ofMall(['mallStatus'], (order) => order.mallStatus.code),
    listed: renamedTo('mallStatusCode', z.string()),
  },
  mallSubStatus: {
    type: 'text',
    ...ofMall(['mallSubStatus'], (order) => order.mallSubStatus?.code ?? null),
    listed: renamedTo('mallSubStatusCode', z.string().nullable()),
  },
  mallState: {
    type: 'text',
    ...ofMall(['mallState'], (order) => order.mallState),
    listed: z
      .enum(MALL_STATES)
      .describe('open 未発送, shipped 発送済, completed 完了, cancelled キャンセル (モール状態)'),
  },
  orderedAt: {
    type: 'timestamptz',
    ...ofContent((order) => new Date(order.orderedAt).toISOString()),
    listed: Time.describe('When the buyer ordered (注文日時)'),
  },
  stagedAt: { type: 'timestamptz', listed: Time.describe('When it came in (取込日時)') },
  pulledAt: {
    type: 'timestamptz',
    listed: Time.nullable().describe('When it was handed over (受注取込日時)'),
  },
  refreshedAt: { type: 'timestamptz', listed: Time.describe('When the mall was last asked (最終確認日時)') },
  billedAmount: {
    type: 'int',
    ...ofContent((order) => order.totals.billed),
    listed: z.int().describe('Yen billed to the buyer (請求金額)'),
  },
  totalAmount: {
    type: 'int',
    ...ofContent((order) => order.totals.total),
    listed: z.int().describe('Yen before discounts and points (合計金額)'),
  },
  itemLines: {
    type: 'int',
    ...ofContent((order) => linesOf(order).length),
    listed: z.int().describe('Lines (明細数)'),
  },
  itemQuantity: {
    type: 'int',
    ...ofContent((order) => linesOf(order).reduce((sum, item) => sum + item.quantity, 0)),
    listed: z.int().describe('Pieces (商品点数)'),
  },
  paymentKind: {
    type: 'text',
    ...ofContent((order) => order.payment.kind),
    listed: z.enum(PAYMENT_KINDS).or(z.string()).describe('Kind of payment (支払方法区分)'),
  },
  trackedParcels: {
    type: 'int',
    ...ofContent(trackedParcels),
    listed: z
      .int()
      .nullable()
      .describe(
        'Parcels with a tracking number; null in an order of an earlier release until the service has counted them (送り状番号のある個口数)',
      ),
  },
  shipping: {
    type: 'jsonb',
    // No parts: staff edit recipients and parcels.
    follows: 'mall',
    from: shipping,
    listed: Shipping.nullable().describe(
      'How far it has left, by recipient; null in an order of an earlier release until the service has counted it (送付先ごとの出荷)',
    ),
  },
  holds: {
    type: 'text[]',
    ...ofMall(['holds'], (order) => unique(order.holds.map((hold) => hold.kind))),
    listed: z.array(z.enum(HOLD_KINDS).or(z.string())).describe('Why it must not ship yet (出荷保留)'),
  },
  flags: {
    type: 'text[]',
    ...ofMall(['flags', 'mallState'], toFlags),
    listed: z
      .array(z.string())
      .describe(
        'Marks: cancelled_at_mall モール側キャンセル, changed_at_mall モール側変更あり, … (注意マーク)',
      ),
  },
  marks: {
    type: 'text[]',
    listed: z
      .array(z.string())
      .describe(
        'What the import found out beside the mall’s data: repeat_buyer リピーター, combinable 同梱候補, …; labels in GET /v1/marks (マーク)',
      ),
  },
  warningCount: {
    type: 'int',
    ...ofMall(['warnings'], (order) => order.warnings.length),
    listed: z.int().describe('Things in the order that do not fit (注意件数)'),
  },
  version: {
    type: 'int',
    listed: z
      .int()
      .describe('Rises with what an edit could overwrite; for `If-Match` and `ifVersions` (編集用の版)'),
  },
  revision: {
    type: 'int',
    listed: z
      .int()
      .describe('Rises with whatever changes in the order, also with the state of a site change (更新番号)'),
  },
  editedAt: {
    type: 'timestamptz',
    listed: Time.nullable().describe('When staff last edited it (編集日時)'),
  },
  pullId: { type: 'uuid', listed: Id.nullable().describe('Batch it was handed over in (取込バッチID)') },
  purgedAt: {
    type: 'timestamptz',
    listed: Time.nullable().describe('When its personal data was removed (個人情報削除日時)'),
  },
  erasedAt: {
    type: 'timestamptz',
    listed: Time.nullable().describe(
      'When the buyer’s data was erased at their request; it never comes back (消去請求による消去日時)',
    ),
  },
  onHoldDate: {
    type: 'text',
    listed: z.iso
      .date()
      .nullable()
      .describe('On 保留 until this day in Japan, on which it comes up again (保留の期日)'),
  },
  bundleId: {
    type: 'uuid',
    listed: Id.nullable().describe(
      'Orders with the same one go as one parcel, with one label and one number; null: alone (同梱)',
    ),
  },
  cancelUnderWay: {
    type: 'bool',
    listed: z
      .boolean()
      .describe(
        'A cancellation is queued or being sent: nothing of it leaves until that has ended (キャンセル手続き中)',
      ),
  },
  itemsText: { type: 'text', ...ofContent(itemsText) },
  shipOn: { type: 'timestamptz', ...ofContent(shipOn) },
  shipBy: { type: 'text', ...ofContent(({ delivery }) => dayOf(delivery.shipBy)) },
  wishedOn: {
    type: 'text',
    ...ofContent(({ recipients }) => firstDay(recipients.map(({ wish }) => wish.date))),
  },
  deliveryMethod: {
    type: 'text',
    ...ofContent(({ delivery }) => delivery.methodName?.trim().slice(0, MOST_METHOD) || null),
  },
} as const satisfies Record<Exclude<keyof Order, Unlisted>, OrderColumn>

const MOST_METHOD = 100

/** `2026-11-28`; null for what is no day, as a mall may write anything. */
const dayOf = (text: string | null): string | null =>
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)/.exec(text ?? '')?.[0] ?? null

const firstDay = (texts: readonly (string | null)[]): string | null =>
  texts
    .map(dayOf)
    .filter((day) => day !== null)
    .sort()[0] ?? null

function linesOf(order: NormalisedOrder): NormalisedOrder['items'] {
  return order.items.filter((item) => !item.deleted)
}

export function trackedParcels({ recipients }: Pick<NormalisedOrder, 'recipients'>): number {
  return recipients.flatMap(({ parcels }) => parcels).filter((parcel) => parcel.trackingNumber?.trim()).length
}

function toFlags(order: Pick<NormalisedOrder, 'flags' | 'mallState'>): string[] {
  return unique(order.mallState === 'cancelled' ? [CANCELLED_AT_MALL, ...order.flags] : order.flags)
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].sort()
}

type Columns = typeof ORDER_COLUMNS
export type ColumnName = keyof Columns
/** Names of the columns that have this in the list. */
type NamesWith<Part> = { [N in ColumnName]: Columns[N] extends Part ? N : never }[ColumnName]
export type MadeName = NamesWith<{ from: unknown }>
export type MallName = NamesWith<{ follows: 'mall' }>
export type ContentName = NamesWith<{ follows: 'content' }>
export type ListedName = NamesWith<{ listed: unknown }>

const all: readonly (readonly [string, OrderColumn])[] = Object.entries(ORDER_COLUMNS)
const namesWhere = <N extends ColumnName>(is: (column: OrderColumn) => boolean): readonly N[] =>
  all.flatMap(([name, column]) => (is(column) ? [name as N] : []))

export const MADE = namesWhere<MadeName>((column) => column.from !== undefined)
export const MALL = namesWhere<MallName>((column) => column.follows === 'mall')
export const CONTENT = namesWhere<ContentName>((column) => column.follows === 'content')
/** Columns that an edit writes. */
export const EDITED = [...CONTENT, 'shipping'] as const
export const LISTED = namesWhere<ListedName>((column) => column.listed !== undefined)

/** Parts of an order that only the mall can say; every refresh sets them anew. */
export const OF_THE_MALL: ReadonlySet<string> = new Set([
  ...['marketplace', 'shopCode', 'orderNumber', 'updatedAt', 'mallStatuses', 'cancelReason'],
  ...all.flatMap(([, column]) => column.parts ?? []),
])

/** Columns made of the order itself. */
export type OrderColumns = { [N in MadeName]: ReturnType<Columns[N]['from']> }

/** @throws RangeError when `orderedAt` is no time. */
export const toOrderColumns = (order: NormalisedOrder): OrderColumns =>
  Object.fromEntries(MADE.map((name) => [name, ORDER_COLUMNS[name].from(order)])) as OrderColumns

export const pick = <T extends object, K extends keyof T>(from: T, names: readonly K[]): Pick<T, K> =>
  Object.fromEntries(names.map((name) => [name, from[name]])) as Pick<T, K>

/** The REST row's fields, for `z.object`. */
export const listedFields = Object.fromEntries(LISTED.map((name) => [name, ORDER_COLUMNS[name].listed])) as {
  [N in ListedName]: Columns[N]['listed']
}

/** The same as Prisma's `select`. */
export const listedSelect = Object.fromEntries(LISTED.map((name) => [name, true])) as {
  [N in ListedName]: true
}

// Pieces of statements on `orders`, made from its list of columns. The names are ours: no quoting needed.

type Readable = ColumnName | (typeof SEALED_COLUMNS)[number]

/** `mallSubStatus` is `mall_sub_status` in the database. */
export const sqlName = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const isColumn = (name: Readable): name is ColumnName => Object.hasOwn(ORDER_COLUMNS, name)
const typeOf = (name: Readable): string => (isColumn(name) ? ORDER_COLUMNS[name].type : 'bytea')
/** uuid and enums go out as text, whoever the driver is. */
const AS_THEY_ARE = new Set(['text', 'text[]', 'int', 'bool', 'timestamptz', 'jsonb', 'bytea'])

/** `o.mall_status as "mallStatus", …` */
export const selected = (names: readonly Readable[], table = 'o'): string =>
  names
    .map((name) => {
      const cast = AS_THEY_ARE.has(typeOf(name)) ? '' : '::text'
      return `${table}.${sqlName(name)}${cast} as "${name}"`
    })
    .join(', ')

/** `mall_status, …`, for an insert. */
export const inserted = (names: readonly ColumnName[]): string => names.map(sqlName).join(', ')

/** `a."mallStatus", …`: the same of a record. */
export const ofRecord = (names: readonly ColumnName[], record = 'a'): string =>
  names.map((name) => `${record}."${name}"`).join(', ')

/** `"mallStatus" text, …`: what `jsonb_to_recordset` is told of the JSON that `toOrderColumns` made. */
export const recordFields = (names: readonly ColumnName[]): string =>
  names.map((name) => `"${name}" ${typeOf(name)}`).join(', ')

/** `mall_status = …, …` */
export const assigned = <N extends ColumnName>(
  names: readonly N[],
  value: (name: N, column: string) => string,
): string => names.map((name) => `${sqlName(name)} = ${value(name, sqlName(name))}`).join(', ')
