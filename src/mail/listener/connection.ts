import { isIP } from 'node:net'
import { connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls'
import { ImapFlow, type ImapFlowOptions } from 'imapflow'
import { codeOf } from '../../platform/errors.ts'
import { factsOf } from '../../platform/narrow.ts'
import { TimedOut, withTimeout } from '../../platform/timeout.ts'
import { MailAuthFailure } from '../../shops/mailboxes/oauth/failures.ts'
import { PROVIDERS } from '../../shops/mailboxes/oauth/providers.ts'
import type { MailboxAccess, MailToken, SignInBy } from '../../shops/mailboxes/sign-in.ts'
import { isTokenRefused, serverWords } from './failures.ts'
import { type ListenerTiming, quietMsOf } from './timing.ts'

/** Address of one IMAP account. */
export interface MailboxAddress {
  host: string
  port: number
  /** `plain` sends the password in clear: only where the mailbox says so. */
  security: 'tls' | 'starttls' | 'plain'
  username: string
}

type LoginProof = { pass: string } | { accessToken: string }

/** Resolves a host to the one address that may be connected to. Rejects for private and unknown hosts. */
export type HostGuard = (host: string, port: number) => Promise<string>

interface ConnectTools {
  hostGuard: HostGuard
  timing: Pick<ListenerTiming, 'connectMs' | 'quietMs' | 'idleMs' | 'commandMs'>
  /** Count of mailboxes that this process listens to; absent: only this one. */
  mailboxes?: () => number
  /** Longest silence that the server allows, as far as it showed; null or absent: not known. */
  mostQuietMs?: number | null
  /** Certificates (PEM) to trust instead of the system's, for private servers and tests. */
  ca?: string | undefined
}

/** A logged-in connection. The opener closes it. */
export interface Link {
  client: ImapFlow
  /** Aborts when the connection ends, also when closed here; its reason says why. */
  gone: AbortSignal
  close(): void
  /** Runs one command; closes the connection when it takes too long. Rejects with the best cause known. */
  run<T>(command: Promise<T>): Promise<T>
}

/**
 * Connects and logs in with a fresh ImapFlow (an instance connects once only). Rejects with whatever went
 * wrong; see `describeFailure`. An abort closes the connection at any time, also later.
 */
async function openLink(
  login: MailboxAddress,
  proof: LoginProof,
  tools: ConnectTools,
  signal: AbortSignal,
): Promise<Link> {
  signal.throwIfAborted()
  const address = await withTimeout(tools.timing.connectMs, tools.hostGuard(login.host, login.port))
  signal.throwIfAborted()
  const client = new ImapFlow(optionsFor(login, proof, address, tools))
  const link = attach(client, tools.timing.commandMs, signal)
  const confused = login.security === 'tls' ? null : watchForTls(client, { ...login, address })
  try {
    await Promise.race([link.run(client.connect()), confused?.found ?? NEVER])
    return link
  } catch (error) {
    const { capabilities, secureConnection } = client
    link.close()
    if (signal.aborted) throw signal.reason
    throw capabilities.has('LOGINDISABLED') ? new LoginDisabled(secureConnection, error) : error
  } finally {
    confused?.end()
  }
}

const NEVER = new Promise<never>(() => {})

/** A server says it of a connection that is not encrypted; on an encrypted one it wants a token. */
class LoginDisabled extends Error {
  readonly code: 'LOGIN_NEEDS_TLS' | 'LOGIN_NEEDS_TOKEN'
  constructor(encrypted: boolean, cause: unknown) {
    super('the mail server takes no password', { cause })
    this.name = 'LoginDisabled'
    this.code = encrypted ? 'LOGIN_NEEDS_TOKEN' : 'LOGIN_NEEDS_TLS'
  }
}

class PortSpeaksTls extends Error {
  readonly code = 'PORT_SPEAKS_TLS'
  constructor() {
    super('the port begins with TLS')
    this.name = 'PortSpeaksTls'
  }
}

/** A server greets at once; one that does not may wait for TLS to begin. */
const GREETING_MS = 1_500

/**
 * A port for TLS waits for its client and does not greet, which would be known by the time-out alone. So one
 * that stays silent is asked for TLS; any certificate will do, and nothing is sent over it.
 */
function watchForTls(
  client: ImapFlow,
  { address, port, host }: MailboxAddress & { address: string },
): { found: Promise<never>; end(): void } {
  let socket: TLSSocket | null = null
  let timer: NodeJS.Timeout | undefined
  const found = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      if (client.greeting !== undefined && client.greeting !== '') return
      const name = isIP(host) ? {} : { servername: host }
      socket = connect({ host: address, port, rejectUnauthorized: false, ...name })
      socket.once('secureConnect', () => reject(new PortSpeaksTls()))
      // Whatever else it is, the connection itself tells.
      socket.on('error', () => undefined)
    }, GREETING_MS)
  })
  found.catch(() => undefined)
  return {
    found,
    end() {
      clearTimeout(timer)
      socket?.destroy()
    },
  }
}

