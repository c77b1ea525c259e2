import { mallActions } from '../../kit/changes/actions.ts'
import { outcomeUnknown } from '../../kit/changes/write-failures.ts'
import { sumOf } from '../../kit/checks.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { MarketplaceTools } from '../../port/session.ts'
import type { ChangeCalls, ChangeRules, ChangeStep } from '../../port/site-changes.ts'
import type { RakutenClient } from '../client.ts'
import { CARRIERS } from '../codes.ts'
import { RAKUTEN } from '../facts.ts'
import type { WireMessage } from '../orders/wire.ts'
import { rakutenActions } from './actions.ts'
import { shipsTo } from './plan.ts'
import {
  type Answers,
  basketOf,
  bodyOf,
  judge,
  messagesOf,
  payloadOf,
  type RakutenPayload,
  rakutenStepState,
  type ShippingPayload,
  verdict,
} from './steps.ts'

type Tools = Pick<MarketplaceTools, 'clock'>

/** confirmOrder, updateOrderSubStatus and updateOrderShippingAsync take a hundred orders. */
const MOST_ORDERS = 100
/** The asynchronous shipping call takes some seconds and a few calls for its result. */
const LEAST_ORDERS = 10

/**
 * The task may run after the order was read, and add its records then. No result is reported before it must
 * have ended.
 */
const RUNS_FOR_MS = 15 * 60 * 1000

export const rakutenChanges: ChangeRules = {
  ...mallActions(RAKUTEN, rakutenActions),
  carriers: CARRIERS.all,
  shipsTo,
  stepState: rakutenStepState,
  bulk: {
    actions: ['confirm', 'ship', 'sub_status'],
    least: LEAST_ORDERS,
    most: MOST_ORDERS,
    runsForMs: { ship: RUNS_FOR_MS },
  },
}

/** The write calls of 楽天ペイ受注API: one for each step, or one for many orders. */
export function rakutenChangeCalls(client: RakutenClient, { clock }: Tools): ChangeCalls {
  return {
    async applyStep(orderNumber, step, signal) {
      const payload = payloadOf(step)
      const answer = await client.write(payload.operation, bodyOf(orderNumber, payload), signal)
      const judging = { orderNumber, expected: messagesOf(payload) }
      return judge(answer.frame.MessageModelList, judging, answer.text)
    },
    /**
     * Steps of many orders in one call per kind of step. Steps of one order must be of one kind (its
     * baskets). A failure of the whole shop ends the round, and later orders get no answer.
     */
    async applyMany(entries, signal) {
      const round: Round = { client, clock, signal, answers: new Map() }
      for (const group of groupsOf(entries))
        for (let at = 0; at < group.length; at += MOST_ORDERS)
          if (!(await sendTogether(round, group.slice(at, at + MOST_ORDERS)))) return round.answers
      return round.answers
    },
  }
}

interface Round extends Tools {
  client: RakutenClient
  signal: AbortSignal
  answers: Answers
}

type Entries = Parameters<NonNullable<ChangeCalls['applyMany']>>[0]

const HOLDS_FOR_ALL: ReadonlySet<string> = new Set(['throttled', 'unavailable', 'unauthorised'])

/** Sends one group. False stops the round. */
async function sendTogether(round: Round, orders: readonly BulkOrder[]): Promise<boolean> {
  const { answers } = round
  try {
    const [first] = orders[0]?.payloads ?? []
    if (first?.operation === 'updateOrderShipping') await shipTogether(round, orders)
    else if (first) await listTogether(round, first, orders)
    return true
  } catch (error) {
    if (!(error instanceof MarketplaceFailure)) {
      if (answers.size > 0) return false
      throw error
    }
    for (const { orderNumber } of orders) if (!answers.has(orderNumber)) answers.set(orderNumber, error)
    return !HOLDS_FOR_ALL.has(error.kind)
  }
}

/** Makes the calls with an orderNumberList: one message per order, some refused while others are done. */
async function listTogether(
  { client, answers, signal }: Round,
  { operation, ...rest }: RakutenPayload,
  orders: readonly BulkOrder[],
): Promise<void> {
  const body = { ...rest, orderNumberList: orders.map(({ orderNumber }) => orderNumber) }
  const { frame } = await client.write(operation, body, signal)
  for (const { orderNumber } of orders)
    answers.set(orderNumber, verdict(frame.MessageModelList, { orderNumber, expected: 1 }))
}

