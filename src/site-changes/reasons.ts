import type { MarketplaceFailure } from '../marketplaces/port/failures.ts'
import type { StepRecord } from './steps.ts'

/** Why a change waits or ended as it did, as staff read it. Nothing of a person in it. */
export interface Reason {
  /** For programs. */
  code: string
  /** Japanese: what happened. */
  message: string
  /** Japanese: what to do now; null when nothing needs to be done. */
  nextStep: string | null
  mallCode: string | null
  mallMessage: string | null
}

const noWords = { mallCode: null, mallMessage: null }

export const cancelledAtMall: Reason = {
  code: 'ORDER_CANCELLED_AT_MALL',
  message: 'モール側でキャンセルされた受注のため、変更を送信しませんでした。',
  nextStep: '出荷を止め、受注の内容を確認してください。確認が済んだら「確認済み」にしてください。',
  ...noWords,
}

export const refusedByPlan = ({ code, message }: { code: string; message: string }): Reason => ({
  code,
  message,
  nextStep:
    'モールの管理画面で受注の状態を確認してください。状態が変わったら再実行できます。不要なら「確認済み」にしてください。',
  ...noWords,
})

/** The same while it waits until the reason has gone. */
export const waitsForMall = ({ code, message }: { code: string; message: string }): Reason => ({
  code,
  message,
  nextStep: '操作は不要です。モールの状態が変わると自動で送信します。',
  ...noWords,
})

export const wantsPause: Reason = {
  code: 'MALL_WANTS_PAUSE',
  message: 'モールの直前の更新から間をあける必要があるため、待機しています。',
  nextStep: '操作は不要です。時間になると自動で送信します。',
  ...noWords,
}

export const WAITS_BY_WISH = 'WAITS_BY_WISH'

export const waitsByWish: Reason = {
  code: WAITS_BY_WISH,
  message: '指定された時間になるまで待機しています。',
  nextStep: '操作は不要です。時間になると受注を読み直してから送信します。',
  ...noWords,
}

export const BUNDLE_NOT_SHIPPED = 'BUNDLE_NOT_SHIPPED'

/** 同梱: its parcel left with another order. */
export const notShippedWith = (why: string) => ({
  code: BUNDLE_NOT_SHIPPED,
  message: `同梱の受注を発送完了にしましたが、この受注は発送完了にできませんでした。${why}`,
  nextStep:
    '荷物に入っている場合は、この受注だけの発送完了を登録するか、モールの管理画面で操作してください。不要なら「確認済み」にしてください。',
  ...noWords,
})

export const alreadyDone = (message: string): Reason => ({
  code: 'ALREADY_DONE',
  message,
  nextStep: null,
  ...noWords,
})

/** The mall refused: in its words, and in ours. */
export const rejectedByMall = ({ label, answer }: StepRecord): Reason => ({
  code: answer?.code ?? 'REJECTED',
  message: `${label}: ${answer?.message ?? 'モールに拒否されました。'}`,
  nextStep: '原因を直してから再実行してください。内容を変える場合は、新しいサイト変更を登録してください。',
  mallCode: answer?.mallCode ?? null,
  mallMessage: answer?.mallMessage ?? null,
})

/** A retry is a person's word that it is not done: what the order cannot tell is sent once more. */
const CHECK_AT_MALL =
  'モールの管理画面でこの受注を確認してください。反映済みなら「確認済み」にしてください（再実行すると二重になることがあります）。反映されていなければ再実行してください。受注を読み直し、反映が確認できない操作を送り直します。'

/** @param withinMs how long it was looked for */
export const unconfirmed = (step: StepRecord, withinMs: number): Reason => ({
  code: 'CHANGE_UNCONFIRMED',
  message:
    step.state === 'answered'
      ? `${step.label}: モールは受け付けましたが、受注に反映されないまま${withinMs / 60_000}分が過ぎました。`
      : `${step.label}: 送信後にモールの回答が得られず、反映されたかどうかを${withinMs / 60_000}分以内に確認できませんでした。`,
  nextStep: CHECK_AT_MALL,
  mallCode: step.answer?.mallCode ?? null,
  mallMessage: step.answer?.mallMessage ?? null,
})

