import type { App } from './app-types.ts'

/** One line a request: who, which route, how it ended, how long. No query, body or address: they may name a buyer. */
export function logRequests(app: App): void {
  app.addHook('onResponse', async (request, reply) => {
    const facts = {
      method: request.method,
      route: request.routeOptions.url ?? null,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      ...(request.problemCode === null ? {} : { code: request.problemCode }),
      ...(request.auth?.kind === 'client'
        ? { tenantId: request.auth.tenantId, apiKeyId: request.auth.apiKeyId }
        : {}),
      ...(request.auth?.kind === 'operator' ? { role: 'operator' } : {}),
    }
    // Probes come every few seconds and say nothing while all is well.
    const quiet = reply.statusCode < 400 && !request.url.startsWith('/v1/')
    if (quiet) request.log.debug(facts, 'request')
    else request.log.info(facts, 'request')
  })
}
