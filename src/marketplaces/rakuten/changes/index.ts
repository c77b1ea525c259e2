import { mallActions } from '../../kit/changes/actions.ts'
import { outcomeUnknown } from '../../kit/changes/write-failures.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { MarketplaceTools } from '../../port/session.ts'
import type { ChangeCalls, ChangeRules, ChangeStep, StepAnswer } from '../../port/site-changes.ts'
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
export function rakutenChangeCalls(client: RakutenClient, tools: Tools): ChangeCalls {
  return {
    async applyStep(orderNumber: string, step: ChangeStep, signal: AbortSignal): Promise<StepAnswer> {
      const payload = payloadOf(step)
      const answer = await client.write(payload.operation, bodyOf(orderNumber, payload), signal)
      const judging = { orderNumber, expected: messagesOf(payload) }
      return judge(answer.frame.MessageModelList, judging, answer.text)
    },
    applyMany: (steps, signal) => applyMany(client, tools, steps, signal),
  }
}

type Entries = Parameters<NonNullable<ChangeCalls['applyMany']>>[0]

/**
 * Applies steps of many orders in one call per kind of step. Steps of one order must be of one kind (its
 * baskets). A failure of the whole shop ends the round, and later orders get no answer.
 */
async function applyMany(
  client: RakutenClient,
  tools: Tools,
  entries: Entries,
  signal: AbortSignal,
): Promise<Answers> {
  const answers: Answers = new Map()
  for (const group of groupsOf(entries)) {
    for (const orders of chunks(group)) {
      if (!(await sendTogether(client, tools, orders, answers, signal))) return answers
    }
  }
  return answers
}

const HOLDS_FOR_ALL: ReadonlySet<string> = new Set(['throttled', 'unavailable', 'unauthorised'])

/** Sends one group. False stops the round. */
async function sendTogether(
  client: RakutenClient,
  tools: Tools,
  orders: readonly BulkOrder[],
  answers: Answers,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const [first] = orders[0]?.payloads ?? []
    if (first?.operation === 'updateOrderShipping') await shipTogether(client, tools, orders, answers, signal)
    else if (first) await listTogether(client, first, orders, answers, signal)
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
  client: RakutenClient,
  payload: RakutenPayload,
  orders: readonly BulkOrder[],
  answers: Answers,
  signal: AbortSignal,
): Promise<void> {
  const { operation, ...rest } = payload
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

function chunks<T>(list: readonly T[]): T[][] {
  const parts: T[][] = []
  for (let start = 0; start < list.length; start += MOST_ORDERS)
    parts.push(list.slice(start, start + MOST_ORDERS))
  return parts
}

/** One order of a call for many; several payloads where it has several baskets. */
interface BulkOrder {
  orderNumber: string
  payloads: RakutenPayload[]
}

/**
 * updateOrderShippingAsync for up to 100 orders, and its result. The whole call is refused when one order in it has a
 * fault of form: such orders are taken out and the rest is sent again.
 */
async function shipTogether(
  client: RakutenClient,
  tools: Tools,
  orders: readonly BulkOrder[],
  answers: Answers,
  signal: AbortSignal,
): Promise<void> {
  let left = [...orders]
  while (left.length > 0) {
    const messages = await send(client, tools, left, signal)
    const requestId = messages.find((entry) => entry.requestId)?.requestId
    if (requestId) return settle(client, tools, { requestId, orders: left }, answers, signal)
    const named = new Set(messages.map((entry) => entry.orderNumber))
    const faulty = left.filter(({ orderNumber }) => named.has(orderNumber))
    for (const order of faulty.length > 0 ? faulty : left)
      answers.set(order.orderNumber, verdictOf(messages, order))
    left = faulty.length > 0 ? left.filter((order) => !faulty.includes(order)) : []
  }
}

async function send(client: RakutenClient, tools: Tools, orders: readonly BulkOrder[], signal: AbortSignal) {
  const OrderShippingModelList = orders.map(({ orderNumber, payloads }) => ({
    orderNumber,
    BasketidModelList: shippingOf(payloads).map(basketOf),
  }))
  try {
    const { frame } = await client.write('updateOrderShippingAsync', { OrderShippingModelList }, signal)
    return frame.MessageModelList
  } catch (error) {
    throw error instanceof MarketplaceFailure && error.kind === 'outcome_unknown'
      ? stillRunning(tools)
      : error
  }
}

/** Milliseconds between looks for the result: about a minute in all. */
const LOOKS_MS = [1_000, 2_000, 3_000, 5_000, 10_000, 20_000, 20_000]

interface Task {
  requestId: string
  orders: readonly BulkOrder[]
}

async function settle(
  client: RakutenClient,
  tools: Tools,
  { requestId, orders }: Task,
  answers: Answers,
  signal: AbortSignal,
): Promise<void> {
  const results = await resultsOf(client, tools, requestId, signal)
  for (const order of orders) {
    const messages = results?.get(order.orderNumber)
    answers.set(order.orderNumber, messages ? verdictOf(messages, order) : stillRunning(tools))
  }
}

/** Fetches the result; null when none is available. Whatever prevents it, the task was accepted. */
async function resultsOf(client: RakutenClient, tools: Tools, requestId: string, signal: AbortSignal) {
  for (const wait of LOOKS_MS) {
    try {
      await tools.clock.sleep(wait, signal)
      const results = await client.shippingResults(requestId, signal)
      if (results) return results
    } catch (error) {
      if (signal.aborted || !(error instanceof MarketplaceFailure)) return null
    }
  }
  return null
}

const stillRunning = (tools: Tools) =>
  outcomeUnknown(RAKUTEN, { until: new Date(tools.clock.now() + RUNS_FOR_MS) })

const verdictOf = (messages: readonly WireMessage[], { orderNumber, payloads }: BulkOrder) =>
  verdict(messages, {
    orderNumber,
    expected: shippingOf(payloads).reduce((sum, payload) => sum + payload.records.length, 0),
  })

const shippingOf = (payloads: BulkOrder['payloads']): ShippingPayload[] =>
  payloads.filter((payload) => payload.operation === 'updateOrderShipping')
