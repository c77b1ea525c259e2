import type { FastifyContextConfig, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { given } from '../platform/narrow.ts'
import type { Who } from './access.ts'
import { IfNoneMatch } from './answers.ts'
import type { App } from './app-types.ts'
import { type AuditAction, auditing, type Seen } from './audited.ts'
import type { Deprecated } from './deprecation.ts'
import type { Repeat } from './idempotency.ts'
import type { Cost } from './limits.ts'

/** In the order in which a client's author needs them. */
export const TAGS = {
  orders: 'Take staged orders over, read orders (受注取込・受注)',
  imports: 'Import by hand; what is being fetched, what failed (注文取込・取込要求)',
  events: 'What happens, live (イベント配信)',
  marks: 'What the import finds out beside the mall’s data (マーク・要注意顧客)',
  labels: 'Carriers’ label files and their tracking numbers (送り状)',
  webhooks: 'The change feed sent to an address, signed (Webhook)',
  'site-changes': 'Changes to be made at the malls (サイト変更)',
  board: 'What stands where (状況一覧)',
  shops: 'Shops and their credentials (店舗・認証情報)',
  mailboxes: 'Mailboxes that order mails reach (受信箱)',
  marketplaces: 'What each mall can do (モール)',
  staff: 'People: sign in, accounts, invitations (担当者・ログイン)',
  operator: 'Tenants, keys, audit, queues, mails; operator key (運営者)',
  service: 'Health and metrics (稼働状況)',
} as const

type Path = `/${string}`

/** What a request may bring. No more of it is read, whoever sends it. */
interface Body<B extends z.ZodType> {
  schema: B
  bytes: number
  types: readonly string[] | undefined
}

type Size = `${number} ${'KiB' | 'MiB'}`
const UNITS: Readonly<Record<string, number>> = { KiB: 1_024, MiB: 1_024 ** 2 }

const bytesOf = (size: Size): number => {
  const [count, unit = ''] = size.split(' ')
  return Number(count) * (UNITS[unit] ?? Number.NaN)
}

/** @param types media types; left out: JSON */
export const json = <B extends z.ZodType>(schema: B, size: Size, types?: readonly string[]): Body<B> => ({
  schema,
  bytes: bytesOf(size),
  types,
})

/**
 * Without a caller a body has this at most: a megabyte of JSON costs the process more than its sender,
 * whatever is then refused. What a signature proves says more by itself.
 */
const ANYONES_BYTES = 16 * 1_024

type Asked<
  P extends z.ZodType,
  Q extends z.ZodType,
  H extends z.ZodType,
  B extends z.ZodType,
> = FastifyRequest<{
  Params: z.output<P>
  Querystring: z.output<Q>
  Headers: z.output<H>
  Body: z.output<B>
}>

interface Described<
  P extends z.ZodType,
  Q extends z.ZodType,
  H extends z.ZodType,
  B extends z.ZodType,
  A extends Readonly<Record<number, z.ZodType>>,
> {
  /** `operationId`. */
  id: string
  tag: keyof typeof TAGS
  /** First version that has it. */
  since: `${number}.${number}.${number}`
  deprecated?: Deprecated
  summary: string
  description: string
  who: Who
  cost: Cost | ((request: Asked<P, Q, z.ZodUnknown, z.ZodUnknown>) => Cost)
  /** What the audit gets of an answer that names people. */
  seen?: (answer: z.input<A[keyof A]>, request: FastifyRequest) => Seen[]
  /** Tools of assistants that may call it (src/mcp/tools.ts); left out: none can. */
  tools?: readonly ToolName[]
  /** Left out: that of all operations. */
  limit?: Pick<FastifyContextConfig, 'rateLimit'>
  /** Whether the answer has an ETag; a GET answers 304 to who has it. */
  revision?: 'of the answer'
  timeoutMs?: number
  /** false: a HEAD would use up what the address opens. */
  head?: false
  /** The handler refuses what is wrong, with more about it. */
  checked?: 'by the route'
  produces?: readonly string[]
  params?: P
  query?: Q
  headers?: H
  /** By status; files and pages have none. */
  answers?: A
  run(request: Asked<P, Q, H, B>, reply: FastifyReply): Answered<A> | Promise<Answered<A>>
}

type Answered<A extends Readonly<Record<number, z.ZodType>>> = z.input<A[keyof A]> | FastifyReply | undefined

/** Entries that an operation may write; any other one is refused (`checkAction`). */
type Audit = readonly AuditAction[]

export type ToolName =
  | 'why'
  | 'search_orders'
  | 'get_order'
  | 'board_counts'
  | 'completeness'
  | 'key_calendar'
  | 'failed_changes'
  | 'quotas'
  | 'import_now'
  | 'retry'

/** All that an operation owes. What has no default has to be given. */
type Operation<
  P extends z.ZodType,
  Q extends z.ZodType,
  H extends z.ZodType,
  B extends z.ZodType,
  A extends Readonly<Record<number, z.ZodType>>,
> = Described<P, Q, H, B, A> &
  // Without `audit` a GET can write nothing there, and says nothing of what was seen.
  (
    | { at: `GET ${Path}`; body?: undefined; repeat?: undefined; audit?: Audit }
    | { at: `DELETE ${Path}`; body?: undefined; repeat?: undefined; audit: Audit }
    | { at: `${'PUT' | 'PATCH'} ${Path}`; body: Body<B>; repeat?: undefined; audit: Audit }
    | { at: `POST ${Path}`; body?: Body<B>; repeat: Repeat; audit: Audit }
  )

declare module 'fastify' {
  interface FastifyContextConfig {
    who?: Who
    /** First version that has it. */
    since?: string
    audit?: Audit
    seen?(answer: unknown, request: FastifyRequest): Seen[]
    tools?: readonly ToolName[]
  }
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Whom this part of the server lets in. */
    callers: 'tenant' | 'operator' | 'anyone'
  }
}

