import { elementsAt, isElement, textAt, type XmlElement } from '../../../../src/marketplaces/kit/xml.ts'
import type { SandboxAnswer } from '../../../kit/http-kit.ts'
import { badParameter, notExists, notOperable } from '../answers.ts'
import type { YahooSettings } from '../settings.ts'
import { fieldOf, type SimOrder } from '../sim-order.ts'
import type { Store } from '../store.ts'

/** What every update call has in common: its target, and what is refused before it is looked at. */
export interface Update {
  order: SimOrder
  /** Content of `Order`. */
  given: XmlElement
  person: string
  isPointFix: string | undefined
}

export interface UpdateTools {
  store: Store
  settings: YahooSettings
  sellerId: string
}

/** The update, or the answer that refuses it. */
export function readUpdate(
  { store, settings, sellerId }: UpdateTools,
  request: XmlElement,
): Update | SandboxAnswer {
  const orderId = textAt(request, 'Target', 'OrderId')
  if (!orderId) return badParameter('OrderId')
  const [given] = elementsAt(request, 'Order')
  if (!given) return badParameter('Order')
  const person = textAt(request, 'Target', 'OperationUser') || 'system'
  if ([...person].length > 120) return badParameter('OperationUser')
  const order = store.find(sellerId, orderId)
  if (!order) return notExists(orderId)
  if (store.isReadOnly(order)) return notOperable('ReadOnly Order', settings.readOnlyCode)
  if (inReview(order) && textAt(given, 'OrderStatus') !== '4') return notOperable('FraudHold Order')
  if (fieldOf(order, 'OrderStatus') === '4') return notOperable('CancelOrder OrderStatus')
  return { order, given, person, isPointFix: textAt(request, 'Target', 'IsPointFix') }
}

/** Under review, and found to be fraud: nothing but a cancel. */
const inReview = (order: SimOrder) => ['1', '3'].includes(fieldOf(order, 'FraudHoldStatus'))

export const isAnswer = (value: Update | SandboxAnswer): value is SandboxAnswer => 'status' in value

/** Text fields directly in an element; nested groups left out. */
export function textFields(element: XmlElement | undefined): [name: string, text: string][] {
  return Object.entries(element ?? {}).flatMap(([name, value]) =>
    typeof value === 'string' && name !== '#text' ? [[name, value.trim()] as [string, string]] : [],
  )
}

export const groupIn = (element: XmlElement, name: string): XmlElement | undefined => {
  const value = element[name]
  return isElement(value) ? value : undefined
}

/** `20260702` as it comes back, `2026-07-02`; null when it is no such date. Empty stays empty. */
export function answerDate(text: string): string | null {
  if (text === '') return ''
  const match = /^(\d{4})(\d{2})(\d{2})$/.exec(text)
  return match ? `${match[1]}-${match[2]}-${match[3]}` : null
}

/** `20260702103000` as it comes back. */
export function answerTime(text: string): string | null {
  if (text === '') return ''
  const match = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(text)
  return match ? `${match[1]}-${match[2]}-${match[3]}T${match[4]}:${match[5]}:${match[6]}+09:00` : null
}
