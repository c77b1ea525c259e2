import type { SandboxFault } from '../../kit/faults.ts'
import { htmlAnswer, jsonAnswer, type SandboxAnswer, type SandboxRequest } from '../../kit/http-kit.ts'
import { mergeDeep } from '../../kit/order-book.ts'
import { type Seeded, seeded } from '../../kit/seeded.ts'
import { type Message, message, refusal } from './messages.ts'
import type { OrderModel } from './model.ts'
import type { Settings } from './settings.ts'

/** What stands in front of the order service: the ESA header, and errors in an envelope of its own. */

export function gatewayError(settings: Settings, status: number, code: string, text: string): SandboxAnswer {
  const sent = settings.envelopeStatus ?? status
  switch (settings.envelope) {
    case 'errors':
      return jsonAnswer(sent, { errors: [{ code, message: text, metadata: { propertyPath: null } }] })
    case 'Results':
      return jsonAnswer(sent, { Results: { errorCode: code, message: text } })
    case 'empty':
      return { status }
    case 'html':
      return htmlAnswer(status, `<html><head><title>${status}</title></head><body>${text}</body></html>`)
  }
}

/** The shop whose keys the header carries, or the gateway's refusal. The key must allow `functionName`. */
export function authenticate(
  request: SandboxRequest,
  functionName: string,
  shops: readonly SimShop[],
  settings: Settings,
  now: number,
): { shop: SimShop } | { refusal: SandboxAnswer } {
  const pair = pairOf(request.headers.authorization)
  if (!pair) return { refusal: gatewayError(settings, 400, 'GK0001', 'Bad Request') }
  const shop = shops.find((one) => one.serviceSecret === pair.secret && one.licenseKey === pair.key)
  const expired = now > Date.parse(`${settings.keyExpiresAt}+09:00`)
  if (!shop || expired || settings.disabledFunctions.includes(functionName)) {
    return { refusal: gatewayError(settings, 401, settings.refusedCode, 'Un-Authorised') }
  }
  return { shop }
}

function pairOf(header: string | undefined): { secret: string; key: string } | null {
  const [, encoded] = /^ESA ([A-Za-z0-9+/=]+)$/.exec(header ?? '') ?? []
  if (!encoded) return null
  const [secret, key, ...more] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  return secret && key && more.length === 0 ? { secret, key } : null
}

/**
 * Faults that only Rakuten has. On any operation: `key-refused`, `key-malformed`, `gateway` {status, code},
 * `call-error` {code, message}. On getOrder's answer, for `orderNumbers` or for all: `mixed-errors`,
 * `pending-amounts`, `social-gift`, `bad-order`, `warning`, `shuffled`. On a write that was done:
 * `write-warning` {code, message}.
 */
export function mallFault(
  fault: SandboxFault,
  settings: Settings,
  real: () => SandboxAnswer,
): SandboxAnswer | null {
  const text = (key: string, otherwise: string) => (typeof fault[key] === 'string' ? fault[key] : otherwise)
  switch (fault.kind) {
    case 'key-refused':
      return gatewayError(settings, 401, settings.refusedCode, 'Un-Authorised')
    case 'key-malformed':
      return gatewayError(settings, 400, text('code', 'GK0005'), 'Bad Request')
    case 'gateway':
      return gatewayError(settings, Number(fault.status ?? 400), text('code', 'ES04-01'), 'Bad Request')
    case 'call-error':
      return refusal([
        message('ERROR', text('code', 'GET_ORDER_ERROR_023'), text('message', '処理できませんでした。')),
      ])
    case 'write-warning': {
      const warning = message(
        'WARNING',
        text('code', 'UPDATE_ORDERSHIPPING_WARNING_101'),
        text('message', '一部の情報を確認してください。'),
      )
      return withMessage(real(), warning)
    }
    default:
      return ORDER_FAULTS.has(fault.kind) ? spoilOrders(fault, real()) : null
  }
}

function withMessage(answer: SandboxAnswer, more: Message): SandboxAnswer {
  const body = JSON.parse(answer.body ?? '{}') as { MessageModelList?: Message[] }
  return jsonAnswer(answer.status, { ...body, MessageModelList: [...(body.MessageModelList ?? []), more] })
}

