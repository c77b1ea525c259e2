import type { Order, OrderDetail } from '../api.ts'
import { ownItemCode } from '../print/item-code.ts'
import { byShelf, type FindListed } from '../print/listed-items.ts'
import { cancellationOf } from '../words.ts'

/** 検品: what a parcel has to hold, counted by what a scanner reads. Knows nothing of the page. */

export type Checked = Order & { detail: OrderDetail }

export interface CheckLine {
  key: string
  orderNumber: string
  name: string
  shelf: string
  code: string
  jan: string
  wanted: number
  counted: number
  /** All codes under which a scanner may read it. */
  codes: readonly string[]
}

/** One recipient's parcel of each order in it. */
export interface Parcel {
  orders: readonly { order: Checked; recipientId: string }[]
  lines: readonly CheckLine[]
}

/** As codes are compared: width, case, hyphens of a person, and zeros that a UPC lacks, make no other. */
export function scanned(text: string): string {
  const plain = text.slice(0, 200).normalize('NFKC').trim().toUpperCase()
  return /^\d{8,}$/.test(plain) ? plain.replace(/^0+/, '') : plain
}

export const trackingOf = (text: string): string => scanned(text.replace(/[-\s]/g, ''))

const liveItems = ({ detail }: Checked, recipientId: string) =>
  detail.items.filter((item) => !item.deleted && item.recipientId === recipientId)

/** Recipients to whom something goes; several have a parcel each. */
export const recipientsToCheck = (order: Checked): OrderDetail['recipients'] =>
  order.detail.recipients.filter(({ id }) => liveItems(order, id).length > 0)

/** The recipient that a code names: by its tracking number, or the only one. */
export function recipientOf(order: Checked, code: string, labelled: string | null): string | null {
  const wanted = recipientsToCheck(order)
  const named = wanted.find(({ id }) => id === labelled)
  const tracked = wanted.filter(({ parcels }) =>
    parcels.some(({ trackingNumber }) => trackingNumber && trackingOf(trackingNumber) === trackingOf(code)),
  )
  if (named) return named.id
  if (tracked.length === 1) return tracked[0]?.id ?? null
  return wanted.length === 1 ? (wanted[0]?.id ?? null) : null
}

/** In the order of the shelves, as 出荷指示書 has them. */
export function linesOf(orders: Parcel['orders'], find: FindListed): CheckLine[] {
  return orders
    .flatMap(({ order, recipientId }) =>
      liveItems(order, recipientId).map((item) => {
        const listed = find(order.id, item.lineId)
        const own = ownItemCode(item)
        const codes = [own, item.itemCode, item.sku, item.merchantSku, item.jan, listed?.code, listed?.jan]
        return {
          key: `${order.id} ${item.lineId}`,
          orderNumber: order.orderNumber,
          name: [item.name, ...item.options.map(({ value }) => value)].filter(Boolean).join(' '),
          shelf: listed?.shelf ?? '',
          code: own,
          jan: item.jan || (listed?.jan ?? ''),
          wanted: item.quantity,
          counted: 0,
          codes: [...new Set(codes.flatMap((one) => (one ? [scanned(one)] : [])))],
        }
      }),
    )
    .sort((one, other) => byShelf(one.shelf, other.shelf))
}

export const isWhole = (lines: readonly CheckLine[]): boolean =>
  lines.length > 0 && lines.every(({ wanted, counted }) => counted >= wanted)

export const piecesOf = (lines: readonly CheckLine[]) => ({
  counted: lines.reduce((sum, { counted }) => sum + counted, 0),
  wanted: lines.reduce((sum, { wanted }) => sum + wanted, 0),
})

/**
 * Counts one piece. `several`: two kinds of goods answer to a code that is not the one of a single line, as
 * the item's code of two sizes; then a person chooses.
 */
export function countOne(
  lines: readonly CheckLine[],
  code: string,
): { lines: readonly CheckLine[]; result: 'counted' | 'too many' | 'unknown' | 'several' } {
  const wanted = scanned(code)
  const all = lines.filter(({ codes }) => codes.includes(wanted))
  const exact = all.filter((line) => [line.code, line.jan].map(scanned).includes(wanted))
  const fitting = exact.length > 0 ? exact : all
  const goods = new Set(fitting.map((line) => `${line.code} ${line.name}`))
  if (fitting.length === 0) return { lines, result: 'unknown' }
  if (goods.size > 1 && exact.length === 0) return { lines, result: 'several' }
  const next = fitting.find(({ wanted, counted }) => counted < wanted)
  return next ? { lines: countLine(lines, next.key, 1), result: 'counted' } : { lines, result: 'too many' }
}

export const countLine = (lines: readonly CheckLine[], key: string, pieces: number): CheckLine[] =>
  lines.map((line) =>
    line.key === key ? { ...line, counted: Math.max(0, Math.min(line.wanted, line.counted + pieces)) } : line,
  )

/** Why a parcel must not leave; null: nothing is against it. */
export function stopOf(orders: readonly Checked[]): 'cancelled' | 'cancelling' | 'held' | null {
  const cancellations = orders.map(cancellationOf)
  if (cancellations.includes('done')) return 'cancelled'
  if (cancellations.includes('under_way')) return 'cancelling'
  return orders.some(({ status, holds }) => status === 'on_hold' || holds.length > 0) ? 'held' : null
}
