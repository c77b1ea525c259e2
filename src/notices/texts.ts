import type { Lifetime } from '../marketplaces/port/marketplace.ts'
import { calendarDays, japaneseTime } from '../platform/japan-time.ts'
import { ORDER_FILE_FAILED } from '../shops/attention.ts'
import { AT_ONCE } from '../shops/calendar/lifetimes.ts'

/**
 * Japanese texts for people: the event, its time, the remedy and where to apply it. Never contain a secret.
 */

export interface NoticeText {
  subject: string
  text: string
}

export interface NamedShop {
  name: string
  /** 楽天市場 */
  mallLabel: string
  /** The shop's id at the mall. */
  code: string
}

export function expiryText(
  shop: NamedShop,
  lifetime: Lifetime & { endsAt: Date },
  threshold: number,
  now: number,
): NoticeText {
  const { label, endsAt, certain, action } = lifetime
  const over = endsAt.getTime() <= now
  const about = certain ? '' : '（目安）'
  return {
    subject: subjectOf(shop, headline({ label, endsAt, certain }, threshold, now)),
    text: withFooter([
      ...shopLines(shop),
      `対象: ${label}`,
      `期限: ${japaneseTime(endsAt)}（日本時間）${about}`,
      ...(certain ? [] : ['期限はモールから示されないため、登録日などから計算した目安です。']),
      '',
      '■ 対応',
      action,
      '',
      over
        ? '期限が切れると自動受注取込が止まります。更新すると、止まっていた間の注文も自動的に取り込みます。'
        : '期限を過ぎると自動受注取込が止まります。期限の前に更新してください。',
    ]),
  }
}

function headline(
  { label, endsAt, certain }: Pick<Lifetime, 'label' | 'certain'> & { endsAt: Date },
  threshold: number,
  now: number,
): string {
  if (endsAt.getTime() <= now) return `${label}の期限が切れました`
  // An estimate counts from its entry here, which is after its beginning.
  if (threshold === AT_ONCE)
    return `${label}は${certain ? '' : '遅くとも'}${japaneseTime(endsAt)}に終わります`
  const days = calendarDays(endsAt, now)
  return days === 0 ? `${label}の期限は本日です` : `${label}の期限まであと${days}日です`
}

export function mailboxExpiryText(
  { name, host }: Omit<NamedMailbox, 'shops'>,
  lifetime: Lifetime & { endsAt: Date },
  threshold: number,
  now: number,
): NoticeText {
  const { label, endsAt, action } = lifetime
  return {
    subject: oneLine(`【自動受注取込】受信箱「${name}」: ${headline(lifetime, threshold, now)}`),
    text: withFooter([
      oneLine(`受信箱: ${name}（${host}）`),
      `対象: ${label}`,
      `期限: ${japaneseTime(endsAt)}（日本時間）`,
      '',
      '■ 対応',
      action,
      '',
      '期限を過ぎると注文メールを受信できなくなります。モールの注文一覧との突合は続きますが、取り込みは通常より遅くなります。',
    ]),
  }
}

const EMPTIED = {
  unpulledOrders: {
    are: '受注取込されていない受注',
    counted: '自動受注取込の受注',
    action: '受注取込を実行するか、不要な受注はステータスを変更してください。',
  },
  openOrders: {
    are: '完了していない受注',
    counted: '受注取込済みで、出荷・完了・キャンセルのいずれにもなっていない受注',
    action:
      '処理が済んでいる受注は、ステータスを出荷済み・完了・キャンセルに変更してください。まだ発送していない受注は、消去の前に発送に必要な情報を保存してください。',
  },
} as const

