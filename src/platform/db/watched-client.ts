import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { clientClass, hostUrls, urlAt } from './hosts.ts'
import { withKnownMalls } from './known-malls.ts'

/**
 * Connections that notice by themselves that nobody is there any more. A server that falls silent without a
 * RST (a firewall that forgot the connection, a machine without power, a failover behind an address) would
 * keep a statement waiting for as long as the kernel resends it, a quarter of an hour; the server's own
 * statement_timeout ends nothing here. And a server that only reads after a failover would be kept for as
 * long as it answers.
 */
export interface WatchOptions {
  url: string
  /** A statement without an answer for so long is looked after. Default 3 s. */
  silentMs?: number
  /** Time limit for reaching the server again and reading its state. Default 5 s, of several hosts 2 s. */
  answerMs?: number
  /** A transaction that told of something has ended. */
  onTold?: () => void
  /** A statement found the server's disk full. */
  onFull?: () => void
}

/** Sends keep-alive probes from now on, so that a dead idle connection is found in some 20 s. */
export const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 } as const

/** Internals of pg that its types leave out. */
interface Inner {
  processID: number | null
  /** As the URL, else the configuration has it. */
  connectionParameters: { application_name?: string | null }
  connection: {
    stream: Socket
    on(event: 'errorMessage', listener: (message: { code?: string; routine?: string }) => void): void
    /** `I`: no transaction is open. */
    on(event: 'readyForQuery', listener: (ready: { status: string }) => void): void
    on(
      event: 'parameterStatus',
      listener: (status: { parameterName: string; parameterValue: string }) => void,
    ): void
  }
}

/** Reported by the server (14 and newer) when a connection begins and whenever they change. */
const READ_ONLY_PARAMETERS = new Set(['in_hot_standby', 'default_transaction_read_only'])

class DatabaseSilent extends Error {
  readonly code = 'ETIMEDOUT'
}

/** A migration gave a column another type: what was prepared before is refused for good. */
class PlansStale extends Error {
  readonly code = '0A000'
}
/** Tells a stale plan from all else that Postgres refuses as 0A000, by the routine. */
const isStalePlan = (code?: string, routine?: string): boolean =>
  code === '0A000' && routine === 'RevalidateCachedQuery'

class DatabaseReadOnly extends Error {
  readonly code = '25006'
}

