import { MarketplaceFailure } from '../../port/failures.ts'
import type { MarketplaceTools } from '../../port/session.ts'
import type { ChangeCalls, ChangeStep } from '../../port/site-changes.ts'
import type { RakutenClient } from '../client.ts'
import { type Answers, verdict } from './answers.ts'
import { type BulkOrder, payloadOf, type RakutenPayload } from './payload.ts'
import { shipTogether } from './ship-async.ts'

/** confirmOrder, updateOrderSubStatus and updateOrderShippingAsync take a hundred orders. */
export const MOST_ORDERS = 100
/** The asynchronous shipping call takes some seconds and a few calls for its result. */
export const LEAST_ORDERS = 10

type Entries = Parameters<NonNullable<ChangeCalls['applyMany']>>[0]

/**
 * Steps of many orders in as few calls as there are kinds of them. Steps of one order must be of one kind (its baskets).
 * What holds for the whole shop ends the round: the orders behind it have no answer then.
 */
export async function applyMany(
  client: RakutenClient,
  tools: Pick<MarketplaceTools, 'clock'>,
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

/** False: nothing more is to be sent. */
async function sendTogether(
  client: RakutenClient,
  tools: Pick<MarketplaceTools, 'clock'>,
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

/** The calls with an orderNumberList: one message for each order, some refused beside others that are done. */
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
