import { doublingMs } from '../backoff.ts'
import { systemClock } from '../clock.ts'
import { factsOf } from '../narrow.ts'
import { systemRandom } from '../random.ts'
import { OLDER_PROCESS } from './known-malls.ts'

/**
 * Facts about the database in a failed statement, sent in either way. pg gives the server's SQLSTATE or the
 * socket's code. Prisma gives its own, with the server's deep inside (P2039 around 57P01). Both have some
 * sentences without any code.
 */

const NETWORK =
  /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|EHOST(UNREACH|DOWN)|ENET(UNREACH|DOWN)|ENOTFOUND|EAI_(AGAIN|FAIL))$/
/** No server, none in time, connection closed, none free, a transaction that could not begin in time. */
const PRISMA = /^P(1001|1002|1008|1017|2024|2028|2037)$/
/** Kinds of the driver adapter, for those that keep no code. */
const ADAPTER = /^(DatabaseNotReachable|ConnectionClosed|SocketTimeout|TooManyConnections)$/
/**
 * Connections (08), what the machine lacks (53: connections, disk, memory), a server that ends, starts or
 * recovers (57P), its disk.
 */
const POSTGRES = /^(08[0-9A-Z]{3}|53[0-9A-Z]{3}|57P0[1-5]|58000|58030|25P03)$/
const SENTENCES =
  /connection (terminated|timeout|ended|error)|timeout exceeded when trying to connect|query read timeout|client was closed|is not queryable|after calling end on the pool|server closed the connection/i

/** True when no server that can work answers in time. Trying again later is all there is to do. */
export const isUnreachable = (error: unknown): boolean =>
  someFact(
    error,
    ({ code, kind, message, syscall }) =>
      NETWORK.test(code) ||
      PRISMA.test(code) ||
      POSTGRES.test(code) ||
      ADAPTER.test(kind) ||
      // The socket of a server on this machine; a file that is missing is no matter of the database.
      (code === 'ENOENT' && syscall === 'connect') ||
      SENTENCES.test(message),
  )

/** The server only reads: a standby, or a primary that a failover has left behind. */
export const isReadOnly = (error: unknown): boolean =>
  someFact(
    error,
    ({ code, message }) => code === '25006' || /in a read-only transaction|during recovery/i.test(message),
  )

/** The server's disk is full: it reads, and stores nothing. */
const isFull = (error: unknown): boolean => someFact(error, ({ code }) => code === '53100')

/** Classifies a failed probe of the server. */
export const databaseState = (error: unknown): 'failed' | 'read_only' | 'full' =>
  isReadOnly(error) ? 'read_only' : isFull(error) ? 'full' : 'failed'

/** The server ended this transaction for another's sake (deadlock, conflict); nothing of it happened. */
export const isConflict = (error: unknown): boolean =>
  someFact(
    error,
    ({ code, kind }) =>
      code === '40P01' || code === '40001' || code === 'P2034' || kind === 'TransactionWriteConflict',
  ) || isStalePlan(error)

/** Prepared before a migration changed a column; its connection goes (src/platform/db/watched-client.ts). */
const isStalePlan = (error: unknown): boolean =>
  someFact(error, ({ code, message }) => code === '0A000' && message.includes('cached plan'))

/** The statement ran into the server's own limit of time. */
export const isTooSlow = (error: unknown): boolean => someFact(error, ({ code }) => code === '57014')

/** A trigger holds a newer mall's shop and older processes apart. */
export const isOlderProcess = (error: unknown): boolean =>
  someFact(error, ({ code }) => code === OLDER_PROCESS)

interface Facts {
  code: string
  kind: string
  message: string
  syscall: string
}

/** Causes are a few deep; a circle among them must not be followed for ever. */
const DEEPEST = 6

function someFact(error: unknown, says: (facts: Facts) => boolean, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > DEEPEST) return false
  const { code, originalCode, kind, message, syscall, cause, meta, errors } = factsOf(error)
  const facts = { kind: text(kind), message: text(message), syscall: text(syscall) }
  if (says({ ...facts, code: text(code) }) || says({ ...facts, code: text(originalCode) })) return true
  const inner = [
    cause,
    factsOf(meta).driverAdapterError,
    // A name with several addresses fails with one error for each.
    ...(Array.isArray(errors) ? errors.slice(0, 5) : []),
  ]
  return inner.some((one) => someFact(one, says, depth + 1))
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

export interface RetryOptions {
  /** In all, the first included. Default 5. */
  tries?: number
  sleep?: (ms: number) => Promise<void>
  /** 0 ≤ x < 1. */
  jitter?: () => number
}

const PAUSE = { firstMs: 10, capMs: 200 }

/**
 * Repeats a whole transaction, or a single statement, that Postgres gave up for another's sake. Only for work
 * that may be done again: what it read before must be read again inside, and what it does outside the
 * database must bear repetition. A lost connection is not repeated: whether its commit came through is not
 * known.
 * @throws what the last try threw, and whatever is no conflict at once
 */
export async function retryable<T>(work: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const { tries = 5, sleep = systemClock.sleep, jitter = systemRandom.float } = options
  for (let tried = 1; ; tried += 1) {
    try {
      return await work()
    } catch (error) {
      if (tried >= tries || !isConflict(error)) throw error
      // Both sides of a dead-lock may be such tries: by chance one comes back before the other.
      await sleep(Math.ceil(doublingMs(tried, PAUSE) * (0.5 + jitter())))
    }
  }
}
