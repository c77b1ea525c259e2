import { type Fault, needsOrders } from './faults.ts'
import type { Kill, Ledger, TracedCall } from './ledger.ts'

/** What a client did wrong, in words, with the calls that show it. */

export const PULL = '/v1/orders/pull'
export const CHANGES = '/v1/changes'

export type Mistake =
  | 'lost'
  | 'doubled'
  | 'not pulled'
  | 'shipped twice'
  | 'asked twice'
  | 'blind edit'
  | 'stale edit'
  | 'impatient'
  | 'changes lost'
  | 'feed left'
  | 'erasure ignored'

interface Finding {
  mistake: Mistake
  /** Orders, changes or calls. */
  count: number
  words: string
  calls: TracedCall[]
}

export interface Verdict {
  orders: number
  /** The service handed them over, and the client has not stored them. */
  lost: string[]
  /** Stored more than once. */
  doubled: string[]
  /** The client has not come for them. */
  notPulled: number
  /** The same order shipped by two site changes. */
  shippedTwice: string[]
  /** Other site changes of an order that were made twice, one behind the other. */
  askedTwice: number
  /** Rows of the feed behind which the client went on, and which it has not worked off. */
  changesLost: string[]
  /** Edits with `If-Match: *`, and those with an ETag that was refused before. */
  blindEdits: number
  staleEdits: number
  /** Calls that came before the time that Retry-After had named. */
  impatient: number
  /** Orders whose buyer's data was erased, and that the client still keeps. */
  keptErased: string[]
  calls: number
  faults: number
  kills: number
  putBacks: number
  findings: Finding[]
  /** Faults of the run that met no pull with orders: what it does not show. */
  unmet: string[]
}

export interface Facts {
  /** By the service's own list, whatever the proxy has seen. */
  handedOver: readonly string[]
  staged: number
  /** All site changes, oldest first. */
  changes: readonly { id: string; orderId: string; action: string }[]
  /**
   * All rows of the feed from where the client began to where it went on from last; empty when it tells of no
   * position.
   */
  fed: readonly string[]
  /** Orders that were erased and that the client still keeps. */
  keptErased: readonly string[]
  /** What the run was to do to pulls, and how often it was to put the client back. */
  promised: readonly Fault[]
  putBacks: number
}

/** Nothing found, and nothing left out that was to be shown. */
export const isClean = ({ findings, unmet }: Verdict): boolean => findings.length === 0 && unmet.length === 0

/** One of each batch stands for the others of it. */
const MOST_EXPLAINED = 5
/** Its trace is a page and not a book. */
const MOST_CALLS = 8

export function judge(ledger: Ledger, facts: Facts): Verdict {
  const { handedOver, staged, fed } = facts
  const { calls } = ledger
  const lost = handedOver.filter((id) => !ledger.stored.has(id))
  const doubled = handedOver.filter((id) => (ledger.stored.get(id) ?? 0) > 1)
  const shippedTwice = [...Map.groupBy(facts.changes, ({ orderId }) => orderId)]
    .filter(([, changes]) => changes.filter(({ action }) => action === 'ship').length > 1)
    .map(([orderId]) => orderId)
  const askedTwice = repeatedChanges(facts.changes, ledger)
  const changesLost = fed.filter((position) => !ledger.positions.has(position))
  const left = leftFeed(ledger)
  const blind = calls.filter(({ method, ifMatch }) => method === 'PATCH' && ifMatch === '*')
  const stale = staleEdits(calls)
  const early = impatientCalls(calls)
  const keptErased = [...facts.keptErased]
  const findings = [
    ...oneOfEach(lost, ledger).map(([id, count]) => lostOrder(id, count, lost, ledger)),
    ...oneOfEach(doubled, ledger).map(([id, count]) => doubledOrder(id, count, ledger)),
    ...(staged > 0 ? [notPulled(staged, ledger)] : []),
    ...shippedTwice.slice(0, MOST_EXPLAINED).map((id) => twoShipments(id, ledger)),
    ...askedTwice.slice(0, MOST_EXPLAINED).map((one) => twiceAsked(one, ledger)),
    ...(left ? [left] : []),
    // Whoever left the feed has lost the changes by that.
    ...(changesLost.length > 0 && !left ? [lostChanges(changesLost, ledger)] : []),
    ...(blind.length > 0 ? [blindEdits(blind)] : []),
    ...(stale.length > 0 ? [staleEdit(stale)] : []),
    ...(early.length > 0 ? [impatience(early, ledger)] : []),
    ...(keptErased.length > 0 ? [ignoredErasure(keptErased, ledger)] : []),
  ]
  return {
    orders: handedOver.length + staged,
    lost,
    doubled,
    notPulled: staged,
    shippedTwice,
    askedTwice: askedTwice.length,
    changesLost,
    blindEdits: blind.length,
    staleEdits: stale.length,
    impatient: early.length,
    keptErased,
    calls: calls.length,
    faults: calls.filter(({ fault }) => fault !== null).length,
    kills: ledger.kills.length,
    putBacks: ledger.putBacks.length,
    findings,
    unmet: unmetFaults(ledger, facts),
  }
}

