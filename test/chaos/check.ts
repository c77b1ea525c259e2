import { checkChanges, checkDesk } from './check-changes.ts'
import { checkFeed } from './check-feed.ts'
import { checkFigures } from './check-figures.ts'
import { checkSent } from './check-sent.ts'
import { type ComingOrder, type FaultSpan, type HandedOver, judgeWhy, latenessOf } from './check-why.ts'
import type { HistoryLine } from './history.ts'

/**
 * The verdict on a run, from its history alone: nothing here knows how the service works, only what must
 * never happen. Pure. `npm run chaos -- check FILE` judges a history again.
 */

export interface Verdict {
  orders: number
  staged: number
  pulled: number
  /** Ship changes that were accepted. */
  changes: number
  lost: number
  duplicated: number
  /** Orders that came later than what had happened to them explains. */
  late: number
  stuck: number
  /** Changes that ended otherwise than well, and nobody is told why. */
  unexplained: number
  /** Answers to why a late order is not here, and those of them that were false or refused. */
  whyAsked: number
  whyFalse: number
  /** Holds and marks that say something else than the mall, and figures that the orders do not come to. */
  untrue: number
  /**
   * Milliseconds from when it could be known, or from the end of the last fault that touched it if that was
   * later.
   */
  latenessMs: { p50: number; p99: number; max: number }
  /** Begun, by name. */
  faults: Record<string, number>
  changeStates: Record<string, number>
  writes: Record<string, Record<string, number>>
  failedRequests: Record<string, number>
  /** Answers that the pulling client lost and asked for again. */
  repeatedPulls: number
  /** Pulls that reached the service late, clients put back to their backup, orders that staff moved. */
  heldBack: number
  putBacks: number
  moved: number
  /** What each of the counts is made of, the first of each kind. */
  findings: string[]
}

type Of<F extends HistoryLine['f']> = Extract<HistoryLine, { f: F }>

