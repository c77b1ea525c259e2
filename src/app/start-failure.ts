import { once } from 'node:events'
import { createServer } from 'node:http'
import { type Config, ConfigError } from '../config/load.ts'
import { type BackoffLimits, doublingMs } from '../platform/backoff.ts'
import { type Clock, systemClock } from '../platform/clock.ts'
import { isReadOnly, isUnreachable } from '../platform/db/failures.ts'
import { hostUrls } from '../platform/db/hosts.ts'
import { codeOf, StartError } from '../platform/errors.ts'
import { describeError, type Logger } from '../platform/logger.ts'

/** sysexits' EX_CONFIG: a supervisor need not try again. */
const BAD_SETTINGS = 78

/** Formats a failed start for a person: one sentence for what they can fix, all known facts for the rest. */
export function startFailure(error: unknown): { message: string; exitCode: number } {
  const exitCode = error instanceof ConfigError ? BAD_SETTINGS : 1
  if (error instanceof StartError) return { message: error.message, exitCode }
  const facts = error instanceof Error ? describeError(error) : { message: 'unknown error' }
  return { message: JSON.stringify(facts, null, 2), exitCode }
}

/** An absent or refusing Postgres, told without the password of its URL; everything else as it is. */
export function databaseFailure(error: unknown, databaseUrl: string): unknown {
  const urls = hostUrls(databaseUrl).map((url) => new URL(url))
  const host = urls.map(({ host }) => host).join(', ')
  const pathname = urls[0]?.pathname ?? ''
  const code = codeOf(error)
  const sentence =
    code === '28P01' || code === '28000'
      ? `the Postgres at ${host} refuses the user or the password: set DATABASE_URL to ones that it takes.`
      : code === '3D000'
        ? `the Postgres at ${host} has no database ${pathname.slice(1)}: create it, or set DATABASE_URL to another one.`
        : isUnreachable(error)
          ? `no Postgres answers at ${host} (${code ?? 'no connection'}): look at its disk first (a full one stops it for good), then start it, or set DATABASE_URL to one that answers.`
          : null
  return sentence === null ? error : new StartError(sentence, { cause: error })
}

interface StartupProbeServer {
  close(): Promise<void>
}

/**
 * Answers in the place of the service while its start waits: alive, but not ready. So a supervisor does not
 * end the process, and no load balancer sends it anything. When the port cannot be had, nothing answers; the
 * start itself will say so.
 */
async function openStartupProbeServer(
  at: { host: string; port: number },
  log: Pick<Logger, 'warn'>,
): Promise<StartupProbeServer> {
  const server = createServer((request, response) => {
    const alive = request.url === '/healthz'
    const body = alive
      ? { status: 'ok' }
      : request.url === '/readyz'
        ? { status: 'unavailable', checks: { database: 'failed', process: 'starting' } }
        : { type: 'about:blank', title: 'Starting', status: 503, detail: 'サービスを起動しています。' }
    response.writeHead(alive ? 200 : 503, {
      'content-type': request.url === '/readyz' || alive ? 'application/json' : 'application/problem+json',
      'retry-after': '5',
      connection: 'close',
    })
    response.end(JSON.stringify(body))
  })
  try {
    await once(server.listen(at.port, at.host), 'listening')
  } catch (err) {
    log.warn({ reason: codeOf(err) ?? 'unknown' }, 'nothing answers while the start waits')
  }
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const PAUSE: BackoffLimits = { firstMs: 500, capMs: 3_000 }

interface StartRetryOptions {
  clock: Clock
  log: Pick<Logger, 'warn' | 'info'>
  /** For all that is waited for at one start; 0: the first failure ends it. */
  limitMs: number
  /** Ends the waiting. */
  signal: AbortSignal
  /** The first wait begins. */
  onWaiting(): Promise<void>
}

/**
 * Repeats a step of the start while what it needs is not there yet: a database that is started together with
 * the service, or is just failing over, is not a reason to end. What is wrong rather than away is raised at
 * once.
 * @throws what the step threw last, and the signal's reason
 */
export type StartRetry = <T>(component: string, step: () => Promise<T>) => Promise<T>

export function createStartRetry(options: StartRetryOptions): StartRetry {
  const { clock, log, signal } = options
  const deadline = clock.now() + options.limitMs
  let waiting: Promise<void> | null = null

  return async (component, step) => {
    for (let tries = 1; ; tries++) {
      try {
        const result = await step()
        if (tries > 1) log.info({ component, tries }, 'is there now; the start goes on')
        return result
      } catch (error) {
        const left = deadline - clock.now()
        if (left <= 0 || !(isUnreachable(error) || isReadOnly(error))) throw error
        if (tries === 1)
          log.warn(
            { reason: codeOf(error) ?? 'unreachable', component, seconds: Math.round(left / 1000) },
            'is not there yet; waiting',
          )
        waiting ??= options.onWaiting()
        await waiting
        await clock.sleep(Math.min(doublingMs(tries, PAUSE), left), signal)
      }
    }
  }
}

/** The tries of one start, in real time; while it waits, probes are answered. */
export function openStartRetry(
  config: Pick<Config, 'host' | 'port' | 'startPatienceSeconds'>,
  log: Logger,
  signal: AbortSignal = new AbortController().signal,
): { until: StartRetry; over(): Promise<void> } {
  let probes: StartupProbeServer | null = null
  const until = createStartRetry({
    clock: systemClock,
    log,
    signal,
    limitMs: config.startPatienceSeconds * 1_000,
    async onWaiting() {
      // A port that the system chooses is not known yet.
      if (config.port !== 0) probes = await openStartupProbeServer(config, log)
    },
  })
  return { until, over: async () => probes?.close() }
}