/** Pulls of one desk that bring nothing: then its client has all that there is. */
const EMPTY_PULLS = 2

/**
 * Whether the client has come to the end at each of its desks, by its calls from this one on. Counted for all
 * desks together, one client's batch was taken for lost while it waited for a Retry-After.
 */
export function isAtRest(calls: readonly TracedCall[], from: number): boolean {
  const isEmpty = ({ path, fault, told, orders }: TracedCall) =>
    path === PULL && fault === null && told === 200 && orders.length === 0
  const desks = new Set(calls.flatMap(({ servedDesk }) => (servedDesk === null ? [] : [servedDesk])))
  const empty = Map.groupBy(calls.slice(from).filter(isEmpty), ({ servedDesk }) => servedDesk)
  return desks.size > 0 && [...desks].every((desk) => (empty.get(desk)?.length ?? 0) >= EMPTY_PULLS)
}

/** What did not happen to a pull that had orders to lose shows nothing of the client. */
function unmetFaults({ calls, putBacks }: Ledger, facts: Facts): string[] {
  const pulls = calls.filter(({ path }) => path === PULL)
  const unmet = facts.promised.filter(
    (fault) => !pulls.some((call) => call.fault === fault && (!needsOrders(fault) || call.orders.length > 0)),
  )
  const hadOrders = putBacks.some(({ at, from }) =>
    pulls.some((call) => call.at > from && call.at < at && call.told === 200 && call.orders.length > 0),
  )
  return facts.putBacks > 0 && !hadOrders ? [...unmet, 'client put back'] : [...unmet]
}

/**
 * Of a client with one puller every pull counts. Where several run at once, a refusal holds for the one that
 * was told it, as far as key and desk tell them apart.
 */
function impatientCalls(calls: readonly TracedCall[]): TracedCall[] {
  const early = calls.filter((call) => call.early !== null)
  const isShared = calls.some(({ beside }) => beside > 0)
  const shared = new Set(
    calls.filter(({ besideAtDesk }) => besideAtDesk > 0).map(({ desk, key }) => `${desk} ${key}`),
  )
  return early.filter(
    (call) =>
      call.path !== PULL ||
      !isShared ||
      (call.early?.same === true && !shared.has(`${call.desk} ${call.key}`)),
  )
}

interface Repeated {
  orderId: string
  action: string
  times: number
}

/** Of changes one behind the other: hold, release and hold again is no repetition. */
function repeatedChanges(changes: Facts['changes'], { calls }: Ledger): Repeated[] {
  const asked = calls.flatMap((call) => call.asked)
  return [...Map.groupBy(changes, ({ orderId }) => orderId)].flatMap(([orderId, own]) =>
    runsOf(own.map(({ action }) => action)).flatMap(({ action, times }) => {
      if (action === 'ship') return []
      const contents = asked.filter((one) => one.orderId === orderId && one.action === action)
      const different = new Set(contents.map(({ content }) => content)).size
      return times > Math.max(1, different) ? [{ orderId, action, times }] : []
    }),
  )
}

