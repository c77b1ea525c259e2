import type { Lifetime } from '../marketplaces/marketplace.ts'
import { AT_ONCE } from '../shops/credential-calendar-thresholds.ts'
import { calendarDays, japaneseTime } from './japan-time.ts'

/** What people are told, in Japanese: what, when, what to do and where. Never a secret. */

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
    subject: subjectOf(shop, headline(label, endsAt, threshold, now)),
    text: lines([
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

function headline(label: string, endsAt: Date, threshold: number, now: number): string {
  if (endsAt.getTime() <= now) return `${label}の期限が切れました`
  if (threshold === AT_ONCE) return `${label}は${japaneseTime(endsAt)}に終わります`
  const days = calendarDays(endsAt, now)
  return days === 0 ? `${label}の期限は本日です` : `${label}の期限まであと${days}日です`
}

export function attentionText(
  shop: NamedShop,
  attention: { code: string; message: string; since: Date },
): NoticeText {
  return {
    subject: subjectOf(shop, '自動受注取込が止まっています（要対応）'),
    text: lines([
      ...shopLines(shop),
      `発生: ${japaneseTime(attention.since)}（日本時間）`,
      '',
      '■ 内容と対応',
      attention.message,
      `（コード: ${attention.code}）`,
      '',
      '対応が済むと、止まっていた間の注文も自動的に取り込みます。すぐに再開するには、店舗設定の「接続テスト」を実行してください。',
    ]),
  }
}

const shopLines = ({ name, mallLabel, code }: NamedShop) => [`店舗: ${name}（${mallLabel} ${code}）`]

/** On one line, since it becomes a header. */
const subjectOf = ({ name, mallLabel }: NamedShop, said: string) =>
  `【自動受注取込】${name}（${mallLabel}）: ${said}`.replace(/\s+/g, ' ')

const FOOTER = [
  '',
  '--',
  'このメールは Torikomi（自動受注取込）から自動で送られています。宛先の変更は運営者へご連絡ください。',
]

const lines = (text: readonly string[]): string => `${[...text, ...FOOTER].join('\n')}\n`
