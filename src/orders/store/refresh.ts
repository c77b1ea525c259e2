import { isDeepStrictEqual } from 'node:util'
import type { NormalisedOrder, OrderRecipient } from '../../marketplaces/port/order.ts'
import type { TakenBackParcel } from '../../marketplaces/port/session.ts'
import { LEFT_AT_CART } from '../../marketplaces/port/shipping.ts'
import type { RowSealer, Sealer } from '../../platform/crypto/sealer.ts'
import type { Queries } from '../../platform/db/transaction.ts'
import type { NewId } from '../../platform/ids.ts'
import {
  CHANGED_AT_MALL,
  heldUntil,
  MALL,
  type MallName,
  nextCheckAt,
  type OrderColumns,
  pick,
  toOrderColumns,
} from './columns.ts'
import {
  type ApplyMode,
  differingPaths,
  type Edits,
  openDetail,
  openEdits,
  reconcile,
  sealDetail,
  sealEdits,
  withoutEdits,
} from './content.ts'
import { type SearchToken, searchTokens, tokenColumns } from './search-tokens.ts'
import { type EventRow, mailEvent, type PreparedOrder, type StagingShop, workerEvent } from './stage.ts'
import { KNOWN_ORDERS, REFRESH, WANTED_REIMPORTS } from './statements.ts'
import { isTakenBack, takenBackIn, waitingAgain, withoutTakenBack } from './taken-back.ts'

/**
 * Parts in which the buyer's order itself differs, by their names in the normalised order. Left out is what
 * moves on its own while an order is worked on: statuses, times, payment progress, parcels, the shop's notes.
 */
export function changedParts(before: NormalisedOrder, after: NormalisedOrder): string[] {
  return Object.entries(PARTS)
    .filter(([, part]) => !isDeepStrictEqual(part(before), part(after)))
    .map(([name]) => name)
}

const PARTS: Record<string, (order: NormalisedOrder) => unknown> = {
  buyer: (order) => order.buyer,
  recipients: (order) => order.recipients.map(({ parcels: _, mallFields: __, ...recipient }) => recipient),
  items: (order) => order.items.map(({ mallFields: _, ...item }) => item),
  charges: (order) => order.charges,
  discounts: (order) => order.discounts,
  points: (order) => order.points.used,
  // The total follows from charges and discounts; a release before defined it otherwise at some malls.
  totals: (order) => order.totals.billed,
  payment: (order) => [order.payment.kind, order.payment.code],
  delivery: (order) => [order.delivery.methodCode, order.delivery.temperature],
  gift: (order) => order.gift,
  notes: (order) => order.notes.buyer,
}

/** An order as it stands here when its refresh has come in. */
export interface KnownOrder extends Pick<OrderColumns, MallName> {
  id: string
  version: number
  status: string
  changeState: string
  /** The tenant's setting: the status follows what happens at the mall. */
  followsMall: boolean
  /** A change of ours is writing content at the mall: what the mall shows of it is that change's doing. */
  isBeingWritten: boolean
  editedAt: Date | null
  purgedAt: Date | null
  sealedDetail: Buffer | null
  sealedEdits: Buffer | null
}

/** Content that replaces an order's. */
interface Content {
  detail: Uint8Array
  edits: Uint8Array | null
  search: SearchToken[]
}

export interface Refreshed {
  order: KnownOrder
  /** Content as the mall had it; null: emptied. */
  before: NormalisedOrder | null
  fresh: PreparedOrder
  columns: OrderColumns
  /** True when detail and amounts are replaced too. */
  replaces: boolean
  content: Content
  reimport: Reimported | null
  /** True when anything that staff see is different; only then the version rises. */
  differs: boolean
  /** Back to 出荷待ち, as its mall took a shipment back; null: it stays. */
  movesTo: 'ready_to_ship' | null
  events: EventRow[]
}

/** The order as the mall had it before, with what a change of ours wrote as the mall shows it now. */
export type TakeOver = (before: NormalisedOrder, atMall: NormalisedOrder) => NormalisedOrder

