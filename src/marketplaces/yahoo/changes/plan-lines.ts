import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangeStep } from '../../port/site-changes.ts'
import type { YahooContent } from './parameters.ts'
import { step, type YahooPayload } from './payload.ts'

type Line = NonNullable<YahooPayload['order']['Item']>[number]

/**
 * 注文ライン追加: one orderItemAdd. Yahoo! wants each new line under the next free number and refuses any other, so that the call made
 * twice adds no line twice: the numbers are chosen here, once, and go with the step.
 */
export function addedLines({ addLines = [] }: YahooContent, order: NormalisedOrder): ChangeStep[] {
  if (addLines.length === 0) return []
  const last = Math.max(0, ...order.items.map(({ lineId }) => Number(lineId)).filter(Number.isSafeInteger))
  const quoted = addLines.every(({ name }) => name === undefined)
  const lines = addLines.map(({ itemCode, sku, name, unitPrice, quantity }, index): Line => {
    const own =
      name === undefined || unitPrice === undefined ? {} : { Title: name, UnitPrice: String(unitPrice) }
    return {
      ...{ LineId: String(last + 1 + index), ItemId: itemCode, ...own },
      ...(quoted || name !== undefined ? {} : { IsQuotation: 'true' }),
      ...(sku ? { SubCode: sku } : {}),
      Quantity: String(quantity),
    }
  })
  return [
    step(
      'add_lines',
      '明細の追加',
      { operation: 'orderItemAdd', isQuotation: quoted, order: { Item: lines } },
      { lines: lines.map(({ LineId, ItemId, Quantity }) => ({ LineId, ItemId, Quantity })) },
    ),
  ]
}

/** Whether the order shows them all, each under its own number. */
export const hasLines = (lines: readonly Line[], { items }: NormalisedOrder): boolean =>
  lines.every(({ LineId, ItemId, SubCode, Quantity }) =>
    items.some(
      ({ lineId, itemCode, sku, quantity }) =>
        lineId === LineId &&
        itemCode === ItemId &&
        (sku ?? '') === (SubCode ?? '') &&
        quantity === Number(Quantity),
    ),
  )