const Methods = z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])

/** Holds an operation to the part of the server whose hooks know its callers. */
function placeOf(app: App, at: string, who: Who): { method: z.infer<typeof Methods>; url: string } {
  const [method, path = ''] = at.split(' ')
  const callers = who.kind === 'session' ? 'anyone' : who.kind
  if (!path.startsWith(app.prefix) || (app.callers ?? callers) !== callers)
    throw new Error(`${at} is for ${who.kind} and stands below ${app.prefix} of ${app.callers}`)
  return { method: Methods.parse(method), url: path.slice(app.prefix.length) }
}

/** The one way in: a path below /v1 is answered as its record says, or it is not there. */
export function operation<
  P extends z.ZodType = z.ZodUnknown,
  Q extends z.ZodType = z.ZodUnknown,
  H extends z.ZodType = z.ZodUnknown,
  B extends z.ZodType = z.ZodUnknown,
  A extends Readonly<Record<number, z.ZodType>> = Readonly<Record<number, z.ZodUnknown>>,
>(app: App, record: Operation<P, Q, H, B, A>): void {
  const {
    at,
    who,
    cost,
    limit,
    body,
    repeat,
    revision,
    deprecated,
    answers,
    since,
    audit = [],
    seen,
    tools,
  } = record
  const place = placeOf(app, at, who)
  const open = who.kind === 'anyone' || who.kind === 'session'
  const bodyLimit = body?.bytes ?? ANYONES_BYTES
  if (open && !(who.kind === 'anyone' && who.proof === 'signature') && bodyLimit > ANYONES_BYTES)
    throw new Error(`${at} takes more than ${ANYONES_BYTES} bytes from anyone`)
  const tagged = revision !== undefined
  const headers = tagged && place.method === 'GET' ? IfNoneMatch : record.headers
  const status = Object.keys(answers ?? {})
    .map(Number)
    .filter((code) => code < 300)
  const { run } = record
  app.route({
    ...place,
    bodyLimit,
    ...given({ handlerTimeout: record.timeoutMs, exposeHeadRoute: record.head }),
    attachValidation: record.checked !== undefined,
    config: {
      ...limit,
      who,
      cost: cost as NonNullable<FastifyContextConfig['cost']>,
      since,
      audit,
      ...given({ deprecated, repeat, entityTag: tagged || undefined, seen, tools }),
    },
    schema: {
      tags: [record.tag],
      operationId: record.id,
      summary: record.summary,
      description: record.description,
      ...given({
        security: securityOf(who),
        produces: record.produces,
        consumes: body?.types,
        params: record.params,
        querystring: record.query ?? (place.method === 'GET' && !open ? NOTHING : undefined),
        headers,
        body: body?.schema,
        response: answers,
      }),
    },
    handler: (request, reply) => {
      if (status.length === 1 && status[0] !== undefined) reply.code(status[0])
      return auditing(audit, () => run(request as Asked<P, Q, H, B>, reply))
    },
  })
}

/** A page, a file or a tool's door: no part of the contract. */
export function page(
  app: App,
  record: {
    at: `${'GET' | 'POST'} ${Path}`
    who: Who
    cost?: Cost
    size?: Size
    /** Whether the answer has an ETag; a GET answers 304 to who has it. */
    tagged?: boolean
    run(request: FastifyRequest, reply: FastifyReply): unknown
  },
): void {
  const { at, who, cost = 'light', size = '16 KiB', tagged = false, run } = record
  app.route({
    ...placeOf(app, at, who),
    bodyLimit: bytesOf(size),
    config: { who, cost, ...given({ entityTag: tagged || undefined }) },
    schema: { hide: true },
    handler: run,
  })
}

/** A name that is not known is refused, where nothing is asked for as well. */
const NOTHING = z.strictObject({})

/** Left out: a key or a session, as the whole document says. */
const securityOf = (who: Who): Record<string, string[]>[] | undefined => {
  if (who.kind === 'session') return [{ session: [] }]
  if (who.kind !== 'anyone' || who.proof === 'probe') return undefined
  return who.proof === 'metrics key' ? [{ apiKey: [] }, {}] : []
}
