import { elementsAt, textAt, type XmlElement } from '../../../../src/marketplaces/kit/xml.ts'
import type { SandboxAnswer } from '../../../kit/http-kit.ts'
import { badParameter, ngAnswer, notOperable, updateAnswer } from '../answers.ts'
import { fieldOf, recalculate, type SimItem, type SimOrder, setValue } from '../sim-order.ts'
import {
  answerDate,
  answerTime,
  groupIn,
  isAnswer,
  readUpdate,
  textFields,
  type UpdateTools,
} from './update-request.ts'

/** orderChange: contents, notes, addresses, charges, quantities, and IsSeen (acknowledges new orders). */
export function orderChange(tools: UpdateTools, request: XmlElement): SandboxAnswer {
  const update = readUpdate(tools, request)
  if (isAnswer(update)) return update
  const { order, given, person } = update
  const wanted = [
    ...textFields(given).map(([name, value]) => change('', name, value)),
    ...['Pay', 'Ship', 'Detail'].flatMap((group) =>
      textFields(groupIn(given, group)).map(([name, value]) => change(group, name, value)),
    ),
  ]
  const bad = wanted.find((one) => one.value === null || !isAllowed(one))
  if (bad) return badParameter(bad.name)
  const refused = refusal(order, wanted)
  if (refused) return notOperable(refused)
  const lines = elementsAt(given, 'Item').map((line) => changedLine(order, line))
  if (lines.some(({ values }) => !/^\d{1,3}$/.test(values.Quantity ?? '0'))) return badParameter('Quantity')
  const wrongLine = lines.find((line) => line.item === undefined)
  if (wrongLine) return ngAnswer('od91802', 'Not Exists : LineId')
  const changes = wanted.map(({ field, value }) => ({ field, value: value ?? '' }))
  for (const { field, value } of changes) setValue(order, field, value)
  for (const line of lines) Object.assign(line.item?.fields ?? {}, line.values)
  if (lines.length > 0 || wanted.some((one) => one.group === 'Detail')) recalculate(order)
  tools.store.updated(order, {
    operation: 'orderChange',
    person,
    changes: [...changes, ...lines.flatMap((line) => line.changes)],
  })
  return updateAnswer([])
}

interface Wanted {
  group: string
  name: string
  field: string
  /** Null: not in the form that requests have. */
  value: string | null
}

const DATES = new Set(['PayDate', 'PayManageLimitDate', 'ShipRequestDate'])
const TIMES = new Set(['PrintSlipTime', 'PrintDeliveryTime', 'PrintBillTime'])

function change(group: string, name: string, text: string): Wanted {
  // The reference spells this one key with a small n.
  const field = name === 'BillFirstnameKana' ? 'BillFirstNameKana' : name
  const value = DATES.has(name) ? answerDate(text) : TIMES.has(name) ? answerTime(text) : text
  return { group, name, field, value }
}

const ORDER_KEYS =
  /^(IsSeen|Suspect|PayType|PayKind|PayMethod|PayMethodName|StoreStatus|Print(Slip|Delivery|Bill)Time|BuyerComments|SellerComments|Notes|IsFirstClassDrugAgreement|SlowlyShipPoint)$/
const PAY_KEYS =
  /^(PayDate|PayNotes|NeedBillSlip|NeedDetailedSlip|NeedReceipt|Bill((First|Last)Name(Kana)?|FirstnameKana|ZipCode|(Prefecture|City|Address[12])(Kana)?|PhoneNumber|EmgPhoneNumber|MailAddress|Section[12](Field|Value)))$/
const SHIP_KEYS =
  /^(ShipRequest(Date|Time)|ShipNotes|NeedGiftWrap(Paper)?|GiftWrap(Code|Type|Message|PaperType|Name)|Option[12](Field|Type|Value)|Ship((First|Last)Name(Kana)?|ZipCode|(Prefecture|City|Address[12])(Kana)?|PhoneNumber|EmgPhoneNumber|Section[12](Field|Value)))$/
const DETAIL_KEYS = /^(PayCharge|ShipCharge|GiftWrapCharge|Discount|Adjustments|GiftCardDiscount)$/
const KEYS: Readonly<Record<string, RegExp>> = {
  '': ORDER_KEYS,
  Pay: PAY_KEYS,
  Ship: SHIP_KEYS,
  Detail: DETAIL_KEYS,
}

function isAllowed({ group, name, value }: Wanted): boolean {
  if (!KEYS[group]?.test(name)) return false
  if (name === 'IsSeen') return value === 'true'
  if (name === 'StoreStatus') return /^([1-9]|10)?$/.test(value ?? '')
  if (Buffer.byteLength(value ?? '') > mostBytes(name)) return false
  if (group !== 'Detail') return true
  if (!/^-?\d{1,9}$/.test(value ?? '')) return false
  if (name === 'GiftCardDiscount') return value === '0'
  return name !== 'Adjustments' || Number(value) <= 50_000
}

/** By the pages, in UTF-8. */
function mostBytes(name: string): number {
  if (/^(Ship|Bill)((First|Last)Name|Prefecture|City|Address)/.test(name)) return 297
  return MOST_BYTES[name] ?? Number.POSITIVE_INFINITY
}
const MOST_BYTES: Readonly<Record<string, number>> = {
  Notes: 1500,
  BuyerComments: 750,
  ShipRequestTime: 13,
  ShipPhoneNumber: 14,
}

/** Held and prank orders take no contents; a change of Suspect must come alone. */
function refusal(order: SimOrder, wanted: readonly Wanted[]): string | null {
  const suspect = wanted.some((one) => one.name === 'Suspect')
  if (suspect) return wanted.length > 1 ? 'Suspect' : null
  if (fieldOf(order, 'OrderStatus') === '3') return 'HoldOrder OrderStatus'
  return fieldOf(order, 'Suspect') === '1' ? 'Suspect Order' : null
}

interface ChangedLine {
  item: SimItem | undefined
  values: Record<string, string>
  changes: { field: string; value: string }[]
}

function changedLine(order: SimOrder, line: XmlElement): ChangedLine {
  const given = new Map(textFields(line))
  const item = order.items.find(({ fields }) => fields.LineId === given.get('LineId'))
  const values = Object.fromEntries(
    [...given].filter(([name]) => name === 'Quantity' || name === 'ReleaseDate'),
  )
  return { item, values, changes: Object.entries(values).map(([field, value]) => ({ field, value })) }
}

const LINE_KEYS = /^(LineId|ItemId|Title|UnitPrice|IsQuotation|SubCode|Quantity)$/

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
  const unknown = Object.keys(line).find((name) => !LINE_KEYS.test(name))
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