/** A class of clients for `pg.Pool`, which share what was found out about their server. */
export function watchedClient(options: WatchOptions): typeof pg.Client {
  const { silentMs = 3_000, onTold, onFull } = options
  const living = new Set<WatchedClient>()
  const hosts = hostUrls(options.url)
  const { answerMs = hosts.length > 1 ? 2_000 : 5_000 } = options
  const probes = new Map(hosts.map((url) => [url, createProbe(url, answerMs)]))

  /** Drops all connections when one hits a read-only server: a pool of 20 would else fail 20 times. */
  function leaveReadOnly(): void {
    // The one that was refused tells its caller first.
    setImmediate(() => {
      for (const client of [...living]) client.leave(new DatabaseReadOnly('the database only reads; left'))
    })
  }

  /** All of them prepared the same; each goes when it is in no transaction. */
  function leaveStale(): void {
    setImmediate(() => {
      for (const client of [...living]) client.leaveWhenIdle()
    })
  }

  class WatchedClient extends clientClass(options.url) {
    #silence: NodeJS.Timeout | undefined
    #told = false
    #isIdle = false
    #isStale = false

    constructor(config?: string | pg.ClientConfig) {
      super(config)
      living.add(this)
      // Who works with it hears of its end by the statement, and the pool by a listener of its own. Between
      // the two, when it was just taken out of the pool, nobody listens, and an error without a listener ends
      // the process: so a failover did with the api.
      this.on('error', () => undefined)
      const { connection, connectionParameters } = this.#inner()
      connectionParameters.application_name = withKnownMalls(
        connectionParameters.application_name ?? 'torikomi',
      )
      connection.on('errorMessage', ({ code, routine }) => {
        if (isStalePlan(code, routine)) leaveStale()
        if (code === '25006') leaveReadOnly()
        if (code === '53100') onFull?.()
      })
      connection.on('parameterStatus', ({ parameterName, parameterValue }) => {
        if (parameterValue === 'on' && READ_ONLY_PARAMETERS.has(parameterName)) leaveReadOnly()
      })
      this.on('notice', ({ code }) => {
        this.#told ||= code === TOLD
      })
      connection.on('readyForQuery', ({ status }) => {
        this.#isIdle = status === 'I'
        if (this.#isStale) this.leaveWhenIdle()
        if (!this.#told || status !== 'I') return
        this.#told = false
        onTold?.()
      })
      this.on('drain', () => this.#answered())
      this.on('end', () => {
        this.#answered()
        living.delete(this)
      })
      // Each statement's own way out, whichever of pg's many forms it was sent in.
      const send = this.query.bind(this) as (...args: unknown[]) => unknown
      this.query = ((...args: unknown[]) => {
        this.#isIdle = false
        this.#silence ??= setTimeout(() => void this.#look(), silentMs)
        return send(...args)
      }) as typeof this.query
    }

    leave(reason: Error): void {
      this.#inner().connection.stream.destroy(reason)
    }

    leaveWhenIdle(): void {
      this.#isStale = true
      if (this.#isIdle) this.leave(new PlansStale('the database has another schema; connection dropped'))
    }

    #inner(): Inner {
      return this as unknown as Inner
    }

    #answered(): void {
      clearTimeout(this.#silence)
      this.#silence = undefined
    }

    async #look(): Promise<void> {
      const looking = this.#silence
      const works = await probes.get(urlAt(options.url, this))?.(this.#inner().processID)
      // Answered meanwhile, or another statement is under way.
      if (this.#silence !== looking) return
      if (works) this.#silence = setTimeout(() => void this.#look(), silentMs)
      else this.leave(new DatabaseSilent('the database does not answer any more; connection dropped'))
    }
  }
  return WatchedClient
}

/**
 * Asks over a connection of its own which of the silent ones the server still works for. A server that cannot
 * be reached works for none; one that has long answered, or knows nothing of the connection, lost it on the
 * way. Questions that come together are one look.
 */
function createProbe(url: string, answerMs: number): (pid: number | null) => Promise<boolean> {
  let asked: { pids: Set<number>; answer: Promise<Verdict> } | null = null

  async function look(pids: Set<number>): Promise<Verdict> {
    // Others fall silent in the same moment.
    await sleep(50)
    asked = null
    const verdict = await ask(url, [...pids], answerMs)
    // After a stall of this process the answer may lie in the socket unread: let it be read before anybody is
    // judged.
    await sleep(50)
    return verdict
  }

  return async (pid) => {
    if (asked === null) {
      const pids = new Set<number>()
      asked = { pids, answer: look(pids) }
    }
    if (pid !== null) asked.pids.add(pid)
    return (await asked.answer)(pid)
  }
}

type Verdict = (pid: number | null) => boolean

async function ask(url: string, pids: readonly number[], limitMs: number): Promise<Verdict> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'torikomi watch',
    ...KEEP_ALIVE,
    connectionTimeoutMillis: limitMs,
    query_timeout: limitMs,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ own: number; busy: number[] | null }>(AT_WORK, [pids])
    const { own, busy } = rows[0] ?? { own: 0, busy: null }
    // Behind a pooler the numbers are the pooler's own and say nothing; that it answers has to do.
    if (own !== (client as unknown as Inner).processID) return () => true
    return (pid) => pid !== null && (busy ?? []).includes(pid)
  } catch (error) {
    // Counts a refusal (too many connections) as an answer. A server that is ending (57P) is no help.
    const refused = error instanceof pg.DatabaseError && !error.code?.startsWith('57P')
    return () => refused
  } finally {
    ;(client as unknown as Inner).connection.stream.destroy()
  }
}

const AT_WORK = `select pg_backend_pid() as own,
  (select array_agg(pid) from pg_stat_activity where pid = any($1::int[]) and state is distinct from 'idle'
    and state is distinct from 'idle in transaction' and state is distinct from 'idle in transaction (aborted)') as busy`

/** SQLSTATE of a trigger after a database event (prisma/migrations: events_without_notify). */
const TOLD = 'TK001'

/**
 * Longest time from a commit to its ring: a mail and its order, some milliseconds later, are one. A missed
 * ring is found a second later.
 */
const NOTIFY_AFTER_MS = 15

/**
 * Rings once for whatever is committed within that time. A NOTIFY in the transaction itself would make all
 * commits of the server wait for each other; one straight after it would take the processor from the next
 * step of the same mail.
 */
export function createNotifyCoalescer(notify: () => Promise<unknown>, afterMs = NOTIFY_AFTER_MS): () => void {
  let waiting = false
  return () => {
    if (waiting) return
    waiting = true
    setTimeout(() => {
      waiting = false
      notify().catch(() => undefined)
    }, afterMs).unref()
  }
}
