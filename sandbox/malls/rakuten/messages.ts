import { jsonAnswer, type SandboxAnswer } from '../../kit/http-kit.ts'

/** MessageModelList entries of the order service. */
export interface Message {
  messageType: 'INFO' | 'WARNING' | 'ERROR'
  messageCode: string
  message: string
  orderNumber?: string
  dataNumber?: number
  shippingDetailId?: number | null
  requestId?: string
}

export const message = (
  messageType: Message['messageType'],
  code: string,
  text: string,
  more: Partial<Message> = {},
): Message => ({ messageType, messageCode: `ORDER_EXT_API_${code}`, message: text, ...more })

/** `GET_ORDER`, 009 */
export const missing = (operation: string, field: string): Message =>
  message('ERROR', `${operation}_ERROR_009`, `${field}の項目を指定して下さい。`)

/** There, and empty. */
export const noValue = (operation: string, field: string): Message =>
  message('ERROR', `${operation}_ERROR_010`, `${field}の値を指定して下さい。`)

export const badFormat = (operation: string, field: string): Message =>
  message('ERROR', `${operation}_ERROR_011`, `${field}の書式が不正です。`)

/** A parameter error is HTTP 400 with all errors at once and a null payload. */
export const refusal = (errors: Message[], payload: Record<string, unknown> = {}): SandboxAnswer =>
  jsonAnswer(400, { MessageModelList: errors, ...payload })

export const accepted = (messages: Message[], payload: Record<string, unknown> = {}): SandboxAnswer =>
  jsonAnswer(200, { MessageModelList: messages, ...payload })
