import { mallActions } from '../../kit/changes/actions.ts'
import { answered } from '../../kit/changes/plans.ts'
import { type Meaning, refusalBy } from '../../kit/changes/write-failures.ts'
import { rejectedCall } from '../../kit/http-failures.ts'
import { ChangeParameters } from '../../port/change-parameters.ts'
import type { MarketplaceFailure } from '../../port/failures.ts'
import type { ChangeCalls, ChangeRules } from '../../port/site-changes.ts'
import type { AupayAnswer, AupayClient } from '../client.ts'
import { CARRIERS } from '../codes.ts'
import { AUPAY } from '../facts.ts'
import { aupayActions } from './actions.ts'
import { cancelled, isUnconfirmed } from './plan.ts'
import { aupayStepState, callOf } from './steps.ts'

export const aupayChanges: ChangeRules = {
  ...mallActions(AUPAY, aupayActions, (order, action) => (action === 'cancel' ? null : cancelled(order))),
  carriers: CARRIERS.all,
  stepState: aupayStepState,
  needsFirst: ({ action, parameters }, order) =>
    action === 'ship' && isUnconfirmed(order) && !ChangeParameters.ship.parse(parameters).confirmFirst
      ? {
          action: 'confirm',
          message: `au PAY マーケットで「${order.mallStatus.code}」の注文です。「注文確認をしてから発送」を指定するか、先に注文確認をしてください。Wow!managerで確認済みの場合は、注文を再取込してください。`,
        }
      : null,
}

/** The calls of 受注情報更新API, one for each step. The answer is a bare envelope: its status 0 is all it says. */
export function aupayChangeCalls(client: AupayClient): ChangeCalls {
  return {
    async applyStep(orderId, step, signal) {
      const { method, fields } = callOf(step)
      const answer = await client.write({ method, fields: { orderId, ...fields } }, signal)
      if (answer.kind === 'refused') throw refusedUpdate(answer)
      return answered('0', null)
    },
  }
}

type Refused = Extract<AupayAnswer, { kind: 'refused' }>

export const refusedUpdate = ({ error, status, raw }: Refused): MarketplaceFailure =>
  refusalBy(MEANINGS, rejectedCall(AUPAY, error, status, raw))

/** The codes of order calls are not public, so the mall's words decide. */
const MEANINGS: readonly Meaning[] = [
  {
    words: /キャンセル済/,
    code: 'ORDER_CANCELLED_AT_MALL',
    message:
      'au PAY マーケットで注文がキャンセルされているため、変更できませんでした。キャンセルとして処理してください。',
  },
  {
    words: /存在しません|見つかりません|該当[^。]{0,20}(?:ません|なし)/,
    code: 'AUPAY_ORDER_UNKNOWN',
    message: 'au PAY マーケットにこの注文がありません。Wow!managerで注文番号を確認してください。',
  },
  {
    words: /発送情報/,
    code: 'AUPAY_SHIPPING_MISSING',
    message:
      '発送情報が登録されていないため、au PAY マーケットがステータスの変更を受け付けませんでした。「発送完了」で発送情報を登録してください。',
  },
  {
    words: /必須入力/,
    code: 'AUPAY_FIELD_MISSING',
    message: 'au PAY マーケットが必須項目の不足として受け付けませんでした。運営者へ連絡してください。',
  },
  {
    words: /の値が正しくありません|形式|桁数|不正な/,
    code: 'AUPAY_FORMAT_REFUSED',
    message:
      'au PAY マーケットが入力内容を受け付けませんでした。モールのメッセージにある項目を確認し、直してから再実行してください。',
  },
]