export function check(history: readonly HistoryLine[]): Verdict {
  const of = <F extends HistoryLine['f']>(f: F, ...types: HistoryLine['type'][]) =>
    history.filter((line): line is Of<F> => line.f === f && (types.length === 0 || types.includes(line.type)))
  const placed = new Map(of('order', 'ok').map((line) => [line.value.order, line]))
  const stored = of('stored').map(({ value }) => value)
  const pulls = of('pull', 'ok').map(({ value }) => value)
  const wholeRun = of('run', 'ok').length === 1
  const batches = checkPulls(pulls, of('pull', 'invoke'))
  const kept = checkKept(of('kept'), [...batches.given.keys()])
  const asked = of('change', 'ok').flatMap(({ value }) =>
    value.changes.flatMap(({ id, ...change }) => (id === undefined ? [] : [{ id, ...change }])),
  )
  const open = unanswered(of('change', 'invoke'), of('change', 'ok', 'fail'))
  const ended = of('ended').map(({ value }) => value)
  const changes = checkChanges({
    asked,
    unanswered: open,
    ended,
    writes: of('write').map(({ value }) => value),
    places: new Map(
      [...placed].flatMap(([key, { value }]) => (value.places === undefined ? [] : [[key, value.places]])),
    ),
  })
  const sent = checkSent({
    asked,
    unanswered: open,
    succeeded: new Set(ended.flatMap(({ id, state }) => (state === 'succeeded' ? [id] : []))),
    sent: of('sent').map(({ value }) => value),
  })
  const started = of('run', 'invoke')[0]?.value
  const watched = started?.watched === true
  const feed = watched ? judgeFeed(of) : { lost: [], duplicated: [] }
  const desk = judgeDesk(of, watched)
  const sorting = checkSorting(stored, new Set(started?.sorted ?? []))
  const told = of('figure').map(({ value }) => value)
  const figures = started?.counted === true ? checkFigures(stored, told) : []
  const openOf = (what: Of<'open'>['value']['what']) =>
    of('open')
      .filter(({ value }) => value.what === what)
      .map(({ value }) => value.text)
  const byOrder = Map.groupBy(stored, (row) => row.order)
  const coming = comingOrders(placed, byOrder, of('mail', 'ok'), started?.sweepMs ?? 0)
  const faults = spansOf(of('fault'))
  const lateness = latenessOf(coming, faults)
  const why = judgeWhy(
    of('why', 'ok').map(({ at, value }) => ({
      order: value.order,
      askedAt: value.askedAt,
      at,
      verdict: value.verdict ?? '',
      nextAt: value.nextAt ?? null,
      live: value.live === true,
    })),
    new Map(coming.map((one) => [one.key, one])),
    {
      states: of('seen').map(({ value }) => value),
      pulls: handedOver(of('pull', 'invoke', 'ok'), of('move')),
      faults,
    },
  )
  const found = {
    lost: [
      ...(wholeRun ? [] : ['the history ends before the run did']),
      ...[...placed.keys()].filter((key) => !byOrder.has(key)).map((key) => `never staged: ${key}`),
      ...stored
        .filter((row) => !batches.given.has(row.order))
        .map((row) => `never handed over: ${row.order}${row.batch ? `, in the batch ${row.batch}` : ''}`),
      ...[...batches.given.keys()]
        .filter((key) => !byOrder.has(key))
        .map((key) => `handed over, not here: ${key}`),
      ...[batches, kept, changes, sent, feed, desk].flatMap(({ lost }) => lost),
    ],
    duplicated: [
      ...[...byOrder].filter(([, rows]) => rows.length > 1).map(([key]) => `two orders: ${key}`),
      ...stored.filter((row) => row.stagings > 1).map((row) => `staged ${row.stagings} times: ${row.order}`),
      ...stored
        .filter((row) => !placed.has(row.order))
        .map((row) => `no such order at the mall: ${row.order}`),
      ...[...batches.given].filter(([, ids]) => ids.size > 1).map(([key]) => `in two batches: ${key}`),
      ...[batches, kept, changes, sent, feed, desk, sorting].flatMap(({ duplicated }) => duplicated),
    ],
    stuck: [
      ...openOf('overdue').map((text) => `request waits without a reason: ${text}`),
      ...openOf('attention').map((text) => `waits for a person: ${text}`),
      ...changes.stuck,
      ...sorting.stuck,
    ],
    unexplained: changes.unexplained,
    untrue: [
      ...desk.untrue,
      ...sorting.untrue,
      ...figures,
      ...checkCart(stored, new Map(of('cart').map(({ value }) => [value.order, value.amount]))),
      ...stored.flatMap((row) => falseOfHandOver(row, batches.given)),
    ],
    why: [...why.false, ...of('why', 'fail').map(({ value }) => `refused: ${value.order} ${value.why}`)],
    'given up': openOf('failed'),
    late: lateness
      .filter(({ beyondMs }) => beyondMs > 0)
      .map(({ key, beyondMs }) => `${Math.ceil(beyondMs / 1000)} s beyond its bound: ${key}`),
  }
  return {
    orders: placed.size,
    staged: byOrder.size,
    pulled: batches.given.size,
    changes: changes.shipped,
    lost: found.lost.length,
    duplicated: found.duplicated.length,
    late: found.late.length,
    stuck: found.stuck.length,
    unexplained: found.unexplained.length,
    untrue: found.untrue.length,
    whyAsked: why.asked,
    whyFalse: found.why.length,
    latenessMs: quantiles(lateness.map(({ behindMs }) => behindMs)),
    faults: countOf(of('fault', 'invoke').map(({ value }) => value.name)),
    changeStates: changes.states,
    writes: changes.written,
    failedRequests: countOf(openOf('failed').map((text) => text.split(' ')[0] ?? '')),
    repeatedPulls: of('pull', 'info').length,
    heldBack: of('pull', 'info').filter(({ value }) => value.why?.startsWith('held back')).length,
    putBacks: of('put_back').length,
    moved: of('move', 'ok').reduce((sum, { value }) => sum + value.orders.length, 0),
    findings: Object.entries(found).flatMap(([kind, texts]) => first(kind, texts)),
  }
}

/** Of requests of which no answer ever came: they may have been done, however often they were asked for. */
function unanswered(asked: readonly Of<'change'>[], answered: readonly Of<'change'>[]) {
  const known = new Set(answered.map(({ value }) => value.key))
  const open = new Map(asked.map(({ value }) => [value.key, value.changes]))
  return [...open].flatMap(([key, changes]) => (known.has(key) ? [] : changes))
}

type LinesOf = <F extends HistoryLine['f']>(f: F, ...types: HistoryLine['type'][]) => Of<F>[]

function judgeFeed(of: LinesOf) {
  return checkFeed({
    logged: of('logged').map(({ value }) => value),
    answers: of('feed', 'ok').map(({ value }) => value),
    refused: of('feed', 'fail').map(({ value }) => value.why ?? ''),
    hooked: of('hooked')[0]?.value.kinds ?? null,
    taken: of('hook', 'ok').map(({ value }) => value),
    ...knownThen(of),
  })
}

/**
 * What the feed has to tell of. Histories of before 28 November 2026 have it as it was at their end alone.
 */
