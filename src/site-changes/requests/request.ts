import type { Pool, PoolClient } from 'pg'
import { z } from 'zod'
import { canonical, keyReused, storedKey } from '../../http/idempotency.ts'
import { checkedBody } from '../../http/validation.ts'
import type { Marketplaces } from '../../marketplaces/index.ts'
import type { Shipping } from '../../marketplaces/port/shipping.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import { inTransaction, type Queries } from '../../platform/db/transaction.ts'
import { AppError } from '../../platform/errors.ts'
import type { NewId } from '../../platform/ids.ts'
import { japaneseDay } from '../../platform/japan-time.ts'
import { factsOf } from '../../platform/narrow.ts'
import type { WakeQueue } from '../../platform/queue/wake-queue.ts'
import { BUNDLE_NOT_SHIPPED, notShippedWith, recordUnreadable } from '../reasons.ts'
import { type ChangeRequest, type SiteChangesAccepted, WantedChange } from '../schemas.ts'
import {
  type ChangeEventKind,
  type CheckedChange,
  DISMISS_CHANGES,
  EXPIRES_AFTER_MS,
  eventsOf,
  FIND_BY_KEY,
  type InsertDeps,
  insertChanges,
  LOCK_CHANGE,
  LOCK_KEY,
  LOCK_PARCELS,
  lockOrders,
  RETRY_CHANGE,
  refuseChanges,
  writeEvents,
  writeOrderStates,
} from '../statements.ts'
import { forRetry, StepRecord } from '../steps.ts'
import {
  checkChanges,
  decideEach,
  judge,
  type LeftAfter,
  placed,
  readRequestedOrders,
} from './check-changes.ts'
import { type Mates, NO_MATES, type Reach, shipMates } from './parcel-mates.ts'
import { type ReadDeps, readChange, readRequested } from './read-changes.ts'

export interface RequestDeps extends InsertDeps {
  pool: Pool
  clock: Clock
  marketplaces: Marketplaces
  wakeQueue: Pick<WakeQueue, 'wake'>
}

type DecideDeps = Pick<RequestDeps, 'pool' | 'sealer' | 'marketplaces' | 'clock'>

/** The day of a shipment that names none is the day on which it is asked for, in Japan. */
export function withDays(changes: readonly WantedChange[], clock: Clock): WantedChange[] {
  const today = japaneseDay(clock.now())
  return changes.map((change) =>
    'parcels' in change && change.action === 'ship' ? { shippedOn: today, ...change } : change,
  )
}

export interface ChangeCaller {
  tenantId: string
  /** As the timeline names it. */
  actor: string
  idempotencyKey: string
}

/**
 * Queues site changes, all or none, and answers at once. The same key with the same changes answers with
 * those that were made then, as they are now.
 * @param reach where the rest of a parcel (同梱) is shipped with an order of it; null: each order alone
 * @throws AppError VALIDATION_FAILED naming the fields, IDEMPOTENCY_KEY_REUSED for other changes under a used
 * key
 */
export async function requestChanges(
  deps: RequestDeps,
  asker: ChangeCaller,
  { changes: asked }: z.infer<typeof ChangeRequest>,
  reach: Reach | null = null,
): Promise<z.infer<typeof SiteChangesAccepted>> {
  const caller = { ...asker, idempotencyKey: storedKey(asker.tenantId, asker.idempotencyKey) }
  const hashes = deps.sealer.fingerprints('site changes', canonical(asked))
  const changes = withDays(asked, deps.clock)
  const known = await readByKey(deps.pool, caller, hashes)
  if (!known) {
    const orders = await readRequestedOrders(deps, caller.tenantId, changes)
    const good = checkChanges(deps.marketplaces, orders, changes)
    await insertOnce(deps, caller, hashes, good, { reach, changes, from: changes.length })
  }
  const rows = await readRequested(deps, caller.tenantId, caller.idempotencyKey)
  const siteChanges = rows.map(({ made }) => made)
  return { siteChanges, changes: siteChanges }
}

