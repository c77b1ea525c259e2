import type { Schemas } from '../api.ts'
import { t } from '../i18n.ts'
import type { Tone } from '../parts/sign.tsx'

export type Webhook = Schemas['Webhook']
export type Delivery = Schemas['WebhookDelivery']
export type Kind = Schemas['FeedKind']

export const KINDS: readonly Kind[] = ['order', 'change', 'attention', 'notice']

const KIND_WORDS: ReadonlyMap<string, readonly [string, string]> = new Map([
  ['order', ['受注', 'Orders']],
  ['change', ['サイト変更', 'Site changes']],
  ['attention', ['要対応', 'Attention']],
  ['notice', ['お知らせ', 'Notices']],
  ['reset', ['読み直し', 'Reset']],
  ['test', ['テスト', 'Test']],
])
export function kindWord(kind: string): string {
  const known = KIND_WORDS.get(kind)
  return known ? t(...known) : kind
}

export const DELIVERY_STATES = ['waiting', 'delivered', 'failed'] as const
export const deliveryStateWord = (state: Delivery['state']): string =>
  ({
    waiting: t('送信待ち', 'Waiting'),
    delivered: t('送信済み', 'Delivered'),
    failed: t('送信失敗', 'Failed'),
  })[state]

/** Describes how the last attempt ended and what to do about it. */
export function outcome(delivery: Delivery): { tone: Tone; text: string } {
  const { state, attempts, lastStatus, lastCode, lastMs } = delivery
  if (attempts === 0 && state === 'waiting')
    return { tone: 'changing', text: t('送信を待っています', 'Waits to be sent') }
  if (lastCode !== null)
    return { tone: state === 'failed' ? 'failed' : 'warning', text: reason(lastCode, lastStatus) }
  return {
    tone: 'done',
    text: t(
      `受信側が受け取りました（HTTP ${lastStatus}、${lastMs}ミリ秒）`,
      `Taken (HTTP ${lastStatus}, ${lastMs} ms)`,
    ),
  }
}

function reason(code: string, status: number | null): string {
  switch (code) {
    case 'status':
      return t(
        `受信側がHTTP ${status}を返しました。受信側のログを確認し、2xxを返すように直してください。`,
        `The receiver answered HTTP ${status}. Look at its log: it has to answer 2xx.`,
      )
    case 'timeout':
      return t(
        '15秒以内に応答がありません。受け取ったらすぐに2xxを返し、処理は後で行ってください。',
        'No answer within 15 s. Answer 2xx at once and work on it later.',
      )
    case 'unreachable':
      return t(
        '接続できません。URLと、受信側が動いていることを確認してください。',
        'It cannot be reached. Check the address, and that the receiver runs.',
      )
    case 'untrusted':
      return t(
        'サーバー証明書を確認できません。期限とホスト名を確認してください。',
        'Its certificate cannot be trusted. Check its end and its host.',
      )
    case 'broken':
      return t('応答の途中で接続が切れました。', 'The connection broke in the middle of the answer.')
    case 'too_large':
      return t(
        '応答が大きすぎます。本文のない2xxを返してください。',
        'Its answer is too large: send 2xx without a body.',
      )
    case 'forbidden_address':
      return t(
        '社内や予約済みのアドレスには送信できません。インターネットから届くURLにしてください。',
        'Private addresses are not sent to. Use one that the internet reaches.',
      )
    case 'reset':
      return t(
        'データベースの復元または切り替えがあったため、送信をやめました。受信側で一覧を読み直してください。',
        'Given up: the database was restored or replaced. The receiver has to read the lists anew.',
      )
    default:
      return t(`送信できません（${code}）。`, `It cannot be sent (${code}).`)
  }
}

export function health(webhook: Webhook, now: string): { tone: Tone; text: string } {
  if (webhook.disabledCode !== null)
    return {
      tone: 'failed',
      text:
        webhook.disabledCode === 'GONE'
          ? t(`${now}に自動停止: 受信側が410を返しました`, `Switched off ${now}: the receiver answered 410`)
          : t(`${now}に自動停止: 送信の失敗が5日続きました`, `Switched off ${now}: five days of failures`),
    }
  if (!webhook.enabled) return { tone: 'hold', text: t('停止中', 'Off') }
  if (webhook.failures > 0)
    return {
      tone: 'warning',
      text: t(
        `${now}から送信できません（${webhook.failures}回）`,
        `Not sent since ${now} (${webhook.failures} times)`,
      ),
    }
  return { tone: 'done', text: t('利用中', 'On') }
}
