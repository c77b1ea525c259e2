import { elementsAt, textAt, type XmlElement } from '../../../../src/marketplaces/kit/xml.ts'
import type { SandboxAnswer } from '../../../kit/http-kit.ts'
import { badParameter, ngAnswer, notOperable, updateAnswer } from '../answers.ts'
import { fieldOf, recalculate, type SimItem, type SimOrder } from '../sim-order.ts'
import { isAnswer, readUpdate, textFields, type UpdateTools } from './update-request.ts'

const KEYS = /^(LineId|ItemId|Title|UnitPrice|IsQuotation|SubCode|Quantity)$/

/**
 * orderItemAdd: new lines, each under the next free number. What a store sells is not simulated: a quoted
 * item costs the same always.
 */
export function orderItemAdd(tools: UpdateTools, request: XmlElement): SandboxAnswer {
  const update = readUpdate(tools, request)
  if (isAnswer(update)) return update
  const { order, given, person } = update
  const quotedAll = textAt(request, 'Target', 'IsQuotation')
  if (quotedAll !== 'true' && quotedAll !== 'false') return badParameter('IsQuotation')
  const lines = elementsAt(given, 'Item').map((line) => Object.fromEntries(textFields(line)))
  if (lines.length === 0) return badParameter('Item')
  for (const line of lines) {
    const wrong = wrongKey(line, (line.IsQuotation ?? quotedAll) === 'true')
    if (wrong) return badParameter(wrong)
  }
  if (fieldOf(order, 'OrderStatus') === '3') return notOperable('HoldOrder OrderStatus')
  if (fieldOf(order, 'OrderStatus') === '5') return notOperable('DoneOrder OrderStatus')
  const next = Math.max(...order.items.map(({ fields }) => Number(fields.LineId))) + 1
  if (lines.some(({ LineId }, index) => LineId !== String(next + index)))
    return ngAnswer('od90137', 'Request Parameter Error : LineId')
  order.items.push(...lines.map((line) => itemOf(order, line)))
  recalculate(order)
  const changes = lines.flatMap(({ LineId = '', Quantity = '' }) => [
    { field: 'LineId', value: LineId },
    { field: 'Quantity', value: Quantity },
  ])
  tools.store.updated(order, { operation: 'orderItemAdd', person, changes })
  return updateAnswer([])
}

function wrongKey(line: Readonly<Record<string, string>>, quoted: boolean): string | null {
  const unknown = Object.keys(line).find((name) => !KEYS.test(name))
  if (unknown) return unknown
  if (!line.ItemId) return 'ItemId'
  if (!/^[1-9]\d{0,2}$/.test(line.Quantity ?? '')) return 'Quantity'
  if (Buffer.byteLength(line.Title ?? '') > 225) return 'Title'
  if (Buffer.byteLength(line.SubCode ?? '') > 99) return 'SubCode'
  if (quoted) return null
  if (!line.Title) return 'Title'
  return /^\d{1,9}$/.test(line.UnitPrice ?? '') ? null : 'UnitPrice'
}

const QUOTED_PRICE = '1000'

function itemOf(order: SimOrder, line: Readonly<Record<string, string>>): SimItem {
  const {
    IsQuotation: _quoted,
    Title = '見本商品（引用）',
    UnitPrice = QUOTED_PRICE,
    SubCode = '',
    ...rest
  } = line
  const like = order.items[0]?.fields ?? {}
  const kept = Object.fromEntries(
    Object.entries(like).filter(([name]) => /^(IsUsed|IsTaxable|ItemTaxRatio|PriceType)$/.test(name)),
  )
  const fields = { ...kept, ...rest, Title, UnitPrice, OriginalPrice: UnitPrice, SubCode }
  return { fields, options: [], inscriptions: [] }
}
