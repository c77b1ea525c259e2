import { signedHeaders } from '../../platform/crypto/signed-message.ts'
import type { HttpRequest } from '../../platform/http/http-client.ts'
import type { NoticeText } from '../texts.ts'
import type { Target } from './targets.ts'

/**
 * Converts a notice to each service's message format, as the services document it (read in November 2026).
 */

export interface Message extends NoticeText {
  /** The same at each attempt. */
  id: string
  at: Date
  notices: readonly MessageNotice[]
}

interface MessageNotice {
  id: string
  kind: string
  what: string
  subject: string
  at: Date
}

export interface MessageRules {
  /** https://api.chatwork.com, or a test's replacement. */
  chatworkUrl: string
  /** For signatures. */
  now: Date
}

export type PostTarget = Exclude<Target, { kind: 'mail' }>

/** Bounds of the services, with room: Slack cuts at 40,000 characters, Chatwork refuses above 64 KiB, LINE WORKS above 2,000 characters. */
const MOST = { slack: 30_000, chatwork: 15_000, line_works: 1_900 }

export function requestOf(
  target: PostTarget,
  message: Message,
  rules: MessageRules,
): Pick<HttpRequest, 'url' | 'headers' | 'body'> {
  const { subject, text } = message
  switch (target.kind) {
    case 'slack':
      return json(target.url, { text: cut(`*${slackText(subject)}*\n${slackText(text)}`, MOST.slack) })
    case 'line_works':
      return json(target.url, { title: cut(subject, 200), body: { text: cut(text, MOST.line_works) } })
    case 'chatwork':
      return chatwork(target, message, rules)
    case 'webhook':
      return signed(target, message, rules)
  }
}

const json = (url: string, value: unknown) => ({
  url,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(value),
})

/** These three are its whole syntax: without them a shop's name could call everybody in the channel (`<!channel>`). */
const slackText = (text: string) =>
  text.replace(/[&<>]/g, (sign) => (sign === '&' ? '&amp;' : sign === '<' ? '&lt;' : '&gt;'))

function chatwork(
  { roomId, token }: Extract<PostTarget, { kind: 'chatwork' }>,
  { subject, text }: Message,
  { chatworkUrl }: MessageRules,
) {
  // Chatwork's syntax begins with a bracket ([toall], [To:…]) and has no escape.
  const plain = (words: string) => words.replaceAll('[', '［').replaceAll(']', '］')
  const body = `[info][title]${plain(subject)}[/title]${cut(plain(text), MOST.chatwork)}[/info]`
  return {
    url: `${chatworkUrl}/v2/rooms/${roomId}/messages`,
    headers: { 'x-chatworktoken': token, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ body, self_unread: '1' }).toString(),
  }
}

/** Signed as the webhooks of the change feed are (Standard Webhooks). */
function signed(
  { url, secret }: Extract<PostTarget, { kind: 'webhook' }>,
  { id, at, subject, text, notices }: Message,
  { now }: MessageRules,
) {
  const body = JSON.stringify({
    type: 'notices',
    timestamp: at.toISOString(),
    data: { subject, text, notices: notices.map((one) => ({ ...one, at: one.at.toISOString() })) },
  })
  return {
    url,
    body,
    headers: { 'user-agent': 'torikomi-notices', ...signedHeaders([secret], id, now, body) },
  }
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text
  // Avoids a cut inside a surrogate pair.
  return `${text.slice(0, most).replace(/[\ud800-\udbff]$/, '')}\n（以下省略。全文は通知の一覧で確認できます）`
}