const ORDER_FAULTS = new Set([
  'mixed-errors',
  'pending-amounts',
  'social-gift',
  'bad-order',
  'warning',
  'shuffled',
])

export const OWN_FAULTS: ReadonlySet<string> = new Set([
  ...['key-refused', 'key-malformed', 'gateway', 'call-error', 'write-warning'],
  ...ORDER_FAULTS,
])

interface GetOrderBody {
  MessageModelList: Message[]
  OrderModelList: OrderModel[]
}

function spoilOrders(fault: SandboxFault, answer: SandboxAnswer): SandboxAnswer {
  const body = JSON.parse(answer.body ?? '{}') as GetOrderBody
  if (!Array.isArray(body.OrderModelList)) return answer
  const numbers = Array.isArray(fault.orderNumbers) ? fault.orderNumbers.map(String) : null
  const hit = (order: OrderModel) => numbers === null || numbers.includes(order.orderNumber)
  return jsonAnswer(answer.status, spoilt(fault.kind, body, hit))
}

function spoilt(kind: string, body: GetOrderBody, hit: (order: OrderModel) => boolean): GetOrderBody {
  const about = (type: Message['messageType'], code: string, text: string) =>
    body.OrderModelList.filter(hit).map(({ orderNumber }) => message(type, code, text, { orderNumber }))
  switch (kind) {
    case 'mixed-errors': {
      const errors = about('ERROR', 'GET_ORDER_ERROR_016', '他店舗の受注番号が指定されています。')
      return {
        MessageModelList: [...body.MessageModelList, ...errors],
        OrderModelList: body.OrderModelList.filter((order) => !hit(order)),
      }
    }
    case 'warning': {
      const warnings = about('WARNING', 'GET_ORDER_WARNING_101', '一部の情報を取得できませんでした。')
      return { ...body, MessageModelList: [...body.MessageModelList, ...warnings] }
    }
    case 'shuffled':
      return { ...body, OrderModelList: body.OrderModelList.toReversed() }
    default: {
      const patch = PATCHES[kind]
      return {
        ...body,
        OrderModelList: body.OrderModelList.map((order) => (hit(order) ? mergeDeep(order, patch) : order)),
      }
    }
  }
}

const WAITING = '入力待ち'
const PATCHES: Readonly<Record<string, unknown>> = {
  'bad-order': { PackageModelList: [{ ItemModelList: [{ price: '一万円' }] }] },
  'pending-amounts': {
    postagePrice: -9999,
    totalPrice: -9999,
    requestPrice: -9999,
    PackageModelList: [{ postagePrice: -9999 }],
  },
  'social-gift': {
    socialGiftFlag: 1,
    PackageModelList: [
      {
        SenderModel: {
          zipCode1: '999',
          zipCode2: '9999',
          prefecture: WAITING,
          city: WAITING,
          subAddress: WAITING,
          familyName: WAITING,
          firstName: WAITING,
          familyNameKana: 'ニュウリョクマチ',
          firstNameKana: 'ニュウリョクマチ',
          phoneNumber1: '999',
          phoneNumber2: '9999',
          phoneNumber3: '9999',
        },
        SocialGiftModel: {
          sgMngNumber: '123456-20260519-0123456789-sg',
          inputDueDate: '2030-06-02',
          inputFlag: 0,
          inputCompDatetime: null,
          receiverEmailAddress: null,
        },
      },
    ],
  },
}

export interface SimShop {
  code: string
  name: string
  serviceSecret: string
  licenseKey: string
}

/** Keys in the shape that RMS shows; the same seed gives the same keys. */
export function createShop(code: string, name: string, seed: number): SimShop {
  const random = seeded(seed, Number(code))
  return {
    code,
    name,
    serviceSecret: `SP${code}_${letters(random, 16)}`,
    licenseKey: `SL${code}_${letters(random, 20)}`,
  }
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

const letters = (random: Seeded, count: number) =>
  Array.from({ length: count }, () => random.pick([...ALPHABET])).join('')
