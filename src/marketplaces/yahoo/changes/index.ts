import { mallActions } from '../../kit/changes/actions.ts'
import { answered } from '../../kit/changes/plans.ts'
import { type Meaning, outcomeUnknown, refusalBy } from '../../kit/changes/write-failures.ts'
import { codeTable } from '../../kit/code-table.ts'
import { type RefusedCall, rejectedCall } from '../../kit/http-failures.ts'
import { elementsAt, textAt, type XmlElement } from '../../kit/xml.ts'
import type { ChangeCalls, ChangeRules, ChangeStep, StepAnswer } from '../../port/site-changes.ts'
import type { YahooAnswer, YahooClient } from '../client.ts'
import { CARRIERS } from '../codes.ts'
import { YAHOO } from '../facts.ts'
import type { settingsOf } from '../shop-settings.ts'
import { yahooActions } from './actions.ts'
import { closed } from './plan.ts'
import { payloadOf, yahooStepState } from './steps.ts'

export const yahooChanges: ChangeRules = {
  ...mallActions(YAHOO, yahooActions, closed),
  carriers: CARRIERS.all,
  stepState: yahooStepState,
}

/** An update answers a status and a few warnings. */
const ANSWER_MAX_BYTES = 1024 * 1024

/** The update calls of the order API, one for each step, one order each. */
export function yahooChangeCalls(
  client: Pick<YahooClient, 'write'>,
  { fixPointsOnCancel, couponUpdateAllowed }: ReturnType<typeof settingsOf> = {},
): ChangeCalls {
  return {
    async applyStep(orderNumber: string, step: ChangeStep, signal: AbortSignal): Promise<StepAnswer> {
      const { operation, isPointFix, isQuotation, order } = payloadOf(step)
      const request = {
        Target: {
          OrderId: orderNumber,
          IsPointFix: isPointFix === false && step.name === 'cancel' ? !!fixPointsOnCancel : isPointFix,
          IsQuotation: isQuotation,
        },
        IsCouponUpdateAllowed: step.name === 'content' ? couponUpdateAllowed : undefined,
        Order: order,
      }
      return judge(await client.write({ operation, request, maxBytes: ANSWER_MAX_BYTES }, signal))
    },
  }
}

/** Classifies Yahoo!'s answer to an update, once failures of the whole store were thrown. */
export function judge(answer: YahooAnswer): StepAnswer {
  if (answer.kind === 'refused') throw refusedWrite(answer)
  const { document, raw } = answer
  const [result] = elementsAt(document.content, 'Result')
  const status = result && textAt(result, 'Status')?.toUpperCase()
  if (document.name !== 'ResultSet' || !result || status !== 'OK') throw outcomeUnknown(YAHOO, { raw })
  const warnings = elementsAt(result, 'Warning').map(warningOf)
  const real = warnings.filter((warning) => !NOTHING_TO_DO.has(warning.code))
  const [first] = warnings
  return answered(first?.code ?? 'OK', first?.words ?? null, {
    warnings: real.map(({ code, message }) => ({ code, message })),
  })
}

/** The status was that already (od91705); for the others Yahoo!'s pages say 対応不要, so none is reported. */
const NOTHING_TO_DO: ReadonlySet<string> = new Set(['od91705', 'od91058', 'od91059'])

/** Codes of updates that were done (注文ステータス変更API, 出荷ステータス変更API, 注文内容変更API). */
const WARNINGS: Readonly<Record<string, string>> = codeTable<string>({
  od91113: 'カードの売上はすでに確定しています。金額をストアクリエイターProで確認してください。',
  od91115:
    'カードのオーソリ（与信）の期限が切れています。ストアクリエイターProで決済の状態を確認してください。',
  od91123: '購入者への返金が必要です。ストアクリエイターProで返金の手続きをしてください。',
  od91130: '在庫の連動に失敗しました。ストアクリエイターProで在庫数を確認してください。',
  od91703:
    '決済はすでに取り消されており、金額の変更は決済に反映されていません。ストアクリエイターProで確認してください。',
  od91704:
    'キャンセルは受け付けられましたが、処理は後で行われます。ストアクリエイターProで結果を確認してください。',
})

function warningOf(element: XmlElement) {
  const code = textAt(element, 'Code') || 'YAHOO_WARNING'
  const words = textAt(element, 'Message') || null
  // Only od91130's detail is known to be free of personal data: a list of line ids.
  const lines = code === 'od91130' ? textAt(element, 'Detail') : undefined
  const known =
    WARNINGS[code] ??
    'Yahoo!ショッピングから注意がありました。ストアクリエイターProで注文を確認してください。'
  return { code, words, message: lines ? `${known}（明細 ${lines.slice(0, 100)}）` : known }
}

function refusedWrite(refused: RefusedCall) {
  const { error, status, raw } = refused
  // The API reports a failure on this order, which may be before or after the change.
  if (status >= 500)
    return outcomeUnknown(YAHOO, { mallCode: error.code, mallMessage: error.message, status, raw })
  return refusalBy(MEANINGS, rejectedCall(YAHOO, refused))
}

const ORDER_UNKNOWN = {
  code: 'YAHOO_ORDER_UNKNOWN',
  message: 'Yahoo!ショッピングに注文が見つかりません。注文IDとストアの設定を確認してください。',
}

/** Classified by the known words; the texts of most codes are not published. */
const MEANINGS: readonly Meaning[] = [
  {
    words: /Cannot Be Operated\s*:\s*CancelOrder/i,
    code: 'ORDER_CANCELLED_AT_MALL',
    message:
      'Yahoo!ショッピングでキャンセルされているため、変更できませんでした。発送せず、キャンセルとして処理してください。',
  },
  {
    words: /Cannot Be Operated/i,
    code: 'YAHOO_NOT_OPERABLE',
    message:
      'Yahoo!ショッピングが、今の注文の状態ではこの変更を受け付けませんでした。ストアクリエイターProで注文の状態を確認してください。',
  },
  { codes: /^od91801$/, ...ORDER_UNKNOWN },
  { words: /not exists/i, ...ORDER_UNKNOWN },
  { status: 404, codes: /^$/, ...ORDER_UNKNOWN },
  {
    codes: /^od90101$/,
    code: 'YAHOO_PARAMETER_REFUSED',
    message:
      'Yahoo!ショッピングが入力内容を受け付けませんでした。文字数や伝票番号の形式を確認し、直してから再実行してください。',
  },
]
