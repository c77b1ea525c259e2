import type { z } from 'zod'
import { invalid } from '../../http/validation.ts'
import { dateNow } from '../../platform/clock.ts'
import { retryable } from '../../platform/db/failures.ts'
import { inTransaction } from '../../platform/db/transaction.ts'
import { AppError } from '../../platform/errors.ts'
import { present } from '../../platform/narrow.ts'
import { firstActorOf } from '../../shops/tenants/actor-names.ts'
import { fullOrders, type OrderRowWithDetail } from '../order-json.ts'
import {
  answerOf,
  type Batched,
  insertBatch,
  isOfBatch,
  OF_NO_DESK,
  type PullDeps,
  type PulledBatch,
  type Puller,
  type Selection,
  selectionOf,
  valuesOf,
} from '../pull.ts'
import type { AcceptAnswer, DeskList, ListedDesk as ListedDeskAnswer, PullRequest } from '../schemas.ts'
import { type Decision, type Desk, decide, goesBack } from './decide.ts'
import { formatPosition, type Position, parsePath, parsePosition, pathIn } from './position.ts'
import {
  ACCEPT,
  BEGIN_DESK,
  LIST_DESKS,
  LOCK_DESKS,
  MAKE_BATCH,
  NOTE_PUT_BACK,
  PREVIEW_BATCH,
  READ_ACCEPTED,
  READ_DESK,
  USE_DESK,
} from './statements.ts'

/**
 * 受注取込 by position: the client names the last batch that it has stored, and gets the one behind it. Reasons:
 * docs/decisions/hand-over.md; what to return is decided in decide.ts.
 */

export interface HandOverDeps extends PullDeps {
  /** Begins the history of a server that the feed has not seen yet (src/events/history.ts). */
  noteHistory: () => Promise<unknown>
}

export type Ask = Selection & Pick<z.infer<typeof PullRequest>, 'after' | 'desk'>

/** What READ_DESK says beside the batch. */
interface DeskRow {
  history: string
  goesOn: boolean
  hasNothing: boolean
  deskId: string | null
  last: number | null
  /** Of the row, as JSON. */
  path: unknown
  confirmed: number | null
  isClosed: boolean
}

interface Seen {
  history: string
  /** Absent: it has not begun. */
  desk: Desk | null
  /** The last batch that its client was seen to have stored. */
  confirmed: number
  /** Nothing of the selection is left for it, at the moment at which it was read. */
  hasNothing: boolean
  batch: Parameters<typeof answerOf>[2]
}

/**
 * Reads, decides, and makes a batch only if desk and history are still those of the decision. So it holds
 * under the lock of the desk's row, which is held for one statement.
 * @throws AppError POSITION_UNKNOWN, VALIDATION_FAILED for a text that is no position or names another desk,
 * FORBIDDEN as {@link answerOf}, CONFLICT for a desk out of use and where the tenant has too many desks
 */
export async function pullAfter(deps: HandOverDeps, puller: Puller, ask: Ask): Promise<PulledBatch> {
  const { name, after } = await placeOf(deps, puller, ask)
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const seen = await readDesk(deps, puller, ask, name, (after?.number ?? 0) + 1)
    const decision = decided(seen, name, after)
    if (seen.desk === null) {
      await beginDesk(deps, puller, name, seen.history)
      continue
    }
    const answer = await answerTo(deps, puller, ask, { ...seen, name, desk: seen.desk }, decision)
    if (answer === null) continue
    // Who asks for what nobody confirmed has lost an answer; who asks for more, what it had stored.
    if (goesBack(seen.confirmed, decision) || decision.number < seen.desk.number)
      await notePutBack(deps, puller, { desk: seen.desk.id, stored: decision.number - 1 })
    return answer
  }
  throw new AppError('UNAVAILABLE', '受注取込が混み合っています。しばらくしてから再度お試しください。', {
    details: { retryAfterSeconds: 1 },
  })
}

/**
 * Of two pulls that differ in nothing, one makes the batch and the other returns it at its second try. More
 * are for a desk that begins and a history that changes meanwhile.
 */
const MOST_TRIES = 6

type Answered = Exclude<Decision, { act: 'refuse' | 'closed' }>

