import type { Random } from '../src/platform/random.ts'
import { type SandboxImap, startSandboxImap } from './imap/index.ts'
import { type Keep, keepNothing, keepUnder } from './kit/keep.ts'
import type { MallSimulator, SandboxEvent } from './kit/types.ts'
import { composeMail, type MailOptions } from './mails/compose-mail.ts'
import { mallEnvironment, type SimulatedMall, startMalls } from './malls/index.ts'

/** The simulated malls and the mail server that receives their mails, wired together. */

export interface SandboxOptions {
  /** Fixed ports for `npm run sandbox`; absent: any free port. All on 127.0.0.1. */
  ports?: Partial<Record<SimulatedMall | 'imap', number>>
  /** The same seed generates the same orders. */
  seed: number
  /** Of each mall; 1. */
  shops?: number
  random: Random
  /** Calls per second that each simulated mall allows; the real malls' one per second by default. */
  requestsPerSecond?: number
  /** State that is to outlive a stop; absent: all ends with the process. */
  keep?: Keep
}

export interface SandboxMailbox {
  host: string
  port: number
  username: string
  password: string
}

interface DeliveredMail {
  event: SandboxEvent
  /** Milliseconds since 1970. */
  deliveredAt: number
}

export type MailLook = Pick<MailOptions, 'charset' | 'shape'>

export interface Sandbox {
  malls: Record<SimulatedMall, MallSimulator>
  /** Of each mall. */
  shops: number
  mailbox: SandboxMailbox
  imap: SandboxImap
  /** How mails look; those of successive events take turns. */
  mailLooks: MailLook[]
  /** In the order of delivery. */
  delivered: DeliveredMail[]
  /** The mails of all that happens at the malls during `work` are lost on their way. */
  withoutMail<T>(work: () => T): T
  close(): Promise<void>
}

export const MAIL_LOOKS: readonly MailLook[] = [
  { charset: 'utf-8', shape: 'multipart' },
  { charset: 'iso-2022-jp', shape: 'plain' },
  { charset: 'shift_jis', shape: 'html' },
  { charset: 'utf-8', shape: 'forwarded-inline' },
  { charset: 'iso-2022-jp', shape: 'forwarded-attached' },
]

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const keep = options.keep ?? keepNothing
  const mailbox = keep('mailbox', () => ({
    username: 'orders@sandbox.example',
    password: Buffer.from(options.random.bytes(12)).toString('base64url'),
  }))
  const imap = await startSandboxImap({
    port: options.ports?.imap ?? 0,
    users: [{ user: mailbox.username, password: mailbox.password }],
    keep,
  })
  const malls = await startMalls((mall) => ({
    port: options.ports?.[mall] ?? 0,
    seed: options.seed,
    shops: options.shops ?? 1,
    requestsPerSecond: options.requestsPerSecond ?? 1,
    keep: keepUnder(keep, mall),
  }))
  const delivered = keep('delivered', (): DeliveredMail[] => [])
  const mailLooks = [...MAIL_LOOKS]
  let mailsAreLost = false
  for (const mall of Object.values(malls)) {
    mall.onEvent((event) => {
      if (mailsAreLost) return
      const look = mailLooks[delivered.length % mailLooks.length] as MailLook
      imap.deliver(mailbox.username, composeMail(event, { to: mailbox.username, ...look }))
      delivered.push({ event, deliveredAt: Date.now() })
    })
  }
  return {
    malls,
    shops: options.shops ?? 1,
    mailbox: { host: imap.host, port: imap.port, ...mailbox },
    imap,
    mailLooks,
    delivered,
    withoutMail(work) {
      mailsAreLost = true
      try {
        return work()
      } finally {
        mailsAreLost = false
      }
    },
    close: async () => {
      await Promise.allSettled([...Object.values(malls).map((mall) => mall.close()), imap.close()])
    },
  }
}

/** Environment that points a service at the sandbox instead of the real malls. */
export const sandboxEnvironment = (sandbox: Sandbox): Record<string, string> => ({
  ...mallEnvironment(sandbox.malls),
  MAILBOX_ALLOWED_PRIVATE_HOSTS: sandbox.mailbox.host,
  WEBHOOK_ALLOWED_PRIVATE_HOSTS: sandbox.mailbox.host,
})
