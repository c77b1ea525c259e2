import type { NormalisedOrder } from '../marketplaces/order.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { NewId } from '../platform/ids.ts'
import type { PreparedOrder } from './found-order.ts'
import { changedParts } from './order-changes.ts'
import { type EventRow, mailEvent, workerEvent } from './order-events.ts'
import { CHANGED_AT_MALL, type OrderColumns } from './order-row.ts'

/** An order as it stands here when its refresh has come in. */
export interface KnownOrder {
  id: string
  version: number
  status: string
  mallStatus: string
  mallSubStatus: string | null
  mallState: string
  holds: string[]
  flags: string[]
  warningCount: number
  editedAt: Date | null
  purgedAt: Date | null
  sealedDetail: Buffer | null
}

export interface Refreshed {
  order: KnownOrder
  fresh: PreparedOrder
  columns: OrderColumns
  /** Whether detail and amounts are replaced too. */
  replaces: boolean
  /** Whether anything that staff see is different; only then the version rises. */
  differs: boolean
  events: EventRow[]
}

/**
 * What a newly read order, sealed for the row that is here, changes there. As long as nobody has taken it over, the mall's word replaces
 * all of it. After that the seller's copy is theirs: statuses, holds and flags follow the mall, the content stays, and a
 * difference is only flagged.
 */
export function refresh(
  known: KnownOrder,
  fresh: PreparedOrder,
  tools: { sealer: Sealer; newId: NewId; at: Date },
): Refreshed {
  const replaces =
    known.status === 'auto_imported' && !known.editedAt && !known.purgedAt && known.sealedDetail !== null
  const changed =
    known.sealedDetail === null ? [] : changedParts(openDetail(known, tools.sealer), fresh.order)
  const columns = { ...fresh.columns, flags: toFlags(known, fresh.columns, !replaces && changed.length > 0) }
  return {
    order: known,
    fresh,
    columns,
    replaces,
    differs: changed.length > 0 || statusDiffers(known, columns),
    events: toEvents(known, fresh, changed, tools),
  }
}

const openDetail = (known: KnownOrder, sealer: Sealer): NormalisedOrder =>
  sealer.openJson<NormalisedOrder>(`order:${known.id}:detail`, known.sealedDetail as Buffer)

/** A difference that was flagged once stays flagged until the content is replaced: someone has to look at it. */
function toFlags(known: KnownOrder, columns: OrderColumns, differs: boolean): string[] {
  const stays = known.flags.includes(CHANGED_AT_MALL) && known.status !== 'auto_imported'
  const flags = new Set(columns.flags)
  if (differs || stays) flags.add(CHANGED_AT_MALL)
  return [...flags].sort()
}

const statusDiffers = (known: KnownOrder, columns: OrderColumns): boolean =>
  known.mallStatus !== columns.mall_status ||
  known.mallSubStatus !== columns.mall_sub_status ||
  known.mallState !== columns.mall_state ||
  known.warningCount !== columns.warning_count ||
  known.holds.join() !== columns.holds.join() ||
  known.flags.join() !== columns.flags.join()

function toEvents(
  known: KnownOrder,
  { request, columns }: PreparedOrder,
  changed: string[],
  { newId, at }: { newId: NewId; at: Date },
): EventRow[] {
  const events = mailEvent(newId, known.id, request)
  const add = (kind: EventRow['kind'], data: Record<string, unknown>) =>
    events.push(workerEvent(newId, known.id, at, kind, data))
  const mallStatus = columns.mall_status
  add('refreshed', { source: request.source, mallStatus, before: known.mallStatus })
  if (changed.length > 0) add('changed_at_mall', { parts: changed })
  if (known.mallState !== 'cancelled' && columns.mall_state === 'cancelled')
    add('cancelled_at_mall', { mallStatus })
  if (known.mallState === 'cancelled' && columns.mall_state !== 'cancelled')
    add('reopened_at_mall', { mallStatus })
  return events
}
