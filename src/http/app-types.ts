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

/** A scope of it, which Fastify types without the schemas' provider. */
export const asApp = (scope: object): App => scope as App

/** Roles of a tenant's people and programs; each may do what the ones before it may. */
export const CLIENT_ROLES = ['read_only', 'staff', 'owner'] as const
export type ClientRole = (typeof CLIENT_ROLES)[number]
export const OPERATOR_ROLES = ['operator_without_personal_data', 'operator'] as const
export type OperatorRole = (typeof OPERATOR_ROLES)[number]

/** Who is asking. Set by the auth hooks before any handler runs. */
export type Auth =
  | {
      kind: 'client'
      tenantId: string
      role: ClientRole
      apiKeyId: string
      shopIds: readonly string[] | null
    }
  | {
      kind: 'client'
      tenantId: string
      role: ClientRole
      accountId: string
      /** The session in which the person asks. */
      sessionId?: string
      apiKeyId?: undefined
    }
  /** Without an account: the operator key. */
  | { kind: 'operator'; role: OperatorRole; accountId: string | null; sessionId?: string }

/** One area's routes; paths are relative to /v1 (clients) or /v1/admin (operator). */
export type Routes = (app: App) => void

declare module 'fastify' {
  interface FastifyRequest {
    auth: Auth
  }
}

/** Path of the operators' queue view; the board shows requests and orders. Each role loads server.ts. */
export const QUEUE_BOARD = '/admin/queues'
