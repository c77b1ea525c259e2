import { once } from 'node:events'
import { createServer } from 'node:http'
import { codeOf } from '../platform/errors.ts'
import type { Logger } from '../platform/logger.ts'

export interface StartupProbeServer {
  close(): Promise<void>
}

/**
 * Answers in the place of the service while its start waits: alive, but not ready. So a supervisor does not end the process,
 * and no load balancer sends it anything. When the port cannot be had, nothing answers; the start itself will say so.
 */
export async function openStartupProbeServer(
  at: { host: string; port: number },
  log: Pick<Logger, 'warn'>,
): Promise<StartupProbeServer> {
  const server = createServer((request, response) => {
    const alive = request.url === '/healthz'
    const body = alive
      ? { status: 'ok' }
      : request.url === '/readyz'
        ? { status: 'unavailable', checks: { database: 'failed' } }
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