function optionsFor(
  login: MailboxAddress,
  proof: LoginProof,
  address: string,
  tools: ConnectTools,
): ImapFlowOptions {
  const { timing } = tools
  return {
    host: address,
    port: login.port,
    // The checked address is connected to, the certificate must still be the host's.
    ...(isIP(login.host) ? {} : { servername: login.host }),
    secure: login.security === 'tls',
    // true fails when the server does not offer it: without it a man in the middle could strip the offer.
    doSTARTTLS: login.security === 'starttls',
    auth: { user: login.username, ...proof },
    tls: { secureContext: secureContextFor(tools.ca) },
    // Compression keeps 230 KiB of zlib state for each idle mailbox.
    disableCompression: true,
    disableAutoEnable: true,
    disableIMAP4rev2: true,
    // IDLE is begun by the session itself; ImapFlow would wait 15 s after each command.
    disableAutoIdle: true,
    maxIdleTime: timing.idleMs,
    socketTimeout: Math.min(
      quietMsOf(timing.quietMs, tools.mailboxes?.() ?? 1),
      tools.mostQuietMs ?? Number.POSITIVE_INFINITY,
    ),
    connectionTimeout: timing.connectMs,
    greetingTimeout: timing.connectMs,
    // Bounds memory against a server that never ends a line or a literal.
    maxLineLength: MAX_PIECE_BYTES,
    maxLiteralSize: MAX_PIECE_BYTES,
    maxResponseSize: MAX_PIECE_BYTES * 2,
    clientInfo: { name: 'Torikomi' },
    logger: false,
  }
}

const contexts = new Map<string | undefined, SecureContext>()

/** One for all connections: Node.js makes one for each otherwise, and holds some 20 KiB for it. */
function secureContextFor(ca: string | undefined): SecureContext {
  const known = contexts.get(ca)
  if (known) return known
  const made = createSecureContext({ minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) })
  contexts.set(ca, made)
  return made
}

/** A search in a mailbox of a million mails answers in one line of 8 MB; no real header is as long. */
const MAX_PIECE_BYTES = 16 * 1024 * 1024

function attach(client: ImapFlow, commandMs: number, signal: AbortSignal): Link {
  const gone = new AbortController()
  let cause: unknown
  const close = () => client.close()
  // Attached before connect(): an error event without listener ends the process.
  client.on('error', (error) => {
    cause ??= error
  })
  client.once('close', () => {
    signal.removeEventListener('abort', close)
    gone.abort(signal.aborted ? signal.reason : (cause ?? new LinkLost(client.byeReason)))
  })
  signal.addEventListener('abort', close, { once: true })
  return {
    client,
    gone: gone.signal,
    close,
    async run(command) {
      try {
        return await withTimeout(commandMs, command)
      } catch (error) {
        if (error instanceof TimedOut) close()
        throw gone.signal.aborted && saysOnlyClosed(error) ? gone.signal.reason : error
      }
    },
  }
}

/**
 * True for the error with which ImapFlow rejects every command of a closed connection; the link knows the
 * real cause.
 */
const saysOnlyClosed = (error: unknown): boolean =>
  ['NoConnection', 'EConnectionClosed'].includes(codeOf(error) ?? '')

/** The connection ended without an error of its own; `reason` is the text of the server's BYE, if any. */
class LinkLost extends Error {
  readonly code = 'NoConnection'
  readonly reason: string | undefined
  constructor(reason?: string | false) {
    super('the connection to the mail server ended')
    this.name = 'LinkLost'
    this.reason = reason === false ? undefined : reason
  }
}

export interface SignInTools extends ConnectTools {
  access: MailboxAccess
}

export interface SignedIn {
  link: Link
  /** Null where it signed in by its password. */
  token: MailToken | null
}

/**
 * Logs in. A token that the mail server refuses is renewed once: it may have been withdrawn before its end.
 * Not when the server only could not check it, which looks alike but for its status. @throws what
 * `describeFailure` understands
 */
export async function signIn(
  address: MailboxAddress,
  by: SignInBy,
  tools: SignInTools,
  signal: AbortSignal,
): Promise<SignedIn> {
  if (by.kind === 'password') {
    const link = await openLink(address, { pass: by.password }, tools, signal)
    return { link, token: null }
  }
  for (let renewed = false; ; renewed = true) {
    const token = await tools.access.get(by.mailbox, signal)
    try {
      return { link: await openLink(address, { accessToken: token.accessToken }, tools, signal), token }
    } catch (error) {
      if (signal.aborted || !isTokenRefused(error)) throw error
      if (renewed) throw refusedWithToken(by, address.username, token, error)
      await tools.access.invalidate(by.mailbox, token)
    }
  }
}

function refusedWithToken(
  { provider }: Extract<SignInBy, { kind: 'oauth' }>,
  username: string,
  token: MailToken,
  error: unknown,
): MailAuthFailure {
  const words = serverWords(factsOf(error).responseText, [username, token.accessToken])
  return new MailAuthFailure(
    'MAILBOX_OAUTH_LOGIN_REFUSED',
    `アクセストークンは発行されましたが、メールサーバーがログインを断りました。${PROVIDERS[provider].loginRefused}${words}`,
  )
}

export interface News {
  arrived(): boolean
  /** False when the last of them came to another command while an IDLE was to bring it. */
  cameByIdle(): boolean
  clear(): void
  /** Calls `listener` at the next news, or at once when there are some; null unsubscribes. */
  tell(listener: (() => void) | null): void
}

/** Remembers EXISTS, whatever else is going on. To be called before the folder is opened. */
export function watchForNews(client: ImapFlow): News {
  let raised = false
  let byIdle = true
  let listener: (() => void) | null = null
  client.on('exists', () => {
    raised = true
    byIdle = client.idling
    listener?.()
  })
  return {
    arrived: () => raised,
    cameByIdle: () => byIdle,
    clear() {
      raised = false
    },
    tell(next) {
      listener = next
      if (raised) next?.()
    },
  }
}