/** A change of ours that has ended, as far as its order takes something over from it. */
export interface OwnChange {
  changeId: string
  action: string
  takeOver: TakeOver
}

interface Tools {
  sealer: Sealer
  newId: NewId
  at: Date
}

/**
 * Applies a newly read order, sealed for the existing row. Until somebody takes it over or edits it, the
 * mall's content replaces all of it. After that statuses, holds and flags follow the mall. The content stays
 * until a person imports it again and chooses what to take over. A difference is flagged either way, unless
 * it is our own: values that a change of ours wrote are taken over when it ends, and left alone until then.
 * @param own the change that ends with this reading
 */
export function refresh(
  known: KnownOrder,
  read: PreparedOrder,
  tools: Tools,
  wanted: WantedReimport | null = null,
  own: OwnChange | null = null,
): Refreshed {
  const sealer = tools.sealer.of(read.request.tenantId)
  const stored = known.sealedDetail === null ? null : openHere(known, known.sealedDetail, sealer)
  const gone = takenBackIn(read)
  const here = stored && withoutTakenBack(stored, gone)
  const less = here !== null && here !== stored ? { ...here, replaces: true } : null
  const fresh = here === null ? read : withKeptParcels(read, { detail: here.detail, gone }, sealer)
  const reimport = wanted && here && !known.purgedAt ? applyReimport(here, fresh.order, wanted, sealer) : null
  const waits = known.isBeingWritten && own === null
  const takesAll = known.status === 'auto_imported' && !known.editedAt && !known.purgedAt && here !== null
  const taken = here && own && !known.purgedAt ? takenOver(here, fresh.order, own) : null
  const followsAll = takesAll && !waits
  const made = reimport ?? (followsAll ? null : (taken ?? less))
  const replaces = less !== null || (made?.replaces ?? followsAll)
  const before = taken?.mall ?? (here && withoutEdits(here.detail, here.edits))
  const changed = before === null || waits ? [] : changedParts(before, fresh.order)
  const content =
    made && replaces
      ? contentOf(known, fresh, made, tools)
      : { detail: fresh.detail, search: fresh.search, edits: null }
  const amounts = made && replaces ? toOrderColumns(made.detail) : fresh.columns
  const columns = {
    ...amounts,
    ...pick(fresh.columns, MALL),
    flags: toFlags(known, fresh.columns, changed.length > 0, reimport?.settles ?? false),
  }
  const waitsAgain = waitingAgain(known.shipping, columns.shipping, gone)
  const mayMove = known.status === 'shipped' && known.followsMall && known.purgedAt === null
  const isBack = mayMove && waitsAgain.length > 0 && columns.mallState === 'open'
  const movesTo = isBack ? 'ready_to_ship' : null
  return {
    order: known,
    before,
    fresh,
    columns,
    replaces,
    content,
    reimport,
    differs:
      less !== null ||
      made?.replaces === true ||
      (taken?.fields.length ?? 0) > 0 ||
      changed.length > 0 ||
      statusDiffers(known, columns),
    movesTo,
    events: toEvents(
      known,
      fresh,
      changed,
      { reimport, own, taken, waitsAgain: less || waitsAgain.length > 0 ? waitsAgain : null, movesTo },
      tools,
    ),
  }
}

interface TakenOver {
  /** The mall's known content with the values taken over. */
  mall: NormalisedOrder
  detail: NormalisedOrder
  edits: Edits
  replaces: boolean
  /** Places in which the mall's content is another one. */
  fields: string[]
}

/** Takes over a change's values. Staff edits in the same place stay, beside the mall's new value. */
function takenOver(
  here: { detail: NormalisedOrder; edits: Edits },
  atMall: NormalisedOrder,
  { takeOver }: OwnChange,
): TakenOver {
  const before = withoutEdits(here.detail, here.edits)
  const mall = takeOver(before, atMall)
  const { detail, edits } = reconcile(here.detail, here.edits, mall, 'keep-edits')
  const fields = differingPaths(before, mall)
  return { mall, detail, edits, replaces: fields.length > 0, fields }
}

