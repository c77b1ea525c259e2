import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Pool } from 'pg'
import type { Marketplaces } from '../../marketplaces/index.ts'
import { mallOfShop } from '../../marketplaces/of-shop.ts'
import type { Marketplace } from '../../marketplaces/port/marketplace.ts'
import type { NormalisedOrder } from '../../marketplaces/port/order.ts'
import type { FetchOutcome } from '../../marketplaces/port/session.ts'
import {
  type KnownOrder,
  type Refreshed,
  type ReleasedHook,
  readKnownOrders,
  readWantedReimports,
  refresh,
  type WantedReimport,
  writeRefreshed,
} from '../../orders/store/refresh.ts'
import {
  type FoundOrder,
  isOrdersFault,
  type OrderMarker,
  type PreparedOrder,
  prepareOrder,
  type StagedHook,
  type StagedOrders,
  stageOrders,
} from '../../orders/store/stage.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import { retryable } from '../../platform/db/failures.ts'
import {
  durably,
  inDurableTransaction,
  inTransaction,
  isRefused,
  type Queries,
} from '../../platform/db/transaction.ts'
import { createBreathing } from '../../platform/event-loop.ts'
import type { NewId } from '../../platform/ids.ts'
import type { Logger } from '../../platform/logger.ts'
import type { Metrics } from '../../platform/metrics.ts'
import type { ShopTurn, WorkingShop } from '../../worker/shop-job.ts'
import { NOT_OURS, SKIPPED } from '../requests/retry-schedule.ts'
import { type DueRequest, type NewImportRequest, requestImports } from '../requests/statements.ts'
import type { UnknownBook } from '../unknown-fields.ts'
import {
  type AttemptResult,
  endForOtherShops,
  givenUp,
  notOfThisMail,
  pending,
  resultOf,
  sharedNumbers,
  skipped,
  unwritten,
  writeAttemptResults,
} from './attempt-result.ts'

export interface ResultWriterDeps {
  pool: Pool
  sealer: Sealer
  clock: Clock
  newId: NewId
  log: Logger
  marketplaces: Marketplaces
  metrics: Pick<Metrics, 'ordersStaged' | 'mailToStaged' | 'fetches'>
  onStaged?: StagedHook
  onReleased?: ReleasedHook
  marker?: OrderMarker
  unknowns?: UnknownBook
}

/** Most answers written in one transaction. */
export const MOST_AT_ONCE = 100

/**
 * Writes what the mall answered for a batch of requests, in one transaction: new orders are staged, known
 * ones refreshed, the rest ends or waits. Where Postgres refuses it, each answer is written alone. One that
 * is refused for what is in it fails; one that is refused for something of ours waits, and where that is so
 * of all of them it is an outage.
 * @param onEnded told how many of the requests are not due any more; those of a batch that made something
 * else due are left out
 * @param lastTurn the turn that so many answers end, if all of them are new orders; null where it goes on
 */
export function createResultWriter(
  deps: ResultWriterDeps,
  shop: WorkingShop,
  onEnded: (requests: number) => void,
  lastTurn: (answers: number) => EndingTurn | null = () => null,
) {
  async function write(answers: Answer[]): Promise<void> {
    const at = new Date(deps.clock.now())
    try {
      onEnded(await retryable(() => writeTogether(deps, shop, answers, at, lastTurn(answers.length))))
    } catch (error) {
      if (!isRefused(error)) throw error
      if (answers.length > 1) return await writeEach(answers, at)
      deps.log.error(
        { err: error, shopId: shop.id, requestId: answers[0]?.request.id },
        'order cannot be stored',
      )
      if (!isOrdersFault(error)) throw error
      await writeAttemptResults(deps.pool, deps.sealer, answers.map(unstorable), at)
    }
  }

  async function writeEach(answers: Answer[], at: Date): Promise<void> {
    const refused: { request: DueRequest; error: unknown }[] = []
    for (const answer of answers) {
      await write([answer]).catch((error: unknown) => {
        if (!isRefused(error)) throw error
        refused.push({ request: answer.request, error })
      })
    }
    if (refused.length === answers.length) throw refused[0]?.error
    const results = refused.map(({ request }) => unwritten(request, at.getTime()))
    if (results.length > 0) await writeAttemptResults(deps.pool, deps.sealer, results, at)
  }

  return write
}

type EndingTurn = Pick<ShopTurn, 'endingHolder' | 'onReleased'>

