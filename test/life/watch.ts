import { isDeepStrictEqual } from 'node:util'
import { Webhook as Signer } from 'standardwebhooks'
import type { NormalisedOrder } from '../../src/marketplaces/port/order.ts'
import { readBoard } from '../../src/orders/board.ts'
import { reasonContext } from '../../src/orders/order-json.ts'
import { Broken, type Life, type OnHold } from './life.ts'
import { DAY, HOUR } from './world.ts'

/** What must be true of a step: how all stood before it, how it stands now, and what lies between. */

interface OrderNow {
  id: string
  orderNumber: string
  status: string
  mallState: string
  mallStatus: string
  holds: string[]
  marks: string[]
  version: number
  changeState: string
  until: string | null
  /** Until when the mall holds it, as far as it said. */
  heldUntil: number | null
  /** In clear. */
  reason: string | null
  content: string | null
  edits: string | null
  purged: boolean
  erased: boolean
  pullId: string | null
  /** 自動仕分け is to look at it, or has. */
  sorting: 'due' | 'seen' | null
  /** Whose batch it is in. */
  desk: string | null
  left: string[]
}

interface EventNow {
  id: string
  orderId: string
  kind: string
  actor: string
  at: number
  data: { from?: string; to?: string; status?: string }
}

interface ChangeNow {
  id: string
  orderId: string
  orderNumber: string
  action: string
  state: string
  code: string | null
  nextAt: number
  leaseUntil: number | null
  expiresAt: number
  finishedAt: number | null
  dismissed: boolean
  parameters: { parcels?: { trackingNumber?: string }[]; shippingFee?: number; memo?: string }
  sends: number
  steps: { name: string; state: keyof typeof KNOWN; sends: number }[]
}

interface RequestNow {
  number: string
  purpose: string
  state: string
  outcome: string | null
  trust: string | null
  attempts: number
  asks: number
  nextAt: number
  requestedAt: number
}

export interface Snapshot {
  at: number
  orders: Map<string, OrderNow>
  events: Map<string, EventNow>
  changes: Map<string, ChangeNow>
  requests: RequestNow[]
  webhook: { enabled: boolean; failingSince: number | null } | null
  swept: boolean
  turns: number
  desks: string[]
}

