import { textAt, type XmlElement } from '../../../../src/marketplaces/kit/xml.ts'
import { FIELD_GROUPS, FIELD_LIST_MAX_BYTES } from '../../../../src/marketplaces/yahoo/wire.ts'
import type { SandboxAnswer } from '../../../kit/http-kit.ts'
import { badParameter, element, notExists, resultAnswer } from '../answers.ts'
import type { YahooSettings } from '../settings.ts'
import { groupOf, type SimItem, type SimOption, type SimOrder } from '../sim-order.ts'
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
