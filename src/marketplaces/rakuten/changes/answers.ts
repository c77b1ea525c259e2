import { answered } from '../../kit/changes/plans.ts'
import { outcomeUnknown } from '../../kit/changes/write-failures.ts'
import { codeTable } from '../../kit/code-table.ts'
import { MarketplaceFailure } from '../../port/failures.ts'
import type { StepAnswer } from '../../port/site-changes.ts'
import { RAKUTEN } from '../facts.ts'
import { refused } from '../failures.ts'
import type { WireMessage } from '../orders/wire.ts'

/** What the messages about one order say of a write: INFO done, WARNING done but odd, ERROR refused. */

export interface Judging {
  orderNumber: string
  /** Messages there must be: one for each shipping record, else one. */
  expected: number
}

/**
 * The answer that a write's messages give. Raises `rejected` for an ERROR, and `outcome_unknown` where fewer records are
 * spoken of than were sent.
 */
export function judge(
  messages: readonly WireMessage[],
  { orderNumber, expected }: Judging,
  raw?: string,
): StepAnswer {
  const own = messages.filter((entry) => !entry.orderNumber || entry.orderNumber === orderNumber)
  const errors = own.filter((entry) => entry.messageType === 'ERROR')
  const [error] = errors
  const done = own.filter((entry) => entry.messageType !== 'ERROR')
  if (error) {
    if (codeOf(error) === DONE_ALREADY) return answered(error.messageCode, error.message)
    throw refusedWrite(error, done.length, raw)
  }
  if (done.length < expected) throw outcomeUnknown(RAKUTEN, { raw })
  const ids = done.flatMap((entry) => (entry.shippingDetailId === null ? [] : [entry.shippingDetailId]))
  return answered(done[0]?.messageCode ?? null, done[0]?.message ?? null, {
    warnings: done.filter((entry) => entry.messageType === 'WARNING').map(warningOf),
    ...(ids.length > 0 ? { facts: { shippingDetailIds: ids } } : {}),
  })
}

/** The answers of many orders, by number. */
export type Answers = Map<string, StepAnswer | MarketplaceFailure>

/** The same as a value, for one order of many. */
export function verdict(messages: readonly WireMessage[], judging: Judging): StepAnswer | MarketplaceFailure {
  try {
    return judge(messages, judging)
  } catch (error) {
    if (error instanceof MarketplaceFailure) return error
    throw error
  }
}

const codeOf = (entry: WireMessage) => (entry.messageCode ?? '').replace(/^ORDER_EXT_API_/, '')

/** The status has moved on: somebody, or a try whose answer was lost, has confirmed the order. */
const DONE_ALREADY = 'CONFIRM_ORDER_ERROR_103'

const warningOf = (entry: WireMessage) => ({
  code: entry.messageCode ?? 'RAKUTEN_WARNING',
  message: `楽天からの警告: ${entry.message ?? '内容なし'}。RMSで注文を確認してください。`,
})

const CANCELLED = {
  code: 'ORDER_CANCELLED_AT_MALL',
  message: '楽天で注文がキャンセルされているため、変更できませんでした。キャンセルとして処理してください。',
}

/** Codes whose meaning the reference or a client gives; the texts of most are not published. */
const MEANINGS: Readonly<Record<string, { code: string; message: string }>> = codeTable<{
  code: string
  message: string
}>({
  CONFIRM_ORDER_ERROR_102: CANCELLED,
  UPDATE_ORDERSHIPPING_ERROR_102: CANCELLED,
  UPDATE_ORDERSHIPPING_ASYNC_ERROR_102: CANCELLED,
  UPDATE_ORDERSUBSTATUS_ERROR_101: CANCELLED,
  CONFIRM_ORDER_ERROR_105: {
    code: 'RAKUTEN_POSTAGE_PENDING',
    message: '送料が確定していないため注文確認できませんでした。RMSで送料を確定してから再実行してください。',
  },
  UPDATE_ORDERSUBSTATUS_ERROR_102: {
    code: 'RAKUTEN_SUB_STATUS_MISMATCH',
    message:
      'このサブステータスは今の注文ステータスでは使えません。RMSのサブステータス設定で、注文ステータスに合うものを確認してください。',
  },
})

/** By the ending of the code, the same in all operations. */
const ENDINGS: Readonly<Record<string, { code: string; message: string }>> = codeTable<{
  code: string
  message: string
}>({
  '009': {
    code: 'RAKUTEN_FIELD_MISSING',
    message: '楽天が必須項目の不足として受け付けませんでした。運営者へ連絡してください。',
  },
  '011': {
    code: 'RAKUTEN_FORMAT_REFUSED',
    message:
      '楽天が入力内容の形式を受け付けませんでした。機種依存文字や桁数を確認し、直してから再実行してください。',
  },
  '016': {
    code: 'RAKUTEN_ORDER_UNKNOWN',
    message:
      '楽天がこの店舗の注文ではないとして受け付けませんでした。受注番号と店舗の設定を確認してください。',
  },
})

function refusedWrite(error: WireMessage, doneBefore: number, raw?: string): MarketplaceFailure {
  const code = codeOf(error)
  const meaning = MEANINGS[code] ?? ENDINGS[/_ERROR_(\d{3})$/.exec(code)?.[1] ?? '']
  const general = refused(error.messageCode, error.message, raw)
  const partly = doneBefore > 0 ? `個口のうち${doneBefore}件は登録されました。` : ''
  return new MarketplaceFailure({
    kind: 'rejected',
    code: meaning?.code ?? general.code,
    message: partly + (meaning?.message ?? general.message),
    mallCode: general.mallCode,
    mallMessage: general.mallMessage,
    raw,
  })
}