/** @param at when the first of the orders loses its personal data */
export const emptiedText = (
  what: keyof typeof EMPTIED,
  shop: string,
  orders: number,
  at: Date,
): NoticeText => ({
  subject: oneLine(`【自動受注取込】${shop}: ${EMPTIED[what].are}の個人情報がまもなく消去されます`),
  text: withFooter([
    oneLine(`店舗: ${shop}`),
    `対象: ${EMPTIED[what].counted} ${orders}件`,
    `最初の消去: ${japaneseTime(at)}（日本時間）`,
    '',
    '■ 対応',
    `${EMPTIED[what].action}消去後は、氏名・住所・電話番号などを表示できません。受注番号・金額・ステータスは残ります。`,
  ]),
})

export interface Attention {
  code: string
  /** Japanese: the step that a person must take. */
  message: string
  since: Date
}

const COMES_IN =
  '対応が済むと、止まっていた間の注文も自動的に取り込みます。すぐに再開するには、店舗設定の「接続テスト」を実行してください。'

export function attentionText(shop: NamedShop, attention: Attention): NoticeText {
  return {
    subject: subjectOf(
      shop,
      attention.code === ORDER_FILE_FAILED
        ? '注文ファイルを取り込めませんでした（要対応）'
        : '自動受注取込が止まっています（要対応）',
    ),
    text: withFooter([
      ...shopLines(shop),
      `発生: ${japaneseTime(attention.since)}（日本時間）`,
      '',
      '■ 内容と対応',
      attention.message,
      `（コード: ${attention.code}）`,
      ...(attention.code === ORDER_FILE_FAILED ? [] : ['', COMES_IN]),
    ]),
  }
}

export interface NamedMailbox {
  name: string
  host: string
  /** Names of the shops whose order mails come there. */
  shops: readonly string[]
}

/** More shops than these are counted. */
const SHOPS_NAMED = 10

/** @param ill true when it is not listened to as it should be; false when something about it needs a look */
export function mailboxText(mailbox: NamedMailbox, attention: Attention, ill: boolean): NoticeText {
  const { name, host, shops } = mailbox
  return {
    subject: oneLine(
      `【自動受注取込】受信箱「${name}」: ${ill ? '注文メールを受信できていません（要対応）' : '注文メールが届いていません（要確認）'}`,
    ),
    text: withFooter([
      oneLine(`受信箱: ${name}（${host}）`),
      oneLine(`対象店舗: ${shopNames(shops)}`),
      `発生: ${japaneseTime(attention.since)}（日本時間）`,
      '',
      '■ 内容と対応',
      attention.message,
      `（コード: ${attention.code}）`,
      '',
      'メールを受信できない間も、モールの注文一覧との突合で注文を取り込みますが、通常より遅くなります。',
      ...(ill
        ? [
            '受信できるようになると、その間に届いたメールも自動的に読み取ります。すぐに再開するには、受信箱設定の「接続テスト」を実行してください。',
          ]
        : []),
    ]),
  }
}

function shopNames(shops: readonly string[]): string {
  if (shops.length === 0) return 'なし'
  const more = shops.length - SHOPS_NAMED
  return `${shops.slice(0, SHOPS_NAMED).join('、')}${more > 0 ? ` ほか${more}店舗` : ''}`
}

/** A day of one shop. */
export interface ShopReport extends NamedShop {
  /** True when the shop has stopped (要対応). */
  ill: boolean
  /** Orders that the mall lists for the day, and how many of them are here; null: not compared yet. */
  mall: number | null
  here: number | null
  pending: number | null
  missing: number | null
  staged: number
  pulled: number
  shipped: number
  /**
   * Present state, not that of the day: orders neither shipped, completed nor cancelled, and how many of
   * these wait in 自動受注取込.
   */
  open: number
  waiting: number
}

