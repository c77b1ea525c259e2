import type { Sealer } from '../../platform/crypto/sealer.ts'
import { type HttpClient, HttpError } from '../../platform/http/http-client.ts'
import { type Mailer, NoticeRefused } from '../mailer.ts'
import { withoutFooter } from '../texts.ts'
import { type Message, requestOf } from './messages.ts'
import { Target, targetContext } from './targets.ts'

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

/** Resolves when the service, or the mail server, has taken the message. @throws NoticeRefused, ChannelRefused */
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