/** Decides what would become of each change of a request, as it is taken whole or not at all. */
export async function previewChanges(
  deps: DecideDeps,
  tenantId: string,
  { changes: sent }: z.infer<typeof ChangeRequest>,
  reach: Reach | null = null,
): Promise<z.infer<typeof SiteChangesAccepted>> {
  const changes = withDays(sent, deps.clock)
  const { errors, leaves, good } = await decideChanges(deps, tenantId, changes)
  const ok = errors.every((wrong) => wrong.length === 0)
  const checked = changes.map(({ orderId, action }, index) => {
    const wrong = placed(errors[index] ?? [], index)
    const told = ok || wrong.length > 0 ? wrong : [REFUSED_WITH_OTHERS]
    return { orderId, action, ok, errors: told, shipping: withoutNames(leaves[index]) }
  })
  const asked = { reach, changes, from: changes.length }
  const mates = ok ? await matesOf(deps, tenantId, asked, good) : NO_MATES
  return { siteChanges: [], changes: [], dryRun: true, checked, ...told(mates) }
}

const told = ({ shipped, refused }: Mates) => ({
  alsoShipped: shipped.map(({ change: _, ...mate }) => mate),
  notShipped: refused.map(({ change: _, ...mate }) => mate),
})

const REFUSED_WITH_OTHERS = {
  field: 'changes',
  message:
    'ほかのサイト変更に誤りがあるため、まとめて受け付けられません。誤りを直すか、mode に each を指定してください。',
  code: 'refused_with_others',
}

/**
 * Queues those of the changes that have no fault, and says of each what became of it. The same key with the
 * same changes takes none that was refused then.
 * @param sent as they came, well-formed or not
 * @throws AppError IDEMPOTENCY_KEY_REUSED for other changes under a used key
 */
export async function requestEach(
  deps: RequestDeps,
  asker: ChangeCaller,
  sent: readonly unknown[],
  reach: Reach | null = null,
): Promise<z.infer<typeof SiteChangesAccepted>> {
  const caller = { ...asker, idempotencyKey: storedKey(asker.tenantId, asker.idempotencyKey) }
  const hashes = deps.sealer.fingerprints('site changes', canonical({ mode: 'each', changes: sent }))
  const { results, good, wanted } = await decideSent(deps, caller.tenantId, sent)
  if (good.length > 0 && !(await readByKey(deps.pool, caller, hashes)))
    await insertOnce(deps, caller, hashes, good, { reach, changes: wanted, from: sent.length })
  const rows = await readRequested(deps, caller.tenantId, caller.idempotencyKey)
  const siteChanges = rows.map(({ made }) => made)
  const ids = new Map(rows.map(({ place, made }) => [place, made.id]))
  return {
    siteChanges,
    changes: siteChanges,
    results: results.map((one, place) => {
      const siteChangeId = ids.get(place)
      if (siteChangeId !== undefined) return { ...one, ok: true, siteChangeId, errors: [] }
      return {
        ...one,
        ok: false,
        siteChangeId: null,
        errors: one.errors.length > 0 ? one.errors : [NOT_TAKEN],
      }
    }),
  }
}

const NOT_TAKEN = {
  field: 'changes',
  message:
    'この Idempotency-Key の依頼では受け付けていません。新しいキーを指定して、もう一度依頼してください。',
  code: 'not_taken_before',
}

/** Decides what `requestEach` would take now. */
export async function previewEach(
  deps: DecideDeps,
  tenantId: string,
  sent: readonly unknown[],
  reach: Reach | null = null,
): Promise<z.infer<typeof SiteChangesAccepted>> {
  const { results, checked, good, wanted } = await decideSent(deps, tenantId, sent)
  const mates = await matesOf(deps, tenantId, { reach, changes: wanted, from: sent.length }, good)
  return {
    siteChanges: [],
    changes: [],
    dryRun: true,
    results: results.map((one) => ({ ...one, ok: one.errors.length === 0, siteChangeId: null })),
    ...(checked.length < sent.length ? {} : { checked }),
    ...told(mates),
  }
}

async function decideSent(deps: DecideDeps, tenantId: string, sent: readonly unknown[]) {
  const parsed = sent.map((change) => checkedBody(WantedChange, change))
  const places = parsed.flatMap(({ ok }, index) => (ok ? [index] : []))
  const wanted = withDays(
    parsed.flatMap((one) => (one.ok ? [one.value] : [])),
    deps.clock,
  )
  const orders = await readRequestedOrders(deps, tenantId, wanted)
  const { errors, good, leaves } = decideEach(deps.marketplaces, orders, wanted, places)
  const faults = parsed.map((one) => (one.ok ? [] : one.fields))
  for (const [at, wrong] of errors.entries()) faults[places[at] ?? at] = wrong
  const results = sent.map((change, index) => {
    const { orderId, action } = factsOf(change)
    return {
      orderId: textOf(orderId),
      action: textOf(action),
      errors: placed((faults[index] ?? []).slice(0, MOST_OF_EACH), index),
    }
  })
  const checked = wanted.map(({ orderId, action }, at) => {
    const wrong = placed(errors[at] ?? [], places[at] ?? at)
    return { orderId, action, ok: wrong.length === 0, errors: wrong, shipping: withoutNames(leaves[at]) }
  })
  return { results, good, checked, wanted }
}

