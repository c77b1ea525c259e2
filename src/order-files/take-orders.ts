import type { Pool } from 'pg'
import type { FileState } from '../marketplaces/order-files/form.ts'
import type { FileOrder, Gone, RowFault } from '../marketplaces/order-files/read-order.ts'
import { withGone, withoutZeros } from '../marketplaces/order-files/read-order.ts'
import type { NormalisedOrder, OrderRecipient } from '../marketplaces/port/order.ts'
import { LEFT_AT_CART } from '../marketplaces/port/shipping.ts'
import { UNWANTED_ORDER } from '../orders/store/dismissed.ts'
import {
  changedParts,
  type KnownOrder,
  openHere,
  type Refreshed,
  type ReleasedHook,
  readKnownOrders,
  refresh,
  writeRefreshed,
} from '../orders/store/refresh.ts'
import {
  isOrdersFault,
  noRequest,
  type OrderMarker,
  type PreparedOrder,
  prepareOrder,
  type StagedHook,
  type StagedOrders,
  type StagingShop,
  stageOrders,
} from '../orders/store/stage.ts'
import type { Clock } from '../platform/clock.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import { retryable } from '../platform/db/failures.ts'
import { inDurableTransaction, inTransaction, isRefused, type Queries } from '../platform/db/transaction.ts'
import type { NewId } from '../platform/ids.ts'
import { japaneseDay } from '../platform/japan-time.ts'
import type { Logger } from '../platform/logger.ts'
import type { Metrics } from '../platform/metrics.ts'
import { type Ages, datedRevision, isOlder, raisedBy, readRevision } from './age.ts'
import { type ChangedValue, changedValues, STATE_NAMES } from './differences.ts'
import type { LeftOutSince } from './left-out.ts'
import {
  FIND_DISMISSED,
  FIND_HERE,
  LOCK_HERE,
  RAISE_AGES,
  READ_REVISIONS,
  SHIPPED_BY_US,
} from './statements.ts'

/** Orders of a file meet those that stand here. */

export interface TakeDeps {
  pool: Pool
  sealer: Sealer
  clock: Clock
  newId: NewId
  log: Logger
  metrics: Pick<Metrics, 'ordersStaged'>
  marker?: OrderMarker
  onStaged?: StagedHook
  onReleased?: ReleasedHook
}

export interface FileCounts {
  rows: number
  orders: number
  staged: number
  changed: number
  unchanged: number
  /** Here from a newer file, and different in this one: left as they are. */
  older: number
  /** Shipped, cancelled or not ordered yet at the cart. */
  done: number
  /** Here, and their personal data is deleted. */
  emptied: number
  refused: number
}

export interface ChangedOrder {
  orderNumber: string
  line: number
  /** Parts that differ, by their names in the normalised order. */
  parts: string[]
  values: ChangedValue[]
  /** A newer file brought what stands here, and it stays. */
  isOlder: boolean
  /** It has left or is cancelled here, and the file alone does not open it again. */
  stateStays: boolean
}

export interface TakenOrders extends Omit<FileCounts, 'rows' | 'orders'> {
  faults: RowFault[]
  differences: ChangedOrder[]
  leftOut: LeftOutOrder[]
}

/** Had left, was cancelled, or is not ordered yet. */
export interface LeftOutOrder {
  orderNumber: string
  state: FileState
  /** As in the file. */
  word: string
  /** When its row changed, where that counts. */
  row: Date | null
}

const BY_NEWER_FILE = '（新しいファイル）'
const IF_RIGHT = 'このファイルが正しいときは、画面で「最新の内容として、すべて取り込む」を押してください。'
const UNWANTED = {
  column: '受注番号',
  code: UNWANTED_ORDER,
  message: `担当者が取込対象外にした受注のため、取り込みませんでした。${IF_RIGHT}`,
}
const NEWER = {
  unread: {
    column: '受注番号',
    code: 'NEWER_UNREAD',
    message: `この受注は新しいファイルで読み取れなかったため、古いこのファイルからは取り込みませんでした。新しいファイルのエラーを直して、もう一度取り込んでください。${IF_RIGHT}`,
  },
  unknown: {
    column: '受注番号',
    code: 'NEWER_UNKNOWN',
    message: `新しいファイルで対象外だったかを確認できないため、取り込みませんでした（照合するのは、新しいファイルから約50万件までです）。カートで未発送か確認してください。${IF_RIGHT}`,
  },
}