function runsOf(actions: readonly string[]): { action: string; times: number }[] {
  const runs: { action: string; times: number }[] = []
  for (const action of actions) {
    const last = runs.at(-1)
    if (last?.action === action) last.times += 1
    else runs.push({ action, times: 1 })
  }
  return runs
}

/** The service itself has refused this ETag, and it can never fit again. */
const staleEdits = (calls: readonly TracedCall[]): [refused: TracedCall, again: TracedCall][] =>
  calls.flatMap((call) => {
    const { method, path, ifMatch, n } = call
    if (method !== 'PATCH' || ifMatch === null || ifMatch === '*') return []
    const refused = calls.find(
      (one) =>
        one.n < n && one.path === path && one.ifMatch === ifMatch && one.done === 412 && one.told === 412,
    )
    return refused ? [[refused, call] as [TracedCall, TracedCall]] : []
  })

/** One order of each batch, with how many of the list are in it. */
function oneOfEach(ids: readonly string[], { calls }: Ledger): [string, number][] {
  const batches = new Map<number, [string, number]>()
  for (const id of ids) {
    const batch = calls.find(({ orders }) => orders.includes(id))?.n ?? 0
    batches.set(batch, [batches.get(batch)?.[0] ?? id, (batches.get(batch)?.[1] ?? 0) + 1])
  }
  return [...batches.values()].slice(0, MOST_EXPLAINED)
}

const tag = ({ n }: TracedCall): string => `#${n}`
const tags = (calls: readonly TracedCall[]): string => calls.map(tag).join(', ')
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`

function killBetween(ledger: Ledger, from: number, to: number): Kill | undefined {
  return ledger.kills.find(({ at }) => at >= from && at <= to)
}

function lostOrder(id: string, count: number, lost: readonly string[], ledger: Ledger): Finding {
  const pulls = ledger.calls.filter(({ path }) => path === PULL)
  const handing = pulls.filter(({ orders }) => orders.includes(id))
  const reached = handing.filter(({ told }) => told === 200)
  const byPosition = handing.some((call) => call.byPosition)
  const { words, calls } =
    handing.length === 0
      ? { words: 'The service has handed it over, and no call through the proxy asked for it.', calls: [] }
      : (passedOver(id, lost, handing, reached, pulls, ledger) ??
        (byPosition
          ? lostByPosition(handing, reached, pulls, ledger)
          : lostByKey(handing, reached, pulls, ledger)))
  return { mistake: 'lost', count, calls, words: `${count} orders of one batch are lost, as ${id}. ${words}` }
}

interface Why {
  words: string
  calls: TracedCall[]
}

/** It got the batch and did not want the order: nothing went wrong on the way. */
function passedOver(
  id: string,
  lost: readonly string[],
  handing: readonly TracedCall[],
  reached: readonly TracedCall[],
  pulls: readonly TracedCall[],
  ledger: Ledger,
): Why | null {
  const { stored } = ledger
  const last = reached.at(-1)?.at ?? Number.POSITIVE_INFINITY
  // It had stored them, and the older copy of its folder has them not.
  if (ledger.putBacks.some(({ at, from }) => from < last && at > last)) return null
  const batch = new Set(handing.flatMap(({ orders }) => orders))
  const held = new Set(handing.flatMap((call) => call.held))
  const lostOfIt = [...batch].filter((one) => lost.includes(one))
  if (
    reached.length > 0 &&
    held.has(id) &&
    [...batch].some((one) => stored.has(one)) &&
    lostOfIt.every((one) => held.has(one))
  )
    return {
      calls: [...reached],
      words:
        `The client has stored the others of the batch (${tags(reached)}); what is missing has holds. ` +
        'An order with holds is an order: store it, and do not ship it while they stand.',
    }
  const end = pulls.find(({ n }) => n > (reached.at(-1)?.n ?? Number.POSITIVE_INFINITY))?.at
  const isKilled = killBetween(ledger, last, end ?? Number.POSITIVE_INFINITY) !== undefined
  if (isKilled) return null
  if (reached.length === 0 || !reached.every(({ replayed }) => replayed)) {
    const [, again] = reached
    if (!again || (again.byPosition && again.after !== reached[0]?.after)) return null
    return {
      calls: [...reached],
      words:
        `The batch reached the client ${reached.length} times (${tags(reached)}), and it was passed over each time: ` +
        'the client takes for known what it has not stored. Known is what stands in its own store, by shop and order number.',
    }
  }
  return {
    calls: [...reached],
    words:
      `All answers with them that reached the client said replayed (${tags(reached)}), and it passed them over: ` +
      'a repeat is the first that it sees of a batch whose answer was lost. Store it like any other.',
  }
}

function lostByPosition(
  handing: readonly TracedCall[],
  reached: readonly TracedCall[],
  pulls: readonly TracedCall[],
  ledger: Ledger,
): Why {
  const [first] = handing
  const behind = handing.map(({ position }) => position)
  const next = pulls.find(
    (call) => call.byPosition && behind.includes(call.after) && call.n > (first?.n ?? 0),
  )
  const went = next ? `asked for what lies behind it (${tag(next)})` : 'made no other pull'
  const calls = [...handing, ...(next ? [next] : [])]
  const putBack = ledger.putBacks.findLast(({ at }) => at > (reached[0]?.at ?? 0) && next !== undefined)
  const goneOn = putBack && pulls.find((call) => call.at > putBack.at && call.byPosition)
  if (putBack && goneOn)
    return {
      calls: [...calls, goneOn],
      words:
        `The client's folder was put back to an older copy at +${seconds(putBack.at)}, and it went on from a newer position (${tag(goneOn)}): ` +
        'its position lies outside of what its orders are kept in. Store both in one place, in one transaction.',
    }
  if (reached.length === 0)
    return {
      calls,
      words:
        `No answer with them reached the client (${tags(handing)}), which ${went}: it made that position itself. ` +
        'Send the position that was stored with the last orders.',
    }
  const kill = killBetween(ledger, reached[0]?.at ?? 0, next?.at ?? Number.POSITIVE_INFINITY)
  return {
    calls,
    words:
      `The whole answer reached the client (${tags(reached)})${kill ? `. It was killed ${kill.why}, and` : ', which'} ${went} and has never ` +
      'stored the orders: its position was stored before them. Store orders and position in one transaction, or the position last.',
  }
}