function knownThen(of: LinesOf) {
  const [orders, changes] = [of('order_then'), of('change_then')]
  if (orders.length > 0)
    return { stored: orders.map(({ value }) => value), ended: changes.map(({ value }) => value) }
  return { stored: of('stored').map(({ value }) => value), ended: of('ended').map(({ value }) => value) }
}

/** `watched`: only then it is known of all labels who asked for them. */
function judgeDesk(of: LinesOf, watched: boolean) {
  return checkDesk({
    wanted: new Set(of('label', 'invoke').flatMap(({ value }) => value.orders)),
    answered: of('label', 'ok').flatMap(({ value }) => value.labels ?? []),
    labelled: watched ? of('labelled').map(({ value }) => value) : [],
    stored: of('stored').map(({ value }) => value),
    held: new Map(of('held').map(({ value }) => [value.order, value.held])),
    marks: new Map(of('order', 'ok').map(({ value }) => [value.order, value.marks ?? {}])),
  })
}

/** A batch is told by its key, or by its number at its desk. */
const nameOf = ({ key, desk, number }: Of<'pull'>['value']): string => key ?? `${desk ?? ''} #${number}`

/**
 * A batch is the same one whenever and however often it is asked for, and is told by one name; an order is in
 * one batch; and an answer begins where its client stands, so that nothing lies between two batches.
 */
function checkPulls(answers: readonly Of<'pull'>['value'][], asked: readonly Of<'pull'>[]) {
  const given = new Map<string, Set<string>>()
  const lost: string[] = []
  const duplicated: string[] = []
  const firstOf = new Map<string, Of<'pull'>['value']>()
  const keyOf = new Map<string, string>()
  const numbers = new Map<string, number>()
  const answered = new Set<string>()
  for (const answer of answers) {
    const { pullId = '', orders = [], after, since, position, number = 0 } = answer
    answered.add(askedBy(answer))
    const isByPosition = answer.key === undefined
    if (isByPosition) {
      const before = numbers.get(after ?? '') ?? 0
      if (after && since !== after) lost.push(`an answer begins elsewhere than its pull: ${after} ${since}`)
      if (number !== before && number !== before + 1) lost.push(`batch ${number} was told behind ${before}`)
      if (number === before && orders.length > 0) lost.push(`batch ${number} was told behind itself`)
      numbers.set(position ?? '', number)
      if (number === before) continue
    }
    const key = nameOf(answer)
    const before = firstOf.get(key)
    if (before && (before.pullId !== pullId || before.orders?.join() !== orders.join()))
      lost.push(`repeated pull answered something else: ${key}`)
    firstOf.set(key, before ?? answer)
    if ((keyOf.get(pullId) ?? key) !== key)
      duplicated.push(`one batch under two keys: ${pullId} ${keyOf.get(pullId)} ${key}`)
    keyOf.set(pullId, keyOf.get(pullId) ?? key)
    if (new Set(orders).size < orders.length) lost.push(`one batch names an order twice: ${key}`)
    for (const order of orders) given.set(order, (given.get(order) ?? new Set()).add(pullId))
  }
  const open = new Set(asked.map(({ value }) => askedBy(value)).filter((name) => !answered.has(name)))
  return { given, duplicated, lost: [...lost, ...[...open].map((name) => `pull never answered: ${name}`)] }
}

const askedBy = ({ key, after }: Of<'pull'>['value']): string => key ?? `behind ${after ?? 'nothing'}`

/** At the end each order is in the books of one client, and there once. */
function checkKept(
  kept: readonly Of<'kept'>[],
  given: readonly string[],
): { lost: string[]; duplicated: string[] } {
  if (kept.length === 0) return { lost: [], duplicated: [] }
  const books = kept.flatMap(({ process, value }) => value.orders.map((one) => ({ ...one, process })))
  const byOrder = Map.groupBy(books, ({ order }) => order)
  return {
    lost: given.filter((key) => !byOrder.has(key)).map((key) => `handed over, and no client has it: ${key}`),
    duplicated: [...byOrder]
      .filter(([, rows]) => rows.length > 1)
      .map(([key, rows]) => `in the books of ${rows.map(({ process }) => process).join(' and ')}: ${key}`),
  }
}

/**
 * 自動仕分け moves an order once, from 新規受付, of a shop that has rules: whatever else it is moved from, staff or
 * a site change has put it there. What it has still to move is stuck.
 */
