import { textAt, type XmlElement } from '../../../../src/marketplaces/kit/xml.ts'
import { FIELD_GROUPS, FIELD_LIST_MAX_BYTES, toRfc3339 } from '../../../../src/marketplaces/yahoo/wire.ts'
import type { SandboxAnswer } from '../../../kit/http-kit.ts'
import { badParameter, element, notExists, resultAnswer } from '../answers.ts'
import type { YahooSettings } from '../settings.ts'
import { fieldOf, groupOf, type SimItem, type SimOption, type SimOrder } from '../sim-order.ts'
import type { Store } from '../store.ts'

/** orderInfo: the asked-for fields of one order, each in its group; groups nobody asked for are left out. */
export function orderInfo(
  store: Store,
  settings: YahooSettings,
  sellerId: string,
  request: XmlElement,
): SandboxAnswer {
  const orderId = textAt(request, 'Target', 'OrderId')
  if (!orderId) return badParameter('OrderId')
  const list = textAt(request, 'Target', 'Field')
  if (!list || Buffer.byteLength(list) > FIELD_LIST_MAX_BYTES) return badParameter('Field')
  const fields = list.split(',').map((field) => field.trim())
  const unknown = fields.find((field) => groupOf(field) === null || settings.refusedFields.includes(field))
  if (unknown !== undefined) return badParameter(unknown)
  const order = store.find(sellerId, orderId)
  if (!order) return notExists(orderId)
  const orderXml = renderOrder(order, new Set(fields), store.isReadOnly(order))
  return resultAnswer(`<Status>OK</Status>\n<OrderInfo>${orderXml}</OrderInfo>`)
}

function renderOrder(order: SimOrder, fields: ReadonlySet<string>, readOnly: boolean): string {
  const group = (name: keyof SimOrder['groups']) => {
    const asked = FIELD_GROUPS[name].filter((field) => fields.has(field) && field !== 'IsReadOnly')
    const content = asked.map((field) => element(field, order.groups[name][field] ?? '')).join('')
    if (name === 'OrderInfo') return content
    return asked.length === 0 ? '' : `<${name}>${content}</${name}>`
  }
  return [
    group('OrderInfo'),
    group('Pay'),
    group('Ship'),
    group('Seller'),
    group('Buyer'),
    ...order.items.map((item) => renderItem(item, fields)),
    group('Detail'),
    fields.has('IsReadOnly') ? element('IsReadOnly', readOnly ? '1' : '0') : '',
  ].join('\n')
}

function renderItem({ fields: values, options, inscriptions }: SimItem, fields: ReadonlySet<string>): string {
  const asked = FIELD_GROUPS.Item.filter((field) => fields.has(field))
  if (asked.length === 0) return ''
  const content = asked.map((field) => {
    if (field === 'ItemOption') return renderOptions(field, options)
    if (field === 'Inscription') return renderOptions(field, inscriptions)
    return element(field, values[field] ?? '')
  })
  return `<Item>${content.join('')}</Item>`
}

/** One empty element when there are none. */
function renderOptions(name: string, options: readonly SimOption[]): string {
  if (options.length === 0) return `<${name}></${name}>`
  return options
    .map((option) => {
      const entries = Object.entries(option).map(([field, value]) => element(field, value ?? ''))
      return `<${name}>${entries.join('')}</${name}>`
    })
    .join('')
}

/** orderChangeHistory: who changed what and when; values of people are left blank. */
export function orderHistory(store: Store, sellerId: string, orderId: string | null): SandboxAnswer {
  if (!orderId) return badParameter('orderId')
  const order = store.find(sellerId, orderId)
  if (!order) return notExists(orderId)
  const rows = order.history.map(({ id, at, person, changes }) => {
    const list = changes.map(
      ({ field, value }) =>
        `<Change>${element('Field', field)}${element('Value', isPersonal(field) ? '' : value)}</Change>`,
    )
    return `<History>${element('HistoryId', String(id))}${element('UpdateTime', toRfc3339(new Date(at)))}${element('UpdatePerson', person)}${list.join('')}</History>`
  })
  return resultAnswer(`<Status>OK</Status>\n${rows.join('\n')}`)
}

const isPersonal = (field: string) =>
  /^(Bill|Ship)(First|Last|Zip|Prefecture|City|Address|Phone|Emg|Mail|Section)/.test(field) ||
  /Comments|Notes/.test(field)

/** orderCount: orders by status. Read-only and held orders are not counted, as in a default search. */
export function orderCount(store: Store, sellerId: string): SandboxAnswer {
  const orders = store
    .known(sellerId)
    .filter((order) => !store.isReadOnly(order) && !['1', '3'].includes(fieldOf(order, 'FraudHoldStatus')))
  const counts = Object.entries(COUNTED).map(([name, fits]) =>
    element(name, String(orders.filter(fits).length)),
  )
  const stores = Array.from({ length: 10 }, (_, index) => {
    const status = String(index + 1)
    return element(
      `StoreStatus${status}`,
      String(orders.filter((order) => fieldOf(order, 'StoreStatus') === status).length),
    )
  })
  return resultAnswer(`<Status>OK</Status>\n<Count>${counts.join('')}${stores.join('')}</Count>`)
}

const is =
  (field: string, ...values: string[]) =>
  (order: SimOrder) =>
    values.includes(fieldOf(order, field))
const both =
  (...tests: ((order: SimOrder) => boolean)[]) =>
  (order: SimOrder) =>
    tests.every((test) => test(order))

const open = is('OrderStatus', '2')
const COUNTED: Readonly<Record<string, (order: SimOrder) => boolean>> = {
  NewOrder: both(is('IsSeen', 'false'), open),
  NewReserve: both(is('IsSeen', 'false'), is('OrderStatus', '1')),
  WaitPayment: both(open, is('PayStatus', '0'), is('PayType', '1')),
  WaitShipping: both(open, is('ShipStatus', '1')),
  Shipping: both(open, is('ShipStatus', '2')),
  Reserve: is('OrderStatus', '1'),
  Holding: is('OrderStatus', '3'),
  WaitDone: both(open, is('ShipStatus', '3', '4')),
  Suspect: is('Suspect', '1'),
  SettleError: is('SettleStatus', '10'),
  Refund: is('SettleStatus', '7'),
  AutoDone: () => false,
  AutoWorking: () => false,
  Release: () => false,
  NoPayNumber: () => false,
}