function lostByKey(
  handing: readonly TracedCall[],
  reached: readonly TracedCall[],
  pulls: readonly TracedCall[],
  ledger: Ledger,
): Why {
  const keys = new Set(handing.map(({ key }) => key))
  const tries = pulls.filter(({ key }) => keys.has(key))
  const last = tries.at(-1)
  const next = pulls.find(({ n }) => last !== undefined && n > last.n)
  const calls = [...tries, ...(next ? [next] : [])]
  const end = next?.at ?? Number.POSITIVE_INFINITY
  const kill = last && killBetween(ledger, (reached.at(-1) ?? last).at, end)
  const went = next ? `came back with another key (${tag(next)})` : 'made no other pull'
  const refused = tries.find(({ told }) => told === 409 || told === 412)
  const empty = tries.find(({ told, orders }) => told === 200 && orders.length === 0)
  if (reached.length > 0 && kill)
    return {
      calls,
      words:
        `The whole answer reached the client (${tags(reached)}). It was killed ${kill.why}, ${went} and has never stored the orders: ` +
        'key and batch were forgotten before the orders were stored. Forget the key last.',
    }
  if (reached.length > 0)
    return {
      calls,
      words:
        `The whole answer reached the client (${tags(reached)}), which ${went} and has never stored the orders. ` +
        'Forget the key only when all orders of its batch are stored.',
    }
  if (empty && handing.some(({ fault }) => fault === 'late copy'))
    return {
      calls,
      words:
        `An empty answer reached the client (${tag(empty)}), which ${went}; a copy of its request that came later made the batch (${tags(handing)}). ` +
        'An empty answer has not used a key up: keep it until it brought orders, or pull by position.',
    }
  if (refused)
    return {
      calls,
      words:
        `Something in between answered its key with ${refused.told} (${tag(refused)}), and the client took that for the end: it ${went}. ` +
        'Only an answer with a pullId ends a key.',
    }
  return {
    calls,
    words: kill
      ? `No whole answer of its key reached the client (${tags(tries)}). It was killed ${kill.why} and ${went}: ` +
        'the key was not on the disk before it was sent.'
      : `No whole answer of its key reached the client (${tags(tries)}), which ${went}. ` +
        'The service gives a batch again only under its own key: send the same key until the batch is here.',
  }
}