/** @returns null where another pull of this desk, or another history, came between */
async function answerTo(
  deps: HandOverDeps,
  puller: Puller,
  selection: Selection,
  { desk, batch, history, hasNothing, name }: Seen & { desk: Desk; name: string },
  { act, number }: Answered,
): Promise<PulledBatch | null> {
  const place = (at: number): string => formatPosition({ desk: desk.id, name, number: at, path: desk.path })
  const known = { desk: name, number, since: place(number - 1), position: place(number) }
  if (act === 'repeat') {
    const rows =
      batch[0]?.batchNumber === number ? batch : (await readDesk(deps, puller, selection, name, number)).batch
    deps.metrics.pulls.inc({ result: 'replayed' })
    return { ...(await answerOf(deps, puller, rows, true)), ...known }
  }
  const nothing = (remaining: number): PulledBatch => {
    deps.metrics.pulls.inc({ result: 'empty' })
    return {
      ...known,
      pullId: deps.newId(),
      pulledAt: dateNow(deps.clock).toISOString(),
      orders: [],
      remaining,
      replayed: false,
      number: desk.number,
      position: known.since,
    }
  }
  if (hasNothing) return nothing(0)
  const values = valuesOf(deps, puller, selection)
  const { made, left, hasTurn } = await insertBatch(
    deps,
    MAKE_BATCH({
      ...values,
      ...noteBy(deps, puller),
      desk: desk.id,
      last: desk.number,
      history,
      path: desk.path,
    }),
  )
  if (!hasTurn) return null
  return made.length > 0 ? { ...(await answerOf(deps, puller, made, false)), ...known } : nothing(left)
}

/**
 * Reads the batch that {@link pullAfter} would answer. Nothing is moved, locked or kept. Without `after` it
 * reads what no desk has yet, whatever the client has stored.
 */
export async function previewPull(
  deps: HandOverDeps,
  puller: Puller,
  ask: Ask,
): Promise<PulledBatch & { dryRun: true }> {
  const { name, after } = await placeOf(deps, puller, ask)
  const seen = await readDesk(deps, puller, ask, name, (after?.number ?? 0) + 1)
  const { desk } = seen
  if (desk?.isClosed) throw outOfUse(name)
  const decision = ask.after === undefined ? null : decided(seen, name, after)
  if (decision?.act === 'repeat' && desk !== null) {
    const answer = await answerTo(deps, puller, ask, { ...seen, name, desk }, decision)
    return { ...present(answer ?? undefined), dryRun: true }
  }
  const { rows } = await deps.pool.query<{ found: number } & (OrderRowWithDetail | { id: null })>(
    PREVIEW_BATCH({
      ...selectionOf(puller, ask),
      desk: desk?.id ?? null,
      limit: ask.limit,
      most: ask.limit + MOST_LEFT,
    }),
  )
  const orders = rows.filter((row): row is (typeof rows)[number] & OrderRowWithDetail => row.id !== null)
  return {
    pullId: deps.newId(),
    pulledAt: dateNow(deps.clock).toISOString(),
    replayed: false,
    dryRun: true,
    orders: await fullOrders(deps, puller.tenantId, orders),
    remaining: Math.max(0, (rows[0]?.found ?? 0) - orders.length),
    desk: name,
    number: null,
    since: null,
    position: null,
  }
}

/** A preview counts no further. */
const MOST_LEFT = 10_000

/** Desk and position that a request names. */
async function placeOf(
  { pool }: Pick<PullDeps, 'pool'>,
  { tenantId, actor }: Puller,
  { after: text, desk }: Pick<Ask, 'after' | 'desk'>,
): Promise<{ name: string; after: Position | null }> {
  if (text === undefined || text === null)
    // After a rotation a key's own desk is still that of the first key.
    return { name: desk ?? (await firstActorOf(pool, tenantId, actor)), after: null }
  const after = parsePosition(text)
  if (after === null) {
    const message = '受注取込の応答の position を、そのまま指定してください。最初は null です。'
    throw invalid([{ field: 'after', message, code: 'invalid_format' }])
  }
  if (desk !== undefined && desk !== after.name) {
    const message = `after は別の取込先（${after.name}）の位置です。その取込先の position を指定してください。`
    throw invalid([{ field: 'desk', message, code: 'other_desk' }])
  }
  return { name: after.name, after }
}

