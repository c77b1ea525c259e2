import { accepted, badFormat, type Message, missing, refusal } from '../messages.ts'
import type { SimOrder } from '../model.ts'
import { asList, type Body, type OperationContext } from './operation.ts'

/** Shared by calls with an orderNumberList: at most 100, one message an order, HTTP 200 even if all fail. */
export function forEachOrder(
  name: string,
  body: Body,
  context: OperationContext,
  act: (orderNumber: string, order: SimOrder | null) => Message,
) {
  const numbers = asList(body.orderNumberList).map(String)
  if (numbers.length === 0) return refusal([missing(name, 'orderNumberList')])
  if (numbers.length > 100) return refusal([badFormat(name, 'orderNumberList')])
  return accepted(
    numbers.map((orderNumber) => act(orderNumber, context.store.find(context.shop.code, orderNumber))),
  )
}
