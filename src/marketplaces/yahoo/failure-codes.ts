import { codeTable } from '../kit/code-table.ts'
import type { FailureKind } from '../port/failures.ts'

/** Meaning of a code from Yahoo!'s gateway for the shop (開発者ネットワーク, エラーメッセージおよびコード). */
export interface CodeMeaning {
  kind: FailureKind
  /** Ours. */
  code: string
  /** Japanese, for staff. */
  message: string
  /** unauthorised: what to renew or register, and where. */
  renew?: string
}

export const RENEW_CONSENT =
  'ストアの注文管理権限を持つYahoo! JAPAN IDで同意し直し、新しいリフレッシュトークンと同意日時を登録してください。'

/** Codes of the store API layer. All of them concern the store or the application, none a single order. */
export const PX_CODES = codeTable<CodeMeaning>({
  'px-04001': {
    kind: 'unavailable',
    code: 'YAHOO_SELLER_ID_MISSING',
    message: 'Yahoo!ショッピングがストアアカウントのない要求として拒否しました。運営者へ連絡してください。',
  },
  'px-04102': {
    kind: 'unauthorised',
    code: 'YAHOO_SESSION_ENDED',
    message:
      'Yahoo!ショッピングの注文APIの利用時間（同意から12時間）が終わりました。同意し直すまで取込を止めます。公開鍵認証が有効であれば最長4週間使えます。',
    renew: `${RENEW_CONSENT}あわせて公開鍵とそのバージョンも確認してください。`,
  },
  'px-04303': {
    kind: 'unauthorised',
    code: 'YAHOO_APP_NOT_REGISTERED',
    message: 'Client IDが注文APIの利用申請に登録されていません。',
    renew: 'Yahoo!ショッピングの注文API利用申請に、このClient IDとストアアカウントを登録してください。',
  },
  'px-04306': {
    kind: 'unauthorised',
    code: 'YAHOO_IP_NOT_REGISTERED',
    message: '接続元IPアドレスが注文APIの利用申請に登録されていません。',
    renew: 'Yahoo!ショッピングの注文API利用申請に、このサーバーの接続元IPアドレスを登録してください。',
  },
  'px-04307': {
    kind: 'unauthorised',
    code: 'YAHOO_CONSENT_WITHDRAWN',
    message: 'Yahoo! JAPAN IDの同意が取り消されているため、注文APIを利用できません。',
    renew: RENEW_CONSENT,
  },
  'px-14303': {
    kind: 'unauthorised',
    code: 'YAHOO_NO_PERMISSION',
    message: '同意したYahoo! JAPAN IDのビジネスIDに、このストアの注文管理権限がありません。',
    renew:
      'ストアクリエイターProで、同意したビジネスIDに注文管理の権限を付けてください。権限のあるIDで同意し直してもかまいません。',
  },
  'px-14304': {
    kind: 'unauthorised',
    code: 'YAHOO_STORE_NOT_ALLOWED',
    message: '同意したYahoo! JAPAN IDでは、このストアアカウントを利用できません。',
    renew: 'ストアアカウントの綴りを確認し、このストアに登録されたYahoo! JAPAN IDで同意し直してください。',
  },
  'px-04400': {
    kind: 'unavailable',
    code: 'YAHOO_WRONG_URL',
    message:
      'Yahoo!ショッピングのAPIのURLが正しくありません。運営者がYAHOO_API_URLの設定を確認してください。',
  },
})

/** Interval of retrying after faults that are fixed at Yahoo!, with no change here. */
export const RECHECK_MS = 15 * 60 * 1000
