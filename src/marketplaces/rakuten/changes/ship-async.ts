import { outcomeUnknown } from '../../kit/changes/write-failures.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { MarketplaceTools } from '../../port/session.ts'
import type { RakutenClient } from '../client.ts'
import { RAKUTEN } from '../facts.ts'
import type { WireMessage } from '../orders/wire.ts'
import { type Answers, verdict } from './answers.ts'
import { basketOf } from './body.ts'
import type { BulkOrder, ShippingPayload } from './payload.ts'

type Tools = Pick<MarketplaceTools, 'clock'>

/**
 * updateOrderShippingAsync for up to 100 orders, and its result. The whole call is refused when one order in it has a
 * fault of form: such orders are taken out and the rest is sent again.
 */
export async function shipTogether(
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

/** Null when there was none to be had: whatever hinders the looks, the task has been accepted. */
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

/** The task may run after the order was read, and add its records then: nothing is told before it is surely over. */
export const RUNS_FOR_MS = 15 * 60 * 1000

const stillRunning = (tools: Tools) =>
  outcomeUnknown(RAKUTEN, { until: new Date(tools.clock.now() + RUNS_FOR_MS) })

const verdictOf = (messages: readonly WireMessage[], { orderNumber, payloads }: BulkOrder) =>
  verdict(messages, {
    orderNumber,
    expected: shippingOf(payloads).reduce((sum, payload) => sum + payload.records.length, 0),
  })

const shippingOf = (payloads: BulkOrder['payloads']): ShippingPayload[] =>
  payloads.filter((payload) => payload.operation === 'updateOrderShipping')