async function readDesk(
  deps: HandOverDeps,
  puller: Puller,
  selection: Pick<Selection, 'shopId' | 'marketplace' | 'known'>,
  name: string,
  number: number,
): Promise<Seen> {
  const read = async () => {
    const { rows } = await deps.pool.query<DeskRow & Batched>(
      READ_DESK({ ...selectionOf(puller, selection), name, number, now: dateNow(deps.clock) }),
    )
    return { row: present(rows[0]), batch: rows.filter(isOfBatch) }
  }
  let { row, batch } = await read()
  if (!row.goesOn) {
    await deps.noteHistory()
    ;({ row, batch } = await read())
  }
  const { history, hasNothing, deskId, last, path, isClosed } = row
  const confirmed = row.confirmed ?? 0
  if (deskId === null || last === null) return { history, desk: null, confirmed, hasNothing, batch: [] }
  return {
    history,
    confirmed,
    desk: {
      id: deskId,
      number: last,
      path: pathIn(history, { number: last, path: parsePath(path) }),
      isClosed,
    },
    hasNothing: hasNothing && row.goesOn,
    batch,
  }
}

/** @throws AppError POSITION_UNKNOWN, and CONFLICT for a desk out of use */
function decided({ desk, history }: Seen, name: string, after: Position | null): Answered {
  const decision = decide(desk ?? { id: '', number: 0, path: [[history, 0]], isClosed: false }, after)
  if (decision.act === 'closed') throw outOfUse(name)
  if (decision.act !== 'refuse') return decision
  throw new AppError(
    'POSITION_UNKNOWN',
    `この取込先（${name}）の受注取込は ${decision.last} 番までです。after の位置は、このサーバーにはありません。接続先と API キーを確認してください。`,
    { details: { desk: name, last: decision.last } },
  )
}

const outOfUse = (name: string): AppError =>
  new AppError(
    'CONFLICT',
    `この取込先（${name}）は使用停止中です。使う場合は、ボードの「連携」で使用を再開してください。別のプログラムには、別の desk か API キーを使ってください。`,
    { details: { reason: 'desk_closed', desk: name } },
  )

/** Nothing happens where the desk began meanwhile, or in another history: the next look tells. */
async function beginDesk(deps: HandOverDeps, puller: Puller, name: string, history: string): Promise<void> {
  const { pool, newId, clock } = deps
  const tenant = puller.tenantId
  const by = { ...noteBy(deps, puller), actor: puller.actor }
  const begun = { id: newId(), tenant, name, path: [[history, 0]], now: dateNow(clock), history, ...by }
  const isFull = await inTransaction(pool, async (client) => {
    await client.query(LOCK_DESKS({ tenant }))
    const { rows } = await client.query<{ isFull: boolean }>(BEGIN_DESK({ ...begun, most: MOST_DESKS }))
    return rows[0]?.isFull
  })
  if (isFull) throw tooManyDesks()
}

const tooManyDesks = (): AppError =>
  new AppError(
    'CONFLICT',
    `取込先は ${MOST_DESKS} 件までです。GET /v1/desks にある取込先の名前を desk に指定するか、使っていない取込先を使用停止にしてください。`,
  )

const noteBy = ({ newId }: Pick<HandOverDeps, 'newId'>, { source = null }: { source?: string | null }) => ({
  note: newId(),
  source,
})

async function notePutBack(
  deps: HandOverDeps,
  puller: Puller,
  place: { desk: string; stored: number },
): Promise<void> {
  const { tenantId: tenant, actor } = puller
  const now = dateNow(deps.clock)
  await deps.pool.query(NOTE_PUT_BACK({ ...noteBy(deps, puller), tenant, now, actor, ...place }))
}

/** A tenant has one for each program that takes orders over. Names come from outside, so there is an end. */
const MOST_DESKS = 200

interface ListedDesk {
  id: string
  name: string
  number: number
  path: unknown
  begunAt: Date
  askedAt: Date
  history: string
  keyName: string | null
  confirmed: number
  closedAt: Date | null
  wentBack: number
}

/** So often within a day only programs that share a desk come from behind each other. */
const SHARED_FROM = 3

const toDesk = ({
  id,
  name,
  number,
  path,
  history,
  ...row
}: ListedDesk): z.infer<typeof ListedDeskAnswer> => ({
  id,
  desk: name,
  keyName: row.keyName,
  number,
  position: formatPosition({
    desk: id,
    name,
    number,
    path: pathIn(history, { number, path: parsePath(path) }),
  }),
  begunAt: row.begunAt.toISOString(),
  lastAskedAt: row.askedAt.toISOString(),
  confirmed: Math.min(row.confirmed, number),
  mayBeShared: row.wentBack >= SHARED_FROM,
  closedAt: row.closedAt?.toISOString() ?? null,
})