interface Taking {
  dryRun: boolean
  /** A person says that its states are right also where an order here has gone further. */
  takesBack: boolean
  agesOf(changedAt: Date | null): Ages
  leftOutSince: LeftOutSince
}

interface HereRow {
  id: string
  orderNumber: string
  revision: string | null
  isEmptied: boolean
  mallState: NormalisedOrder['mallState']
}

/** Orders of one statement. */
export const AT_ONCE = 100

/** A spreadsheet takes the zeros of a number; more than that have no number. */
const MOST_ZEROS = 10

export const NO_COUNTS = {
  staged: 0,
  changed: 0,
  unchanged: 0,
  older: 0,
  done: 0,
  emptied: 0,
  refused: 0,
} satisfies Omit<FileCounts, 'rows' | 'orders'>

/** An order of a file, with when its content was true at the cart. */
type DatedOrder = FileOrder & { ages: Ages }

/**
 * @param found at most `AT_ONCE`, each number once
 * @param agesOf of its file
 */
export async function takeOrders(
  deps: TakeDeps,
  shop: StagingShop,
  found: readonly FileOrder[],
  { dryRun, takesBack, agesOf, leftOutSince }: Taking,
): Promise<TakenOrders> {
  const taken: TakenOrders = { ...NO_COUNTS, faults: [], differences: [], leftOut: [] }
  const orders = found.map((order) => ({ ...order, ages: agesOf(order.changedAt) }))
  const here = await findHere(deps.pool, shop.id, orders)
  const fresh: DatedOrder[] = []
  const differing: Differing[] = []
  const same: { order: DatedOrder; known: HereRow }[] = []
  for (const order of orders) {
    const known = here.get(order.orderNumber)
    const lookAlike = known ? null : zerosApart(order.orderNumber, here)
    if (lookAlike !== null) {
      taken.refused += 1
      taken.faults.push({
        line: order.line,
        column: '受注番号',
        code: 'NUMBER_ZEROS',
        message: `受注番号「${order.orderNumber}」と先頭の 0 だけが違う受注「${lookAlike}」が取り込まれています。表計算ソフトで 0 が消えていないか確認してください。`,
      })
    } else if (!known) {
      // Else it would come up as a new order to be shipped once more.
      const own = { orderNumber: order.orderNumber, row: order.ages.row }
      const since = takesBack ? null : leftOutSince(order.orderNumber, order.ages)
      if (!order.isPlaced || order.state !== 'open') {
        taken.done += 1
        const state = order.isPlaced ? order.state : 'not_placed'
        taken.leftOut.push({ ...own, state, word: order.stateWords })
      } else if (since === 'unread' || since === 'unknown') {
        taken.refused += 1
        taken.faults.push({ line: order.line, ...NEWER[since] })
      } else if (since !== null) {
        taken.done += 1
        taken.leftOut.push({ ...own, state: since, word: BY_NEWER_FILE })
      } else fresh.push(order)
    } else if (known.isEmptied) taken.emptied += 1
    else if (!order.isPlaced) taken.unchanged += 1
    else if (
      readRevision(known.revision).revision === order.revision &&
      !takesBack &&
      !(dryRun && isFurther(known.mallState, order.state))
    )
      same.push({ order, known })
    else differing.push({ order, id: known.id, takesBack })
  }
  taken.unchanged += same.length
  if (dryRun) {
    const unwanted = await findDismissed(deps.pool, shop.id, takesBack ? [] : fresh)
    refuse(taken, fresh, unwanted)
    taken.staged = fresh.length - unwanted.size
    await lookAtDiffering(deps, shop, differing, taken)
    return taken
  }
  await stageFresh(deps, shop, fresh, { taken, takesBack })
  await refreshDiffering(deps, shop, differing, taken)
  await raiseAges(deps.pool, same)
  return taken
}