/** What was asked for, and whose parcels go with it. */
interface Asked {
  /** Null: each order alone. */
  reach: Reach | null
  changes: readonly WantedChange[]
  /** The place behind them. */
  from: number
}

async function matesOf(
  deps: Parameters<typeof shipMates>[0],
  tenantId: string,
  { reach, changes, from }: Asked,
  good: readonly CheckedChange[],
): Promise<Mates> {
  if (reach === null) return NO_MATES
  const isTaken = (id: string) => good.some(({ order, action }) => order.id === id && action === 'ship')
  return shipMates(deps, tenantId, reach, {
    taken: changes.filter(({ orderId, action }) => action === 'ship' && isTaken(orderId)),
    named: new Set(changes.flatMap(({ orderId, action }) => (action === 'ship' ? [orderId] : []))),
    from,
  })
}

/** Faults named of one change: five hundred changes are answered at once. */
const MOST_OF_EACH = 5

/** As much of a wrong id or action as finds it again. */
const textOf = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 100) : '')

const withoutNames = (after: LeftAfter | null | undefined): Shipping | null =>
  after ? { state: after.state, shipped: after.shipped, total: after.total, left: after.left } : null

/**
 * Lists what `requestChanges` would refuse now, by the place in the list, and how far each shipment gets its
 * order, without requesting anything.
 */
export async function decideChanges(
  deps: Pick<RequestDeps, 'pool' | 'sealer' | 'marketplaces'>,
  tenantId: string,
  changes: z.infer<typeof ChangeRequest>['changes'],
): Promise<ReturnType<typeof judge>> {
  return judge(deps.marketplaces, await readRequestedOrders(deps, tenantId, changes), changes)
}

/** Parcels that somebody joined while their orders were being locked. */
class ParcelJoined extends Error {}

const JOINED_MEANWHILE =
  'サイト変更の依頼中に、受注の同梱が変更されました。一覧を確認してもう一度送信してください。'
/** Each try begins with the parcels as they are then. */
const TRIES = 5

/**
 * Two requests with one key take turns; the later one finds what the first has made. The other orders of a
 * parcel are listed once all are locked: one that was held back until then is not among them.
 */
async function insertOnce(
  deps: RequestDeps,
  caller: ChangeCaller,
  hashes: Hashes,
  good: readonly CheckedChange[],
  asked: Asked,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      const made = await inTransaction(deps.pool, (client) =>
        insertIn(client, deps, caller, hashes, good, asked),
      )
      await deps.wakeQueue.wake([...new Set(made.map(({ order }) => order.shopId))])
      return
    } catch (error) {
      if (!(error instanceof ParcelJoined)) throw error
      if (tries === TRIES) throw new AppError('CONFLICT', JOINED_MEANWHILE)
    }
  }
}

async function insertIn(
  client: PoolClient,
  deps: RequestDeps,
  caller: ChangeCaller,
  hashes: Hashes,
  good: readonly CheckedChange[],
  asked: Asked,
): Promise<readonly CheckedChange[]> {
  const { tenantId, actor, idempotencyKey: key } = caller
  await client.query(LOCK_KEY({ key: `site changes ${tenantId} ${key}` }))
  if (await readByKey(client, caller, hashes)) return []
  const ids = [...new Set(good.map(({ order }) => order.id))]
  const { rows } = await client.query<{ id: string }>(LOCK_PARCELS({ tenant: tenantId, ids }))
  const mates = await matesOf({ ...deps, pool: client }, tenantId, asked, good)
  const refused = mates.refused.flatMap(({ change, message }) => (change ? [{ change, message }] : []))
  const all = [...good, ...[...mates.shipped, ...refused].map(({ change }) => change)]
  const isLocked = (id: string) => rows.some((row) => row.id === id)
  if (!all.every(({ order }) => isLocked(order.id))) throw new ParcelJoined()
  const at = new Date(deps.clock.now())
  const request = { key, hash: hashes[0] ?? null }
  const made = await insertChanges(client, deps, { tenantId, actor, request }, all, at)
  // A row of its own: the mate shows it until somebody has shipped it, or looked at it.
  const ended = made.slice(made.length - refused.length).flatMap((id, index) => {
    const one = refused[index]
    if (!one) return []
    const { order, action } = one.change
    return [{ id, orderId: order.id, action, reason: notShippedWith(one.message) }]
  })
  await refuseChanges(client, deps, ended, at)
  return all
}

