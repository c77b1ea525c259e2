import type { Kill, Ledger, TracedCall } from './ledger.ts'

/** What a client did wrong, in words, with the calls that show it. */

export const PULL = '/v1/orders/pull'
export const CHANGES = '/v1/changes'

export type Mistake =
  | 'lost'
  | 'doubled'
  | 'not pulled'
  | 'shipped twice'
  | 'blind edit'
  | 'impatient'
  | 'changes lost'

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
  /** Still 自動受注取込: the client has not come for them. */
  notPulled: number
  /** The same order shipped by two site changes. */
  shippedTwice: string[]
  /** Rows of the feed behind which the client went on, and which it has not worked off. */
  changesLost: string[]
  /** Edits with `If-Match: *`. */
  blindEdits: number
  /** Calls that came before the time that Retry-After had named. */
  impatient: number
  calls: number
  faults: number
  kills: number
  findings: Finding[]
}

export interface Facts {
  /** By the service's own list, whatever the proxy has seen. */
  handedOver: readonly string[]
  staged: number
  /** The order of each site change that ships. */
  shipped: readonly string[]
  /**
   * All rows of the feed from where the client began to where it went on from last; empty when it tells of no
   * position.
   */
  changes: readonly string[]
}

export const isClean = ({ findings }: Verdict): boolean => findings.length === 0

/** One of each batch stands for the others of it. */
const MOST_EXPLAINED = 5
/** Its trace is a page and not a book. */
const MOST_CALLS = 8

export function judge(ledger: Ledger, facts: Facts): Verdict {
  const { handedOver, staged, shipped, changes } = facts
  const times = new Map<string, number>()
  for (const id of shipped) times.set(id, (times.get(id) ?? 0) + 1)
  const lost = handedOver.filter((id) => !ledger.stored.has(id))
  const doubled = handedOver.filter((id) => (ledger.stored.get(id) ?? 0) > 1)
  const shippedTwice = [...times].filter(([, count]) => count > 1).map(([id]) => id)
  const changesLost = changes.filter((position) => !ledger.positions.has(position))
  const blind = ledger.calls.filter(({ method, ifMatch }) => method === 'PATCH' && ifMatch === '*')
  const early = ledger.calls.filter((call) => call.early !== null)
  const findings = [
    ...oneOfEach(lost, ledger).map(([id, count]) => lostOrder(id, count, ledger)),
    ...oneOfEach(doubled, ledger).map(([id, count]) => doubledOrder(id, count, ledger)),
    ...(staged > 0 ? [notPulled(staged, ledger)] : []),
    ...shippedTwice.slice(0, MOST_EXPLAINED).map((id) => twoShipments(id, ledger)),
    ...(changesLost.length > 0 ? [lostChanges(changesLost, ledger)] : []),
    ...(blind.length > 0 ? [blindEdits(blind)] : []),
    ...(early.length > 0 ? [impatience(early, ledger)] : []),
  ]
  return {
    orders: handedOver.length + staged,
    lost,
    doubled,
    notPulled: staged,
    shippedTwice,
    changesLost,
    blindEdits: blind.length,
    impatient: early.length,
    calls: ledger.calls.length,
    faults: ledger.calls.filter(({ fault }) => fault !== null).length,
    kills: ledger.kills.length,
    findings,
  }
}

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

