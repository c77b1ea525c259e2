import type { SeenState } from './history.ts'

/**
 * Judges what was answered to 「この注文はなぜ来ていないのか」 while orders were late, by what the rows said at that moment
 * and what happened afterwards: each verdict must have been true, and what it promised must have happened by
 * then. Pure.
 */

export interface WhyAnswered {
  order: string
  askedAt: number
  /** When the answer was there. */
  at: number
  verdict: string
  /** When something was to happen by itself. */
  nextAt: number | null
  /** Whether the mall was asked for it. */
  live: boolean
}

/** When an order was handed over: asked for from, answered at. */
export interface HandedOver {
  from: number
  to: number
}

interface Seen {
  states: readonly SeenState[]
  pulls: ReadonlyMap<string, HandedOver>
  faults: readonly FaultSpan[]
}

/** Clocks of several processes, and a commit that is late on a busy machine. */
const CLOCKS_MS = 10_000
/** A process whose clock was set finds it out from the database. */
const CLOCK_FOUND_MS = 60_000

/** @param coming the orders that came, with when */
export function judgeWhy(
  answers: readonly WhyAnswered[],
  coming: ReadonlyMap<string, ComingOrder>,
  seen: Seen,
): { asked: number; false: string[] } {
  const { states, faults } = seen
  const byOrder = Map.groupBy(
    states.filter((state) => 'order' in state),
    (state) => state.order,
  )
  const byShop = Map.groupBy(states, ({ shop }) => shop)
  const wrong = answers.flatMap((answer) => {
    const one = coming.get(answer.order)
    const own = byOrder.get(answer.order) ?? []
    const shop = own[0]?.shop
    // What never came is told as lost.
    if (!one || shop === undefined) return []
    const isSet = faults.some(
      ({ name, from, to }) =>
        name.startsWith('clock-step') && from < answer.at && to + CLOCK_FOUND_MS > answer.askedAt,
    )
    if (isSet) return []
    const ofShop = byShop.get(shop) ?? []
    const moment = momentOf(answer, own, ofShop)
    const fault =
      untrue(answer, moment, { pulled: seen.pulls.get(answer.order), one, faults }) ??
      unkept(answer, moment, own, ofShop, promisedBy(answer.nextAt ?? answer.at, one, faults))
    return fault === null ? [] : [`${fault}: ${answer.order} (${told(answer, own, ofShop)})`]
  })
  return { asked: answers.length, false: wrong }
}

/**
 * What was answered and, each with its seconds before or after the question, what the order's rows and its
 * shop's said around it.
 */
function told(
  { verdict, askedAt, at, nextAt, live }: WhyAnswered,
  own: readonly SeenState[],
  ofShop: readonly SeenState[],
): string {
  const after = (when: number) => `${when < askedAt ? '' : '+'}${((when - askedAt) / 1000).toFixed(1)} s`
  const shop = ofShop.filter((state) => !('order' in state))
  const around = (states: readonly SeenState[]) => {
    const first = states.findIndex(({ when }) => when >= askedAt)
    return states.slice(Math.max(0, (first < 0 ? states.length : first) - ROWS_TOLD)).slice(0, 2 * ROWS_TOLD)
  }
  const rows = [...around(own), ...around(shop)].map(({ when, what, shop: _, ...more }) => {
    const said = Object.entries(more).flatMap(([key, value]) => (key === 'order' ? [] : [`${key} ${value}`]))
    return `${after(when)} ${[what, ...said].join(' ')}`
  })
  const next = nextAt === null ? 'no next' : `next ${after(nextAt)}`
  return [`${verdict}${live ? ' live' : ''}, answered ${after(at)}, ${next}`, ...rows].join('; ')
}

/** As many of a question's rows before it, and after it. */
const ROWS_TOLD = 3

type StateOf<What extends SeenState['what']> = Extract<SeenState, { what: What }>

/**
 * What may have been true while an answer was made: each row as it was at its beginning, and all that it
 * became until its end.
 */
interface Moment {
  from: number
  to: number
  /** `null`: there was none yet. */
  requests: (StateOf<'request'> | null)[]
  shops: (StateOf<'shop'> | null)[]
  quotas: StateOf<'quota'>[]
  isStaged: boolean
  wasStaged: boolean
  isListed: boolean
  isUnreadable: boolean
}

function momentOf(
  { askedAt, at }: WhyAnswered,
  own: readonly SeenState[],
  ofShop: readonly SeenState[],
): Moment {
  const [from, to] = [askedAt - CLOCKS_MS, at + CLOCKS_MS]
  const during = <What extends SeenState['what']>(states: readonly SeenState[], what: What) => {
    const known = states.filter((state): state is StateOf<What> => state.what === what && state.when <= to)
    const before = known.findLastIndex(({ when }) => when < from)
    return before < 0 ? [null, ...known] : known.slice(before)
  }
  const isSeen = (what: SeenState['what'], until: number) =>
    own.some((state) => state.what === what && state.when <= until)
  return {
    from,
    to,
    requests: during(own, 'request'),
    shops: during(ofShop, 'shop'),
    quotas: ofShop.filter((state) => state.what === 'quota' && state.when <= to) as StateOf<'quota'>[],
    isStaged: isSeen('staged', to),
    wasStaged: isSeen('staged', from),
    isListed: isSeen('listed', to),
    isUnreadable: isSeen('unreadable', to),
  }
}

