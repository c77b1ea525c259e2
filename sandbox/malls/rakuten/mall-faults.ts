import type { SandboxFault } from '../../kit/faults.ts'
import { jsonAnswer, type SandboxAnswer } from '../../kit/http-kit.ts'
import { mergeDeep } from '../../kit/merge.ts'
import { gatewayError } from './gateway.ts'
import { type Message, message, refusal } from './messages.ts'
import type { OrderModel } from './model.ts'
import type { Settings } from './settings.ts'

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
