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
import type { AcceptAnswer, DeskList, PullRequest } from '../schemas.ts'
import { type Decision, type Desk, decide } from './decide.ts'
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
}

interface Seen {
  history: string
  /** Absent: it has not begun. */
  desk: Desk | null
  /** Nothing of the selection is left for it, at the moment at which it was read. */
  hasNothing: boolean
  batch: Parameters<typeof answerOf>[2]
}

/**
 * Reads, decides, and makes a batch only if desk and history are still those of the decision. So it holds
 * under the lock of the desk's row, which is held for one statement.
 * @throws AppError POSITION_UNKNOWN, VALIDATION_FAILED for a text that is no position or names another desk,
 * FORBIDDEN as {@link answerOf}, CONFLICT where the tenant has too many desks
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
    // Who asks for the last batch lost an answer; who asks for an older one, what it had stored.
    if (decision.number < seen.desk.number)
      await notePutBack(deps, puller, { name, stored: decision.number - 1, last: seen.desk.number })
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

/** @returns null where another pull of this desk, or another history, came between */
async function answerTo(
  deps: HandOverDeps,
  puller: Puller,
  selection: Selection,
  { desk, batch, history, hasNothing, name }: Seen & { desk: Desk; name: string },
  { act, number }: Exclude<Decision, { act: 'refuse' }>,
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
  const { history, hasNothing, deskId, last, path } = row
  if (deskId === null || last === null) return { history, desk: null, hasNothing, batch: [] }
  return {
    history,
    desk: { id: deskId, number: last, path: pathIn(history, { number: last, path: parsePath(path) }) },
    hasNothing: hasNothing && row.goesOn,
    batch,
  }
}

/** @throws AppError POSITION_UNKNOWN */
function decided(
  { desk, history }: Seen,
  name: string,
  after: Position | null,
): Exclude<Decision, { act: 'refuse' }> {
  const decision = decide(desk ?? { id: '', number: 0, path: [[history, 0]] }, after)
  if (decision.act !== 'refuse') return decision
  throw new AppError(
    'POSITION_UNKNOWN',
    `この取込先（${name}）の受注取込は ${decision.last} 番までです。after の位置は、このサーバーにはありません。接続先と API キーを確認してください。`,
    { details: { desk: name, last: decision.last } },
  )
}

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
  if (isFull)
    throw new AppError(
      'CONFLICT',
      `取込先は ${MOST_DESKS} 件までです。GET /v1/desks にある取込先の名前を desk に指定してください。`,
    )
}

const noteBy = ({ newId }: Pick<HandOverDeps, 'newId'>, { source = null }: { source?: string | null }) => ({
  note: newId(),
  source,
})

async function notePutBack(
  deps: HandOverDeps,
  puller: Puller,
  place: { name: string; stored: number; last: number },
): Promise<void> {
  const { tenantId: tenant, actor } = puller
  const now = dateNow(deps.clock)
  await deps.pool.query(NOTE_PUT_BACK({ ...noteBy(deps, puller), tenant, now, actor, ...place }))
}

/** A tenant has one for each program that takes orders over. Names come from outside, so there is an end. */
const MOST_DESKS = 200

export async function listDesks(
  { pool }: Pick<PullDeps, 'pool'>,
  tenantId: string,
): Promise<z.infer<typeof DeskList>> {
  const { rows } = await pool.query<{
    id: string
    name: string
    number: number
    path: unknown
    begunAt: Date
    askedAt: Date
    history: string
    keyName: string | null
  }>(LIST_DESKS({ tenant: tenantId, most: MOST_DESKS + 1 }))
  return {
    desks: rows
      .slice(0, MOST_DESKS)
      .map(({ id, name, number, path, begunAt, askedAt, history, keyName }) => ({
        desk: name,
        keyName,
        number,
        position: formatPosition({
          desk: id,
          name,
          number,
          path: pathIn(history, { number, path: parsePath(path) }),
        }),
        begunAt: begunAt.toISOString(),
        lastAskedAt: askedAt.toISOString(),
      })),
    nextCursor: null,
  }
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
  const { desks } = await listDesks({ pool }, puller.tenantId)
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