/** Orders whose steps fit into one call. */
function groupsOf(entries: Entries): BulkOrder[][] {
  const groups = new Map<string, Map<string, BulkOrder>>()
  for (const { orderNumber, step } of entries) {
    const payload = payloadOf(step)
    const key = keyOf(payload, step)
    const group = groups.get(key) ?? new Map<string, BulkOrder>()
    const order = group.get(orderNumber) ?? { orderNumber, payloads: [] }
    order.payloads.push(payload)
    groups.set(key, group.set(orderNumber, order))
  }
  return [...groups.values()].map((group) => [...group.values()])
}

function keyOf(payload: RakutenPayload, step: ChangeStep): string {
  switch (payload.operation) {
    case 'confirmOrder':
    case 'updateOrderShipping':
      return payload.operation
    case 'updateOrderSubStatus':
      return `${payload.operation}:${payload.subStatusId}`
    default:
      throw new TypeError(`${step.name} takes one order a call`)
  }
}

/** One order of a call for many; several payloads where it has several baskets. */
interface BulkOrder {
  orderNumber: string
  payloads: RakutenPayload[]
}

/**
 * updateOrderShippingAsync for up to 100 orders, and its result. The whole call is refused when one order in
 * it has a fault of form: such orders are taken out and the rest is sent again.
 */
async function shipTogether(round: Round, orders: readonly BulkOrder[]): Promise<void> {
  let left = [...orders]
  while (left.length > 0) {
    const messages = await send(round, left)
    const requestId = messages.find((entry) => entry.requestId)?.requestId
    if (requestId) return settle(round, requestId, left)
    const named = new Set(messages.map((entry) => entry.orderNumber))
    const faulty = left.filter(({ orderNumber }) => named.has(orderNumber))
    for (const order of faulty.length > 0 ? faulty : left)
      round.answers.set(order.orderNumber, verdictOf(messages, order))
    left = faulty.length > 0 ? left.filter((order) => !faulty.includes(order)) : []
  }
}

async function send({ client, clock, signal }: Round, orders: readonly BulkOrder[]) {
  const OrderShippingModelList = orders.map(({ orderNumber, payloads }) => ({
    orderNumber,
    BasketidModelList: shippingOf(payloads).map(basketOf),
  }))
  try {
    const { frame } = await client.write('updateOrderShippingAsync', { OrderShippingModelList }, signal)
    return frame.MessageModelList
  } catch (error) {
    const unknown = error instanceof MarketplaceFailure && error.kind === 'outcome_unknown'
    throw unknown ? stillRunning(clock) : error
  }
}

/** Milliseconds between looks for the result: about a minute in all. */
const LOOKS_MS = [1_000, 2_000, 3_000, 5_000, 10_000, 20_000, 20_000]

async function settle(round: Round, requestId: string, orders: readonly BulkOrder[]): Promise<void> {
  const results = await resultsOf(round, requestId)
  for (const order of orders) {
    const messages = results?.get(order.orderNumber)
    round.answers.set(order.orderNumber, messages ? verdictOf(messages, order) : stillRunning(round.clock))
  }
}

/** Null when there is no result. Whatever prevents it, the task was accepted. */
async function resultsOf({ client, clock, signal }: Round, requestId: string) {
  for (const wait of LOOKS_MS) {
    try {
      await clock.sleep(wait, signal)
      const results = await client.shippingResults(requestId, signal)
      if (results) return results
    } catch (error) {
      if (signal.aborted || !(error instanceof MarketplaceFailure)) return null
    }
  }
  return null
}

const stillRunning = (clock: Tools['clock']) =>
  outcomeUnknown(RAKUTEN, { until: new Date(clock.now() + RUNS_FOR_MS) })

const verdictOf = (messages: readonly WireMessage[], { orderNumber, payloads }: BulkOrder) =>
  verdict(messages, { orderNumber, expected: sumOf(shippingOf(payloads), ({ records }) => records.length) })

const shippingOf = (payloads: BulkOrder['payloads']): ShippingPayload[] =>
  payloads.filter((payload) => payload.operation === 'updateOrderShipping')
