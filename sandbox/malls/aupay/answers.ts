import { escapeXml } from '../../../src/marketplaces/kit/xml.ts'
import type { SandboxAnswer } from '../../kit/http-kit.ts'
import { seeded } from '../../kit/seeded.ts'
import type { AupaySettings } from './settings.ts'
import { DETAIL_FIELDS, ORDER_FIELDS, type PaidOption, type SimDetail, type SimOrder } from './sim-order.ts'

/** The XML that the Wow! manager API writes. */

const HEADERS = { 'content-type': 'application/xml;charset=UTF-8' }
const PROLOG = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'

const response = (content: string, status = 200): SandboxAnswer => ({
  status,
  headers: HEADERS,
  body: `${PROLOG}\n<response>${content}</response>`,
})

export const success = (content = ''): SandboxAnswer =>
  response(`<result><status>0</status></result>${content}`)

export const refusal = (code: string, message: string, status: number): SandboxAnswer =>
  response(
    `<result><status>1</status><error>${element('code', code)}${element('message', message)}</error></result>`,
    status,
  )

/** Failed login: missing, unknown and expired keys alike. */
export const notAuthorised = (status = 401): SandboxAnswer => refusal('0002', '認証に失敗しました', status)

export const element = (name: string, text: string): string => `<${name}>${escapeXml(text)}</${name}>`

/** One order. Empty elements are left out, written `<x></x>` or `<x/>`; each order keeps its own way. */
export function orderInfo(order: SimOrder, settings: AupaySettings): string {
  const dice = seeded(order.dice, 1)
  const write = (name: string, text: string) =>
    text === '' ? empty(name, dice.int(0, 2)) : element(name, text)
  const own = [...ORDER_FIELDS, ...Object.keys(order.fields).filter((name) => !ORDER_FIELDS.includes(name))]
  const fields = own.map((name) => write(nameOf(name, order), order.fields[name] ?? ''))
  const lines = order.details.map((line) => detail(line, settings, write))
  const extra = dice.chance(settings.extraElements) ? element('newElementOf2027', 'まだ知られていない値') : ''
  // Where the lines stand among the other elements is not known.
  const place = dice.chance(0.5) ? fields.length : dice.int(1, fields.length)
  fields.splice(place, 0, ...lines, extra)
  return `<orderInfo>${fields.join('')}</orderInfo>`
}

const empty = (name: string, how: number) => ['', `<${name}></${name}>`, `<${name}/>`][how] ?? ''

/** One client's field list spells this one differently. */
const nameOf = (name: string, { dice }: SimOrder) =>
  name === 'senderShopCd' && dice % 2 === 1 ? 'senderShopCD' : name

function detail(
  { fields, paidOptions }: SimDetail,
  settings: AupaySettings,
  write: (name: string, text: string) => string,
): string {
  const own = [...DETAIL_FIELDS, ...Object.keys(fields).filter((name) => !DETAIL_FIELDS.includes(name))]
  const texts = own.map((name) =>
    write(name, name === 'taxRate' ? rateText(fields.taxRate ?? '', settings) : (fields[name] ?? '')),
  )
  return `<detail>${texts.join('')}${paidOptions.map(paidOption).join('')}</detail>`
}

function rateText(text: string, { taxRates }: AupaySettings): string {
  return taxRates === 'percent' && text !== '' ? String(Math.round(Number(text) * 100)) : text
}

function paidOption({ title, answers }: PaidOption): string {
  const values = answers.map(
    ({ text, price }) =>
      `<itemOptionCommissionVal>${element('itemOptionCommission', text)}${element('itemOptionCommissionPrice', price)}</itemOptionCommissionVal>`,
  )
  return `<itemOptionCommissions>${element('itemOptionCommissionTitle', title)}${values.join('')}</itemOptionCommissions>`
}
