import type { Pool } from 'pg'
import type { NormalisedOrder } from '../../marketplaces/port/order.ts'
import type { RowSealer } from '../../platform/crypto/sealer.ts'
import { differingPaths } from './differences.ts'
import { type ApplyMode, type Difference, type Edits, reconcile } from './edits.ts'

/** A person's request to import an order again. */
export interface WantedReimport {
  reimportId: string
  orderId: string
  apply: ApplyMode
}

export interface Reimported {
  detail: NormalisedOrder
  edits: Edits
  /** True when the order's content or edits change. */
  replaces: boolean
  /** Nothing of what the mall changed is left to be looked at. */
  settles: boolean
  sealedDifference: Uint8Array
  /** For the timeline: places and counts, no values. */
  facts: Record<string, unknown>
}

export const differenceContext = (reimportId: string, orderId: string): string =>
  `reimport:${reimportId}:${orderId}:difference`

export async function readWantedReimports(
  { pool }: { pool: Pool },
  requests: readonly { id: string; purpose: string }[],
): Promise<Map<string, WantedReimport>> {
  const ids = requests.flatMap(({ id, purpose }) => (purpose === 'reimport' ? [id] : []))
  if (ids.length === 0) return new Map()
  const { rows } = await pool.query<WantedReimport & { requestId: string }>(
    `select r.request_id::text as "requestId", r.reimport_id::text as "reimportId", r.order_id::text as "orderId", i.apply
     from reimport_orders r join reimports i on i.id = r.reimport_id where r.request_id = any($1::uuid[])`,
    [ids],
  )
  return new Map(rows.map(({ requestId, ...wanted }) => [requestId, wanted]))
}

export function applyReimport(
  here: { detail: NormalisedOrder; edits: Edits },
  fresh: NormalisedOrder,
  { reimportId, orderId, apply }: WantedReimport,
  sealer: RowSealer,
): Reimported {
  const { differences, detail, edits } = reconcile(here.detail, here.edits, fresh, apply)
  const replaces =
    differingPaths(here.detail, detail).length > 0 || differingPaths(here.edits, edits).length > 0
  return {
    detail,
    edits,
    replaces,
    settles: apply !== 'none',
    sealedDifference: sealer.sealJson(differenceContext(reimportId, orderId), differences),
    facts: { reimportId, apply, replaced: replaces, fields: fieldsOf(differences) },
  }
}

const MOST_NAMED = 50

const fieldsOf = (differences: readonly Difference[]): string[] =>
  differences.slice(0, MOST_NAMED).map(({ path }) => path)