/** A newer file with the same content: one of before it that comes later must not replace that. */
async function raiseAges(pool: Pool, same: readonly { order: DatedOrder; known: HereRow }[]): Promise<void> {
  const raised = same.flatMap(({ order: { revision, ages }, known }) => {
    const here = readRevision(known.revision).ages
    const dated = datedRevision(revision, raisedBy(ages, here))
    return isOlder(ages, here) || dated === known.revision ? [] : [{ ...known, dated }]
  })
  if (raised.length === 0) return
  const rows = {
    ids: raised.map(({ id }) => id),
    known: raised.map(({ revision }) => revision),
    raised: raised.map(({ dated }) => dated),
  }
  await retryable(() => pool.query(RAISE_AGES(rows)))
}

async function findHere(
  pool: Pool,
  shopId: string,
  orders: readonly FileOrder[],
): Promise<Map<string, HereRow>> {
  const numbers = new Set(orders.flatMap(({ orderNumber }) => [orderNumber, ...zeroVariants(orderNumber)]))
  const { rows } = await pool.query<HereRow>(FIND_HERE({ shop: shopId, numbers: [...numbers] }))
  return new Map(rows.map((row) => [row.orderNumber, row]))
}

/** The same digits with fewer and more zeros in front. */
function zeroVariants(number: string): string[] {
  if (!/^\d{1,40}$/.test(number)) return []
  const digits = withoutZeros(number)
  return Array.from({ length: MOST_ZEROS + 1 }, (_, zeros) => '0'.repeat(zeros) + digits).filter(
    (one) => one !== number,
  )
}

const zerosApart = (number: string, here: ReadonlyMap<string, HereRow>): string | null =>
  zeroVariants(number).find((one) => here.has(one)) ?? null

async function findDismissed(
  pool: Pool,
  shopId: string,
  orders: readonly DatedOrder[],
): Promise<ReadonlySet<string>> {
  if (orders.length === 0) return new Set()
  const numbers = orders.map(({ orderNumber }) => orderNumber)
  const { rows } = await pool.query<{ n: string }>(FIND_DISMISSED({ shop: shopId, numbers }))
  return new Set(rows.map(({ n }) => n))
}

function refuse(taken: TakenOrders, orders: readonly DatedOrder[], unwanted: ReadonlySet<string>): void {
  taken.refused += unwanted.size
  for (const { line, orderNumber } of orders)
    if (unwanted.has(orderNumber)) taken.faults.push({ line, ...UNWANTED })
}

async function stageFresh(
  deps: TakeDeps,
  shop: StagingShop,
  orders: readonly DatedOrder[],
  into: Pick<Taking, 'takesBack'> & { taken: TakenOrders },
): Promise<void> {
  if (orders.length === 0) return
  const { taken, takesBack } = into
  const prepared = orders.map((order) => prepare(deps, shop, order, deps.newId(), { byHand: takesBack }))
  const written = await writeFresh(deps, shop, prepared).catch(async (error: unknown) => {
    if (!isRefused(error)) throw error
    if (prepared.length === 1) return refusedAlone(deps, error, orders[0], taken)
    // One of them is refused for what is in it: each alone.
    for (const order of orders) await stageFresh(deps, shop, [order], into)
    return null
  })
  if (written === null) return
  const { staged, unwanted } = written
  taken.staged += staged.size
  refuse(taken, orders, unwanted)
  // Another file, or another person, was quicker.
  taken.unchanged += prepared.length - staged.size - unwanted.size
  if (staged.size > 0) deps.metrics.ordersStaged.inc({ marketplace: shop.marketplace }, staged.size)
}

function refusedAlone(
  { log }: TakeDeps,
  error: unknown,
  order: FileOrder | undefined,
  taken: TakenOrders,
): null {
  if (!isOrdersFault(error) || !order) throw error
  log.error({ err: error }, 'order of a file cannot be stored')
  taken.refused += 1
  taken.faults.push({
    line: order.line,
    column: '受注',
    code: 'ORDER_UNSTORABLE',
    message: 'この受注は保存できない値を含むため取り込めませんでした。運営者へ連絡してください。',
  })
  return null
}