export const notYetTold = (step: StepRecord): Reason => ({
  code: 'CHANGE_RESULT_PENDING',
  message: `${step.label}: 送信後にモールの回答が得られませんでした。モールの処理が終わる時間まで待ってから確認します。`,
  nextStep: '操作は不要です。時間になると受注を読み直し、未反映と確認できた場合だけ送り直します。',
  ...noWords,
})

export const neverTaken = (step: StepRecord): Reason => ({
  code: 'CHANGE_NOT_TAKEN',
  message: `${step.label}: ${step.sends}回送信しましたが、モールに反映されませんでした。`,
  nextStep: '時間をおいて再実行してください。続く場合はモールの管理画面から操作してください。',
  ...noWords,
})

export const tooSlow: Reason = {
  code: 'CHANGE_TOO_SLOW',
  message: '15分以内にすべての操作を終えられなかったため、残りの操作を送信しませんでした。',
  nextStep: '再実行すると、残りの操作から続けます。',
  ...noWords,
}

export function warnedByMall(steps: readonly StepRecord[]): Reason | null {
  const warnings = steps.flatMap(({ answer }) => answer?.warnings ?? [])
  const [first] = warnings
  if (!first) return null
  return {
    code: 'MALL_WARNED',
    message: '変更は反映されましたが、モールから注意メッセージが返されました。',
    nextStep: 'モールのメッセージを読み、問題がなければ「確認済み」にしてください。',
    mallCode: first.code,
    mallMessage: warnings.map(({ message }) => message).join('\n'),
  }
}

/** While it waits in queued: the mall is down, asks for patience, or refuses the key. */
export const heldUp = (failure: MarketplaceFailure): Reason => ({
  code: failure.code,
  message: failure.message,
  nextStep:
    failure.kind === 'unauthorised'
      ? (failure.renew ?? '店舗設定で認証情報を更新してください。更新後、自動で再開します。')
      : '操作は不要です。モールに接続できるようになると自動で再開します。',
  mallCode: failure.mallCode ?? null,
  mallMessage: failure.mallMessage ?? null,
})

const LOOK_AT_ORDER = 'モールの管理画面でこの受注を確認し、必要なら再実行してください。'

export const unreadable = (code: string, message: string, mallMessage: string | null = null): Reason => ({
  code,
  message,
  nextStep: LOOK_AT_ORDER,
  mallCode: null,
  mallMessage,
})

export const notAtMall = (mallMessage: string | null): Reason =>
  unreadable(
    'ORDER_NOT_FOUND_AT_MALL',
    'モールのAPIでこの受注が見つからないため、変更を送信していません。',
    mallMessage,
  )

export const heldByMall = (message: string): Reason => unreadable('ORDER_HELD_BY_MALL', message)

export const notForUs = (message: string): Reason => unreadable('ORDER_NOT_HANDLED_HERE', message)

export const parametersOutdated: Reason = {
  code: 'CHANGE_PARAMETERS_INVALID',
  message: '保存されている変更内容を現在の形式として読み取れないため、送信しませんでした。',
  nextStep: '同じ内容で新しいサイト変更を登録してください。',
  ...noWords,
}

export const recordUnreadable = {
  code: 'CHANGE_RECORD_UNREADABLE',
  message: '保存されている送信記録を読み取れないため、送信済みかどうかを判断できず、処理を進められません。',
  nextStep:
    'モールの管理画面で受注の状態を確認してください。反映済みなら「確認済み」にし、未反映なら同じ内容で新しいサイト変更を登録してください。',
  ...noWords,
} satisfies Reason

export const brokenRules: Reason = {
  code: 'CHANGE_UNEXPECTED',
  message: '変更の処理で想定外のエラーが起きました。',
  nextStep: 'モールの管理画面で受注の状態を確認し、再実行してください。続く場合は運営者へご連絡ください。',
  ...noWords,
}

export const expired: Reason = {
  code: 'CHANGE_EXPIRED',
  message: '7日間送信できる状態にならなかったため、変更を終了しました。',
  nextStep:
    '店舗の「要対応」とモールの管理画面の受注を確認してから再実行してください。すでにモールで操作済みなら「確認済み」にしてください。',
  ...noWords,
}