function doubledOrder(id: string, count: number, ledger: Ledger): Finding {
  const handing = ledger.calls.filter(({ orders }) => orders.includes(id))
  const reached = handing.filter(({ told }) => told === 200)
  const kill = killBetween(ledger, reached[0]?.at ?? 0, reached.at(-1)?.at ?? 0)
  const how =
    reached.length > 1
      ? `The batch reached the client ${reached.length} times (${tags(reached)})` +
        `${kill ? `; it was killed in between, ${kill.why}` : ''}, and was inserted each time.`
      : `The batch reached the client once (${tags(reached)}), and the client stored it again by itself.`
  return {
    mistake: 'doubled',
    count,
    calls: handing,
    words:
      `${count} orders of one batch are stored ${ledger.stored.get(id)} times, as ${id}. ${how} ` +
      'A batch may always come again: store an order by its shop and order number, so that it replaces itself.',
  }
}

function notPulled(staged: number, ledger: Ledger): Finding {
  const pulls = ledger.calls.filter(({ path }) => path === PULL)
  const ends = new Map<string, number>()
  for (const { told, code, orders } of pulls) {
    const end =
      told === null
        ? 'not (the line was cut)'
        : [told, code ?? (told === 200 ? `with ${orders.length} orders` : '')].join(' ').trim()
    ends.set(end, (ends.get(end) ?? 0) + 1)
  }
  const often = [...ends].sort(([, one], [, other]) => other - one)
  const told = pulls.filter((call) => call.told === 200 && call.orders.length > 0)
  const sameOf = (calls: readonly TracedCall[], by: (call: TracedCall) => string) =>
    [...Map.groupBy(calls, by).values()].sort((one, other) => other.length - one.length)[0]
  const sameKey = sameOf(
    told.filter(({ key }) => key !== null),
    ({ key }) => key ?? '',
  )
  const samePlace = sameOf(
    told.filter(({ byPosition }) => byPosition),
    ({ desk, after }) => `${desk} ${after}`,
  )
  const [most = '', times = 0] = often[0] ?? []
  const words =
    pulls.length === 0
      ? 'It made no pull.'
      : times === pulls.length
        ? `Its ${pulls.length} pulls were answered ${most}.`
        : `Its ${pulls.length} pulls were answered ${often.map(([end, count]) => `${count} × ${end}`).join(', ')}.`
  const isKey = (sameKey?.length ?? 0) > 2
  const same = isKey ? sameKey : (samePlace?.length ?? 0) > 4 ? samePlace : undefined
  const again = !same
    ? ''
    : isKey
      ? ` ${same.length} of them had the same key, and a key brings its own batch each time: a stored batch ends its key.`
      : ` ${same.length} of them were asked behind the same position (${same[0]?.after ?? 'none'}), and each brought the same batch: ` +
        'store the position of a batch with its orders, and ask with it.'
  const latest = pulls.at(-1)
  const silence = latest ? ` The last one came at +${seconds(latest.at)}.` : ''
  return {
    mistake: 'not pulled',
    count: staged,
    calls: (same ?? pulls).slice(-MOST_CALLS),
    words: `${staged} orders still wait for a pull. ${words}${again}${silence}`,
  }
}

