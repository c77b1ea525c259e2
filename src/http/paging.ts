import { z } from 'zod'
import { factsOf } from '../platform/narrow.ts'
import { storable } from '../platform/storable.ts'
import type { App } from './app-types.ts'
import { CutLater, wholeQuery } from './schemas.ts'
import { invalid } from './validation.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Key of the list that is cut after the handler. */
    cutLater?: string
  }
}

/** A cursor is where the page before ended: the sort values of its last row, opaque to clients. */
export function encodeCursor(values: readonly (string | number | null)[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url')
}

/** @throws AppError VALIDATION_FAILED naming `cursor` when it is not one of ours for this list */
export function decodeCursor<T>(cursor: string, shape: z.ZodType<T>): T {
  const parsed = shape.safeParse(readJson(cursor))
  if (parsed.success) return parsed.data
  throw invalid([
    {
      field: 'cursor',
      message: 'この一覧のカーソルではありません。前のページの nextCursor をそのまま指定してください。',
      code: 'invalid_cursor',
    },
  ])
}

function readJson(cursor: string): unknown {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    // Anybody can make one up, with texts that Postgres takes for none.
    return storable(values) === values ? values : undefined
  } catch {
    return undefined
  }
}

/**
 * Cuts the row that was read beyond the page: read `limit + 1` rows, keep `limit`, and the cursor of the last
 * kept one when there was more.
 */
export function pageOf<T>(
  rows: readonly T[],
  limit: number,
  cursorOf: (row: T) => readonly (string | number)[],
): { rows: T[]; nextCursor: string | null } {
  const kept = rows.slice(0, limit)
  const last = kept.at(-1)
  return {
    rows: kept,
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(cursorOf(last)) : null,
  }
}

/** Reads a page in the order of ids, by Prisma or by a statement of our own. */
interface ById {
  /** Condition on the row's id. */
  id: { gt?: string; lt?: string }
  orderBy: { id: 'asc' | 'desc' }
  take: number
  /** Id of the last row of the page before; null on the first page. */
  behind: string | null
}

const LastId = z.tuple([z.uuid()])

/**
 * A page of a list in the order of its ids: `asc`, oldest first, or `desc`.
 * @throws AppError as {@link decodeCursor}
 */
export async function pageById<T extends { id: string }>(
  direction: 'asc' | 'desc',
  { cursor, limit }: { cursor?: string | undefined; limit: number },
  read: (page: ById) => Promise<readonly T[]>,
): Promise<{ rows: T[]; nextCursor: string | null }> {
  const [behind] = cursor === undefined ? [null] : decodeCursor(cursor, LastId)
  const id = behind === null ? {} : direction === 'asc' ? { gt: behind } : { lt: behind }
  const rows = await read({ id, orderBy: { id: direction }, take: limit + 1, behind })
  return pageOf(rows, limit, (row) => [row.id])
}

/**
 * Cuts lists that their routes answer whole (`nextCursor: CutLater`), so that a client pages all lists alike.
 * Register it before the routes, and before whatever looks at their queries.
 */
export function pageWholeLists(app: App): void {
  app.addHook('onRoute', (route) => {
    const schema = factsOf(route.schema)
    const answer = factsOf(schema.response)[200]
    if (!(answer instanceof z.ZodObject) || answer.shape.nextCursor !== CutLater) return
    const query = schema.querystring instanceof z.ZodObject ? schema.querystring.shape : {}
    route.schema = { ...schema, querystring: z.strictObject({ ...query, ...wholeQuery }) }
    const cutLater = Object.keys(answer.shape).find((name) => answer.shape[name] instanceof z.ZodArray)
    if (cutLater !== undefined) route.config = { ...route.config, cutLater }
  })
  app.addHook('preSerialization', async (request, reply, payload) => {
    const { cutLater } = request.routeOptions.config
    if (cutLater === undefined || reply.statusCode !== 200) return payload
    const facts = factsOf(payload)
    return { ...facts, ...cut(cutLater, z.array(z.unknown()).parse(facts[cutLater]), wanted(request.query)) }
  })
}

const wanted = (query: unknown) => z.object(wholeQuery).parse(query)

const LastRow = z.tuple([z.int().min(1), z.string().nullable()])

/** The cursor holds the count of rows sent and the last one's id: deleted rows skip no other one. */
function cut(name: string, rows: readonly unknown[], { cursor, limit }: ReturnType<typeof wanted>) {
  const [sent, lastId] = cursor === undefined ? [0, null] : decodeCursor(cursor, LastRow)
  const last = lastId === null ? -1 : rows.findIndex((row) => idOf(row) === lastId)
  const from = last >= 0 ? last + 1 : lastId === null ? sent : sent - 1
  const to = Math.min(from + (limit ?? rows.length), rows.length)
  const nextCursor = to < rows.length ? encodeCursor([to, idOf(rows[to - 1])]) : null
  return { [name]: rows.slice(from, to), nextCursor }
}

function idOf(row: unknown): string | null {
  const { id } = factsOf(row)
  return typeof id === 'string' ? id : null
}

/** A place in the change feed: the transaction, and the event in it. */
interface FeedPlace {
  xid: bigint
  id: bigint
}

/** The `position` of feed, stream and webhooks. */
export const positionText = ({ xid, id }: FeedPlace, epoch: string): string =>
  epoch === '' ? `${xid}-${id}` : `${xid}-${id}-${epoch}`

/** The `sequence`: parts padded to the largest one's digits, so that text compares as the feed is ordered. */
export const sequenceText = ({ xid, id }: FeedPlace): string => `${padded(xid)}-${padded(id)}`

const padded = (number: bigint): string => String(number).padStart(19, '0')
