import type { ZodTypeProvider } from '@fastify/type-provider-zod'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'

/** The Fastify instance as every area's routes see it: bodies, queries and answers are zod schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>

/** Who is asking. Set by the auth plugin before any handler runs. */
export type Auth = { kind: 'client'; tenantId: string; apiKeyId: string } | { kind: 'operator' }

/** One area's routes; paths are relative to /v1 (clients) or /v1/admin (operator). */
export type Routes = (app: App) => void

declare module 'fastify' {
  interface FastifyRequest {
    auth: Auth
  }
}