async function writeTogether(
  deps: ResultWriterDeps,
  shop: WorkingShop,
  answers: Answer[],
  at: Date,
  turn: EndingTurn | null,
): Promise<number> {
  const known = await readKnown(deps.pool, answers)
  const wanted = await readWantedReimports(
    deps,
    answers.map(({ request }) => request),
  )
  const sorted = await sortOut(
    deps,
    answers,
    {
      known,
      wanted,
      since: shop.createdAt,
      mall: mallOfShop(deps.marketplaces, shop),
    },
    at,
  )
  const wantedNext = [
    ...[...sorted.fresh, ...sorted.known.map(({ fresh }) => fresh)].flatMap((order) => toReread(shop, order)),
    ...[...sorted.fresh, ...sorted.known.filter(changedState).map(({ fresh }) => fresh)].flatMap((order) =>
      toParts(shop, order),
    ),
  ]
  const marks = sorted.fresh.length > 0 ? await deps.marker?.prepare(shop, sorted.fresh) : undefined
  const andThen = sorted.fresh.length > 0 ? deps.onStaged?.(shop, sorted.fresh) : null
  const steps: ((queries: Queries) => Promise<unknown>)[] = []
  let written: StagedOrders = {
    staged: new Set(),
    unwanted: new Set(),
    ended: 0,
    combinable: [],
    markFailures: [],
    isReleased: false,
  }
  let ended = 0
  if (sorted.fresh.length > 0) {
    steps.push(async (queries) => {
      const isLast = steps.length === 1 && sorted.fresh.length === answers.length
      written = await stageOrders(
        queries,
        deps,
        shop,
        sorted.fresh,
        at,
        marks,
        isLast ? turn?.endingHolder() : null,
      )
      ended = written.ended
    })
  }
  if (andThen) steps.push((queries) => andThen(queries, written.staged, at))
  if (sorted.known.length > 0)
    steps.push(async (queries) => {
      ended += await writeRefreshed(queries, sorted.known, at, shop.holder)
    })
  const released = sorted.known.length > 0 ? deps.onReleased?.(shop, sorted.known) : null
  if (released) steps.push((queries) => released(queries, at))
  if (sorted.results.length > 0)
    steps.push(async (queries) => {
      ended += await writeAttemptResults(queries, deps.sealer, sorted.results, at)
    })
  if (wantedNext.length > 0)
    steps.push((queries) =>
      requestImports(
        queries,
        deps,
        wantedNext.filter(({ orderNumber }) => !written.unwanted.has(orderNumber)),
      ),
    )
  const ours = sharedNumbers(deps.marketplaces, shop, numbersOf(sorted))
  if (ours.length > 0) steps.push((queries) => endForOtherShops(queries, deps.marketplaces, shop, ours, at))

  const [only, ...more] = steps
  const inOne = sorted.fresh.length > 0 ? inDurableTransaction : inTransaction
  if (only && more.length === 0 && sorted.fresh.length > 0) await durably(deps.pool, only)
  else if (more.length === 0) await only?.(deps.pool)
  else
    await inOne(deps.pool, async (client) => {
      for (const step of steps) await step(client)
    })
  if (written.isReleased) turn?.onReleased()
  const staged = sorted.fresh.filter(({ orderId }) => written.staged.has(orderId))
  await deps.marker?.staged(shop, staged, written)
  await deps.marker?.rewrite(
    shop,
    sorted.known.map(({ order }) => order.id),
  )
  count(deps, shop, answers, staged, at)
  return andThen || released || wantedNext.length > 0 ? 0 : ended
}

/** Numbers that turned out to be of this shop's orders, wanted here or not. */
const numbersOf = ({ fresh, results }: SortedAnswers): string[] =>
  [...fresh, ...results.filter(({ code }) => code === SKIPPED || code === NOT_OURS)].map(
    ({ request }) => request.orderNumber,
  )

async function readKnown(queries: Queries, answers: Answer[]): Promise<Map<string, KnownOrder>> {
  const ids = answers.flatMap(({ request, outcome }) =>
    outcome.kind === 'found' && request.orderId ? [request.orderId] : [],
  )
  return ids.length === 0 ? new Map() : await readKnownOrders(queries, ids)
}

const toReread = (shop: WorkingShop, { request, rereadAt }: PreparedOrder): NewImportRequest[] =>
  rereadAt
    ? [
        {
          tenantId: shop.tenantId,
          shopId: shop.id,
          orderNumber: request.orderNumber,
          purpose: 'refresh',
          source: 'window',
          dueAt: rereadAt,
        },
      ]
    : []

const changedState = ({ order, fresh }: Refreshed) => order.mallState !== fresh.columns.mallState

/** An order split at the mall ends there; its parts may be dated so that no list of new orders has them. */
const toParts = (shop: WorkingShop, { order }: PreparedOrder): NewImportRequest[] =>
  order.relatedOrders
    .filter(({ relation }) => relation === 'child')
    .map(({ orderNumber }) => ({
      tenantId: shop.tenantId,
      shopId: shop.id,
      orderNumber,
      purpose: 'import',
      source: 'window',
    }))