const MS = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`

/** What an emptied order may not have any more, by table. */
const LEFT = [
  ['order_raws', 'select from order_raws x where x.order_id = o.id'],
  ['order_search', 'select from order_search x where x.order_id = o.id'],
  ['order_versions', 'select from order_versions x where x.order_id = o.id'],
  [
    'a reason in its timeline',
    'select from order_events x where x.order_id = o.id and x.sealed_reason is not null',
  ],
  [
    'a difference',
    'select from reimport_orders x where x.order_id = o.id and x.sealed_difference is not null',
  ],
  ['its content', 'select where o.sealed_detail is not null or o.sealed_edits is not null'],
] as const

const SNAPSHOT = `
select
  (select coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'orderNumber', o.order_number, 'status', o.status, 'mallState', o.mall_state,
    'mallStatus', o.mall_status, 'holds', o.holds, 'marks', o.marks, 'version', o.version, 'changeState', o.change_state, 'until', o.on_hold_date, 'heldUntil', ${MS('o.held_until')},
    'reason', encode(o.sealed_on_hold_reason, 'base64'), 'content', encode(o.sealed_detail, 'base64'), 'edits', md5(o.sealed_edits),
    'purged', o.purged_at is not null, 'erased', o.erased_at is not null, 'pullId', o.pull_id, 'sorting', o.sorting,
    'desk', (select d.name from pulls p join desks d on d.id = p.desk_id where p.id = o.pull_id),
    'left', case when o.purged_at is null then '[]'::jsonb else to_jsonb(array_remove(array[${LEFT.map(
      ([name, rows]) => `case when exists (${rows}) then '${name}' end`,
    ).join(', ')}], null)) end)), '[]') from orders o) as orders,
  (select coalesce(jsonb_agg(jsonb_build_object('id', e.id, 'orderId', e.order_id, 'kind', e.kind, 'actor', e.actor, 'at', ${MS('e.at')}, 'data', e.data) order by e.at, e.id), '[]')
    from order_events e) as events,
  (select coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'orderId', c.order_id, 'orderNumber', o.order_number, 'action', c.action,
    'state', c.state, 'code', c.code, 'nextAt', ${MS('c.next_attempt_at')}, 'leaseUntil', ${MS('c.lease_until')}, 'expiresAt', ${MS('c.expires_at')},
    'finishedAt', ${MS('c.finished_at')},
    'dismissed', c.dismissed_at is not null, 'parameters', c.parameters, 'steps', c.steps,
    'sends', coalesce((select sum((s ->> 'sends')::int) from jsonb_array_elements(c.steps) s), 0)) order by c.position), '[]')
    from site_changes c join orders o on o.id = c.order_id) as changes,
  (select coalesce(jsonb_agg(jsonb_build_object('number', r.order_number, 'purpose', r.purpose, 'state', r.state, 'outcome', r.outcome,
    'trust', r.trust, 'attempts', r.attempts, 'asks', r.asks, 'nextAt', ${MS('r.next_attempt_at')}, 'requestedAt', ${MS('r.requested_at')})), '[]')
    from import_requests r) as requests,
  (select jsonb_build_object('enabled', enabled, 'failingSince', ${MS('failing_since')}) from webhooks limit 1) as webhook,
  exists (select from shop_sweeps) as swept,
  (select coalesce(jsonb_agg(name order by ordinal), '[]') from desks where closed_at is null) as desks,
  (select count(*)::int from shop_turns where lease_until > $1::timestamptz) as turns`

export async function readSnapshot(life: Life): Promise<Snapshot> {
  const { world } = life
  const at = world.clock.now()
  const { rows } = await world.service.admin.query<{
    orders: OrderNow[]
    events: EventNow[]
    changes: ChangeNow[]
    requests: RequestNow[]
    webhook: Snapshot['webhook']
    swept: boolean
    turns: number
    desks: string[]
  }>(SNAPSHOT, [new Date(at)])
  const [row] = rows
  if (!row) throw new Error('one row')
  // What was sealed under a key that goes does not open in the next step.
  for (const order of row.orders) order.reason = openText(life, order.id, order.reason)
  const byId = <T extends { id: string }>(all: readonly T[]) => new Map(all.map((one) => [one.id, one]))
  return {
    ...row,
    at,
    orders: new Map(row.orders.map((one) => [one.orderNumber, one])),
    events: byId(row.events),
    changes: byId(row.changes),
  }
}

/** @throws Broken */
export function checkBetween(life: Life, before: Snapshot | null, now: Snapshot): void {
  checkEmptied(now)
  checkOrderStates(now)
  checkTrackingNumbers(now)
  checkShipped(life, now)
  checkAskedFor(life, now)
  checkEdits(life, now)
  checkWebhook(life, now)
  checkExpired(life, now)
  if (before === null) return
  checkVersions(before, now)
  checkForward(before, now)
  checkHistory(before, now)
  checkOnHold(life, before, now)
  checkRules(life, before, now)
  checkEnded(life, before, now)
  checkWoken(life, before, now)
  checkCalls(before, now)
}

/** What was emptied, by age or on request, is empty in all its tables, and stays so. */
function checkEmptied({ orders }: Snapshot): void {
  for (const { orderNumber, left, erased } of orders.values())
    if (left.length > 0)
      throw new Broken(
        `order ${orderNumber} was ${erased ? 'erased' : 'purged'} and still has ${left.join(', ')}`,
      )
}

const WORST = ['changing', 'queued', 'failed', 'warning', 'succeeded']

/** ステータス変更状態 is that of the order's changes that nobody has put aside. */
function checkOrderStates({ orders, changes }: Snapshot): void {
  const byOrder = Map.groupBy(
    [...changes.values()].filter(({ dismissed }) => !dismissed),
    ({ orderId }) => orderId,
  )
  for (const { id, orderNumber, changeState } of orders.values()) {
    const states = new Set(byOrder.get(id)?.map(({ state }) => state))
    const wanted = WORST.find((state) => states.has(state)) ?? 'none'
    if (changeState !== wanted)
      throw new Broken(`order ${orderNumber} says ${changeState} of its changes, which are ${wanted}`)
  }
}

/** An order has left when each of its recipients has a parcel, or the mall says so. */
function checkShipped(life: Life, { orders }: Snapshot): void {
  for (const order of orders.values()) {
    if (order.status !== 'shipped' || order.mallState === 'shipped') continue
    const recipients = detailOf(life, order)?.recipients ?? []
    if (recipients.length > 1 && recipients.some(({ parcels }) => parcels.length === 0))
      throw new Broken(`order ${order.orderNumber} is 出荷済み, and one of its recipients has no parcel`)
  }
}

/** A tracking number is given out for one parcel: it is asked for by one change. */
function checkTrackingNumbers({ changes }: Snapshot): void {
  const seen = new Map<string, string>()
  for (const { id, action, orderNumber, parameters } of changes.values())
    for (const { trackingNumber } of parameters.parcels ?? []) {
      if (action !== 'ship' || !trackingNumber) continue
      if (seen.has(trackingNumber) && seen.get(trackingNumber) !== id)
        throw new Broken(`the parcel ${trackingNumber} of ${orderNumber} is asked for by two changes`)
      seen.set(trackingNumber, id)
    }
}

/**
 * Who asked for an order gets an answer of the mall that was given after that, or it is due still: an answer
 * that was on its way does not end the asking.
 */
function checkAskedFor({ asked, world }: Life, { orders, requests }: Snapshot): void {
  for (const [number, { calls, at, by }] of asked) {
    const reading = world.reads.get(number) ?? 0
    const own = requests.filter((request) => request.number === number)
    // Another request brought the order meanwhile.
    const isBrought = orders.has(number) && own.some(({ outcome }) => outcome === 'already_here')
    const isDone = isBrought || own.some(({ outcome }) => outcome === 'other_shop' || outcome === 'dismissed')
    const isGone = [...orders.values()].some(({ orderNumber, purged }) => orderNumber === number && purged)
    if (reading > calls || isDone || isGone) {
      asked.delete(number)
      continue
    }
    if (own.some(({ state, nextAt }) => state === 'waiting' && nextAt <= at)) continue
    throw new Broken(
      `order ${number} was asked for by ${by}, and an answer of before ended or put off that: ${JSON.stringify(own)}`,
    )
  }
}

const openText = (life: Life, id: string, sealed: string | null): string | null => {
  if (sealed === null) return null
  const own = life.world.sealer.of(life.world.tenantId)
  return own.open(reasonContext(id), Buffer.from(sealed, 'base64')).toString('utf8')
}

export function detailOf(life: Life, { id, content }: OrderNow): NormalisedOrder | null {
  if (content === null) return null
  const own = life.world.sealer.of(life.world.tenantId)
  return own.openJson<NormalisedOrder>(`order:${id}:detail`, Buffer.from(content, 'base64'))
}

/** What a person wrote stays until somebody writes it anew or imports the order again. */
function checkEdits(life: Life, { orders }: Snapshot): void {
  for (const order of orders.values()) {
    const wanted = life.edited.get(order.id)
    if (wanted === undefined) continue
    if (order.purged) {
      life.edited.delete(order.id)
      continue
    }
    const detail = detailOf(life, order)
    const said = [detail?.notes.shop, detail?.recipients[0]?.person.givenName]
    if (said.some((text) => text !== wanted))
      throw new Broken(
        `order ${order.orderNumber}: the edit ${wanted} was accepted and is not there (${said})`,
      )
  }
}

const FAILING_MS = 5 * DAY

/** Switched off by a person, or after days of failures at the address that it has. */
function checkWebhook({ hook, world }: Life, { webhook, at }: Snapshot): void {
  if (!webhook || webhook.enabled || !hook.on) return
  if (webhook.failingSince !== null && at - webhook.failingSince >= FAILING_MS) {
    hook.on = false
    return
  }
  throw new Broken(
    `the webhook was switched off, which fails since ${webhook.failingSince} (${world.hookUrl()})`,
  )
}

const CLAIM_MS = 5 * 60_000

/** A change ends: one whose time is over is not open any more when everything due was done. */
function checkExpired({ tickedAt }: Life, { changes, at }: Snapshot): void {
  if (tickedAt !== at) return
  for (const { orderNumber, action, state, code, expiresAt, leaseUntil } of changes.values())
    if (['queued', 'changing'].includes(state) && expiresAt + CLAIM_MS < at && (leaseUntil ?? 0) < at)
      throw new Broken(`change ${action} of ${orderNumber} is ${state} (${code}) after its time`)
}

/** What staff see of an order changes with its version alone, which guards their edits. */
function checkVersions(before: Snapshot, { orders }: Snapshot): void {
  for (const [number, now] of orders) {
    const known = before.orders.get(number)
    if (!known || known.id !== now.id) continue
    if (now.version < known.version) throw new Broken(`order ${number} went back to version ${now.version}`)
    if (now.version > known.version) continue
    const seen = ({ status, mallState, mallStatus, holds, until, reason, content }: OrderNow) => ({
      status,
      mallState,
      mallStatus,
      holds,
      until,
      reason,
      isThere: content !== null,
    })
    if (!isDeepStrictEqual(seen(known), seen(now)))
      throw new Broken(
        `order ${number} changed and kept version ${now.version}: ${JSON.stringify(seen(known))} to ${JSON.stringify(seen(now))}`,
      )
  }
}

const RESERVED = 'reserve'

/** No mall of a history takes a cancellation or a release back: only an answer of before it says so. */
function checkForward(before: Snapshot, { orders }: Snapshot): void {
  for (const [number, { mallState, holds }] of orders) {
    const known = before.orders.get(number)
    if (known?.mallState === 'cancelled' && mallState !== 'cancelled')
      throw new Broken(`order ${number} was cancelled at the mall, and is ${mallState} by an older answer`)
    if (known && !known.holds.includes(RESERVED) && holds.includes(RESERVED))
      throw new Broken(`order ${number} was released at the mall, and waits for that by an older answer`)
  }
}

/** Lines older than that are forgotten. */
const HISTORY_DAYS = 720

/** The timeline only grows, and its lines lead from the status before to the one of now. */
function checkHistory(before: Snapshot, now: Snapshot): void {
  for (const { id, kind, orderId, at } of before.events.values())
    if (
      !now.events.has(id) &&
      now.at - at < HISTORY_DAYS * DAY &&
      [...now.orders.values()].some((one) => one.id === orderId)
    )
      throw new Broken(`a line ${kind} is gone from the timeline of ${orderId}`)
  for (const [number, { id, status }] of now.orders) {
    const known = before.orders.get(number)
    const lines = [...now.events.values()].filter(
      (line) =>
        line.orderId === id &&
        !before.events.has(line.id) &&
        (line.kind === 'moved' || line.kind === 'pulled'),
    )
    const pairs = lines.flatMap(({ kind, data }) =>
      kind === 'pulled' ? toNew(data.status) : [{ from: data.from, to: data.to }],
    )
    const moves = pairs.filter((line) => line !== PERHAPS)
    const from = known?.status ?? 'auto_imported'
    if (!leadsTo(from, status, moves) && !leadsTo(from, status, pairs))
      throw new Broken(
        `order ${number} went from ${known?.status} to ${status}, which its timeline does not say: ${JSON.stringify(pairs)}`,
      )
  }
}

const isByRule = ({ actor }: EventNow): boolean => actor.startsWith('rule:')

/** Lines that a step added about an order's status. */
const movesOf = (id: string, before: Snapshot, now: Snapshot): EventNow[] =>
  [...now.events.values()].filter(
    ({ id: line, orderId, kind }) =>
      orderId === id && !before.events.has(line) && (kind === 'moved' || kind === 'pulled'),
  )

/**
 * 自動仕分け: a rule moves an order that came into 新規受付, and none that its mall has cancelled or that somebody
 * else has moved; to 出荷待ち none that its mall holds back.
 */
function checkRules({ sorted, rules }: Life, before: Snapshot, now: Snapshot): void {
  for (const [number, order] of now.orders) {
    const known = before.orders.get(number)
    const moves = movesOf(order.id, before, now)
    const ruled = moves.filter(isByRule)
    const others = moves.filter((line) => !isByRule(line) && line.data.to !== undefined && !comesIn(line))
    const cameIn = known?.status === 'auto_imported' && moves.some(comesIn)
    if (ruled.length > 0 && known) {
      if (known.mallState !== 'open')
        throw new Broken(`order ${number} was ${known.mallState} at its mall, and a rule moved it`)
      const shipped = ruled.some(({ data }) => data.to === 'ready_to_ship')
      if (shipped && known.holds.length > 0 && order.holds.length > 0)
        throw new Broken(
          `order ${number} is held at its mall (${order.holds}), and a rule moved it to 出荷待ち`,
        )
      if (!cameIn && sorted.get(order.id) === 'others')
        throw new Broken(`order ${number} was moved by somebody, and then by a rule`)
    }
    if (others.length > 0 && moves.some(comesIn)) sorted.delete(order.id)
    else if (others.length > 0) sorted.set(order.id, 'others')
    else if (cameIn && (rules.areOn || ruled.length > 0) && known.pullId === null)
      sorted.set(order.id, 'rules')
    else if (cameIn) sorted.delete(order.id)
    if (sorted.get(order.id) === 'rules' && order.sorting === null && !order.purged)
      throw new Broken(`order ${number} came into 新規受付 under rules, and is not theirs`)
  }
}

/** It left 自動受注取込 for 新規受付. */
const comesIn = ({ kind, data }: EventNow): boolean =>
  kind === 'pulled' ? (data.status ?? 'new') === 'new' : data.from === 'auto_imported' && data.to === 'new'

const PERHAPS = { from: 'auto_imported', to: 'new' } as const

/** A batch moves what is staged; an order that staff moved to 新規受付 before comes with that status, too. */
const toNew = (status = 'new') => (status === 'new' ? [PERHAPS] : [])

/** Lines of one moment have no order: any that leads there will do. */
function leadsTo(
  from: string,
  to: string,
  lines: readonly { from?: string | undefined; to?: string | undefined }[],
): boolean {
  if (lines.length === 0) return from === to
  return lines.some(
    (line, index) =>
      line.from === from &&
      leadsTo(
        line.to ?? '',
        to,
        lines.filter((_, other) => other !== index),
      ),
  )
}

/** 保留 keeps the day and the reason that somebody gave it, whatever happens beside it. */
function checkOnHold(life: Life, before: Snapshot, now: Snapshot): void {
  const { holdNow, lastHold, movedUnseen } = life
  for (const [number, order] of now.orders) {
    const { id, status, until, purged } = order
    const known = before.orders.get(number)
    const is: OnHold = { until, reason: purged ? null : order.reason }
    const wanted = holdNow.get(id)
    holdNow.delete(id)
    const isByRules = movesOf(id, before, now).some(isByRule)
    const wasUnseen = movedUnseen.delete(id) || isByRules
    if (known?.status === 'on_hold' && status !== 'on_hold')
      lastHold.set(id, { until: known.until, reason: known.purged ? null : known.reason })
    if (purged) {
      lastHold.set(id, null)
      continue
    }
    if (wasUnseen) {
      // Which of two moves was the last is not known here: what is there counts.
      if (status === 'on_hold' || isByRules) lastHold.set(id, null)
      continue
    }
    if (wanted && status === 'on_hold' && !isDeepStrictEqual(wanted, is))
      throw new Broken(
        `order ${number} was put on hold with ${JSON.stringify(wanted)} and says ${JSON.stringify(is)}`,
      )
    if (wanted || known?.status !== 'on_hold' || status !== 'on_hold') continue
    const was = { until: known.until, reason: known.reason }
    if (!isDeepStrictEqual(was, is))
      throw new Broken(
        `order ${number} is on hold with ${JSON.stringify(is)}, which was ${JSON.stringify(was)}`,
      )
  }
}

/** A change that succeeded stands at the mall; one that did not says why. */
function checkEnded(life: Life, before: Snapshot, now: Snapshot): void {
  for (const [id, change] of now.changes) {
    const { state, code, action, orderNumber, parameters, finishedAt } = change
    if (before.changes.get(id)?.state === state || finishedAt === null) continue
    if (state !== 'succeeded') {
      if (code === null)
        throw new Broken(`change ${action} of ${orderNumber} ended as ${state} and says not why`)
      continue
    }
    // A month later the mall may have gone on.
    if (now.at - finishedAt > HOUR) continue
    const field = (group: string, name: string) => {
      const order = life.world.sim.store.all().find((one) => one.orderNumber === orderNumber)
      return (order?.groups as Record<string, Record<string, string>> | undefined)?.[group]?.[name] ?? ''
    }
    const numbers = (parameters.parcels ?? []).flatMap(({ trackingNumber }) => trackingNumber ?? [])
    const shown = [field('Ship', 'ShipInvoiceNumber1'), field('Ship', 'ShipInvoiceNumber2')].map((text) =>
      text.replaceAll('-', ''),
    )
    const isYahoo = life.world.sim.store.all().some((one) => one.orderNumber === orderNumber)
    const looks: Readonly<Record<string, () => boolean>> = {
      ship: () => numbers.every((number) => shown.includes(number)) || isOvertaken(now, change),
      correct_shipment: () => numbers.every((number) => shown.includes(number)) || isOvertaken(now, change),
      confirm: () => field('OrderInfo', 'IsSeen') === 'true',
      complete: () => field('OrderInfo', 'OrderStatus') === '5',
      cancel: () => field('OrderInfo', 'OrderStatus') === '4',
    }
    const order = now.orders.get(orderNumber)
    const detail = action === 'ship' && order ? detailOf(life, order) : null
    const kept = detail?.recipients.flatMap(({ parcels }) => parcels.map((parcel) => parcel.trackingNumber))
    if (kept && !isOvertaken(now, change) && numbers.some((number) => !kept.includes(number)))
      throw new Broken(`order ${orderNumber} was shipped with ${numbers} and has parcels ${kept}`)
    if (isYahoo && looks[action]?.() === false)
      throw new Broken(
        `change ${action} of ${orderNumber} succeeded and does not stand at the mall (${shown})`,
      )
  }
}

/**
 * A change that waits for the mall has looked at what is known of its order: news that came while a worker
 * held it wake it when the worker gives it back.
 */
function checkWoken(life: Life, before: Snapshot, now: Snapshot): void {
  const { claimed, learned, steps, world } = life
  for (const [number, { mallState, mallStatus, holds }] of now.orders) {
    const known = before.orders.get(number)
    if (
      known &&
      !isDeepStrictEqual([known.mallState, known.mallStatus, known.holds], [mallState, mallStatus, holds])
    )
      learned.set(number, steps)
  }
  for (const [id, calls] of world.claims) {
    const lease = before.changes.get(id)?.leaseUntil ?? 0
    if (!life.isResumed && lease > now.at)
      throw new Broken(`a change was taken that is held until ${new Date(lease).toISOString()}`)
    const number = now.changes.get(id)?.orderNumber ?? ''
    claimed.set(id, { step: steps, hasRead: (world.reads.get(number) ?? 0) > calls })
  }
  world.claims.clear()
  if (!life.isResumed) return
  for (const { id, orderNumber, action, state, code, nextAt, leaseUntil } of now.changes.values()) {
    const claim = claimed.get(id)
    const news = learned.get(orderNumber)
    if (!['queued', 'changing'].includes(state) || leaseUntil !== null || nextAt <= now.at + 30_000) continue
    if (claim?.hasRead && news !== undefined && claim.step < news && news < steps)
      throw new Broken(
        `change ${action} of ${orderNumber} waits (${code}) for ${new Date(nextAt).toISOString()}, by a reading older than what is known`,
      )
  }
}

/** How much is known of a call, by the state of its step. */
const KNOWN = { waiting: 0, sent: 0, answered: 1, rejected: 1, applied: 2 } as const

/** What is known of a call is not forgotten: only a worker that no longer holds the change writes less. */
function checkCalls(before: Snapshot, now: Snapshot): void {
  for (const { id, action, orderNumber, state, steps } of before.changes.values()) {
    if (!['queued', 'changing'].includes(state)) continue
    const later = new Map(now.changes.get(id)?.steps.map((step) => [step.name, step]))
    for (const { name, state: was, sends } of steps) {
      const step = later.get(name)
      if (step && step.sends <= sends && KNOWN[step.state] < KNOWN[was])
        throw new Broken(
          `call ${name} of change ${action} of ${orderNumber} was ${was}, and is said to be ${step.state}`,
        )
    }
  }
}

/** Another change of the same order was asked for after it, or ended later, and has called the mall. */
function isOvertaken({ changes }: Snapshot, { id, orderId, finishedAt }: ChangeNow): boolean {
  const own = [...changes.values()].filter((other) => other.orderId === orderId)
  const at = own.findIndex((other) => other.id === id)
  return own.some(
    (other, index) =>
      other.sends > 0 && (index > at || (index < at && (other.finishedAt ?? Infinity) > (finishedAt ?? 0))),
  )
}

/** What the webhook got since the last look: signed, at the address that it has, each row once. */
export function checkDeliveries(life: Life, from: number, isAlone: boolean): void {
  const { world, hook } = life
  for (const { path, status, body, headers, position, type } of world.deliveries.slice(from)) {
    const secrets = world.webhook.secrets.filter((secret) => secret !== '')
    const unknown = world.webhook.secrets.includes('')
    const isSigned = secrets.some((secret) => {
      try {
        new Signer(secret).verify(body, {
          'webhook-id': String(headers['webhook-id']),
          'webhook-timestamp': String(Math.floor(Date.now() / 1000)),
          'webhook-signature': String(headers['webhook-signature']),
        })
        return true
      } catch {
        return isSignedAt(secret, body, headers)
      }
    })
    if (!isSigned && !unknown) throw new Broken(`the webhook was sent ${type} with a signature of no secret`)
    if (isAlone && hook.isAddressKnown && !world.hookUrl().endsWith(path))
      throw new Broken(`the webhook was sent ${type} to ${path}, and is at ${world.hookUrl()}`)
    if (status !== 200 || position === null) continue
    if (isAlone && hook.told.has(position) && !hook.mayRepeat)
      throw new Broken(`the webhook was told ${type} at ${position} twice`)
    hook.told.add(position)
  }
}

function isSignedAt(secret: string, body: string, headers: Record<string, unknown>): boolean {
  const at = new Date(Number(headers['webhook-timestamp']) * 1000)
  const wanted = new Signer(secret).sign(String(headers['webhook-id']), at, body)
  return String(headers['webhook-signature']).split(' ').includes(wanted)
}

interface Board {
  shops: Record<string, unknown>[]
}

const SHOWN = [
  ['staged', "o.status = 'auto_imported'"],
  ['new', "o.status = 'new'"],
  ['awaitingPayment', "o.status = 'awaiting_payment'"],
  ['readyToShip', "o.status = 'ready_to_ship'"],
  ['onHold', "o.status = 'on_hold'"],
  ['onHoldDue', "o.status = 'on_hold' and o.on_hold_date <= $1"],
  ['changing', "o.change_state in ('queued', 'changing')"],
  ['warning', "o.change_state = 'warning'"],
  ['failed', "o.change_state = 'failed'"],
  [
    'cancelledAtMall',
    "o.mall_state = 'cancelled' and o.status not in ('shipped', 'completed', 'cancelled') and o.sealed_detail is not null",
  ],
] as const

const RECOUNT = `
select s.id::text as "shopId", ${SHOWN.map(([name, condition]) => `(count(*) filter (where ${condition}))::int as "${name}"`).join(', ')},
  (select count(*)::int from import_requests r where r.shop_id = s.id and r.state = 'failed') as "importFailed",
  (select count(*)::int from import_requests r where r.shop_id = s.id and r.state = 'waiting'
    and (r.purpose = 'import' or r.attempts >= 2 and r.outcome not in ('NOT_FOUND', 'PENDING'))) as "importWaits"