async function writeFresh(
  deps: TakeDeps,
  shop: StagingShop,
  prepared: readonly PreparedOrder[],
): Promise<StagedOrders> {
  const at = new Date(deps.clock.now())
  const marks = await deps.marker?.prepare(shop, prepared)
  const andThen = deps.onStaged?.(shop, prepared) ?? null
  const written = await retryable(() =>
    inDurableTransaction(deps.pool, async (client) => {
      const result = await stageOrders(client, deps, shop, prepared, at, marks)
      await andThen?.(client, result.staged, at)
      return result
    }),
  )
  await deps.marker?.staged(
    shop,
    prepared.filter(({ orderId }) => written.staged.has(orderId)),
    written,
  )
  return written
}

const prepare = (
  { sealer }: TakeDeps,
  shop: StagingShop,
  file: DatedOrder,
  orderId: string,
  {
    state,
    ages = file.ages,
    gone = file.gone,
    byHand = false,
  }: { byHand?: boolean; state?: NormalisedOrder['mallState']; ages?: Ages; gone?: readonly Gone[] } = {},
): PreparedOrder =>
  prepareOrder(
    {
      request: { ...noRequest(shop, { id: orderId, orderNumber: file.orderNumber }, 'file'), byHand },
      order: withGone(file.toOrder(state), gone, japaneseDay((file.ages.row ?? file.ages.file).getTime())),
      raw: file.raw,
      rereadAt: undefined,
      revision: datedRevision(file.revision, ages),
      takenBack: [],
    },
    orderId,
    sealer,
  )

interface Differing extends Pick<Taking, 'takesBack'> {
  order: DatedOrder
  /** Of the order here. */
  id: string
}

/** A file may be older than what happened here: an order goes on from its state and never back. */
const FURTHER: readonly NormalisedOrder['mallState'][] = ['open', 'shipped', 'completed', 'cancelled']
const isState = (text: string): text is NormalisedOrder['mallState'] => FURTHER.some((one) => one === text)
const isFurther = (one: string, other: string): boolean =>
  isState(one) && isState(other) && FURTHER.indexOf(one) > FURTHER.indexOf(other)

interface Decided {
  file: DatedOrder
  refreshed: Refreshed
  isOlder: boolean
  stateStays: boolean
  values: ChangedValue[]
}

async function decideDiffering(
  deps: TakeDeps,
  shop: StagingShop,
  queries: Queries,
  differing: readonly Differing[],
  at: Date,
): Promise<Decided[]> {
  const ids = differing.map(({ id }) => id)
  const known = await readKnownOrders(queries, ids)
  const { rows } = await queries.query<{ id: string; revision: string | null }>(READ_REVISIONS({ ids }))
  const agesById = new Map(rows.map(({ id, revision }) => [id, readRevision(revision).ages]))
  const behind = differing.flatMap(({ order, id }) => {
    const one = known.get(id)
    return one && (isFurther(one.mallState, order.state) || hasParcels(one)) ? [id] : []
  })
  const ours = await readShippedByUs(queries, behind)
  return differing.flatMap(({ order: file, id, takesBack }) => {
    const one = known.get(id)
    // Deleted, or emptied since it was looked for: it comes in by no file again.
    if (!one || one.purgedAt) return []
    const opens = takesBack && !ours.has(id)
    const agesHere = agesById.get(id) ?? null
    const isBehind = isFurther(one.mallState, file.state)
    const kept = isBehind && !opens ? one.mallState : file.state
    const gone = goneAfter(file, one, { opens, sealer: deps.sealer.of(shop.tenantId) })
    const read = prepare(deps, shop, file, id, { state: kept, ages: raisedBy(file.ages, agesHere), gone })
    const refreshed = refresh(one, read, { sealer: deps.sealer, newId: deps.newId, at })
    const { before, fresh } = refreshed
    if (before === null) return []
    const stateStays = isBehind && !opens && !ours.has(id)
    const [stateHere = '', stateOfFile = ''] = [STATE_NAMES[one.mallState], STATE_NAMES[file.state]]
    const values = [
      ...(one.mallState !== kept || stateStays
        ? [{ part: 'state', here: stateHere, file: stateOfFile }]
        : []),
      ...changedValues(changedParts(before, fresh.order), before, fresh.order),
    ]
    // An order that was cancelled at the cart must not be shipped, whatever a clock or a name says.
    const holds = isOlder(file.ages, agesHere) && !isFurther(file.state, one.mallState)
    return [{ file, refreshed, values, isOlder: holds, stateStays }]
  })
}