function count(
  deps: ResultWriterDeps,
  shop: WorkingShop,
  answers: Answer[],
  staged: PreparedOrder[],
  at: Date,
): void {
  const { marketplace } = shop
  for (const { outcome } of answers) {
    deps.metrics.fetches.inc({ marketplace, kind: outcome.kind })
    if (outcome.kind === 'found') deps.unknowns?.note(marketplace, outcome.order)
  }
  if (staged.length === 0) return
  deps.metrics.ordersStaged.inc({ marketplace }, staged.length)
  for (const { request } of staged) {
    if (request.mailSeenAt) {
      deps.metrics.mailToStaged.observe({ marketplace }, (at.getTime() - request.mailSeenAt.getTime()) / 1000)
    }
  }
  deps.log.info({ shopId: shop.id, orders: staged.length }, 'orders staged')
}

export interface Answer {
  request: DueRequest
  outcome: FetchOutcome
}

/** Stored state of the orders that the mall answered for. */
interface Here {
  known: ReadonlyMap<string, KnownOrder>
  wanted: ReadonlyMap<string, WantedReimport>
  /** Since when the shop is here. */
  since: Date
  mall: Pick<Marketplace, 'orderNumberScope' | 'mailedWithinDays' | 'limits'> | undefined
}

interface SortedAnswers {
  fresh: PreparedOrder[]
  known: Refreshed[]
  results: AttemptResult[]
}

interface SortDeps {
  sealer: Sealer
  newId: NewId
  log: Logger
}

/** Sorts answers into new orders, news of known ones and ended requests, with what each writes. */
async function sortOut(
  deps: SortDeps,
  answers: readonly Answer[],
  here: Here,
  at: Date,
): Promise<SortedAnswers> {
  const sorted: SortedAnswers = { fresh: [], known: [], results: [] }
  const breathe = createBreathing()
  for (const answer of answers) {
    await breathe()
    const { request, outcome } = answer
    if (outcome.kind !== 'found') {
      sorted.results.push(resultOf(request, outcome, at.getTime(), here.mall?.limits.lagMinutes))
      continue
    }
    const reason =
      doneBeforeUs(request, outcome.order, here.since) ?? cancelledWhileHeldBack(request, outcome.order)
    if (reason !== null) {
      const { rereadAt: retryAt } = outcome
      sorted.results.push(
        retryAt ? pending(request, { retryAt, message: MAY_REOPEN }, at.getTime()) : skipped(request, reason),
      )
      continue
    }
    const { orderNumberScope: scope, mailedWithinDays } = here.mall ?? {}
    const doubt = scope === 'shop' ? placedLongBefore(request, outcome.order, mailedWithinDays) : null
    if (doubt !== null) {
      sorted.results.push(notOfThisMail(request, doubt))
      continue
    }
    const { order, raw, rereadAt, revision = null, takenBack = [] } = outcome
    const found = { request, order, raw, rereadAt, revision, takenBack }
    try {
      addFound(deps, sorted, found, here, at)
    } catch (error) {
      deps.log.error({ err: error, requestId: request.id }, 'order cannot be prepared for storing')
      sorted.results.push(unstorable(answer))
    }
  }
  return sorted
}

/** Message for an order that is closed for now; re-read only while the mall still decides on it. */
const MAY_REOPEN =
  'モールでキャンセルの確定を待っている受注です。取り消されて有効に戻れば取り込みます。自動で再確認しています。'

function addFound(deps: SortDeps, sorted: SortedAnswers, found: FoundOrder, here: Here, at: Date): void {
  const known = here.known.get(found.request.orderId ?? '')
  const prepared = prepareOrder(found, known?.id ?? deps.newId(), deps.sealer)
  const tools = { sealer: deps.sealer, newId: deps.newId, at }
  const wanted = here.wanted.get(found.request.id) ?? null
  if (known) sorted.known.push(refresh(known, prepared, tools, wanted))
  else sorted.fresh.push(prepared)
}

const unstorable = ({ request, outcome }: Answer): AttemptResult =>
  givenUp(request, {
    code: 'ORDER_UNSTORABLE',
    message: 'モールの回答に保存できない値が含まれていたため取り込めませんでした。運営者へ連絡してください。',
    mallMessage: null,
    raw: outcome.kind === 'found' ? outcome.raw : null,
    refused: true,
  })

/**
 * Why an order that a sweep found is not imported: it was dealt with at the mall before the shop came here. A
 * first sweep looks back 30 days, and what the shop has shipped long ago must not come up as a new order to
 * be shipped again. What is still open at the mall comes in however old it is, and so does everything that a
 * person or a mail asks for.
 * @returns null when it is to be imported
 */
