import type { Pool } from 'pg'
import type { z } from 'zod'
import { invalid } from '../http/validation.ts'
import { endWaitOf } from '../imports/requests/statements.ts'
import { notRead, rulesFor, toPastedMail } from '../mail/recognise-route.ts'
import type { Explanation, MailJudge } from '../mail/recognition/judge.ts'
import { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import type { MarketplaceName } from '../marketplaces/port/order.ts'
import type { FetchOutcome } from '../marketplaces/port/session.ts'
import type { Lanes } from '../marketplaces/quota/lanes.ts'
import type { ListDeps } from '../orders/list-parts.ts'
import { readOrderPage } from '../orders/read.ts'
import { OrderQuery } from '../orders/schemas.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import { outside } from '../platform/db/tenant-scope.ts'
import type { Queries } from '../platform/db/transaction.ts'
import { japaneseDayStart } from '../platform/japan-time.ts'
import type { Logger } from '../platform/logger.ts'
import { abortAfter, TimedOut } from '../platform/timeout.ts'
import { openEarly } from '../shops/attention.ts'
import type { ShopSessions } from '../shops/shops/sessions.ts'
import { shopNotFound } from '../shops/tenants/shop-scope.ts'
import { byOwner, decide, OF_NO_NUMBER, ofSeveral } from './decide.ts'
import {
  type AskedNumber,
  type FactDeps,
  type Facts,
  type LiveFacts,
  readFacts,
  type ShopFacts,
} from './facts.ts'
import type { WhyAnswer, WhyMail, WhyQuery } from './schemas.ts'
import { BY_PART, OF_DAY, SHOPS_OF_MALL } from './statements.ts'

export interface WhyDeps extends FactDeps, Pick<ListDeps, 'db'> {
  sealer: FactDeps['sealer'] & ListDeps['sealer']
  clock: Clock
  live: LiveHalf
  judge: Pick<MailJudge, 'explain'>
}

export interface WhyCaller {
  tenantId: string
  /** The shops that the caller is bound to; null: all of the tenant. */
  shops: readonly string[] | null
}

interface Asked extends WhyCaller {
  live: boolean
  signal: AbortSignal
}

const lookUp = (
  deps: WhyDeps,
  { tenantId, shops }: WhyCaller,
  numbers: readonly AskedNumber[],
): Promise<Facts[]> => readFacts(deps, tenantId, numbers, shops, dateNow(deps.clock))

/**
 * Why an order is not here: 「この注文はなぜ来ていないのか」.
 * @throws AppError VALIDATION_FAILED where neither a number nor a buyer's name and day are given; NOT_FOUND
 * for another's shop
 */
export async function answerWhy(
  deps: WhyDeps,
  caller: WhyCaller,
  query: z.infer<typeof WhyQuery>,
  signal: AbortSignal,
): Promise<WhyAnswer> {
  const { number, buyer, day, shopId, live = true } = query
  const asked = { ...withShop(caller, shopId), live, signal }
  if (number !== undefined) return byNumber(deps, asked, number, shopId, day)
  if (buyer === undefined || day === undefined) {
    const message = '受注番号（number）か、注文者名（buyer）と注文日（day）を指定してください。'
    throw invalid([{ field: 'number', message, code: 'required' }])
  }
  const [facts] = await lookUp(deps, asked, [{ number: '' }])
  checkShop(facts, shopId)
  return byClue(deps, asked, { buyer, day }, facts, day)
}

const withShop = ({ tenantId, shops }: WhyCaller, shopId: string | undefined) => ({
  tenantId,
  shops: shopId === undefined ? shops : [shopId],
})

function checkShop(facts: Facts | undefined, shopId: string | undefined): asserts facts is Facts {
  if (!facts || (shopId !== undefined && facts.shops.length === 0)) throw shopNotFound()
}

async function byNumber(
  deps: WhyDeps,
  asked: Asked,
  number: string,
  shopId: string | undefined,
  day: string | undefined,
): Promise<WhyAnswer> {
  const [facts] = await lookUp(deps, asked, [{ number }])
  checkShop(facts, shopId)
  const isOwn = facts.shops.some(({ owns }) => owns === true)
  const isPart = !isTraced(facts) && number.length >= SHORTEST_PART
  if (isPart && !isOwn) return byClue(deps, asked, { part: number, begins: false }, facts, day)
  const answer = await answerOne(deps, asked, number, facts, day)
  if (!isPart || !isOfNoOrder(answer)) return answer
  // Numbers of some malls have no fixed length: what looks like a whole one may be cut short.
  const numbers = await findOf(deps, asked, facts, { part: number, begins: true })
  // The order came between the two reads.
  const itself = numbers.filter((one) => one.number === number)
  if (itself.length > 0) return ofNumbers(deps, { ...asked, live: false }, itself, day)
  return numbers.length === 0 ? answer : toSeveral(deps, asked, numbers)
}

/** Neither anything here nor the mall knows an order of exactly this number. */
const isOfNoOrder = ({ verdict, live }: WhyAnswer): boolean =>
  verdict === 'mall_knows_none' || verdict === 'unknown' || (verdict === 'no_trace' && !live.asked)

const isTraced = ({ orders, requests, listed }: Facts): boolean =>
  orders.length + requests.length + listed.length > 0

function findOf(deps: WhyDeps, { tenantId }: Asked, facts: Facts, clue: Clue): Promise<FoundNumber[]> {
  const shops = facts.shops.map(({ id }) => id)
  return findNumbers(deps, { tenantId, shops }, clue)
}

/** @param facts of the clue as if it were a number */
async function byClue(
  deps: WhyDeps,
  asked: Asked,
  clue: Clue,
  facts: Facts,
  day: string | undefined,
): Promise<WhyAnswer> {
  const numbers = await findOf(deps, asked, facts, clue)
  if (numbers.length > 0) return ofNumbers(deps, asked, numbers, day)
  if ('part' in clue) return answerOne(deps, asked, clue.part, facts, day)
  return decide(null, { ...facts, placed: day === undefined ? null : dayOf(day) })
}

async function ofNumbers(
  deps: WhyDeps,
  asked: Asked,
  numbers: readonly AskedNumber[],
  day?: string,
): Promise<WhyAnswer> {
  const [{ number } = { number: '' }] = numbers
  if (numbers.some((one) => one.number !== number)) return toSeveral(deps, asked, numbers)
  const [facts] = await lookUp(deps, asked, [{ number }])
  checkShop(facts, undefined)
  return answerOne(deps, asked, number, facts, day)
}

async function toSeveral(deps: WhyDeps, asked: Asked, numbers: readonly AskedNumber[]): Promise<WhyAnswer> {
  const found = numbers.slice(0, MOST_CANDIDATES)
  const all = await lookUp(deps, asked, found)
  const answers = all.map((facts, index) => decide(found[index]?.number ?? null, facts))
  const more = numbers.length > found.length ? `（ほかにもあります。最初の${MOST_CANDIDATES}件）` : ''
  return ofSeveral(`当てはまる注文が${found.length}件あります${more}。受注番号を選んでください。`, answers)
}

async function answerOne(
  deps: WhyDeps,
  { tenantId, live, signal }: Asked,
  number: string,
  facts: Facts,
  day: string | undefined,
): Promise<WhyAnswer> {
  const ask = () => deps.live.ask(tenantId, number, byOwner(facts).flatMap(shopsToAsk), signal)
  const said = live ? await outside(ask) : []
  const at = said.flatMap((one) => (one.kind === 'found' && one.orderedAt ? [one.orderedAt] : []))[0]
  const placed = at ? { from: at, to: new Date(at.getTime() + 1) } : day === undefined ? null : dayOf(day)
  // The mall may have been seen well: what that moved is read anew.
  const [fresh] = said.some(({ kind }) => kind !== 'not_asked')
    ? await lookUp(deps, { tenantId, shops: facts.shops.map(({ id }) => id) }, [{ number }])
    : [facts]
  return decide(number, { ...(fresh ?? facts), live: said, placed })
}

/** Finds shops that the number may belong to; none where the order is here. */
function shopsToAsk({ shops, orders, requests, listed }: Facts): readonly ShopFacts[] {
  if (orders.length > 0) return []
  const named = new Set([...requests, ...listed].map(({ shopId }) => shopId))
  const traced = shops.filter(({ id }) => named.has(id))
  if (traced.length > 0) return traced
  const own = shops.filter(({ owns }) => owns === true)
  return own.length > 0 ? own : shops.filter(({ owns }) => owns === null)
}

/**
 * The same of a mail that a person pastes; it is read as mails are read, and not kept.
 * @throws AppError VALIDATION_FAILED where there is no mail, or it cannot be read in time; NOT_FOUND for
 * another's shop
 */
export async function answerWhyOfMail(
  deps: WhyDeps,
  caller: WhyCaller,
  body: z.infer<typeof WhyMail>,
  signal: AbortSignal,
): Promise<WhyAnswer> {
  const { shopId, live = true } = body
  const asked = { ...withShop(caller, shopId), live, signal }
  const rules = await rulesFor(deps.pool, asked.tenantId, shopId, undefined)
  const read = await deps.judge.explain(toPastedMail(body), rules).catch(notRead)
  const numbers = read.recognition?.orderNumbers ?? []
  if (numbers.length === 0) return unreadable(read, shopId ?? null)
  const shops = await ofMall(deps, asked, read.recognition?.marketplace)
  return ofNumbers(
    deps,
    { ...asked, shops },
    numbers.map((number) => ({ number })),
  )
}

async function ofMall(
  { pool }: WhyDeps,
  { tenantId, shops }: Asked,
  marketplace: MarketplaceName | undefined,
): Promise<readonly string[]> {
  const { rows } = await pool.query<{ id: string }>(
    SHOPS_OF_MALL({ tenant: tenantId, mall: marketplace ?? null, shops }),
  )
  return rows.map(({ id }) => id)
}

function unreadable({ considered, recognition, malls }: Explanation, shopId: string | null): WhyAnswer {
  const mall = malls.find(({ marketplace }) => marketplace === recognition?.marketplace)
  const near = mall ?? malls.find(({ sender, subject }) => sender !== null || subject !== null)
  const why = (near?.messages ?? malls.flatMap(({ messages }) => messages.slice(0, 1))).join('')
  const unseen = considered ? '' : 'この差出人と件名のメールは、受信箱から読み取る対象になっていません。'
  const message = `このメールからは受注番号を読み取れません。${unseen}${why}`
  return { ...OF_NO_NUMBER, verdict: 'mail_unreadable', shopId, message }
}

/** A part of a number, as a person has it. `begins`: the part can only be a number's beginning. */
type Clue = { part: string; begins: boolean } | { buyer: string; day: string }

/** More than these are answered by the first of them. */
const MOST_CANDIDATES = 10
/** A shorter part says too little. */
const SHORTEST_PART = 4

interface Ask {
  tenantId: string
  /** The shops that may be meant. */
  shops: readonly string[]
}

/** A number that may be meant, in the shop that has it. */
interface FoundNumber {
  number: string
  shopId: string
}

/**
 * Lists the numbers that a clue may mean, those that are not here first: at most one more than
 * MOST_CANDIDATES. A buyer's name finds only orders that are here; beside them stand those of that day that
 * are not, whose buyers nobody knows.
 */
async function findNumbers(deps: ListDeps, ask: Ask, clue: Clue): Promise<FoundNumber[]> {
  if ('part' in clue) return byPart(deps.pool, ask, clue)
  const [missing, here] = await Promise.all([
    missingOfDay(deps.pool, ask, clue.day),
    readOrderPage(deps, ask.tenantId, queryOf(clue), ask.shops),
  ])
  const found = [...missing, ...here.rows.map(({ orderNumber: number, shopId }) => ({ number, shopId }))]
  return onlyOnce(found)
}

const onlyOnce = (found: readonly FoundNumber[]): FoundNumber[] =>
  [...new Map(found.map((one) => [`${one.shopId} ${one.number}`, one])).values()].slice(
    0,
    MOST_CANDIDATES + 1,
  )

function queryOf({ buyer, day }: { buyer: string; day: string }): z.infer<typeof OrderQuery> {
  const { from, to } = dayOf(day)
  const limit = String(MOST_CANDIDATES + 1)
  return OrderQuery.parse({ buyer, from: from.toISOString(), to: to.toISOString(), limit })
}

const DAY_MS = 24 * 60 * 60_000

/** @param day 2026-01-15, in Japan */
export function dayOf(day: string): { from: Date; to: Date } {
  const from = japaneseDayStart(Date.parse(`${day}T00:00:00+09:00`))
  return { from: new Date(from), to: new Date(from + DAY_MS) }
}

/** As many of a shop's newest that wait, failed or are listed are looked through. */
const LOOKED_AT = 2_000
/** Takes any orders where many share a prefix: the list of orders finds the newest, at a higher cost. */
const FIRST_OF_MANY = 200

async function byPart(
  pool: Pool,
  { tenantId, shops }: Ask,
  { part, begins }: { part: string; begins: boolean },
): Promise<FoundNumber[]> {
  const { rows } = await pool.query<FoundNumber>(
    BY_PART({
      shops,
      part: part.toLowerCase(),
      lookedAt: LOOKED_AT,
      limit: MOST_CANDIDATES + 1,
      tenant: tenantId,
      mostBeginning: FIRST_OF_MANY,
      begins,
    }),
  )
  return onlyOnce(rows)
}

async function missingOfDay(pool: Pool, { shops }: Ask, day: string): Promise<FoundNumber[]> {
  const { rows } = await pool.query<FoundNumber>(OF_DAY({ shops, day, limit: MOST_CANDIDATES + 1 }))
  return rows
}

export interface LiveTools {
  pool: Queries
  clock: Clock
  log: Logger
  sessions: Pick<ShopSessions, 'open'>
  lanes: Lanes
  wakeQueue: { wake(shopIds: string[]): Promise<unknown> }
}

/** Asks the malls for one number on behalf of a person. Never stages anything. */
export interface LiveHalf {
  /** @param shops those whose the number may be; of more than three the others are told as not asked */
  ask(
    tenantId: string,
    orderNumber: string,
    shops: readonly ShopFacts[],
    signal: AbortSignal,
  ): Promise<LiveFacts[]>
}

/** Shops asked for one number: more than that share a form of numbers only where nobody knows whose it is. */
const MOST_SHOPS = 3
/** A person waits for it; a mall that takes longer is told as one that gave no answer. */
const DEADLINE_MS = 4_000
/** Rate of a tenant's people at its malls together, whatever their quotas: six a minute, three at once. */
const PER_TENANT = { perSecond: 6 / 60, burst: 3 }
/** The board asks again every few seconds; a mall's answer is good for so long. */
const KEPT_MS = 60_000
/** A mall does not announce its recovery: a silent one is called sooner, where the rate allows it. */
const BROKEN_KEPT_MS = 15_000
const MOST_KEPT = 1_000

export function createLiveHalf(tools: LiveTools): LiveHalf {
  const kept = new Map<string, LiveFacts>()
  const own = tools.lanes.lane({ patienceMs: 0 })

  function remembered(key: string): LiveFacts | undefined {
    const known = kept.get(key)
    const age = known ? tools.clock.now() - known.at.getTime() : KEPT_MS
    return age >= 0 && age < KEPT_MS ? known : undefined
  }

  const isToAskAgain = ({ kind, at }: LiveFacts): boolean =>
    kind === 'broken' && tools.clock.now() - at.getTime() >= BROKEN_KEPT_MS

  function remember(key: string, said: LiveFacts): void {
    kept.delete(key)
    kept.set(key, said)
    const [oldest] = kept.keys()
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest)
  }

  async function askOne(
    tenantId: string,
    orderNumber: string,
    shop: ShopFacts,
    signal: AbortSignal,
  ): Promise<LiveFacts> {
    const key = `${shop.id} ${orderNumber}`
    const known = remembered(key)
    if (known && !isToAskAgain(known)) return known
    const notAsked = (message: string, until: Date | null = null): LiveFacts => ({
      shopId: shop.id,
      at: dateNow(tools.clock),
      kind: 'not_asked',
      message,
      until,
    })
    const stopped = standsStill(shop)
    if (stopped !== null) return notAsked(stopped)
    if (shop.lane && !shop.lane.outage)
      return notAsked('モールが呼び出しを断っているため、照会していません。', shop.lane.until)
    try {
      await own.take({ key: `why:${tenantId}`, ...PER_TENANT }, signal)
    } catch (error) {
      if (known) return known
      return notAsked('照会の回数が上限に達しているため、モールには照会していません。', untilOf(error))
    }
    const asked = await fetchOne(tools, shop.id, orderNumber, signal)
    if (asked.kind === 'not_asked') return known ?? asked
    remember(key, asked)
    if (asked.kind !== 'broken') await tellWell(tools, orderNumber, asked)
    return asked
  }

  return {
    ask: async (tenantId, orderNumber, shops, signal) => {
      const asked = shops.slice(0, MOST_SHOPS)
      return Promise.all(asked.map((shop) => askOne(tenantId, orderNumber, shop, signal)))
    },
  }
}

