import { escapeXml } from '../../../src/marketplaces/kit/xml.ts'
import type { SandboxFault } from '../../kit/faults.ts'
import { htmlAnswer, type SandboxAnswer } from '../../kit/http-kit.ts'
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

// Faults of this mall's own, beside the common ones.

const text = (fault: SandboxFault, name: string, fallback: string) => String(fault[name] ?? fallback)

const OWN: Readonly<Record<string, (fault: SandboxFault) => SandboxAnswer>> = {
  'key-refused': () => notAuthorised(),
  'shop-refused': (fault) =>
    refusal(text(fault, 'code', 'CME0022'), '店舗IDが正しくありません。', Number(fault.status ?? 200)),
  /** Any refusal: `code`, `message`, HTTP `status`. */
  'status-1': (fault) =>
    refusal(
      text(fault, 'code', 'TRE9999'),
      text(fault, 'message', 'エラーが発生しました。'),
      Number(fault.status ?? 200),
    ),
  '502-html': () => htmlAnswer(502, '<html><head><title>502 Bad Gateway</title></head><body></body></html>'),
  '401-html': () => htmlAnswer(401, '<html><head><title>401</title></head><body></body></html>'),
  '403-empty': () => ({ status: 403 }),
  'empty-response': () => success(),
  'not-xml': () => ({ status: 200, headers: { 'content-type': 'application/xml' }, body: 'OK' }),
  doctype: () => ({
    status: 200,
    headers: { 'content-type': 'application/xml' },
    body: '<!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "&b;&b;&b;">]><response><result><status>0</status></result>&c;</response>',
  }),
  /** An answer with the text and the HTTP status that the fault names. */
  body: (fault) => ({
    status: Number(fault.status ?? 200),
    headers: { 'content-type': 'application/xml' },
    body: text(fault, 'body', ''),
  }),
}

export const OWN_FAULTS: ReadonlySet<string> = new Set(Object.keys(OWN))
export const ownFault = (fault: SandboxFault): SandboxAnswer => OWN[fault.kind]?.(fault) ?? success()

// Japan's time in the forms of the API.

const JST_OFFSET_MS = 9 * 60 * 60 * 1000
const japan = (ms: number) => new Date(ms + JST_OFFSET_MS).toISOString()

/** `YYYY/MM/DD` */
export const toDay = (ms: number): string => japan(ms).slice(0, 10).replaceAll('-', '/')

/** `YYYY/MM/DD HH:MM` */
export const toMinute = (ms: number): string => `${toDay(ms)} ${japan(ms).slice(11, 16)}`

/**
 * First or last millisecond of what a search parameter names: `yyyyMMdd`, `yyyyMMddHHmmss` or `yyyy-MM-dd`.
 * Null when unreadable.
 */
export function readBound(text: string, bound: 'first' | 'last'): number | null {
  const digits = text.replace(/[-/: T]/g, '')
  if (!/^\d{8}(\d{6})?$/.test(digits)) return null
  const day = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6, 8)}`
  const time = digits.length === 14 ? digits.slice(8) : bound === 'first' ? '000000' : '235959'
  const ms = Date.parse(`${day}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}+09:00`)
  return Number.isNaN(ms) ? null : ms + (bound === 'last' ? 999 : 0)
}

/** A date field of an order as milliseconds; null when it is empty. */
export function readField(text: string): number | null {
  const match = /^(\d{4})\/(\d{2})\/(\d{2})(?: (\d{2}):(\d{2}))?$/.exec(text)
  if (!match) return null
  const [, year, month, day, hour = '00', minute = '00'] = match
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:00+09:00`)
}