const NOT_FOUND = 'NOT_FOUND'
const PENDING = 'PENDING'
/** Of a request that was deleted: a crowd of strangers' mails pushes the oldest out. */
const GONE = 'gone'

type Told = { pulled: HandedOver | undefined; one: ComingOrder; faults: readonly FaultSpan[] }
type Truth = (moment: Moment, answer: WhyAnswered, told: Told) => boolean

const request =
  (fits: (state: StateOf<'request'>) => boolean): Truth =>
  ({ requests }) =>
    requests.some((state) => state !== null && fits(state))
const waits =
  (fits: (state: StateOf<'request'>) => boolean): Truth =>
  (...all) =>
    request((state) => state.state === 'waiting' && fits(state))(...all)
const untraced: Truth = ({ requests }) => requests.includes(null)
/** The mall is asked for the answer too, and its word may be what no row says. */
const orLive =
  (truth: Truth): Truth =>
  (moment, answer, told) =>
    answer.live || truth(moment, answer, told)

const TRUE: Readonly<Record<string, Truth>> = {
  here: ({ isStaged, to }, _, { pulled }) => isStaged && pulled !== undefined && pulled.from <= to,
  staged: ({ isStaged, from }, _, { pulled }) => isStaged && (pulled === undefined || pulled.to >= from),
  being_asked: (moment, ...more) =>
    waits(({ outcome, trust }) => outcome === null && trust !== 'unknown')(moment, ...more) ||
    (moment.isListed && untraced(moment, ...more)),
  retrying: waits(({ outcome }) => outcome !== null && outcome !== NOT_FOUND && outcome !== PENDING),
  mall_unaware: orLive(waits(({ outcome }) => outcome === NOT_FOUND)),
  held_at_mall: orLive(waits(({ outcome }) => outcome === PENDING)),
  mail_doubted: request(({ state, trust }) => trust === 'unknown' && (state === 'waiting' || state === GONE)),
  mail_unreadable: (moment, ...more) => moment.isUnreadable && untraced(moment, ...more),
  mall_away: ({ shops, from, to }, { live }, { one, faults }) =>
    shops.some((shop) => shop?.closedUntil && shop.closedUntil >= from) ||
    (live && faults.some((fault) => fault.on === one.mall && fault.from < to && fault.to > from)),
  quota_used: ({ quotas, from }) => quotas.some(({ until }) => until >= from),
  shop_stopped: ({ shops }) => shops.some((shop) => shop && (shop.attention !== null || !shop.enabled)),
  failed: request(({ state, outcome }) => state === 'failed' && outcome !== NOT_FOUND),
  never_at_mall: request(({ state, outcome }) => state === 'failed' && outcome === NOT_FOUND),
  no_trace: untraced,
  sweep_ahead: untraced,
}

function untrue(answer: WhyAnswered, moment: Moment, told: Told): string | null {
  const isHere = answer.verdict === 'here' || answer.verdict === 'staged'
  if (isHere && !moment.isStaged) return 'said to be here before it came'
  if (!isHere && moment.wasStaged) return 'said not to be here after it came'
  const truth = TRUE[answer.verdict]
  if (!truth) return 'said not to come'
  if (!isHere && answer.nextAt === null) return 'no next time'
  return truth(moment, answer, told) ? null : 'not true then'
}

/**
 * Verdicts that name the next sweep, and those that are about the whole shop; all others name the order's own
 * next attempt.
 */
const BY_SWEEP: ReadonlySet<string> = new Set([
  'no_trace',
  'sweep_ahead',
  'mail_unreadable',
  'failed',
  'never_at_mall',
])
const BY_SHOP: ReadonlySet<string> = new Set(['mall_away', 'quota_used', 'shop_stopped'])

/**
 * A turn reads up to 300 requests: of two runs of 5,000 orders at once, under a load of 17 on two cores, one
 * kept the others waiting for 88 s.
 */
const LINE_MS = 60_000

/** @param by until when it must have happened */
function unkept(
  { askedAt, at, verdict, nextAt }: WhyAnswered,
  { requests }: Moment,
  own: readonly SeenState[],
  ofShop: readonly SeenState[],
  by: number,
): string | null {
  if (nextAt === null) return null
  const bySweep = BY_SWEEP.has(verdict) || requests.some((one) => one?.state === GONE)
  // What is due already waits for its turn behind others of the shop.
  const isInLine = !bySweep && nextAt <= at
  const isThen = ({ when }: SeenState) => when > askedAt && when <= by + (isInLine ? LINE_MS : 0)
  if (changesOf(own).some(isThen)) return null
  const then = ofShop.filter(isThen)
  // A shop that closes meanwhile puts off what was promised before.
  const isPutOff = then.some((state) => state.what === 'quota' || (state.what === 'shop' && isClosed(state)))
  const isServed = then.some(
    (state) =>
      state.what === 'shop' ||
      (state.what === 'request' && (state.attempts > 0 || state.state !== 'waiting')),
  )
  const isSwept = then.some(({ what }) => what === 'sweep')
  return isPutOff || (bySweep && isSwept) || ((BY_SHOP.has(verdict) || isInLine) && isServed)
    ? null
    : 'nothing happened at the time it named'
}