/** Hashes of the whole request, by each of ENCRYPTION_KEYS. The first writes: its key stays longest. */
type Hashes = ReturnType<Sealer['fingerprints']>

async function readByKey(queries: Queries, caller: ChangeCaller, hashes: Hashes): Promise<boolean> {
  const { rows } = await queries.query<{ hash: Buffer | null }>(
    FIND_BY_KEY({ tenant: caller.tenantId, key: caller.idempotencyKey }),
  )
  const [row] = rows
  // Null: its key was rotated out (`ops keys rotate`), and the Idempotency-Key alone has to do.
  if (row?.hash && !hashes.some((hash) => row.hash?.equals(hash))) {
    throw keyReused('内容のサイト変更')
  }
  return row !== undefined
}

/** Dependencies of a person's answer to a change that did not end well. */
interface AnswerDeps extends ReadDeps {
  newId: NewId
  wakeQueue: Pick<WakeQueue, 'wake'>
}

interface Caller {
  tenantId: string
  actor: string
}

/**
 * Tries again at the step that failed, as soon as the mall can be asked.
 * @throws AppError NOT_FOUND; CONFLICT unless it is a warning or a failure, and where its record cannot be
 * read
 */
export async function retryChange(deps: AnswerDeps, caller: Caller, id: string) {
  const { shopId } = await answer(deps, caller, id, 'change_retried', async (client, change, now) => {
    if (change.code === REHEARSAL) throw new AppError('CONFLICT', ASKED_IN_REHEARSAL)
    if (change.code === BUNDLE_NOT_SHIPPED) throw new AppError('CONFLICT', notShippedWith('').nextStep)
    const steps = z.array(StepRecord).safeParse(change.steps)
    if (!steps.success) throw new AppError('CONFLICT', recordUnreadable.nextStep)
    await client.query(
      RETRY_CHANGE({
        id,
        steps: forRetry(steps.data),
        now,
        expiresAt: new Date(now.getTime() + EXPIRES_AFTER_MS),
      }),
    )
  })
  await deps.wakeQueue.wake([shopId])
  return readChange(deps, caller.tenantId, id)
}

/**
 * Somebody has seen it: the order shows it no more.
 * @throws AppError NOT_FOUND; CONFLICT unless it is a warning or a failure
 */
export async function dismissChange(deps: AnswerDeps, caller: Caller, id: string) {
  await answer(deps, caller, id, 'change_dismissed', async (client, change, now) => {
    if (change.dismissedAt === null) await client.query(DISMISS_CHANGES({ ids: [id], now }))
  })
  return readChange(deps, caller.tenantId, id)
}

interface Row {
  id: string
  shopId: string
  orderId: string
  action: string
  state: string
  code: string | null
  steps: unknown
  dismissedAt: Date | null
}

async function answer(
  deps: AnswerDeps,
  { tenantId, actor }: Caller,
  id: string,
  kind: ChangeEventKind,
  write: (client: PoolClient, change: Row, now: Date) => Promise<void>,
): Promise<{ shopId: string }> {
  const { orderId } = await readChange(deps, tenantId, id)
  const now = new Date(deps.clock.now())
  return inTransaction(deps.pool, async (client) => {
    await lockOrders(client, [orderId])
    const { rows } = await client.query<Row>(LOCK_CHANGE({ id }))
    const [change] = rows
    if (!change || !['warning', 'failed'].includes(change.state)) throw notEnded()
    await write(client, change, now)
    await writeEvents(client, [eventsOf(deps.newId, change, now, actor)(kind)])
    await writeOrderStates(client, [orderId], now)
    return { shopId: change.shopId }
  })
}

/** As the trigger of prisma/triggers.sql writes it, which queues no such change either. */
const REHEARSAL = 'REHEARSAL'
const ASKED_IN_REHEARSAL =
  'リハーサル中に依頼されたサイト変更は再実行できません。リハーサルを終了してから、受注の画面であらためて依頼してください。'

const notEnded = (): AppError =>
  new AppError(
    'CONFLICT',
    '警告ありまたは失敗のサイト変更だけに行える操作です。一覧を再読み込みして状態を確認してください。',
  )