function standsStill({ enabled, tenantActive, quietSince, attention }: ShopFacts): string | null {
  if (quietSince) return '静止モードのため、モールには照会していません。'
  if (!enabled || !tenantActive) return '店舗の自動取込が止まっているため、モールには照会していません。'
  return attention?.stops ? '店舗が要対応のため、モールには照会していません。' : null
}

const untilOf = (error: unknown): Date | null =>
  error instanceof MarketplaceFailure ? (error.until ?? null) : null

async function fetchOne(
  { sessions, clock, log }: LiveTools,
  shopId: string,
  orderNumber: string,
  signal: AbortSignal,
): Promise<LiveFacts> {
  const at = () => ({ shopId, at: dateNow(clock) })
  try {
    return await abortAfter(DEADLINE_MS, signal, async (limit) => {
      const { session, asQuestion } = await sessions.open(shopId)
      return asQuestion(async () => {
        for await (const outcome of session.fetchOrders([orderNumber], limit))
          if (outcome.orderNumber === orderNumber) return { ...at(), ...toSaid(outcome) }
        return { ...at(), kind: 'broken', code: 'NO_ANSWER', message: '' } as const
      })
    })
  } catch (error) {
    if (signal.aborted) throw error
    if (error instanceof TimedOut)
      return { ...at(), kind: 'broken', code: 'TIMEOUT', message: 'モールから時間内に応答がありません。' }
    if (!(error instanceof MarketplaceFailure)) {
      log.warn({ err: error, shopId }, 'a question to the mall broke')
      return { ...at(), kind: 'broken', code: 'MALL_ANSWERS_BROKEN', message: '' }
    }
    const { code, message } = error
    if (error.kind === 'throttled') return { ...at(), kind: 'not_asked', message, until: error.until ?? null }
    return { ...at(), kind: 'broken', code, message }
  }
}