async function readShippedByUs(queries: Queries, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set()
  const { rows } = await queries.query<{ id: string }>(SHIPPED_BY_US({ ids }))
  return new Set(rows.map(({ id }) => id))
}

const hasParcels = ({ shipping }: KnownOrder): boolean => shipping === null || shipping.state !== 'none'

/** Lists what has left at the cart, by this file and by earlier ones. Parcels of ours say more, and stay. */
function goneAfter(
  file: FileOrder,
  known: KnownOrder,
  { opens, sealer }: { opens: boolean; sealer: ReturnType<Sealer['of']> },
): readonly Gone[] {
  if (known.sealedDetail === null || (file.gone.length === 0 && !hasParcels(known))) return file.gone
  const { recipients } = openHere(known, known.sealedDetail, sealer).detail
  const isOurs = ({ parcels }: OrderRecipient) => parcels.some(({ id }) => id !== LEFT_AT_CART)
  const ours = new Set(recipients.filter(isOurs).map(({ id }) => id))
  const now = file.gone.filter(({ recipientId }) => !ours.has(recipientId))
  const before = recipients.flatMap(({ id, parcels }): Gone[] => {
    const [left] = parcels.filter((parcel) => parcel.id === LEFT_AT_CART)
    if (opens || ours.has(id) || !left || now.some(({ recipientId }) => recipientId === id)) return []
    return [{ recipientId: id, lines: left.lines ?? null, day: left.shippedOn }]
  })
  return [...now, ...before]
}

function count(taken: TakenOrders, decided: readonly Decided[]): void {
  for (const { file, refreshed, isOlder, stateStays, values } of decided) {
    const { orderNumber, line } = file
    if (!refreshed.differs && !stateStays) taken.unchanged += 1
    else {
      const stays = isOlder || !refreshed.differs
      taken[stays ? 'older' : 'changed'] += 1
      const parts = values.map(({ part }) => part)
      taken.differences.push({ orderNumber, line, parts, values, isOlder: stays, stateStays })
    }
  }
}

async function lookAtDiffering(
  deps: TakeDeps,
  shop: StagingShop,
  differing: readonly Differing[],
  taken: TakenOrders,
): Promise<void> {
  if (differing.length === 0) return
  count(taken, await decideDiffering(deps, shop, deps.pool, differing, new Date(deps.clock.now())))
}

async function refreshDiffering(
  deps: TakeDeps,
  shop: StagingShop,
  differing: readonly Differing[],
  taken: TakenOrders,
): Promise<void> {
  if (differing.length === 0) return
  try {
    await writeDiffering(deps, shop, differing, taken)
  } catch (error) {
    if (!isRefused(error)) throw error
    if (differing.length === 1) return void refusedAlone(deps, error, differing[0]?.order, taken)
    for (const one of differing) await refreshDiffering(deps, shop, [one], taken)
  }
}

/** Under the orders' locks, so that nobody edits or empties one between the reading and the write. */
async function writeDiffering(
  deps: TakeDeps,
  shop: StagingShop,
  differing: readonly Differing[],
  taken: TakenOrders,
): Promise<void> {
  const at = new Date(deps.clock.now())
  const decided = await retryable(() =>
    inTransaction(deps.pool, async (client) => {
      await client.query(LOCK_HERE({ ids: differing.map(({ id }) => id) }))
      const made = await decideDiffering(deps, shop, client, differing, at)
      const refreshed = made.flatMap((one) => (one.isOlder ? [] : [one.refreshed]))
      if (refreshed.length > 0) await writeRefreshed(client, refreshed, at, null)
      await deps.onReleased?.(shop, refreshed)?.(client, at)
      return made
    }),
  )
  taken.emptied += differing.length - decided.length
  count(taken, decided)
  await deps.marker?.rewrite(
    shop,
    decided.flatMap(({ refreshed, isOlder }) => (isOlder ? [] : [refreshed.order.id])),
  )
}
