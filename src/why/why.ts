import type { z } from 'zod'
import { invalid } from '../http/validation.ts'
import { notRead, toPastedMail } from '../mail/pasted-mail.ts'
import { rulesFor } from '../mail/recognise-route.ts'
import type { Explanation } from '../mail/recognition/explain.ts'
import type { MailJudge } from '../mail/recognition/judge.ts'
import type { MarketplaceName } from '../marketplaces/port/order.ts'
import type { ListDeps } from '../orders/list-parts.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import type { FairGate } from '../platform/fair-gate.ts'
import { shopNotFound } from '../shops/tenants/shop-scope.ts'
import { decide } from './decide.ts'
import { type AskedNumber, type FactDeps, type Facts, readFacts, type ShopFacts } from './facts.ts'
import { type Clue, dayOf, type FoundNumber, findNumbers, MOST_CANDIDATES, SHORTEST_PART } from './find.ts'
import type { LiveHalf } from './live.ts'
import type { WhyAnswer, WhyMail, WhyQuery } from './schemas.ts'

export interface WhyDeps extends FactDeps, Pick<ListDeps, 'db'> {
  sealer: FactDeps['sealer'] & ListDeps['sealer']
  clock: Clock
  live: LiveHalf
  judge: Pick<MailJudge, 'explain'>
  /** Whose turn it is to look things up: a question may wait for its mall, and holds no turn meanwhile. */
  turns: Pick<FairGate, 'run'>
}

export interface WhyCaller {
  tenantId: string
  /** The shops that the caller is bound to; null: all of the tenant. */
  shops: readonly string[] | null
}

interface Asked {
  tenantId: string
  shops: readonly string[] | null
  live: boolean
  signal: AbortSignal
}

const lookUp = (
  deps: WhyDeps,
  { tenantId, shops }: Pick<Asked, 'tenantId' | 'shops'>,
  numbers: readonly AskedNumber[],
): Promise<Facts[]> =>
  deps.turns.run(tenantId, () => readFacts(deps, tenantId, numbers, shops, dateNow(deps.clock)))

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
  if (buyer === undefined || day === undefined)
    throw invalid([
      {
        field: 'number',
        message: '受注番号（number）か、注文者名（buyer）と注文日（day）を指定してください。',
        code: 'required',
      },
    ])
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
  // It came between the two looks.
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
  return deps.turns.run(tenantId, () => findNumbers(deps, { tenantId, shops }, clue))
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
  return {
    orderNumber: null,
    verdict: 'several',
    shopId: null,
    orderId: null,
    since: null,
    next: null,
    message: `当てはまる注文が${found.length}件あります${more}。受注番号を選んでください。`,
    evidence: [],
    actions: [],
    live: { asked: false, message: null },
    candidates: answers.flatMap(({ orderNumber, shopId, orderId, verdict, message }) =>
      orderNumber === null ? [] : [{ orderNumber, shopId, orderId, verdict, message }],
    ),
  }
}

async function answerOne(
  deps: WhyDeps,
  { tenantId, live, signal }: Asked,
  number: string,
  facts: Facts,
  day: string | undefined,
): Promise<WhyAnswer> {
  const said = live ? await deps.live.ask(tenantId, number, shopsToAsk(facts), signal) : []
  const at = said.flatMap((one) => (one.kind === 'found' && one.orderedAt ? [one.orderedAt] : []))[0]
  const placed = at ? { from: at, to: new Date(at.getTime() + 1) } : day === undefined ? null : dayOf(day)
  // The mall may have been seen well: what that moved is read anew.
  const [fresh] = said.some(({ kind }) => kind !== 'not_asked')
    ? await lookUp(deps, { tenantId, shops: facts.shops.map(({ id }) => id) }, [{ number }])
    : [facts]
  return decide(number, { ...(fresh ?? facts), live: said, placed })
}

/** Whose the number is as far as anything says; none where the order is here. */
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
    `select id::text from shops where tenant_id = $1 and marketplace = $2::marketplace and ($3::uuid[] is null or id = any($3))`,
    [tenantId, marketplace, shops],
  )
  return rows.map(({ id }) => id)
}

function unreadable({ considered, recognition, malls }: Explanation, shopId: string | null): WhyAnswer {
  const mall = malls.find(({ marketplace }) => marketplace === recognition?.marketplace)
  const near = mall ?? malls.find(({ sender, subject }) => sender !== null || subject !== null)
  const why = (near?.messages ?? malls.flatMap(({ messages }) => messages.slice(0, 1))).join('')
  const unseen = considered ? '' : 'この差出人と件名のメールは、受信箱から読み取る対象になっていません。'
  return {
    orderNumber: null,
    verdict: 'mail_unreadable',
    shopId,
    orderId: null,
    since: null,
    next: null,
    message: `このメールからは受注番号を読み取れません。${unseen}${why}`,
    evidence: [],
    actions: [],
    candidates: [],
    live: { asked: false, message: null },
  }
}
