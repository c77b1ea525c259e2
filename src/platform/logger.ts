import { createHash } from 'node:crypto'
import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino'
import { describeError, safeMessage, scrub } from './log-fields.ts'
import { factsOf } from './narrow.ts'

/**
 * Levels, as the person on call reads them: error "we must mend this", warn "odd, watch it", info a business
 * event, debug an inner step.
 */
export type Logger = PinoLogger

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface LoggerOptions {
  level: LogLevel
  /** Destination of lines; standard output when it is not given. */
  destination?: DestinationStream
}

/** JSON lines. src/platform/log-fields.ts decides what a line may hold, child loggers included. */
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
    options.destination ?? standardOutput(),
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
function standardOutput(): DestinationStream {
  const output = pino.destination({ dest: 1, sync: false, minLength: 0, maxLength: MOST_WAITING_BYTES })
  let full = false
  output.on('error', () => {
    full = true
  })
  output.on('write', () => {
    full = false
  })
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
