import { createHash } from 'node:crypto'
import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino'
import { factsOf } from './narrow.ts'

/**
 * Levels, as the person on call reads them: error "we must mend this", warn "odd, watch it", info a business
 * event, debug an inner step.
 */
export type Logger = PinoLogger

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
type LogLevel = (typeof LOG_LEVELS)[number]

export interface LoggerOptions {
  level: LogLevel
  /** Destination of lines; standard output when it is not given. */
  destination?: DestinationStream
  /** Sees each line that goes to standard output. */
  onLine?: (line: string) => void
}

/** JSON lines; `scrub` decides what a line may hold, child loggers included. */
export function createLogger(options: LoggerOptions): Logger {
  const log = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (fields) => scrubKeepingHttp(fields),
      },
      serializers: { err: asError, error: asError, req: describeRequest, res: describeReply },
      hooks: { logMethod: withSafeMessage },
    },
    options.destination ?? standardOutput(options.onLine),
  )
  return withScrubbedChildren(log)
}

/** Lines that wait for room; beyond that they are dropped. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024

/**
 * A disk that is full under the log costs lines, not the service. Without a listener the first line that
 * finds no room ends the process, and pino's flush at its end waits for ever for the room. What waits is
 * written with the next line that finds some.
 */
function standardOutput(onLine?: (line: string) => void): DestinationStream {
  const output = pino.destination({ dest: 1, sync: false, minLength: 0, maxLength: MOST_WAITING_BYTES })
  let full = false
  output.on('error', () => {
    full = true
  })
  output.on('write', () => {
    full = false
  })
  if (onLine) {
    const write = output.write.bind(output)
    output.write = (line) => {
      onLine(line)
      return write(line)
    }
  }
  const flush = output.flushSync.bind(output)
  output.flushSync = () => {
    if (!full) flush()
  }
  return output
}

/** pino calls formatters.bindings for the first logger only: cleans a child's here. Children inherit it. */
function withScrubbedChildren(log: Logger): Logger {
  const child = log.child
  log.child = function (this: Logger, bindings: object, more?: object) {
    return child.call(this, scrubKeepingHttp(bindings as Record<string, unknown>), more)
  } as Logger['child']
  return log
}

const asError = (value: unknown) => (value instanceof Error ? describeError(value) : value)

/** Fastify's request and reply are turned into facts by their own serialisers, which pino runs after this. */
function scrubKeepingHttp(fields: Record<string, unknown>): Record<string, unknown> {
  const { req, res, ...rest } = fields
  return { ...scrub(rest), ...(req === undefined ? {} : { req }), ...(res === undefined ? {} : { res }) }
}

interface RequestFacts {
  id?: unknown
  method?: string
  url?: string
  ip?: string
  routeOptions?: { url?: string }
  headers?: Record<string, unknown>
}

/** No header goes out but these: the others carry keys, cookies and addresses. */
const SHOWN_HEADERS = ['user-agent', 'content-type', 'content-length'] as const

