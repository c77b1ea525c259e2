import type { Random } from '../platform/random.ts'
import { startSandboxImap } from './imap/index.ts'
import { composeMail, type MailOptions } from './mails/index.ts'
import { startRakutenSimulator } from './rakuten/index.ts'
import type { MallSimulator, SandboxEvent, SandboxOrder } from './types.ts'
import { startYahooSimulator } from './yahoo/index.ts'

/** The simulated malls and the mail server that receives their mails, wired together. */

export interface SandboxOptions {
  /** Fixed ports for `npm run sandbox`; 0 or absent: any free port. All on 127.0.0.1. */
  ports?: { rakuten?: number; yahoo?: number; imap?: number }
  /** The same seed generates the same orders. */
  seed: number
  random: Random
  /** Calls per second that each simulated mall allows; the real malls' one per second by default. */
  requestsPerSecond?: number
}

export interface SandboxMailbox {
  host: string
  port: number
  username: string
  password: string
}

export interface DeliveredMail {
  event: SandboxEvent
  deliveredAt: number
}

export interface Sandbox {
  malls: { rakuten: MallSimulator; yahoo: MallSimulator }
  shops: { rakuten: string; yahoo: string }
  mailbox: SandboxMailbox
  imap: Awaited<ReturnType<typeof startSandboxImap>>
  /** How the next mails look; the mails of successive orders take turns in these shapes. */
  mailLooks: MailLook[]
  /** When each order's mails were delivered, newest last. */
  delivered: DeliveredMail[]
  /** Sends the mail of an event once more, or one that was held back. */
  sendMail(event: SandboxEvent, look?: MailLook): void
  close(): Promise<void>
}

export type MailLook = Pick<MailOptions, 'charset' | 'shape'>

export const SHOPS = { rakuten: '123456', yahoo: 'hoshizora-tools' } as const

const LOOKS: MailLook[] = [
  { charset: 'utf-8', shape: 'multipart' },
  { charset: 'iso-2022-jp', shape: 'plain' },
  { charset: 'shift_jis', shape: 'html' },
  { charset: 'utf-8', shape: 'forwarded-inline' },
  { charset: 'iso-2022-jp', shape: 'forwarded-attached' },
]

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const perSecond = options.requestsPerSecond ?? 1
  const password = Buffer.from(options.random.bytes(12)).toString('base64url')
  const mailbox = { username: 'orders@sandbox.example', password }
  const imap = await startSandboxImap({
    port: options.ports?.imap ?? 0,
    users: [{ user: mailbox.username, password }],
  })
  const rakuten = await startRakutenSimulator({
    port: options.ports?.rakuten ?? 0,
    shops: [{ code: SHOPS.rakuten, name: '見本商店' }],
    seed: options.seed,
    requestsPerSecond: perSecond,
  })
  const yahoo = await startYahooSimulator({
    port: options.ports?.yahoo ?? 0,
    shops: [{ code: SHOPS.yahoo, name: '星空道具店' }],
    seed: options.seed,
    requestsPerSecond: perSecond,
  })
  const delivered: DeliveredMail[] = []
  const mailLooks = [...LOOKS]
  let sent = 0
  const sendMail = (event: SandboxEvent, look?: MailLook) => {
    const chosen = look ?? (mailLooks[sent % mailLooks.length] as MailLook)
    sent += 1
    imap.deliver(mailbox.username, composeMail(event, { to: mailbox.username, ...chosen }))
    delivered.push({ event, deliveredAt: Date.now() })
  }
  for (const mall of [rakuten, yahoo]) mall.onEvent((event) => sendMail(event))
  return {
    malls: { rakuten, yahoo },
    shops: SHOPS,
    mailbox: { host: imap.host, port: imap.port, ...mailbox },
    imap,
    mailLooks,
    delivered,
    sendMail,
    close: async () => {
      await Promise.allSettled([rakuten.close(), yahoo.close(), imap.close()])
    },
  }
}

/** Environment that points a service at the sandbox instead of the real malls. */
export function sandboxEnvironment(sandbox: Sandbox): Record<string, string> {
  const { rakuten, yahoo } = sandbox.malls
  return {
    RAKUTEN_API_URL: rakuten.url,
    YAHOO_API_URL: yahoo.url,
    YAHOO_AUTH_URL: yahoo.authUrl ?? yahoo.url,
    MAILBOX_ALLOWED_PRIVATE_HOSTS: sandbox.mailbox.host,
  }
}

export type { SandboxOrder }