function checkSorting(stored: readonly Of<'stored'>['value'][], sorted: ReadonlySet<string>) {
  const found = { untrue: [] as string[], duplicated: [] as string[], stuck: [] as string[] }
  for (const { order, shop = '', moves = [], sorting, status, holds } of stored) {
    const byRule = moves.filter((move) => move.startsWith('rule:'))
    if (byRule.length > 1) found.duplicated.push(`moved ${byRule.length} times by a rule: ${order}`)
    if (byRule.length > 0 && !sorted.has(shop)) found.untrue.push(`moved by a rule of other shops: ${order}`)
    for (const move of byRule)
      if (!move.endsWith(' new>ready_to_ship')) found.untrue.push(`a rule moved it (${move}): ${order}`)
    if (sorting === 'due') found.stuck.push(`waits for the rules: ${order}`)
    if (sorting === 'seen' && sorted.has(shop) && status === 'new' && holds.length === 0)
      found.stuck.push(`the rules left it in 新規受付: ${order}`)
  }
  return found
}

/**
 * The last file of a cart says what its orders come to, whatever older ones arrived behind it. An order that
 * was taken over keeps its content, and staff are told of the difference.
 */
const checkCart = (stored: readonly Of<'stored'>['value'][], cart: ReadonlyMap<string, number>): string[] =>
  stored.flatMap(({ order, facts, flags = [] }) => {
    const amount = cart.get(order)
    const isTold = amount === facts?.amount || flags.includes('changed_at_mall')
    return amount === undefined || isTold
      ? []
      : [`its cart says ${amount}, the order ${facts?.amount}: ${order}`]
  })

/** A row that knows nothing of its batch is handed over once more. */
function falseOfHandOver(
  { order, pulled, batch }: Of<'stored'>['value'],
  given: ReadonlyMap<string, ReadonlySet<string>>,
): string[] {
  const batches = given.get(order)
  if (!batches) return []
  if (!pulled) return [`handed over, and its row says that it was not: ${order}`]
  if (typeof batch !== 'string' || batches.has(batch)) return []
  return [`its row names the batch ${batch}, and it came in ${[...batches].join(', ')}: ${order}`]
}

/** What staff moved counts as here from then on: it is not in 自動受注取込 any more. */
function handedOver(pulls: readonly Of<'pull'>[], moves: readonly Of<'move'>[]): Map<string, HandedOver> {
  const begun = new Map<string, number>()
  const given = new Map<string, HandedOver>()
  for (const { at, type, value } of pulls) {
    const name = askedBy(value)
    if (type === 'invoke' && !begun.has(name)) begun.set(name, at)
    for (const order of value.orders ?? [])
      if (!given.has(order)) given.set(order, { from: begun.get(name) ?? at, to: at })
  }
  for (const { at, value } of moves)
    for (const order of value.orders) {
      const { from, to } = given.get(order) ?? { from: at, to: at }
      given.set(order, { from: Math.min(from, at), to: Math.max(to, at) })
    }
  return given
}

/**
 * When each order that came could first have been known: by its mail, or by the sweep that finds what was not
 * mailed.
 */
function comingOrders(
  placed: ReadonlyMap<string, Of<'order'>>,
  stored: ReadonlyMap<string, Of<'stored'>['value'][]>,
  mails: readonly Of<'mail'>[],
  sweepMs: number,
): ComingOrder[] {
  const mailedAt = new Map<string, number>()
  for (const { at, value: mail } of mails)
    mailedAt.set(mail.order, Math.min(at, mailedAt.get(mail.order) ?? at))
  return [...placed].flatMap(([key, { value: one }]) => {
    const stagedAt = stored.get(key)?.[0]?.stagedAt
    if (stagedAt === undefined) return []
    const due =
      one.mails > 0
        ? Math.max(one.visibleAt, mailedAt.get(key) ?? one.visibleAt)
        : one.visibleAt + sweepMs + one.listedAfterMs
    return [{ key, due, stagedAt, mailbox: one.mailbox, mall: key.slice(0, key.indexOf(' ')) }]
  })
}

function spansOf(faults: readonly Of<'fault'>[]): FaultSpan[] {
  const ends = new Map(faults.filter(({ type }) => type !== 'invoke').map((line) => [line.value.n, line.at]))
  return faults
    .filter(({ type }) => type === 'invoke')
    .map(({ at, value: { name, n, on } }) => ({
      name,
      on,
      from: at,
      to: ends.get(n) ?? Number.POSITIVE_INFINITY,
    }))
}

const SHOWN = 20
const first = (kind: string, texts: readonly string[]): string[] =>
  texts.slice(0, SHOWN).map((text) => `${kind}: ${text}`)

const countOf = (names: readonly string[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, same]) => [name, same.length]))

function quantiles(values: number[]): Verdict['latenessMs'] {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)] ?? 0
  return { p50: at(0.5), p99: at(0.99), max: at(1) }
}