/**
 * Parcels that are known stay where the mall shows none: what we shipped it may never show. One that it names
 * as taken back counts no more, whoever wrote it here.
 */
function withKeptParcels(
  fresh: PreparedOrder,
  { detail, gone }: { detail: NormalisedOrder; gone: readonly TakenBackParcel[] },
  sealer: RowSealer,
): PreparedOrder {
  const known = new Map(
    detail.recipients.map(({ id, parcels }) => [
      id,
      parcels.filter((one) => one.id !== LEFT_AT_CART && !isTakenBack(one, id, gone)),
    ]),
  )
  const keeps = ({ id, parcels }: OrderRecipient) => parcels.length === 0 && (known.get(id)?.length ?? 0) > 0
  if (!fresh.order.recipients.some(keeps)) return fresh
  const recipients = fresh.order.recipients.map((recipient) =>
    keeps(recipient) ? { ...recipient, parcels: known.get(recipient.id) ?? [] } : recipient,
  )
  const order = { ...fresh.order, recipients }
  return {
    ...fresh,
    order,
    columns: toOrderColumns(order),
    detail: sealDetail(sealer, fresh.orderId, order),
    search: searchTokens(fresh.hashes, fresh.request.tenantId, order),
  }
}

export const openHere = (
  known: KnownOrder,
  sealed: Buffer,
  sealer: RowSealer,
): { detail: NormalisedOrder; edits: Edits } => ({
  detail: openDetail(sealer, known.id, sealed),
  edits: openEdits(sealer, known.id, known.sealedEdits),
})

const contentOf = (
  known: KnownOrder,
  { request }: PreparedOrder,
  { detail, edits }: Pick<Reimported, 'detail' | 'edits'>,
  { sealer }: Tools,
): Content => ({
  detail: sealDetail(sealer.of(request.tenantId), known.id, detail),
  edits: sealEdits(sealer.of(request.tenantId), known.id, edits),
  search: searchTokens(sealer, request.tenantId, detail),
})

/**
 * A difference that was flagged once stays flagged until somebody imports the order again, also where the
 * content followed the mall: who has seen or printed it before must look once more.
 */
function toFlags(known: KnownOrder, columns: OrderColumns, differs: boolean, settled: boolean): string[] {
  const flags = new Set(columns.flags)
  if (!settled && (differs || known.flags.includes(CHANGED_AT_MALL))) flags.add(CHANGED_AT_MALL)
  return [...flags].sort()
}

const statusDiffers = (known: KnownOrder, columns: OrderColumns): boolean =>
  MALL.some((name) => !isDeepStrictEqual(known[name], columns[name]))

/** Places that the timeline names. */
const MOST_NAMED = 50

interface Happened {
  reimport: Reimported | null
  own: OwnChange | null
  taken: TakenOver | null
  /** Recipients to whom is to be sent again, as a shipment was taken back; null: none was. */
  waitsAgain: readonly string[] | null
  movesTo: Refreshed['movesTo']
}

function toEvents(
  known: KnownOrder,
  { request, columns }: PreparedOrder,
  changed: string[],
  { reimport, own, taken, waitsAgain, movesTo }: Happened,
  { newId, at }: Tools,
): EventRow[] {
  const events = mailEvent(newId, known.id, request)
  const add = (kind: EventRow['kind'], data: Record<string, unknown>) =>
    events.push(workerEvent(newId, known.id, at, kind, data))
  const { mallStatus } = columns
  add('refreshed', { source: request.source, mallStatus, before: known.mallStatus })
  if (own && taken && taken.fields.length > 0) {
    const { changeId, action } = own
    add('taken_over', { changeId, action, fields: taken.fields.slice(0, MOST_NAMED) })
  }
  if (changed.length > 0) add('changed_at_mall', { parts: changed })
  if (reimport) add('reimported', reimport.facts)
  if (known.mallState !== 'cancelled' && columns.mallState === 'cancelled')
    add('cancelled_at_mall', { mallStatus })
  if (known.mallState === 'cancelled' && columns.mallState !== 'cancelled')
    add('reopened_at_mall', { mallStatus })
  if (waitsAgain) add('taken_back_at_mall', { recipients: waitsAgain })
  if (movesTo) add('moved', { from: known.status, to: movesTo })
  return events
}

