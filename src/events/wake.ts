import pg from 'pg'
import { KEEP_ALIVE } from '../platform/db/watched-client.ts'
import type { Logger } from '../platform/logger.ts'

/**
 * Calls `onWake` whenever something was written to the log. A lost connection is made again; until then the
 * caller's own polling has to do.
 */
export function listenForEvents(pool: pg.Pool, log: Pick<Logger, 'warn'>, onWake: () => void): () => void {
  let client: pg.Client | null = null
  let again: NodeJS.Timeout | undefined
  let stopped = false

  function lost(err: unknown): void {
    if (stopped || again) return
    log.warn({ err }, 'event listener lost its connection; polling until it is back')
    void client?.end().catch(() => undefined)
    again = setTimeout(connect, 2_000)
  }

  function connect(): void {
    again = undefined
    const { connectionString } = pool.options
    const fresh = new pg.Client({
      ...(connectionString === undefined ? {} : { connectionString }),
      application_name: 'torikomi events',
      connectionTimeoutMillis: 10_000,
      ...KEEP_ALIVE,
    })
    client = fresh
    fresh.on('error', lost)
    fresh.on('end', () => lost(null))
    fresh.on('notification', onWake)
    fresh
      .connect()
      .then(() => fresh.query('listen torikomi_events'))
      .then(onWake, lost)
  }

  connect()
  return () => {
    stopped = true
    clearTimeout(again)
    void client?.end().catch(() => undefined)
  }
}
