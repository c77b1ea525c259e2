import { MarketplaceFailure } from '../../port/failures.ts'
import type { AupayAnswer } from '../client.ts'
import { rejected } from '../failures.ts'

type Refused = Extract<AupayAnswer, { kind: 'refused' }>

/** What a refused update means. The codes of order calls are not public, so the mall's words decide. */
export function refusedUpdate({ error, status, raw }: Refused): MarketplaceFailure {
  const general = rejected(error, status, raw)
  const meaning = MEANINGS.find(([words]) => words.test(error.message))?.[1]
  if (!meaning) return general
  const { mallCode, mallMessage } = general
  return new MarketplaceFailure({ kind: 'rejected', ...meaning, mallCode, mallMessage, status, raw })
}

const MEANINGS: readonly [words: RegExp, meaning: { code: string; message: string }][] = [
  [
    /キャンセル済/,
    {
      code: 'ORDER_CANCELLED_AT_MALL',
      message:
        'au PAY マーケットで注文がキャンセルされているため、変更できませんでした。キャンセルとして処理してください。',
    },
  ],
  [
    /存在しません|見つかりません|該当[^。]{0,20}(?:ません|なし)/,
    {
      code: 'AUPAY_ORDER_UNKNOWN',
      message: 'au PAY マーケットにこの注文がありません。Wow!managerで注文番号を確認してください。',
    },
  ],
  [
    /発送情報/,
    {
      code: 'AUPAY_SHIPPING_MISSING',
      message:
        '発送情報が登録されていないため、au PAY マーケットがステータスの変更を受け付けませんでした。「発送完了」で発送情報を登録してください。',
    },
  ],
  [
    /必須入力/,
    {
      code: 'AUPAY_FIELD_MISSING',
      message: 'au PAY マーケットが必須項目の不足として受け付けませんでした。運営者へ連絡してください。',
    },
  ],
  [
    /の値が正しくありません|形式|桁数|不正な/,
    {
      code: 'AUPAY_FORMAT_REFUSED',
      message:
        'au PAY マーケットが入力内容を受け付けませんでした。モールのメッセージにある項目を確認し、直してから再実行してください。',
    },
  ],
]