const isClosed = ({ when, closedUntil, attention, enabled }: StateOf<'shop'>): boolean =>
  (closedUntil !== null && closedUntil > when) || attention !== null || !enabled

/** That it was staged, and each attempt: that it is asked for once more alone, by a second mail, is none. */
function changesOf(own: readonly SeenState[]): SeenState[] {
  const requests = own.filter((state) => state.what === 'request') as StateOf<'request'>[]
  const tried = requests.filter(({ attempts, state, outcome }, index) => {
    const before = requests[index - 1]
    return attempts !== before?.attempts || state !== before.state || outcome !== before.outcome
  })
  return [...tried, ...own.filter(({ what }) => what === 'staged')]
}

// How far behind each order came, and which came later than what had happened to it can explain. Pure.

export interface ComingOrder {
  key: string
  /** When the service could first have known of it. */
  due: number
  stagedAt: number
  mall: string
  mailbox?: string | undefined
}

export interface FaultSpan {
  name: string
  /** The mall or mailbox that it touches alone; absent: it touches everything. */
  on?: string | undefined
  from: number
  /** Infinity: it never ended. */
  to: number
}

interface Lateness {
  key: string
  /** Milliseconds since it could be known, or since the last fault that touched it was over. */
  behindMs: number
  /** How much of that lies beyond its own bound; 0: it is within. */
  beyondMs: number
}

/** What an order may take with nothing in its way, on a machine that the whole run shares. */
const BOUND_MS = 60_000
/**
 * For how long a fault may still hold orders up once it is over, by the first word of its name: what the
 * service waits for by design. A mall: its lane is closed for up to five minutes after several failures in a
 * row. A mailbox: a silent link is given up after 80 s, a refused login tried again after up to two minutes.
 * A process: it starts anew, and its leases of up to three minutes end.
 */
const AFTERMATH_MS: Readonly<Record<string, number>> = {
  mall: 300_000,
  partition: 300_000,
  'dns-gone': 300_000,
  'kill-9': 180_000,
  freeze: 180_000,
  'clock-step': 300_000,
}
const OTHER_AFTERMATH_MS = 120_000

export function latenessOf(orders: readonly ComingOrder[], faults: readonly FaultSpan[]): Lateness[] {
  return orders.map((order) => {
    const { key, due, stagedAt } = order
    const touching = faults.filter((fault) => touches(fault, order))
    const since = Math.max(due, ...touching.map(({ to }) => to))
    const until = boundOf(order, touching)
    return { key, behindMs: Math.max(0, stagedAt - since), beyondMs: Math.max(0, stagedAt - until) }
  })
}

const touches = (fault: FaultSpan, { due, stagedAt, mall, mailbox }: ComingOrder): boolean =>
  fault.from < stagedAt &&
  fault.to + aftermathOf(fault) > due &&
  (fault.on === undefined || fault.on === mall || fault.on === mailbox)

const boundOf = (order: ComingOrder, faults: readonly FaultSpan[]): number =>
  Math.max(
    order.due,
    ...faults.filter((fault) => touches(fault, order)).map((fault) => fault.to + aftermathOf(fault)),
  ) + BOUND_MS

/**
 * What was to happen at a time may be late by so much with nothing in its way: a turn of a shop that is busy,
 * on a machine that the run shares.
 */
const PROMISE_MS = 30_000
/**
 * A mall's fault delays a promise while it keeps a turn waiting for one silent call: a closed lane is a
 * promise of its own.
 */
const SILENT_CALL_MS = 35_000

/**
 * Until when something must have happened that was promised for a time: a little later, or once the faults
 * are over that keep the service from it. What touches a mailbox keeps nobody from asking the mall.
 */
function promisedBy(at: number, { mall }: Pick<ComingOrder, 'mall'>, faults: readonly FaultSpan[]): number {
  let until = at + PROMISE_MS
  for (const fault of faults.toSorted((a, b) => a.from - b.from)) {
    if (fault.on !== undefined && fault.on !== mall) continue
    const over = fault.to + (fault.on === undefined ? aftermathOf(fault) : SILENT_CALL_MS)
    if (fault.from < until && over > at) until = Math.max(until, over + PROMISE_MS)
  }
  return until
}

const aftermathOf = ({ name }: FaultSpan): number =>
  AFTERMATH_MS[name.split(' ')[0] ?? ''] ?? OTHER_AFTERMATH_MS
