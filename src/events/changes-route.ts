import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Pool } from 'pg'
import { z } from 'zod'
import type { App } from '../http/app-types.ts'
import { tenantOf } from '../http/auth.ts'
import { clientGone } from '../http/client-gone.ts'
import { documentOnly } from '../http/serializer.ts'
import { invalid } from '../http/validation.ts'
import { AppError } from '../platform/errors.ts'
import { factsOf } from '../platform/narrow.ts'
import type { Hub } from './hub.ts'
import { FeedPage } from './schemas.ts'
import {
  isKnown,
  type LoggedEvent,
  type Place,
  parsePlace,
  placeText,
  readEvents,
  readOldest,
  readPresent,
} from './store.ts'

/** Proxies on the way end a quiet request after a minute; this stays well below. */
const MOST_WAIT_SECONDS = 30
const MOST_ROWS = 1_000
/** `after` of who wants all that is kept. */
const OLDEST = 'oldest'

const DESCRIPTION =
  'Every change of orders, site changes, attention and notices of the tenant, in order, each once; the same rows as GET /events and ' +
  'webhooks. First call: without `after`, which answers no rows and the present `position`; then read the lists, and go on from there. ' +
  'Work off `changes`, keep `position`, pass it as `after`. The order is that of the transactions, so where two change one order at ' +
  'once the row with the higher `version` may come first: pass over a row whose version is lower than the one you have. With `wait` the answer comes as soon as there is something. A lost ' +
  'answer loses nothing: ask again with the same `after`. Rows are kept for 30 days; 410 POSITION_EXPIRED says that a ' +
  'position is older, and its `position` is where to go on after reading the lists anew.'

export interface ChangesDeps {
  pool: Pool
  /** Fires when the service stops: nobody waits any longer. */
  stopping: AbortSignal
}

/** GET /changes: the feed for programs that ask. */
export function changesRoute(app: App, deps: ChangesDeps, hub: Hub): void {
  app.get(
    '/changes',
    {
      config: { waits: ({ query }: FastifyRequest) => Number(factsOf(query).wait) > 0 },
      handlerTimeout: (MOST_WAIT_SECONDS + 15) * 1_000,
      schema: {
        tags: ['events'],
        operationId: 'listChanges',
        summary: 'What changed since a position (変更フィード)',
        description: DESCRIPTION,
        querystring: z.strictObject({
          after: z
            .string()
            .max(100)
            .optional()
            .describe('`position` of the answer before; `oldest` for all that is kept (この位置より後)'),
          limit: z.coerce.number().int().min(1).max(MOST_ROWS).default(500).describe('Rows at most (件数)'),
          wait: z.coerce
            .number()
            .int()
            .min(0)
            .max(MOST_WAIT_SECONDS)
            .default(0)
            .describe('Seconds to wait for a change when there is none (待つ秒数)'),
        }),
        response: { 200: documentOnly(FeedPage) },
      },
    },
    async (request, reply) => {
      const { after, limit, wait } = request.query
      const tenantId = tenantOf(request)
      const place = await placeOf(deps.pool, after)
      const page = await readEvents(deps.pool, place, limit, tenantId)
      if (page.events.length > 0 || wait === 0) return answerOf(page, place)
      await untilChanged({ hub, tenantId, place, ms: wait * 1_000, stopping: deps.stopping, reply })
      // A connection that is kept would hold up the end of the service.
      if (deps.stopping.aborted) reply.header('connection', 'close')
      return answerOf(await readEvents(deps.pool, place, limit, tenantId), place)
    },
  )
}

async function placeOf(pool: Pool, after: string | undefined): Promise<Place> {
  const present = await readPresent(pool)
  if (after === undefined) return present
  if (after === OLDEST) return readOldest(pool)
  const place = parsePlace(after)
  if (place === null) {
    const message =
      '変更フィードの位置ではありません。前の応答の position をそのまま指定してください。初回は after を省いてください。'
    throw invalid([{ field: 'after', message, code: 'invalid_position' }])
  }
  if (!(await isKnown(pool, place, present))) {
    throw new AppError(
      'POSITION_EXPIRED',
      'この位置より後の変更は残っていません（保存期間は30日です）。一覧を読み直してから、position の位置で再開してください。',
      { details: { position: placeText(present) } },
    )
  }
  return place
}

interface Wait {
  hub: Hub
  tenantId: string
  place: Place
  ms: number
  stopping: AbortSignal
  reply: FastifyReply
}

/** Until something is told behind the place, the time is over, the client went away or the service stops. */
async function untilChanged({ hub, tenantId, place, ms, stopping, reply }: Wait): Promise<void> {
  const gone = clientGone(reply)
  const woken = Promise.withResolvers<void>()
  const timer = setTimeout(woken.resolve, ms)
  for (const end of [gone, stopping]) {
    end.addEventListener('abort', () => woken.resolve(), { once: true })
    if (end.aborted) woken.resolve()
  }
  const leave = await hub.subscribe({ tenantId, onEvent: () => woken.resolve() }, place)
  try {
    await woken.promise
  } finally {
    clearTimeout(timer)
    leave()
  }
  gone.throwIfAborted()
}

function answerOf(page: { events: LoggedEvent[]; full: boolean }, from: Place): z.infer<typeof FeedPage> {
  const changes = page.events.map(({ kind, at, data, ...place }) => ({
    ...{ position: placeText(place), at: at.toISOString(), kind, data },
  }))
  // What was written by triggers needs no second check.
  return {
    changes: changes as z.infer<typeof FeedPage>['changes'],
    position: placeText(page.events.at(-1) ?? from),
    more: page.full,
  }
}