function twoShipments(id: string, ledger: Ledger): Finding {
  const calls = ledger.calls.filter(({ asked }) =>
    asked.some(({ orderId, action }) => orderId === id && action === 'ship'),
  )
  const keys = [...new Set(calls.map(({ key }) => key ?? 'none'))]
  const [first] = calls
  return {
    mistake: 'shipped twice',
    count: 1,
    calls,
    words:
      `Order ${id} was shipped by two site changes: it was asked for under ${keys.length} keys (${keys.join(', ')})` +
      `${first ? `, after ${tag(first)} was told ${first.told ?? 'nothing'}` : ''}. ` +
      'Make the key of what is asked for, and send the same request under the same key again.',
  }
}

function twiceAsked({ orderId, action, times }: Repeated, ledger: Ledger): Finding {
  const calls = ledger.calls.filter(({ asked }) =>
    asked.some((one) => one.orderId === orderId && one.action === action),
  )
  const keys = [...new Set(calls.map(({ key }) => key ?? 'none'))]
  const [first] = calls
  return {
    mistake: 'asked twice',
    count: times,
    calls,
    words:
      `The site change ${action} of order ${orderId} was made ${times} times: it was asked for under ${keys.length} keys (${keys.slice(0, MOST_EXPLAINED).join(', ')})` +
      `${first ? `, after ${tag(first)} was told ${first.told ?? 'nothing'}` : ''}. ` +
      'Make the key of what is asked for, and send the same request under the same key again.',
  }
}

/** It had a place in the feed, and began at the present again: nobody told it that the place is gone. */
function leftFeed({ calls, kills, putBacks }: Ledger): Finding | null {
  const feed = calls.filter(({ path }) => path === CHANGES)
  const index = feed.findIndex((call, at) => {
    const place = feed.slice(0, at).findLast(({ after }) => after !== null)
    if (call.after !== null || !place) return false
    const isGone = feed.slice(feed.indexOf(place), at).some(({ code }) => code === 'POSITION_EXPIRED')
    return !isGone && !putBacks.some((one) => one.at > place.at && one.at < call.at)
  })
  const [before, left] = [feed[index - 1], feed[index]]
  if (!before || !left) return null
  const kill = kills.findLast(({ at }) => at > before.at && at < left.at)
  const told = [before.told ?? 'nothing', before.code].join(' ').trim()
  const why =
    kill || before.told === 200
      ? `${kill ? `it was killed ${kill.why} and ` : 'it '}began at the present, as if it had no position: it never kept one. ` +
        'Keep the position when everything before it is done, and begin there.'
      : `after ${tag(before)} was told ${told} it began at the present, and what came meanwhile is passed over. ` +
        'Only POSITION_EXPIRED says that a position is gone; wait everything else out and ask with the same one.'
  return {
    mistake: 'feed left',
    count: 1,
    calls: [before, left],
    words: `The client left its place in the change feed (${tag(left)}, without after): ${why}`,
  }
}

function lostChanges(positions: readonly string[], ledger: Ledger): Finding {
  const [position = ''] = positions
  const brought = ledger.calls.filter((call) => call.positions.includes(position))
  const reached = brought.find(({ told }) => told === 200)
  const feed = ledger.calls.filter(({ path }) => path === CHANGES)
  const next = feed.find(({ n, after }) => n > (brought.at(-1)?.n ?? 0) && after !== null)
  const kill = reached && killBetween(ledger, reached.at, next?.at ?? Number.POSITIVE_INFINITY)
  return {
    mistake: 'changes lost',
    count: positions.length,
    calls: [...brought, ...(next ? [next] : [])],
    words:
      `${positions.length} changes are lost, as the one at ${position}. ` +
      `${brought.length > 0 ? `It was in the answer of ${tags(brought)}` : 'No answer brought it'}` +
      `${kill ? `, the client was killed ${kill.why}` : ''}` +
      `${next ? ` and went on from ${next.after} (${tag(next)})` : ''}: the position was kept before the changes were worked off. ` +
      'Keep a position when everything before it is done.',
  }
}

function blindEdits(calls: TracedCall[]): Finding {
  return {
    mistake: 'blind edit',
    count: calls.length,
    calls: calls.slice(0, MOST_CALLS),
    words:
      `${calls.length} edits were sent with If-Match: * (${tags(calls.slice(0, MOST_CALLS))}): they overwrite what somebody else has changed ` +
      'since the client read the order. Send the ETag that came with the order; a 412 holds both versions.',
  }
}