function lostOrder(id: string, count: number, ledger: Ledger): Finding {
  const pulls = ledger.calls.filter(({ path }) => path === PULL)
  const handing = pulls.filter(({ orders }) => orders.includes(id))
  const keys = new Set(handing.map(({ key }) => key))
  const tries = pulls.filter(({ key }) => keys.has(key))
  const reached = handing.filter(({ told }) => told === 200)
  const last = tries.at(-1)
  const next = pulls.find(({ n }) => last !== undefined && n > last.n)
  const end = next?.at ?? Number.POSITIVE_INFINITY
  const kill = last && killBetween(ledger, (reached.at(-1) ?? last).at, end)
  const went = next ? `came back with another key (${tag(next)})` : 'made no other pull'
  const refused = tries.find(({ told }) => told === 409 || told === 412)
  const why = (): string => {
    if (last === undefined)
      return 'The service has handed it over, and no call through the proxy asked for it.'
    if (reached.length > 0 && kill)
      return (
        `The whole answer reached the client (${tags(reached)}). It was killed ${kill.why}, ${went} and has never stored the orders: ` +
        'key and batch were forgotten before the orders were stored. Forget the key last.'
      )
    if (reached.length > 0)
      return (
        `The whole answer reached the client (${tags(reached)}), which ${went} and has never stored the orders. ` +
        'Forget the key only when all orders of its batch are stored.'
      )
    if (refused)
      return (
        `Something in between answered its key with ${refused.told} (${tag(refused)}), and the client took that for the end: it ${went}. ` +
        'Only an answer with a pullId ends a key.'
      )
    if (kill)
      return (
        `No whole answer of its key reached the client (${tags(tries)}). It was killed ${kill.why} and ${went}: ` +
        'the key was not on the disk before it was sent.'
      )
    return (
      `No whole answer of its key reached the client (${tags(tries)}), which ${went}. ` +
      'The service gives a batch again only under its own key: send the same key until the batch is here.'
    )
  }
  return {
    mistake: 'lost',
    count,
    words: `${count} orders of one batch are lost, as ${id}. ${why()}`,
    calls: [...tries, ...(next ? [next] : [])],
  }
}

function doubledOrder(id: string, count: number, ledger: Ledger): Finding {
  const handing = ledger.calls.filter(({ orders }) => orders.includes(id))
  const reached = handing.filter(({ told }) => told === 200)
  const kill = killBetween(ledger, reached[0]?.at ?? 0, reached.at(-1)?.at ?? 0)
  const how =
    reached.length > 1
      ? `The batch reached the client ${reached.length} times under its key (${tags(reached)})` +
        `${kill ? `; it was killed in between, ${kill.why}` : ''}, and was inserted each time.`
      : `The batch reached the client once (${tags(reached)}), and the client stored it again by itself.`
  return {
    mistake: 'doubled',
    count,
    calls: handing,
    words:
      `${count} orders of one batch are stored ${ledger.stored.get(id)} times, as ${id}. ${how} ` +
      'A batch may always come again: store an order by its id, so that it replaces itself.',
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
  const keys = new Map<string, TracedCall[]>()
  for (const call of pulls)
    if (call.key !== null && call.told === 200) keys.set(call.key, [...(keys.get(call.key) ?? []), call])
  const [same] = [...keys.values()].sort((one, other) => other.length - one.length)
  const [most = '', times = 0] = often[0] ?? []
  const words =
    pulls.length === 0
      ? 'It made no pull.'
      : times === pulls.length
        ? `Its ${pulls.length} pulls were answered ${most}.`
        : `Its ${pulls.length} pulls were answered ${often.map(([end, count]) => `${count} × ${end}`).join(', ')}.`
  const again =
    same && same.length > 2
      ? ` ${same.length} of them had the same key, and a key brings its own batch each time: a stored batch ends its key.`
      : ''
  const latest = pulls.at(-1)
  const silence = latest ? ` The last one came at +${seconds(latest.at)}.` : ''
  return {
    mistake: 'not pulled',
    count: staged,
    calls: (again === '' ? pulls : (same ?? [])).slice(-MOST_CALLS),
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
  const { orders, lost, doubled, shippedTwice, changesLost, calls, faults, kills, findings } = verdict
  const lines = [
    `orders ${orders}   lost ${lost.length}   doubled ${doubled.length}   not pulled ${verdict.notPulled}   shipped twice ${shippedTwice.length}`,
    `changes lost ${changesLost.length}   blind edits ${verdict.blindEdits}   earlier than Retry-After ${verdict.impatient}`,
    `calls ${calls}   faults ${faults}   kills of the client ${kills}`,
  ]
  for (const finding of findings)
    lines.push(
      '',
      `${finding.mistake.toUpperCase()}: ${finding.words}`,
      ...finding.calls.slice(0, MOST_CALLS).map(line),
    )
  const end = isClean(verdict) ? 'This client lost no order and doubled none.' : 'THIS CLIENT IS NOT SAFE.'
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
