import { createHash } from 'node:crypto'
import type { Pool } from 'pg'
import { CARRIERS, type Carrier } from '../../marketplaces/port/carriers.ts'
import type { MarketplaceName } from '../../marketplaces/port/order.ts'
import { AppError, type FieldError } from '../../platform/errors.ts'
import { type ReadRow, readTracking, type TrackingOptions } from './read-tracking.ts'

interface ShipChange {
  orderId: string
  action: 'ship'
  shippedOn: string
  parcels: { recipientId?: string; carrier: Carrier; trackingNumber: string }[]
  confirmFirst?: boolean
}

/** サイト変更, as much of it as this room needs: compose.ts puts the room of site changes behind it. */
export interface ShipRequests {
  /** Returns the errors that each change would meet now, keyed by its index in the list. */
  judge(tenantId: string, changes: readonly ShipChange[]): Promise<ReadonlyMap<number, readonly FieldError[]>>
  /** @throws AppError as POST /v1/site-changes */
  request(
    caller: { tenantId: string; actor: string; idempotencyKey: string },
    changes: readonly ShipChange[],
  ): Promise<{ changeId: string; state: string }[]>
  /** The mall's own code of a carrier, for the preview. */
  mallCodeOf(marketplace: MarketplaceName, carrier: Carrier): string | null
  /** True when the mall has 注文確認, which a shipment may do first. */
  confirmsFirst(marketplace: MarketplaceName): boolean
}

export interface TrackingDeps {
  pool: Pool
  ships: ShipRequests
}

type TrackingResult = 'ready' | 'refused' | 'requested'

export interface ResultRow {
  line: number
  key: string
  orderId: string | null
  orderNumber: string | null
  shopId: string | null
  marketplace: MarketplaceName | null
  recipientId: string | null
  trackingNumber: string
  shippedOn: string
  carrier: Carrier
  carrierName: string
  mallCode: string | null
  result: TrackingResult
  siteChangeId: string | null
  problems: { code: string; message: string }[]
  hints: { code: string; message: string }[]
}

/**
 * Reads a tracking file, and with `apply` requests a ship change for each order in it. An order is applied as
 * a whole: a fault in one of its lines holds back its other lines. The same key with the same file requests
 * nothing twice, line by line.
 */
export async function importTracking(
  deps: TrackingDeps,
  caller: { tenantId: string; actor: string },
  file: Uint8Array,
  options: TrackingOptions & { confirmFirst: boolean },
  /** Idempotency-Key; null: only a preview. */
  apply: string | null,
): Promise<ResultRow[]> {
  const rows = await readTracking(deps.pool, caller.tenantId, file, options)
  const changes = changesOf(rows, options.confirmFirst ? deps.ships.confirmsFirst : () => false)
  const outcome = new Map<string, { siteChangeId: string | null; problems: FieldError[] }>()
  if (apply === null) {
    const wrong = await deps.ships.judge(caller.tenantId, changes)
    for (const [index, { orderId }] of changes.entries()) {
      outcome.set(orderId, { siteChangeId: null, problems: [...(wrong.get(index) ?? [])] })
    }
  } else {
    for (const change of changes) outcome.set(change.orderId, await requestOne(deps, caller, change, apply))
  }
  const held = new Set(rows.filter(isFaulty).map(({ order }) => order?.id))
  return rows.map((row) => resultOf(deps, row, held, outcome.get(row.order?.id ?? '') ?? null))
}

/** Twice the same line is no fault of its order. */
const isFaulty = ({ faults }: ReadRow): boolean => faults.some(({ code }) => code !== 'LINE_TWICE')

/**
 * Builds one change for each order whose lines are all valid; its day is the last of its parcels'. A file may
 * hold orders of all malls, so confirmation before the shipment is requested only where the mall has it.
 */
function changesOf(
  rows: readonly ReadRow[],
  confirmsFirst: (marketplace: MarketplaceName) => boolean,
): ShipChange[] {
  const byOrder = new Map<string, ReadRow[]>()
  for (const row of rows) {
    if (row.order) byOrder.set(row.order.id, [...(byOrder.get(row.order.id) ?? []), row])
  }
  return [...byOrder].flatMap(([orderId, lines]) => {
    if (lines.some(isFaulty)) return []
    const parcels = lines
      .filter(({ faults }) => faults.length === 0)
      .map(({ recipientId, carrier, trackingNumber }) => ({
        ...(recipientId === null ? {} : { recipientId }),
        carrier,
        trackingNumber,
      }))
    const shippedOn =
      lines
        .map((line) => line.shippedOn)
        .sort()
        .at(-1) ?? ''
    const change = { orderId, action: 'ship' as const, shippedOn, parcels }
    const marketplace = lines[0]?.order?.marketplace
    const confirmFirst = marketplace !== undefined && confirmsFirst(marketplace)
    return [confirmFirst ? { ...change, confirmFirst } : change]
  })
}

/**
 * Requests each order by itself, under a key derived from the caller's. A repeated request after a lost
 * answer gets the same answer, and one refused order holds back no other.
 */
async function requestOne(
  { ships }: TrackingDeps,
  caller: { tenantId: string; actor: string },
  change: ShipChange,
  key: string,
): Promise<{ siteChangeId: string | null; problems: FieldError[] }> {
  const own = createHash('sha256').update(`${key}\0${change.orderId}`).digest('hex').slice(0, 40)
  try {
    const [made] = await ships.request({ ...caller, idempotencyKey: `tracking:${own}` }, [change])
    return { siteChangeId: made?.changeId ?? null, problems: [] }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    const whole = { field: 'order', message: error.message, code: error.code }
    return { siteChangeId: null, problems: error.fields.length > 0 ? error.fields : [whole] }
  }
}

function resultOf(
  { ships }: TrackingDeps,
  row: ReadRow,
  held: ReadonlySet<string | undefined>,
  outcome: { siteChangeId: string | null; problems: FieldError[] } | null,
): ResultRow {
  const { order, faults, hints, ...facts } = row
  const problems = [
    ...faults,
    ...(outcome?.problems ?? []).map(({ code, message }) => ({ code: code ?? 'invalid', message })),
  ]
  if (problems.length === 0 && order && held.has(order.id)) {
    problems.push({
      code: 'OTHER_LINE',
      message: '同じ受注の別の行に誤りがあるため、この行も取り込みません。',
    })
  }
  const result = problems.length > 0 ? 'refused' : outcome?.siteChangeId ? 'requested' : 'ready'
  return {
    ...facts,
    orderId: order?.id ?? null,
    orderNumber: order?.orderNumber ?? null,
    shopId: order?.shopId ?? null,
    marketplace: order?.marketplace ?? null,
    carrierName: CARRIERS[row.carrier],
    mallCode: order ? ships.mallCodeOf(order.marketplace, row.carrier) : null,
    result,
    siteChangeId: outcome?.siteChangeId ?? null,
    problems,
    hints,
  }
}
