import { Redis, type RedisOptions } from 'ioredis'
import { doublingMs } from '../backoff.ts'
import { createLogOnce } from '../log-once.ts'
import type { Logger } from '../logger.ts'

/** Back within two seconds of Redis itself, however long it was away. */
const redisRetry = (attempt: number): number => doublingMs(attempt, { firstMs: 100, capMs: 2_000 })

/**
 * After a failover the old server may live on and only read: its address leads to the new one by now, so the
 * connection is made anew and the command repeated (2).
 */
const reconnectOnError = (error: Error): 2 | false => (error.message.includes('READONLY') ? 2 : false)

/**
 * A link that falls silent without an end would hold its commands for as long as the kernel keeps it, a
 * quarter of an hour, and the workers with them. Longer than BullMQ's longest wait for a job, 10 s.
 */
const SILENT_MS = 12_000

/** Options that every connection shares. `rediss://` in the URL switches TLS on. */
export const redisOptions = {
  retryStrategy: redisRetry,
  reconnectOnError,
  connectTimeout: 5000,
  keepAlive: 10_000,
  socketTimeout: SILENT_MS,
  noDelay: true,
} satisfies RedisOptions

/**
 * A connection for short commands: each answers or fails within `commandTimeoutMs`, also while Redis is away.
 * It reconnects for as long as it is open, and its errors are logged, not thrown.
 */
export function connectRedis(url: string, log: Logger, commandTimeoutMs = 1500): Redis {
  const redis = new Redis(url, {
    ...redisOptions,
    maxRetriesPerRequest: 1,
    commandTimeout: commandTimeoutMs,
  })
  const logOnce = createLogOnce(log, 'redis')
  redis.on('error', logOnce.failed)
  redis.on('ready', logOnce.works)
  return redis
}

/** Quits within `timeoutMs`, or drops the connection. */
export async function closeRedis(redis: Redis, timeoutMs: number): Promise<void> {
  const drop = setTimeout(() => redis.disconnect(), timeoutMs)
  await redis.quit().catch(() => redis.disconnect())
  clearTimeout(drop)
}
