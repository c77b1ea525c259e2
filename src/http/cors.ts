import type { App } from './app-types.ts'
import { addVary } from './compression.ts'

/** Headers of an answer that a page's script may read. */
const EXPOSED = [
  ...['etag', 'location', 'link', 'content-disposition', 'retry-after', 'x-request-id'],
  ...['ratelimit', 'ratelimit-policy', 'deprecation', 'sunset'],
].join(', ')

/** Headers of its requests. No cookies: a page of another site uses a key, never the board's session. */
const REQUEST_HEADERS = [
  ...[
    'authorization',
    'content-type',
    'accept',
    'idempotency-key',
    'if-match',
    'if-none-match',
    'last-event-id',
  ],
  ...['mcp-protocol-version', 'mcp-method', 'mcp-name'],
].join(', ')

/** A browser asks again after so long: Chromium's own limit. */
const PREFLIGHT_SECONDS = '7200'

/** Lets pages of these origins (`https://app.example.jp`) read answers. Without any, browsers refuse all. */
export function allowOrigins(app: App, origins: readonly string[]): void {
  if (origins.length === 0) return
  app.addHook('onRequest', async (request, reply) => {
    const { origin, 'access-control-request-method': asked } = request.headers
    addVary(reply, 'origin')
    if (origin === undefined || !origins.includes(origin)) return
    reply.header('access-control-allow-origin', origin)
    if (request.method !== 'OPTIONS' || asked === undefined) {
      reply.header('access-control-expose-headers', EXPOSED)
      return
    }
    // Answered before anybody is known: it says what may be asked, and nothing of anyone.
    return reply
      .header('access-control-allow-methods', 'GET, HEAD, POST, PUT, PATCH, DELETE')
      .header('access-control-allow-headers', REQUEST_HEADERS)
      .header('access-control-max-age', PREFLIGHT_SECONDS)
      .code(204)
      .send()
  })
}
