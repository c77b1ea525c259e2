import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { App } from '../http/app-types.ts'
import { tenantOf } from '../http/auth.ts'
import { clientGone } from '../http/client-gone.ts'
import { positionText, sequenceText } from '../http/paging.ts'
import { documentOnly } from '../http/serializer.ts'
import { invalid } from '../http/validation.ts'
import { AppError } from '../platform/errors.ts'
import type { FairGate } from '../platform/fair-gate.ts'
import { factsOf } from '../platform/narrow.ts'
import { type HistoryTools, readHistory } from './history.ts'
import type { Hub } from './hub.ts'
import { FeedPage } from './schemas.ts'
import { isKnown, type LoggedEvent, type Position, parsePosition, readEvents } from './store.ts'

/** Proxies on the way end a quiet request after a minute; this stays well below. */
const MOST_WAIT_SECONDS = 30
const MOST_ROWS = 1_000
/** `after` of who wants all that is kept. */
const OLDEST = 'oldest'

const DESCRIPTION =
  'Every change of orders, site changes, attention and notices of the tenant, in order, each once; the same rows as GET /v1/events and ' +
  'webhooks. First call: without `after`, which answers no rows and the present `position`; then read the lists, and go on from there. ' +
  'Work off `changes`, keep `position`, pass it as `after`. The order is that of the transactions, so where two change one order at ' +
  'once the row with the higher `revision` may come first: pass over a row whose revision is lower than the one you have. With `wait` the answer comes as soon as there is something. A lost ' +
  'answer loses nothing: ask again with the same `after`. Rows are kept for 30 days; 410 POSITION_EXPIRED says that a ' +
  'position is older, or that the database was restored or its server replaced since; its `position` is where to go on after reading the lists anew.'

export interface ChangesDeps extends HistoryTools {
  /** Fires when the service stops, and ends all waits. */
  stopping: AbortSignal
  /** Turns of what waits, for the statements before and after. */
  opening: FairGate
}

/** GET /v1/changes: the feed for programs that ask. */
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
      const read = async (from: string | undefined) => {
        const position = await startOf(deps, from)
        return { position, page: await readEvents(deps.pool, position, limit, tenantId) }
      }
      if (wait === 0) return answerOf(await read(after))
      const signal = clientGone(reply)
      const first = await deps.opening.run(tenantId, () => read(after), { signal })
      if (first.page.events.length > 0) return answerOf(first)
      const { position } = first
      await untilChanged({ hub, tenantId, position, ms: wait * 1_000, stopping: deps.stopping, reply })
      // A kept-alive connection would delay the end of the service.
      if (deps.stopping.aborted) reply.header('connection', 'close')
      // The server may have been another one meanwhile.
      const again = () => read(positionText(position, position.epoch))
      return answerOf(await deps.opening.run(tenantId, again, { signal, patient: true }))
    },
  )
}

async function startOf(deps: HistoryTools, after: string | undefined): Promise<Position> {
  const history = await readHistory(deps)
  const { epoch, begins, present } = history
  if (after === undefined) return { ...present, epoch }
  if (after === OLDEST) return { ...begins, epoch }
  const position = parsePosition(after)
  if (position === null) {
    const message =
      '変更フィードの位置ではありません。前の応答の position をそのまま指定してください。初回は after を省いてください。'
    throw invalid([{ field: 'after', message, code: 'invalid_position' }])
  }
  if (isKnown(position, history)) return position
  const why =
    position.epoch === epoch
      ? 'この位置より後の変更は残っていません（保存期間は30日です）。'
      : 'データベースの復元または切り替えがあったため、この位置からは続けられません。'
  throw new AppError('POSITION_EXPIRED', `${why}一覧を読み直してから、position の位置で再開してください。`, {
    details: { position: positionText(present, epoch) },
  })
}

interface Read {
  page: { events: LoggedEvent[]; full: boolean }
  position: Position
}

interface Wait {
  hub: Hub
  tenantId: string
  position: Position
  ms: number
  stopping: AbortSignal
  reply: FastifyReply
}

/**
 * Waits until an event follows the position, the time is over, the client disconnects or the service stops.
 */
async function untilChanged({ hub, tenantId, position, ms, stopping, reply }: Wait): Promise<void> {
  const gone = clientGone(reply)
  const woken = Promise.withResolvers<void>()
  const timer = setTimeout(woken.resolve, ms)
  for (const end of [gone, stopping]) {
    end.addEventListener('abort', () => woken.resolve(), { once: true })
    if (end.aborted) woken.resolve()
  }
  const leave = await hub.subscribe(
    { tenantId, onEvent: () => woken.resolve(), onReset: () => woken.resolve() },
    position,
  )
  try {
    await woken.promise
  } finally {
    clearTimeout(timer)
    leave()
  }
  gone.throwIfAborted()
}

function answerOf({ page, position: from }: Read): z.infer<typeof FeedPage> {
  const { epoch } = from
  const changes = page.events.map(({ kind, at, data, ...place }) => ({
    position: positionText(place, epoch),
    sequence: sequenceText(place),
    at: at.toISOString(),
    kind,
    data,
  }))
  // Triggers wrote these rows, so they need no second check.
  return {
    changes: changes as z.infer<typeof FeedPage>['changes'],
    position: positionText(page.events.at(-1) ?? from, epoch),
    more: page.full,
  }
}