export async function listDesks(
  { pool, clock }: Pick<PullDeps, 'pool' | 'clock'>,
  tenantId: string,
  inUse = true,
): Promise<z.infer<typeof DeskList>> {
  const { rows } = await pool.query<ListedDesk>(
    LIST_DESKS({ tenant: tenantId, inUse, id: null, now: dateNow(clock), most: MOST_DESKS + 1 }),
  )
  return { desks: rows.slice(0, MOST_DESKS).map(toDesk), nextCursor: null }
}

/**
 * Takes a desk out of use, or into it again. Out of use it gets nothing, and no order waits for it. What it
 * has stays its own, so no order comes to two desks; in use again, it goes on behind its last batch.
 * @throws AppError NOT_FOUND; CONFLICT where the tenant has too many desks in use
 */
export async function useDesk(
  deps: Pick<PullDeps, 'pool' | 'clock' | 'newId'>,
  puller: Puller,
  id: string,
  inUse: boolean,
): Promise<z.infer<typeof ListedDeskAnswer>> {
  const { pool, clock } = deps
  const { tenantId: tenant, actor } = puller
  const now = dateNow(clock)
  const row = await inTransaction(pool, async (client) => {
    await client.query(LOCK_DESKS({ tenant }))
    const asked = { ...noteBy(deps, puller), tenant, id, inUse, most: MOST_DESKS, now, actor }
    const { rows } = await client.query<{ isDone: boolean }>(USE_DESK(asked))
    return rows[0]
  })
  if (row === undefined)
    throw new AppError('NOT_FOUND', '取込先が見つかりません。取込先の一覧を確認してください。')
  if (!row.isDone) throw tooManyDesks()
  const { rows } = await pool.query<ListedDesk>(LIST_DESKS({ tenant, inUse, id, now, most: 1 }))
  return toDesk(present(rows[0]))
}

/**
 * 受注を取り込む on the board: moves staged orders to 新規受付, and hands nothing over. Programs that take orders
 * over get them later, with the status that they have then, so the answer names these programs.
 */
export async function acceptOrders(
  { pool, clock, newId }: Pick<PullDeps, 'pool' | 'clock' | 'newId'>,
  puller: Puller,
  selection: Selection,
): Promise<z.infer<typeof AcceptAnswer>> {
  const { limit } = selection
  const bound = ACCEPT({
    ...selectionOf(puller, selection),
    now: dateNow(clock),
    limit,
    events: Array.from({ length: limit }, newId),
    actor: puller.actor,
  })
  type Moved = { orderId: string; orderNumber: string; version: number }
  type Row = { remaining: number } & (Moved | { [Name in keyof Moved]: null })
  const { rows } = await retryable(() => pool.query<Row>(bound))
  const { desks } = await listDesks({ pool, clock }, puller.tenantId)
  return {
    orders: rows.flatMap(({ orderId, orderNumber, version }) =>
      orderId === null ? [] : [{ orderId, orderNumber, version }],
    ),
    remaining: present(rows[0]).remaining,
    desks: desks.map(({ desk, keyName, lastAskedAt }) => ({ desk, keyName, lastAskedAt })),
  }
}

/**
 * Accepts for the board of release 1.0.0, which stays open in a tab over an update and pulls under a key. A
 * batch of its own would keep these orders from every desktop client. A repeat accepts what is staged then.
 */
export async function acceptAsPull(
  deps: PullDeps,
  puller: Puller,
  selection: Selection,
): Promise<PulledBatch> {
  const { orders, remaining } = await acceptOrders(deps, puller, selection)
  const { rows } = await deps.pool.query<OrderRowWithDetail>(
    READ_ACCEPTED({ tenant: puller.tenantId, ids: orders.map(({ orderId }) => orderId) }),
  )
  return {
    ...OF_NO_DESK,
    pullId: deps.newId(),
    pulledAt: dateNow(deps.clock).toISOString(),
    orders: await fullOrders(deps, puller.tenantId, rows),
    remaining,
    replayed: false,
  }
}