export function doneBeforeUs(
  request: Pick<DueRequest, 'source' | 'purpose' | 'orderId'>,
  order: Pick<NormalisedOrder, 'mallState' | 'orderedAt'>,
  shopSince: Date,
): string | null {
  const isNews = request.source === 'sweep' && request.purpose === 'import' && request.orderId === null
  if (!isNews || order.mallState === 'open' || Date.parse(order.orderedAt) >= shopSince.getTime()) return null
  return 'この店舗の登録前に、モールで発送・完了・キャンセル済みの受注です。取り込むには受注番号を指定してください。'
}

/**
 * Why an order that the mall had held back (未決済) is not imported: it was cancelled before it was one. It
 * would only have to be thrown away by hand. What a person asks for comes in.
 * @returns null when it is to be imported
 */
export function cancelledWhileHeldBack(
  request: Pick<DueRequest, 'source' | 'purpose' | 'orderId' | 'pendingUntil'>,
  order: Pick<NormalisedOrder, 'mallState'>,
): string | null {
  const { source, purpose, orderId, pendingUntil } = request
  const wasHeldBack = pendingUntil !== null && purpose === 'import' && orderId === null && source !== 'person'
  if (!wasHeldBack || order.mallState !== 'cancelled') return null
  return 'モールで確定する前にキャンセルされた受注です。取り込むには受注番号を指定してください。'
}

/** A mall writes of a new order within minutes, of its payment within days. */
const MAILED_WITHIN_DAYS = 7

/**
 * Why an order is not imported by a mail, where each shop counts for itself: it was placed long before the
 * mail, so the mail is of another shop's order with the same number. It still comes when the mall's list
 * names it. An old time in the mail is its sender's claim, and is believed for as long alone.
 * @returns null when it is to be imported
 */
function placedLongBefore(
  { source, orderId, mailSentAt, mailSeenAt, requestedAt }: PartOfMail,
  order: Pick<NormalisedOrder, 'orderedAt'>,
  days = MAILED_WITHIN_DAYS,
): string | null {
  if (source !== 'mail' || orderId !== null) return null
  const within = days * DAY_MS
  const seen = (mailSeenAt ?? requestedAt).getTime()
  const sent = mailSentAt?.getTime() ?? seen
  const at = Math.min(seen, Math.max(sent, seen - within))
  if (Date.parse(order.orderedAt) >= at - within) return null
  return `メールより${days}日以上前の受注です。同じ番号の別の店舗のメールとみて、番号では取り込みません。取り込むには受注番号を指定してください。`
}

const DAY_MS = 24 * 60 * 60_000

type PartOfMail = Pick<DueRequest, 'source' | 'orderId' | 'mailSentAt' | 'mailSeenAt' | 'requestedAt'>

/**
 * Writes what comes in as soon as it comes: whatever arrives while a write is under way goes into the next
 * one. A lone item is written without waiting for company, a burst in full batches, two at a time, so that
 * one batch is made ready while the database works on the other.
 */
interface BatchWriter<T> {
  /** Waits only when the writes have fallen far behind. @throws what a write raised */
  add(item: T): Promise<void>
  /** Resolves when everything has been written, or nothing more will be. @throws what a write raised */
  drain(): Promise<void>
}

const AT_ONCE = 2

/** @param all as many items may come at most: the last of them need not wait for others */
export function createBatchWriter<T>(
  write: (items: T[]) => Promise<void>,
  most: number,
  all = Number.POSITIVE_INFINITY,
): BatchWriter<T> {
  const waiting: T[] = []
  const running = new Set<Promise<void>>()
  let scheduled = false
  let failure: { error: unknown } | null = null

  // Items of one answer are handed over one by one within a turn of the event loop: let them come together.
  function schedule(): void {
    if (scheduled) return
    scheduled = true
    setImmediate(() => {
      scheduled = false
      startWrites()
    })
  }

  function startWrites(): void {
    while (!failure && waiting.length >= (running.size === 0 ? 1 : most) && running.size < AT_ONCE) {
      const writing = write(waiting.splice(0, most))
        .catch((error: unknown) => {
          failure ??= { error }
        })
        .finally(() => {
          running.delete(writing)
          startWrites()
        })
      running.add(writing)
    }
  }

  const progress = (): Promise<unknown> => (running.size > 0 ? Promise.race(running) : nextTurn())

  function check(): void {
    if (failure) throw failure.error
  }

  return {
    async add(item) {
      check()
      waiting.push(item)
      if (waiting.length >= all) startWrites()
      else schedule()
      while (!failure && waiting.length >= 2 * most) await progress()
      check()
    },
    async drain() {
      while (running.size > 0 || (waiting.length > 0 && !failure)) await progress()
      check()
    },
  }
}