from shops s left join orders o on o.shop_id = s.id group by s.id`

/** 状況ボード counts what the rows are. */
export async function checkBoard({ world }: Life): Promise<void> {
  // Not the route, which keeps an answer for a second of the machine's own time.
  const { db, pool } = world.service.database
  const body = await readBoard({ db, pool, clock: world.clock }, world.tenantId)
  const today = new Date(world.clock.now() + 9 * HOUR).toISOString().slice(0, 10)
  const { rows } = await world.service.admin.query<Record<string, number | string>>(RECOUNT, [today])
  const { shops } = body as unknown as Board
  for (const counted of rows) {
    const shop = shops.find(({ shopId }) => shopId === counted.shopId)
    if (!shop) throw new Broken(`the board lacks the shop ${counted.shopId}`)
    const shown = { ...shop, importWaits: Number(shop.importing) + Number(shop.importDoubtful) }
    for (const [name, count] of Object.entries(counted))
      if (!isDeepStrictEqual((shown as Record<string, unknown>)[name], count))
        throw new Broken(
          `the board counts ${(shown as Record<string, unknown>)[name]} ${name}, and there are ${count}`,
        )
  }
}

/** Lists show each order once, page by page. */
export async function checkPages({ world }: Life, now: Snapshot): Promise<void> {
  const seen: string[] = []
  for (let cursor: string | null = null; ; ) {
    const { status, body } = await world.call(
      'GET',
      `/orders?limit=2${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`,
    )
    if (status !== 200) throw new Broken(`the list was answered ${status}`)
    seen.push(...body.orders.map(({ id }: { id: string }) => id))
    cursor = body.nextCursor
    if (cursor === null) break
  }
  const wanted = [...now.orders.values()].map(({ id }) => id)
  if (!isDeepStrictEqual(seen.toSorted(), wanted.toSorted()))
    throw new Broken(`page by page the list shows ${seen.length} orders, and there are ${wanted.length}`)
}

/** After the task: what retention says is gone, and nothing else. */
const KEPT_DAYS = { content: 30, raws: 7, unreadable: 14, feed: 30 }

const OVERDUE = `
select 'the raw answer of ' || o.order_number as what from order_raws r join orders o on o.id = r.order_id
  where r.fetched_at < $1::timestamptz - interval '${KEPT_DAYS.raws} days' and o.ended_at < $1 and o.change_state not in ('queued', 'changing')
    and not (o.mall_state = 'open' and o.holds <> '{}')
union all
select 'the raw answer of a request for ' || r.order_number from import_requests r
  where r.sealed_raw is not null and r.finished_at < $1::timestamptz - interval '${KEPT_DAYS.raws} days'
union all
select 'a mail' from mails m where m.sealed_mail is not null and m.seen_at < $1::timestamptz - interval '${KEPT_DAYS.content} days'
union all
select 'the words of a change ' || c.action from site_changes c
  where coalesce(c.sealed_texts, c.sealed_payloads, c.sealed_answers, c.sealed_mall_message) is not null
    and c.finished_at < $1::timestamptz - interval '${KEPT_DAYS.content} days'
union all
select 'a row of the feed' from events e where e.at < $1::timestamptz - interval '${KEPT_DAYS.feed} days'
    and not exists (select from events older where (older.xid, older.id) < (e.xid, e.id) and older.at >= $1::timestamptz - interval '${KEPT_DAYS.feed} days')
union all
select 'the answer to a key' from idempotency_keys k where k.created_at < $1::timestamptz - interval '24 hours'
limit 1`

/** @param before how all stood when the task began */
export async function checkRetention(life: Life, before: Snapshot): Promise<void> {
  const { world } = life
  const now = world.clock.now()
  const { rows } = await world.service.admin.query<{ what: string }>(OVERDUE, [new Date(now)])
  if (rows[0]) throw new Broken(`retention left ${rows[0].what}, whose time is over`)
  const after = await readSnapshot(life)
  for (const [number, order] of after.orders) {
    const known = before.orders.get(number)
    const facts = life.terms.get(number)
    if (!known || !facts || known.purged) continue
    const wanted = dueOf(known, facts, now)
    if (order.purged && wanted === 'keep')
      throw new Broken(`order ${number} was purged before its time: ${JSON.stringify(termsOf(known, facts))}`)
    if (!order.purged && wanted === 'gone')
      throw new Broken(`order ${number} is kept beyond its time: ${JSON.stringify(termsOf(known, facts))}`)
  }
}

const termsOf = ({ status, mallState, holds, until, changeState }: OrderNow, facts: Terms) => ({
  ...facts,
  status,
  mallState,
  holds,
  until,
  changeState,
})

/** Something that happened between two looks. */
interface Between {
  earliest: number
  latest: number
}

/** When things happened to an order, as the model saw them. */
export interface Terms {
  stagedAt: Between
  pulledAt: Between | null
  /** Since when it is over, here or at the mall. */
  endedAt: Between | null
  movedAt: Between | null
  /** A hold that the mall has ended: seen late, where nobody looked. */
  letGoAt: Between | null
  /** It was in 自動受注取込 once more, or may have been. */
  wasMovedBack: boolean
}

const OVER = new Set(['shipped', 'completed', 'cancelled'])

export function learnTerms(life: Life, before: Snapshot | null, now: Snapshot): void {
  // Those that a shop's wish, a label's file or a request without an answer made.
  const known = new Set(life.changes.map(({ id }) => id))
  for (const { id, orderNumber, action, parameters } of now.changes.values()) {
    const numbers = (parameters.parcels ?? []).flatMap(({ trackingNumber }) => trackingNumber ?? [])
    if (!known.has(id)) life.changes.push({ id, orderNumber, action, numbers })
  }
  const meanwhile: Between = { earliest: before?.at ?? 0, latest: now.at }
  for (const [number, order] of now.orders) {
    const known = before?.orders.get(number)
    const facts = life.terms.get(number) ?? {
      stagedAt: meanwhile,
      pulledAt: null,
      endedAt: null,
      movedAt: null,
      letGoAt: null,
      wasMovedBack: false,
    }
    const isOver = OVER.has(order.status) || OVER.has(order.mallState)
    const wasOver = known && (OVER.has(known.status) || OVER.has(known.mallState))
    if (isOver && !wasOver) facts.endedAt = meanwhile
    if (!isOver) facts.endedAt = null
    if (order.pullId && !known?.pullId) facts.pulledAt = meanwhile
    if (known && known.holds.length > 0 && order.holds.length === 0) facts.letGoAt = meanwhile
    const leaves = known ? known.status === 'auto_imported' && order.status !== 'auto_imported' : true
    const isWaitedFor = before && before.desks.length > 0 && now.desks.length > 0
    if (isWaitedFor && leaves && !order.erased) life.owed.add(number)
    if (known && known.status !== order.status) {
      facts.movedAt = meanwhile
      if (order.status === 'auto_imported') facts.wasMovedBack = true
    }
    life.terms.set(number, facts)
  }
}

/** Steps may take some minutes of held time: near a bound nothing is said. */
const NEAR = 2 * DAY
const ENDED_DAYS = 30
const OPEN_DAYS = 90

function dueOf(order: OrderNow, facts: Terms, now: number): 'keep' | 'gone' | 'either' {
  const { status, changeState, mallState, until, heldUntil, holds } = order
  const most = ({ earliest }: Between) => now - earliest
  const least = ({ latest }: Between) => now - latest
  const isHeld = status === 'on_hold' && until !== null && Date.parse(until) > now + DAY
  if (['queued', 'changing'].includes(changeState)) return 'keep'
  if (mallState === 'open' && heldUntil !== null && heldUntil > now + NEAR) return 'keep'
  if (facts.endedAt !== null) {
    if (most(facts.endedAt) < ENDED_DAYS * DAY - NEAR)
      return facts.wasMovedBack || status === 'auto_imported' ? 'either' : 'keep'
    const isHeldThere = mallState === 'open' && holds.length > 0
    if (isHeldThere || facts.wasMovedBack || (status === 'auto_imported' && mallState !== 'cancelled'))
      return 'either'
    return least(facts.endedAt) > ENDED_DAYS * DAY + NEAR ? 'gone' : 'either'
  }
  if (isHeld) return 'keep'
  const since = [facts.stagedAt, facts.pulledAt].filter((one) => one !== null)
  if (since.some((one) => most(one) < OPEN_DAYS * DAY - NEAR)) return 'keep'
  if (holds.length > 0 || facts.wasMovedBack || status === 'on_hold') return 'either'
  return [...since, facts.movedAt, facts.letGoAt].every(
    (one) => one === null || least(one) > OPEN_DAYS * DAY + 100 * DAY,
  )
    ? 'gone'
    : 'either'
}
