import type { Compared } from './compare.ts'

/** Counts of what a rehearsal found. */
export interface Facts {
  ended: boolean
  /** Days of the rehearsal so far. */
  days: number
  orders: number
  /** Numbers that were asked for and did not come. */
  failed: number
  unreadableMails: number
  unknowns: number
  warnings: number
  /** Answers of 429 and the like. */
  throttled: number
  /** Changes that the mall's rules would have refused. */
  refused: number
  comparison: Compared | null
}

export interface Verdict {
  /** bad: something is lost or wrong. look: a person has to. early: too little was seen. */
  state: 'bad' | 'look' | 'early' | 'good'
  /** Japanese, the weightiest first. */
  reasons: string[]
}

const FEW_ORDERS = 20
const FEW_DAYS = 3

/** Pure: what staff should do about a shop after its rehearsal. */
export function verdictOf(facts: Facts): Verdict {
  const { comparison } = facts
  const bad = [
    told(
      comparison?.missingHereCount,
      (n) => `今のシステムにあって取り込まれていない受注が ${n} 件あります。番号を確認してください。`,
    ),
    told(
      comparison?.differingCount,
      (n) => `今のシステムと金額が違う受注が ${n} 件あります。モールの管理画面の金額と比べてください。`,
    ),
    told(
      facts.failed,
      (n) => `取り込めなかった受注が ${n} 件あります。店舗の「取込要確認」を確認してください。`,
    ),
    told(
      facts.unreadableMails,
      (n) => `注文番号を読み取れないメールが ${n} 通あります。受信箱の画面で確認してください。`,
    ),
  ].flat()
  const look = [
    told(comparison?.missingThereCount, (n) => `取り込まれていて今のシステムにない受注が ${n} 件あります。`),
    told(facts.warnings, (n) => `注意のある受注が ${n} 件あります。受注の画面で内容を確認してください。`),
    told(
      facts.unknowns,
      (n) =>
        `資料にない項目・コードが ${n} 種類ありました。受注は取り込まれています。運営者に知らせてください。`,
    ),
    told(facts.throttled, (n) => `モールの呼び出し回数の制限に ${n} 回あたりました。`),
    told(facts.refused, (n) => `モールの決まりにより送信できないサイト変更が ${n} 件ありました。`),
  ].flat()
  const early = [
    ...(facts.orders < FEW_ORDERS
      ? [`取り込んだ受注がまだ ${facts.orders} 件です。${FEW_ORDERS} 件以上になるまで続けてください。`]
      : []),
    ...(facts.days < FEW_DAYS
      ? [`始めてから ${FEW_DAYS} 日たっていません。曜日や時間帯で違うことがあります。`]
      : []),
    ...(comparison === null ? ['今のシステムのCSVとまだ比べていません。'] : []),
  ]
  const state = bad.length > 0 ? 'bad' : early.length > 0 ? 'early' : look.length > 0 ? 'look' : 'good'
  const none =
    '見つかった問題はありません。リハーサルを終了すると、サイト変更がモールに送信されるようになります。'
  return { state, reasons: state === 'good' ? [none] : [...bad, ...early, ...look] }
}

const told = (count: number | undefined, text: (count: string) => string): string[] =>
  count === undefined || count === 0 ? [] : [text(count.toLocaleString('ja-JP'))]