function describeRequest(request: RequestFacts): Record<string, unknown> {
  const headers: Record<string, unknown> = {}
  for (const name of SHOWN_HEADERS) {
    const value = request.headers?.[name]
    if (value !== undefined) headers[name] = String(value).slice(0, 200)
  }
  // Callers make theirs of what they like, a buyer's name included. The hash still says that two requests are
  // the same.
  const key = request.headers?.['idempotency-key']
  if (key !== undefined) headers['idempotency-key'] = hashed(String(key).slice(0, 1_000))
  const route = request.routeOptions?.url
  return {
    id: request.id,
    method: request.method,
    path: pathOf(request.url?.replace(/[?#].*$/s, ''), route),
    route,
    ip: request.ip,
    headers,
  }
}

const PLAIN_SEGMENT = /^(?:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|\d{1,6})$/i

/**
 * Links to invitations and new passwords hold what opens them, and callbacks what a stranger wrote: ids and
 * small numbers alone are shown.
 */
function pathOf(path: string | undefined, route: string | undefined): string | undefined {
  if (path === undefined || !route?.includes('/:')) return path
  const names = route.split('/')
  return path
    .split('/')
    .map((part, place) => (names[place]?.startsWith(':') && !PLAIN_SEGMENT.test(part) ? hashed(part) : part))
    .join('/')
}

const hashed = (text: string): string => `#${createHash('sha256').update(text).digest('hex').slice(0, 12)}`

const describeReply = (reply: { statusCode?: number }) => ({ status: reply.statusCode })

/** Without a message of its own pino takes the error's, which may quote what was read. */
function withSafeMessage(
  this: PinoLogger,
  args: Parameters<PinoLogger['info']>,
  method: PinoLogger['info'],
): void {
  const [first, message]: unknown[] = args
  const error = first instanceof Error ? first : factsOf(first).err
  if (message === undefined && error instanceof Error) {
    const fields = first instanceof Error ? { err: first } : factsOf(first)
    method.apply(this, [fields, safeMessage(error)])
  } else {
    method.apply(this, args)
  }
}

/**
 * Keys under which a log line may hold text. Other text comes out as `[redacted]`: a buyer's name, a token or
 * an answer's body that reaches the logger by mistake has no such key. Numbers, booleans, times and UUIDs
 * pass under any key that does not itself name a secret.
 */
const TEXT_KEYS = new Set(
  (
    'action area bind changed code component directory engine event field folder from host hostname ' +
    'id key kind level mallCode mall marketplace method migration mode msg name operation outcome ' +
    'owner path phase platform purpose queue quota reason result role roles route schema security ' +
    'server setting signal source state status step table task to trigger type until url version ' +
    'warning'
  ).split(' '),
)

/** Keys whose value is never shown, whatever its type. */
const SECRET_KEY =
  /passw|passphrase|secret|token|authori[sz]ation|credential|cookie|apikey|api_key|licen[cs]e|private|sealed|raw|body|email|phone|address|buyer|recipient|person|mallmessage|mailtext|subject/i

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const ID_KEY = /Ids?$/
const REDACTED = '[redacted]'
const MAX_TEXT = 300
const MAX_ITEMS = 20
const MAX_DEPTH = 4

/** Copy of `fields`; all that is not known to be harmless is replaced. Never throws, bounds cycles. */
function scrub(fields: object, depth = 0): Record<string, unknown> {
  const out: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(fields)) out[key] = scrubValue(key, value, depth)
  return out
}

function scrubValue(key: string, value: unknown, depth: number): unknown {
  if (value === null || value === undefined) return value
  if (value instanceof Error) return describeError(value)
  // An id that is called after a secret (apiKeyId) names its row, and is what the operator looks for.
  if (typeof value === 'string' && ID_KEY.test(key) && UUID.test(value)) return value
  if (SECRET_KEY.test(key)) return typeof value === 'boolean' ? value : REDACTED
  if (typeof value === 'string') return scrubText(key, value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value !== 'object')
    return typeof value === 'function' || typeof value === 'symbol' ? undefined : value
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (depth >= MAX_DEPTH) return '[deep]'
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => scrubValue(key, item, depth + 1))
  return scrub(value, depth + 1)
}

function scrubText(key: string, text: string): string {
  if (UUID.test(text)) return text
  if (!TEXT_KEYS.has(key) && !ID_KEY.test(key)) return REDACTED
  return shorten(key === 'url' || key === 'path' ? withoutQuery(text) : text)
}

const shorten = (text: string) => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text)

/** A query may carry a key or a buyer's name; user info in a URL is a password. */
const withoutQuery = (url: string) =>
  url.replace(/[?#].*$/s, '').replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, '$1')

/** A logged error: type, code, kind, message, frames, causes. Not `raw`, `mallMessage` or others. */
export function describeError(error: Error, depth = 0): Record<string, unknown> {
  const facts = factsOf(error)
  const out: Record<string, unknown> = { type: error.name, message: safeMessage(error) }
  for (const key of ['code', 'kind', 'reason', 'mallCode'] as const) {
    const value = facts[key]
    if (typeof value === 'string') out[key] = value.slice(0, 80)
  }
  if (typeof facts.status === 'number') out.status = facts.status
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at '))
  if (frames?.length) out.stack = frames.slice(0, 12).join('\n')
  if (depth < 3 && error.cause instanceof Error) out.cause = describeError(error.cause, depth + 1)
  if (depth < 3 && Array.isArray(facts.errors)) {
    const inner = facts.errors.filter((item): item is Error => item instanceof Error).slice(0, 3)
    if (inner.length) out.errors = inner.map((item) => describeError(item, depth + 1))
  }
  return out
}

/** The message without foreign parts: JSON.parse quotes the text, Prisma and pg the values. */
function safeMessage(error: Error): string {
  if (error.name === 'PrismaClientValidationError')
    return shorten(error.message.trim().split('\n').at(-1) ?? '')
  const quotesInput = error instanceof SyntaxError || /^22/.test(String(factsOf(error).code ?? ''))
  const text = quotesInput ? error.message.replace(/"[^"]*"|'[^']*'|"[\s\S]*$/g, '"…"') : error.message
  return shorten(text.trim())
}