/** 日次レポート @param day its beginning */
export function reportText(day: Date, shops: readonly ShopReport[]): NoticeText {
  const date = japaneseTime(day).split(' ')[0]
  const sum = (of: (shop: ShopReport) => number) => shops.reduce((total, shop) => total + of(shop), 0)
  const ill = shops.filter((shop) => shop.ill).length
  const staged = sum((shop) => shop.staged)
  const shipped = sum((shop) => shop.shipped)
  return {
    subject: `【自動受注取込】${date}の日次レポート: 取込${staged}件、出荷${shipped}件${ill > 0 ? `、要対応${ill}店舗` : ''}`,
    text: withFooter([
      `${date}（日本時間）のまとめです。「未処理」は作成時点の件数です。`,
      ...shops.flatMap(shopReport),
      ...(shops.length === 0 ? ['', '利用中の店舗はありません。'] : []),
      ...(shops.length > 1
        ? [
            '',
            `■ 合計（${shops.length}店舗）`,
            `自動受注取込: ${staged}件`,
            `受注取込: ${sum((shop) => shop.pulled)}件`,
            `出荷: ${shipped}件`,
            `未処理: ${sum((shop) => shop.open)}件`,
          ]
        : []),
    ]),
  }
}

function shopReport(shop: ShopReport): string[] {
  const { name, mallLabel, code, mall, here, pending, missing } = shop
  const compared = [
    `取込済み${here ?? 0}件`,
    ...(missing ? [`未取込${missing}件`] : []),
    ...(pending ? [`モールで保留中${pending}件`] : []),
  ].join('、')
  return [
    '',
    oneLine(`■ ${name}（${mallLabel} ${code}）${shop.ill ? ' ※要対応' : ''}`),
    mall === null ? 'モールの注文: 未照合' : `モールの注文: ${mall}件（${compared}）`,
    `自動受注取込: ${shop.staged}件`,
    `受注取込: ${shop.pulled}件`,
    `出荷: ${shop.shipped}件`,
    `未処理: ${shop.open}件${shop.waiting > 0 ? `（うち自動受注取込に${shop.waiting}件）` : ''}`,
  ]
}

const shopLines = ({ name, mallLabel, code }: NamedShop) => [`店舗: ${name}（${mallLabel} ${code}）`]

const subjectOf = ({ name, mallLabel }: NamedShop, said: string) =>
  oneLine(`【自動受注取込】${name}（${mallLabel}）: ${said}`)

/** Replaces line breaks and runs of blanks in headers and in names that staff entered. */
const oneLine = (text: string) => text.replace(/\s+/g, ' ')

const FOOTER = [
  '',
  '--',
  'このメールは Torikomi（自動受注取込）から自動で送られています。宛先の変更は運営者へご連絡ください。',
]

export const withFooter = (text: readonly string[]): string => `${[...text, ...FOOTER].join('\n')}\n`

/** For a digest, which has one of its own, and for rooms, where it is no mail. */
export const withoutFooter = (text: string): string => {
  const end = `${FOOTER.join('\n')}\n`
  return text.endsWith(end) ? text.slice(0, -end.length).trimEnd() : text.trimEnd()
}

export interface Told extends NoticeText {
  createdAt: Date
}

/** Texts that go along whole; of more than these only their subjects. */
const WHOLE = 20
const LINE = '―'.repeat(20)
const PREFIX = '【自動受注取込】'

/**
 * Joins many notices into one message: a list of contents, then each notice as it would be alone. A single
 * one is unchanged.
 */
export function digestOf(told: readonly Told[]): NoticeText {
  const [first, ...others] = told
  if (first === undefined) throw new Error('empty digest')
  if (others.length === 0) return { subject: first.subject, text: first.text }
  const short = ({ subject }: Told) => subject.replace(PREFIX, '')
  const whole = told.slice(0, WHOLE)
  return {
    subject: oneLine(`${PREFIX}お知らせ ${told.length}件: ${short(first)} ほか`),
    text: withFooter([
      `お知らせが${told.length}件あります。`,
      '',
      ...told.map((one, index) => `${index + 1}. ${short(one)}`),
      ...whole.flatMap((one, index) => [
        '',
        LINE,
        `${index + 1}. ${one.subject}`,
        '',
        withoutFooter(one.text),
      ]),
      ...(told.length > WHOLE
        ? ['', LINE, `${WHOLE + 1}件目以降の本文は、通知の一覧で確認してください。`]
        : []),
    ]),
  }
}
