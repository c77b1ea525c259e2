import { invalid } from '../http/validation.ts'
import { sameNumber } from '../marketplaces/kit/changes/plans.ts'
import type { OrderForm } from '../marketplaces/order-files/form.ts'
import { CARRIERS } from '../marketplaces/port/carriers.ts'
import type { NormalisedOrder, OrderParcel } from '../marketplaces/port/order.ts'
import { LEFT_AT_CART } from '../marketplaces/port/shipping.ts'
import { openDetail } from '../orders/store/content.ts'
import { csvLines, guardFormula } from '../platform/csv.ts'
import { createRequestBreathing } from '../platform/event-loop.ts'
import { firstIdAt } from '../platform/ids.ts'
import { someKeysOf } from '../platform/narrow.ts'
import { LIST_SHIPPED } from './statements.ts'
import { readForm, type UploadDeps } from './uploads.ts'

/** 追跡番号CSV: the shipments of a shop without a server, in the columns that its cart reads. */

/** A change waits for its shop as long at most. */
const ASKED_BEFORE_MS = 31 * 24 * 60 * 60_000

interface ShippedTime {
  from: Date
  to: Date
  limit: number
}

/** @throws AppError NOT_FOUND, VALIDATION_FAILED for a shop that has a server and for too many orders */
export async function shippedLines(
  deps: UploadDeps,
  tenantId: string,
  shopId: string,
  { from, to, limit }: ShippedTime,
): Promise<{ form: OrderForm; text: string }> {
  const form = await readForm(deps, tenantId, shopId)
  if (form === null)
    throw invalid([
      {
        field: 'id',
        message: 'この店舗の発送はカートに送信されるため、追跡番号CSVはありません。',
        code: 'no_order_files',
      },
    ])
  const first = firstIdAt(Math.max(0, from.getTime() - ASKED_BEFORE_MS))
  const { rows } = await deps.pool.query<{
    id: string
    orderNumber: string
    sealedDetail: Buffer
    told: Told
  }>(LIST_SHIPPED({ tenant: tenantId, shop: shopId, first, from, to, limit: limit + 1 }))
  if (rows.length > limit)
    throw invalid([
      {
        field: 'from',
        message: `追跡番号CSVは ${limit.toLocaleString('ja-JP')} 件までです。期間を短くしてください。`,
        code: 'too_many',
      },
    ])
  const own = deps.sealer.of(tenantId)
  const breathe = createRequestBreathing()
  const lines: string[][] = [form.shipped.columns.map(({ heading }) => heading)]
  for (const { id, sealedDetail, told } of rows) {
    lines.push(...linesOf(form, openDetail(own, id, sealedDetail), told))
    await breathe()
  }
  return { form, text: csvLines(lines) }
}

/** Parcels of each change of the time, as they were asked for; null: all of the order's. */
type Told = readonly (readonly { recipientId?: string; trackingNumber?: string }[] | null)[]

/** A cart mails the buyer at each line that it reads: parcels of an earlier day are in that day's file. */
const isTold = (told: Told, recipientId: string, { trackingNumber }: OrderParcel): boolean =>
  told.some(
    (parcels) =>
      parcels === null ||
      parcels.some(
        (asked) =>
          (asked.recipientId ?? recipientId) === recipientId &&
          sameNumber(asked.trackingNumber, trackingNumber),
      ),
  )

/** A line for each parcel that has left. Pure. */
function linesOf({ shipped }: OrderForm, order: NormalisedOrder, told: Told): string[][] {
  return order.recipients.flatMap((recipient) =>
    recipient.parcels
      .filter(
        // The cart knows what has left there.
        (parcel) =>
          parcel.id !== LEFT_AT_CART &&
          (parcel.trackingNumber !== null || parcel.shippedOn !== null) &&
          isTold(told, recipient.id, parcel),
      )
      .map((parcel) => {
        const values = {
          orderNumber: order.orderNumber,
          recipientId: recipient.id,
          carrier: carrierWord(shipped.carriers, parcel),
          trackingNumber: parcel.trackingNumber ?? '',
          shippedOn: (parcel.shippedOn ?? '').replaceAll('-', '/'),
          empty: '',
        }
        return shipped.columns.map(({ value }) => guardFormula(values[value]))
      }),
  )
}

/** Parcels keep a carrier's name alone. */
function carrierWord(words: Readonly<Record<string, string>>, { carrierName }: OrderParcel): string {
  const carrier = someKeysOf(CARRIERS).find((code) => CARRIERS[code] === carrierName)
  return (carrier && words[carrier]) || carrierName || ''
}
