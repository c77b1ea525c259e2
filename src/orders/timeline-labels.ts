/** Japanese labels of timeline lines for staff; the kind beside each is for programs. */

const LABELS: ReadonlyMap<string, string> = new Map([
  ['mail_seen', '注文メールを受信しました'],
  ['staged', '自動受注取込に入りました'],
  ['pulled', '新規受付へ取り込まれました'],
  ['refreshed', 'モールの最新の内容を確認しました'],
  ['cancelled_at_mall', 'モールでキャンセルされました'],
  ['reopened_at_mall', 'モールでキャンセルが取り消されました'],
  ['changed_at_mall', 'モールで内容が変更されました'],
  ['edited', '編集されました'],
  ['moved', 'ステータスが変更されました'],
  ['reimported', '注文再取込で置き換えられました'],
  ['taken_over', 'サイト変更でモールに書いた内容を受注に反映しました'],
  ['change_requested', 'サイト変更が依頼されました'],
  ['change_sent', 'サイト変更をモールへ送信しました'],
  ['change_answered', 'モールがサイト変更に回答しました'],
  ['change_read', 'サイト変更の反映を確認しました'],
  ['change_waiting', 'サイト変更は待機中です'],
  ['change_succeeded', 'サイト変更が成功しました'],
  ['change_warning', 'サイト変更に警告があります'],
  ['change_failed', 'サイト変更に失敗しました'],
  ['change_retried', 'サイト変更が再実行されました'],
  ['change_dismissed', 'サイト変更が確認済みになりました'],
  ['erased', '購入者からの請求により個人情報を消去しました'],
  ['attempt_failed', 'モールに問い合わせましたが、まだ取り込めませんでした'],
])

const WAITED_FOR: ReadonlyMap<string, string> = new Map([
  ['waited_lane_closed', 'モールが応答しない、または混雑しているため'],
  ['waited_attention', '店舗が要対応のため'],
  ['waited_disabled', '店舗が停止中のため'],
  ['waited_quota', 'モールの呼び出し回数の上限を守るため'],
])

/** @param data of a wait: `seconds`, and `code` of what closed the lane; of a failed attempt: `code` */
export function timelineLabel(kind: string, data: Readonly<Record<string, unknown>>): string {
  const code = typeof data.code === 'string' ? `（${data.code}）` : ''
  const reason = WAITED_FOR.get(kind)
  if (reason !== undefined) {
    const { seconds } = data
    return typeof seconds === 'number'
      ? `${reason}${spell(seconds)}待ちました${code}`
      : `${reason}待っています${code}`
  }
  return `${LABELS.get(kind) ?? kind}${code}`
}

function spell(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60]
  if (hours > 0) return minutes > 0 ? `${hours}時間${minutes}分` : `${hours}時間`
  if (minutes > 0) return rest > 0 && minutes < 10 ? `${minutes}分${rest}秒` : `${minutes}分`
  return `${rest}秒`
}
