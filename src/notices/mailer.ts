import { codeOf, StartError } from '../platform/errors.ts'
import { PROVIDERS, StoredAuth } from '../shops/mailboxes/oauth/providers.ts'
import { type AskTools, aheadOf, fetchAccess, type MailToken } from '../shops/mailboxes/sign-in.ts'

export interface NoticeLetter {
  /** Equal for each attempt, so that a mail sent twice can be recognised as one. */
  id: string
  to: string
  subject: string
  text: string
  at: Date
}

/** Why a mail or message did not go out. `final`: this address will never take it. */
export class NoticeRefused extends Error {
  readonly code: string
  readonly final: boolean
  constructor(code: string, final: boolean, cause: unknown) {
    super(`a notice was not taken (${code})`, { cause })
    this.name = 'NoticeRefused'
    this.code = code
    this.final = final
  }
}

export interface Mailer {
  /** Resolves when the server has taken the mail. @throws NoticeRefused */
  send(letter: NoticeLetter): Promise<void>
  close(): void
}

export interface SmtpSettings {
  url: string
  /** Address, or name and address. */
  from: string
  /** True: a server without STARTTLS gets neither the password nor a mail. */
  requireTls: boolean
  /** JSON of its OAuth sign-in; null: the URL's credentials. */
  oauth?: string | null
  /** Certificates (PEM) of the authorities that are trusted; absent or null: those that Node.js knows. */
  ca?: string | null
}

/** Returns the mail server's access token; `renew`: the last one was refused. */
export type ProvideToken = (user: string, renew: boolean) => Promise<string>

export interface SmtpMailer extends Mailer {
  /** Signs in and sends nothing. */
  verify(): Promise<void>
}

const CONNECT_MS = 10_000
const SILENCE_MS = 20_000

/** Notices by SMTP; a connection for each mail, since they are rare. The first one loads the library. */
export function createMailer(settings: SmtpSettings, provide: ProvideToken | null = null): SmtpMailer {
  const { from } = settings
  const domain = /@([^\s<>@]+)>?$/.exec(from)?.[1] ?? 'localhost'
  let opened: ReturnType<typeof openTransport> | null = null
  const transport = () => {
    opened ??= openTransport(settings, provide)
    return opened
  }
  return {
    async send({ id, to, subject, text, at }) {
      const headers = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' }
      const mail = { from, to, subject, text, date: at, headers, messageId: `<${id}@${domain}>` }
      const server = await transport()
      await server.sendMail({ ...mail, textEncoding: 'base64' }).catch((error: unknown) => {
        throw refusalOf(error)
      })
    },
    verify: async () => void (await (await transport()).verify()),
    close: () => void opened?.then((transport) => transport.close()),
  }
}

async function openTransport({ url, requireTls, ca }: SmtpSettings, provide: ProvideToken | null) {
  const { createTransport } = await import('nodemailer')
  const transport = createTransport({
    url,
    requireTLS: requireTls,
    ...(ca ? { tls: { ca } } : {}),
    ...(provide === null ? {} : { auth: { type: 'OAuth2', user: userOf(url) } }),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    dnsTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  if (provide !== null)
    transport.set('oauth2_provision_cb', (user, renew, done) => {
      provide(user, renew).then(
        (token) => done(null, token),
        (error: unknown) => done(error instanceof Error ? error : new Error('no token')),
      )
    })
  return transport
}

const userOf = (url: string): string => decodeURIComponent(new URL(url).username)

/** Only the server's own no to this address is final: a wrong password or a full disk gets mended. */
function refusalOf(error: unknown): NoticeRefused {
  const facts: object = error instanceof Error ? error : {}
  const status = 'responseCode' in facts && typeof facts.responseCode === 'number' ? facts.responseCode : null
  const code = [codeOf(error) ?? 'EUNKNOWN', status].filter(Boolean).join(' ')
  const final =
    'command' in facts && facts.command === 'RCPT TO' && status !== null && status >= 550 && status <= 559
  return new NoticeRefused(code, final, error)
}

/**
 * Creates the mailer for the operator's mail server, with a password or OAuth.
 * @throws StartError as below
 */
export const createSmtpMailer = (tools: AskTools, smtp: SmtpSettings): SmtpMailer =>
  createMailer(smtp, smtp.oauth ? createSmtpAccess(tools, smtp.oauth) : null)

/** Scopes for sending, which differ from those for reading. */
const SMTP_SCOPES: Readonly<Record<string, string>> = {
  microsoft: 'https://outlook.office.com/SMTP.Send offline_access',
}

/**
 * Access tokens for the operator's mail server. They stay in this process: notices are few, each sending
 * process asks once an hour, and the setting (SMTP_OAUTH) is not ours to rewrite. A provider whose refresh
 * tokens work only once cannot be used.
 * @throws StartError naming the setting, never its value
 */
export function createSmtpAccess(tools: AskTools, setting: string): ProvideToken {
  const auth = authOf(setting)
  let token: MailToken | null = null
  let asking: Promise<MailToken> | null = null

  async function ask(user: string): Promise<MailToken> {
    const refreshToken = token?.refreshToken ?? auth.refreshToken
    const never = new AbortController().signal
    const fresh = await fetchAccess(tools, auth, user, refreshToken, never)
    return refreshToken === undefined ? fresh : { refreshToken, ...fresh }
  }

  return async (user, renew) => {
    const fresh = token !== null && tools.clock.now() < token.expiresAt - aheadOf(token)
    if (token === null || renew || !fresh) {
      asking ??= ask(user).finally(() => {
        asking = null
      })
      token = await asking
    }
    return token.accessToken
  }
}

function authOf(setting: string): StoredAuth {
  const parsed = StoredAuth.safeParse(json(setting))
  const fault = (what: string) => new StartError(`SMTP_OAUTH ${what}.`)
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path }) => path.join('.') || 'the whole').join(', ')
    throw fault(`must be JSON like the auth of a mailbox; to be mended: ${fields}`)
  }
  const { kind, refreshToken, scope } = parsed.data
  if (PROVIDERS[kind].consent && refreshToken === undefined)
    throw fault(`of kind ${kind} needs a refreshToken`)
  const own = scope ?? SMTP_SCOPES[kind]
  return { ...parsed.data, ...(own === undefined ? {} : { scope: own }) }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
