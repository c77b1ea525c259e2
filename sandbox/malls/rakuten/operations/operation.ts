import type { SandboxAnswer } from '../../../kit/http-kit.ts'
import type { ControllableClock } from '../../../kit/types.ts'
import type { SimShop } from '../gateway.ts'
import { accepted, badFormat, type Message, missing, refusal } from '../messages.ts'
import type { SimOrder } from '../model.ts'
import type { Settings } from '../settings.ts'
import type { Store } from '../store.ts'

export type Body = Readonly<Record<string, unknown>>

export interface OperationContext {
  shop: SimShop
  store: Store
  clock: ControllableClock
  settings: Settings
}

export type Operation = (body: Body, context: OperationContext) => SandboxAnswer

export const asRecord = (value: unknown): Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : {}

export const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** Absent, null or an empty text: a required field that is none of these is there. */
export const isMissing = (value: unknown): boolean => value === undefined || value === null || value === ''

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