function staleEdit(pairs: readonly [TracedCall, TracedCall][]): Finding {
  const [[refused, again] = []] = pairs
  return {
    mistake: 'stale edit',
    count: pairs.length,
    calls: pairs.slice(0, MOST_CALLS / 2).flat(),
    words:
      `${pairs.length} edits were sent with an ETag that had been refused: ${refused ? tag(refused) : ''} was told 412 and came again as ${again ? tag(again) : ''} with the same one. ` +
      'Somebody else has changed the order: read it, look at both versions, and edit with the new ETag.',
  }
}

function ignoredErasure(ids: readonly string[], ledger: Ledger): Finding {
  const [id = ''] = ids
  return {
    mistake: 'erasure ignored',
    count: ids.length,
    calls: [
      ...ledger.calls.filter(({ orders }) => orders.includes(id)).slice(0, 1),
      ...ledger.calls.filter(({ path }) => path === CHANGES).slice(1 - MOST_CALLS),
    ],
    words:
      `${ids.length} orders whose buyer had their data erased are still kept, as ${id}. ` +
      'Delete what you keep of an order when the feed, a webhook or the stream says erased; the list of orders has erasedAt.',
  }
}

function impatience(calls: TracedCall[], ledger: Ledger): Finding {
  const pairs = calls.slice(0, MOST_CALLS / 2).flatMap((call) => {
    const refused = ledger.calls.find(({ n }) => n === call.early?.refused)
    return refused ? [refused, call] : [call]
  })
  const [first] = calls
  return {
    mistake: 'impatient',
    count: calls.length,
    calls: pairs,
    words:
      `${calls.length} calls came before the time that Retry-After had named: #${first?.early?.refused} was to wait 1 s and came again ` +
      `as #${first?.n} after ${seconds(first?.early?.afterMs ?? 0)}. Wait as long as Retry-After says, and a little longer.`,
  }
}

export function shown(verdict: Verdict): string {
  const { orders, lost, doubled, shippedTwice, changesLost, calls, faults, kills, findings, unmet } = verdict
  const lines = [
    `orders ${orders}   lost ${lost.length}   doubled ${doubled.length}   not pulled ${verdict.notPulled}   shipped twice ${shippedTwice.length}   asked twice ${verdict.askedTwice}`,
    `changes lost ${changesLost.length}   blind edits ${verdict.blindEdits}   stale edits ${verdict.staleEdits}   earlier than Retry-After ${verdict.impatient}   kept though erased ${verdict.keptErased.length}`,
    `calls ${calls}   faults ${faults}   kills of the client ${kills}   put back ${verdict.putBacks}`,
  ]
  for (const finding of findings)
    lines.push(
      '',
      `${finding.mistake.toUpperCase()}: ${finding.words}`,
      ...finding.calls.slice(0, MOST_CALLS).map(line),
    )
  const end =
    findings.length > 0
      ? 'THIS CLIENT IS NOT SAFE.'
      : unmet.length > 0
        ? `NOTHING WAS FOUND, AND NOTHING IS PROVEN: no pull with orders met ${unmet.join(', ')}. Run it with more orders.`
        : 'This client lost no order and doubled none.'
  return [...lines, '', end].join('\n')
}

function line({
  n,
  at,
  method,
  path,
  key,
  after,
  fault,
  done,
  told,
  code,
  orders,
  positions,
}: TracedCall): string {
  const brought =
    orders.length > 0
      ? ` (${orders.length} orders)`
      : positions.length > 0
        ? ` (${positions.length} changes)`
        : ''
  return (
    `  #${n} +${seconds(at)}  ${method} ${path}${after === null ? '' : `?after=${after}`}${key === null ? '' : `  key ${key}`}  ` +
    `${fault ?? 'no fault'}: the service said ${done ?? 'nothing'}, the client was told ${[told ?? 'nothing', code].join(' ').trim()}${brought}`
  )
}
