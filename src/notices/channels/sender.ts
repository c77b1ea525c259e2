import type { Notice } from '../../generated/prisma/client.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import { signedHeaders } from '../../platform/crypto/signed-message.ts'
import { type HttpClient, HttpError, type HttpRequest } from '../../platform/http/http-client.ts'
import { type Mailer, NoticeRefused } from '../mailer.ts'
import { type NoticeText, withoutFooter } from '../texts.ts'
import { Target, targetContext } from './schemas.ts'

export interface SenderTools {
  sealer: Pick<Sealer, 'of'>
  /** The guarded way out: no private addresses, no redirects. */
  http: HttpClient
  mailer: Pick<Mailer, 'send'> | null
  /** A person's mail address; null once the account is deleted. */
  emailOf(accountId: string): Promise<string | null>
  /** Instead of Chatwork's own, for tests. */
  chatworkUrl?: string
}

export interface SealedChannel {
  id: string
  tenantId: string
  accountId: string | null
  sealedTarget: Uint8Array
}

/** Why a service refused, with how long it wants to be left alone. */
export class ChannelRefused extends NoticeRefused {
  readonly waitMs: number
  constructor(code: string, waitMs: number, cause?: unknown) {
    super(code, false, cause)
    this.name = 'ChannelRefused'
    this.waitMs = waitMs
  }
}

const CHATWORK_URL = 'https://api.chatwork.com'
const ATTEMPT_MS = 15_000
/** Only the status of an answer is used. */
const ANSWER_BYTES = 64 * 1024
const MOST_WAIT_MS = 60 * 60_000

/**
 * Resolves when the service, or the mail server, has taken the message. @throws NoticeRefused, ChannelRefused
 */
export async function sendMessage(
  tools: SenderTools,
  channel: SealedChannel,
  message: Message,
  now: Date,
  signal?: AbortSignal,
): Promise<void> {
  const target = Target.parse(
    tools.sealer.of(channel.tenantId).openJson(targetContext(channel.id), channel.sealedTarget),
  )
  if (target.kind === 'mail') return sendMail(tools, channel, message)
  const rules = { chatworkUrl: tools.chatworkUrl ?? CHATWORK_URL, now }
  const text = withoutFooter(message.text)
  const request = requestOf(target, { ...message, text }, rules)
  const bounds = { timeoutMs: ATTEMPT_MS, maxBytes: ANSWER_BYTES }
  const answer = await tools.http
    .request({ method: 'POST', ...request, ...bounds }, signal)
    .catch((error: unknown) => {
      throw new ChannelRefused(error instanceof HttpError ? error.reason : 'internal', 0, error)
    })
  if (answer.status >= 200 && answer.status < 300) return
  throw new ChannelRefused(`HTTP ${answer.status}`, waitOf(answer.headers['retry-after']))
}

async function sendMail(tools: SenderTools, { accountId }: SealedChannel, message: Message): Promise<void> {
  const to = accountId === null ? null : await tools.emailOf(accountId)
  if (to === null || tools.mailer === null) throw new NoticeRefused('NO_ADDRESS', true, undefined)
  const { id, subject, text, at } = message
  await tools.mailer.send({ id, to, subject, text, at })
}

/** Seconds; a date is left to our own pause. */
function waitOf(header: string | undefined): number {
  const seconds = /^\d{1,6}$/.test(header ?? '') ? Number(header) : 0
  return Math.min(seconds * 1_000, MOST_WAIT_MS)
}

// Converts a notice to each service's message format, as the services document it (read in November 2026).

interface Message extends NoticeText {
  /** The same at each attempt. */
  id: string
  at: Date
  notices: readonly (Pick<Notice, 'id' | 'kind' | 'what' | 'subject'> & { at: Date })[]
}

interface MessageRules {
  /** https://api.chatwork.com, or a test's replacement. */
  chatworkUrl: string
  /** For signatures. */
  now: Date
}

type PostTarget = Exclude<Target, { kind: 'mail' }>

/**
 * Bounds of the services, with room: Slack cuts at 40,000 characters, Chatwork refuses above 64 KiB, LINE
 * WORKS above 2,000 characters.
 */
const MOST = { slack: 30_000, chatwork: 15_000, line_works: 1_900 }

function requestOf(
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

/** These three are its whole syntax: otherwise a shop's name could call the whole channel (`<!channel>`). */
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
    kind: 'notices',
    at: at.toISOString(),
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
