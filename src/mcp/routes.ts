import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { tenant } from '../http/access.ts'
import type { Routes } from '../http/app-types.ts'
import { page } from '../http/operation.ts'
import { HttpProblem } from '../http/problems.ts'
import { AppError } from '../platform/errors.ts'
import type { AssistantTools, createAssistants } from './server.ts'

interface Origins {
  publicUrl: string | null
  corsOrigins: readonly string[]
}

/**
 * POST /mcp: the tools of src/mcp/tools.ts for assistants, by the Model Context Protocol. Behind a tenant's
 * API key.
 * @param tools `publicUrl` null: the service is reached by an address or from the same machine alone;
 * `corsOrigins`: whose pages may ask
 */
export const mcpRoutes =
  (tools: AssistantTools & Origins): Routes =>
  (app) => {
    let serve: ReturnType<typeof createAssistants> | null = null
    page(app, {
      at: 'POST /mcp',
      // Its tools call operations, which ask for more where it is needed.
      who: tenant('read_only', 'filtered'),
      // Each call of a tool is a request of its own: this one gives its turn back meanwhile.
      cost: 'waits',
      // A few words; the SDK takes the whole body at once.
      size: '64 KiB',
      run: async (request, reply) => {
        checkOrigin(request, tools)
        reply.header('cache-control', 'no-store')
        // No revision since 2025-06-18 has them, and one of a hundred calls would be a hundred at once.
        if (Array.isArray(request.body))
          throw new HttpProblem('BAD_REQUEST', 'JSON-RPC のバッチは使えません。1件ずつ送ってください。')
        // Loaded by the first call: the SDK brings a validator of its own.
        serve ??= (await import('./server.ts')).createAssistants(app, tools)
        const answer = await serve(request, reply)
        // Whole: its turn is over when it begins to be sent.
        return reply
          .code(answer.status)
          .headers(Object.fromEntries(answer.headers))
          .send(await answer.text())
      },
    })
  }

/**
 * Keeps pages of other sites out, whose names may lead to this machine (DNS rebinding). An address in Host
 * cannot be rebound.
 * @throws AppError FORBIDDEN
 */
function checkOrigin({ headers }: FastifyRequest, { publicUrl, corsOrigins }: Origins): void {
  const own = publicUrl === null ? null : new URL(publicUrl)
  const host = URL.parse(`http://${headers.host}`)?.hostname
  const isOwn =
    host !== undefined &&
    (host === own?.hostname || host === 'localhost' || isIP(host.replace(/^\[(.*)\]$/, '$1')) !== 0)
  if (!isOwn)
    throw new AppError(
      'FORBIDDEN',
      'この Host ヘッダーでは使えません。PUBLIC_URL のホスト名で接続するか、運営者に PUBLIC_URL の設定を依頼してください。',
    )
  const { origin } = headers
  if (origin === undefined) return
  if (![own?.origin, `http://${headers.host}`, ...corsOrigins].includes(origin))
    throw new AppError(
      'FORBIDDEN',
      'このサイトのページからは使えません。運営者に CORS_ORIGINS の設定を依頼してください。',
    )
}