type Said = LiveFacts extends infer One ? (One extends LiveFacts ? Omit<One, 'shopId' | 'at'> : never) : never

function toSaid(outcome: FetchOutcome): Said {
  switch (outcome.kind) {
    case 'found': {
      const orderedAt = new Date(outcome.order.orderedAt)
      const isTime = Number.isFinite(orderedAt.getTime())
      return { kind: 'found', state: outcome.order.mallState, orderedAt: isTime ? orderedAt : null }
    }
    case 'not_found':
      return { kind: 'not_found' }
    case 'pending':
      return { kind: 'pending', message: outcome.message, retryAt: outcome.retryAt }
    case 'skipped':
      return { kind: 'skipped', message: outcome.reason }
    case 'failed':
      return { kind: 'broken', code: outcome.failure.code, message: outcome.failure.message }
  }
}

/** The mall answers well: nothing waits for it any longer. A request fetches what it asks for. */
async function tellWell(
  { pool, clock, wakeQueue }: LiveTools,
  orderNumber: string,
  { shopId, kind }: LiveFacts,
): Promise<void> {
  const at = dateNow(clock)
  const opened = await openEarly(pool, { shopId }, at)
  const isThere = kind !== 'not_found'
  const hurried = isThere && (await endWaitOf(pool, { shopId, orderNumber, held: kind === 'pending' }, at))
  if (opened.length > 0 || hurried) await wakeQueue.wake([shopId])
}