/** Lets another area act on orders read again. Its statements run in the transaction of the refresh. */
export type ReleasedHook = (
  shop: StagingShop,
  refreshed: readonly Refreshed[],
) => ((client: Queries, at: Date) => Promise<void>) | null

export async function readKnownOrders(
  queries: Queries,
  orderIds: readonly string[],
): Promise<Map<string, KnownOrder>> {
  const { rows } = await queries.query<KnownOrder>(KNOWN_ORDERS({ ids: orderIds }))
  return new Map(rows.map((row) => [row.id, row]))
}

/**
 * Writes refreshed orders, their raw answers, timelines and the end of their requests in one statement. An
 * order that somebody changed since it was read is left out: its request stays waiting and is decided anew on
 * what is there then. The same holds for all of a turn that stalled behind its call until another one began:
 * that one may have written what the mall answered later.
 * @param holder of the turn in which the mall was asked; null where the caller has locked the orders and
 *   knows that nothing newer is in them
 * @returns how many requests have ended
 */
export async function writeRefreshed(
  queries: Queries,
  refreshed: readonly Refreshed[],
  at: Date,
  holder: string | null,
): Promise<number> {
  const [tokenOrders, tokenKinds, tokenHashes] = tokenColumns(
    refreshed.flatMap(({ order, content, replaces }) =>
      replaces ? [{ orderId: order.id, search: content.search }] : [],
    ),
  )
  const { rowCount } = await queries.query(
    REFRESH({
      now: at,
      holder,
      orders: refreshed.map((one) => toRow(one, at)),
      ids: refreshed.map(({ order }) => order.id),
      details: refreshed.map(({ content }) => content.detail),
      raws: refreshed.map(({ fresh }) => fresh.sealedRaw),
      events: refreshed.flatMap(({ events }) => events),
      edits: refreshed.map(({ content }) => content.edits),
      differences: refreshed.map(({ reimport }) => reimport && reimport.sealedDifference),
      tokenOrders,
      tokenKinds,
      tokenHashes,
    }),
  )
  return rowCount ?? 0
}

const toRow = (
  { order, fresh, columns, content, replaces, differs, reimport, movesTo }: Refreshed,
  at: Date,
) => ({
  id: order.id,
  request_id: fresh.request.id,
  asks: fresh.request.asks,
  known_version: order.version,
  tenant_id: fresh.request.tenantId,
  replaces,
  differs,
  reimports: reimport !== null,
  moves_to: movesTo,
  edited: content.edits !== null,
  mall_revision: fresh.revision,
  next_check_at: nextCheckAt(fresh.order, at, fresh.rereadAt),
  held_until: heldUntil(fresh.order),
  ...columns,
})

/** A person's request to import an order again. */
export interface WantedReimport {
  reimportId: string
  orderId: string
  apply: ApplyMode
}

interface Reimported {
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
  { pool }: { pool: Queries },
  requests: readonly { id: string; purpose: string }[],
): Promise<Map<string, WantedReimport>> {
  const ids = requests.flatMap(({ id, purpose }) => (purpose === 'reimport' ? [id] : []))
  if (ids.length === 0) return new Map()
  const { rows } = await pool.query<WantedReimport & { requestId: string }>(
    WANTED_REIMPORTS({ requests: ids }),
  )
  return new Map(rows.map(({ requestId, ...wanted }) => [requestId, wanted]))
}

function applyReimport(
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
    facts: {
      reimportId,
      apply,
      replaced: replaces,
      fields: differences.slice(0, MOST_NAMED).map(({ path }) => path),
    },
  }
}
