import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { createBullBoard } from '@bull-board/api'
import fastifyStatic from '@fastify/static'
import type { Queue } from 'bullmq'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { AppError } from '../platform/errors.ts'
import { factsOf } from '../platform/narrow.ts'
import { operator } from './access.ts'
import { QUEUE_BOARD, type Routes } from './app-types.ts'
import { page } from './operation.ts'

/** The page brings its own script and styles; the fonts that it would fetch from elsewhere are left out. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

type Adapter = Parameters<typeof createBullBoard>[0]['serverAdapter']
type Queues = Parameters<Adapter['setQueues']>[0]
type UiConfig = Parameters<Adapter['setUIConfig']>[0]
type View = Parameters<Adapter['setEntryRoute']>[0]
type Call = Parameters<Adapter['setApiRoutes']>[0][number]

interface Board {
  queues: Queues
  uiConfig: UiConfig
  page: View
  calls: Call[]
}

const UI = dirname(fileURLToPath(import.meta.resolve('@bull-board/ui/package.json')))

/**
 * Builds Bull Board for our own server: its adapter brings error handling that knows no sign-in. Loaded at
 * the first visit, as it brings all of Lodash.
 */
async function assemble(queue: Queue): Promise<Board> {
  const [{ createBullBoard }, { BullMQAdapter }] = await Promise.all([
    import('@bull-board/api'),
    import('@bull-board/api/bullMQAdapter'),
  ])
  const board: Partial<Board> = {}
  const adapter: Adapter = {
    setQueues: (queues) => set({ queues }),
    setUIConfig: (uiConfig) => set({ uiConfig }),
    setEntryRoute: (page) => set({ page }),
    setApiRoutes: (calls) => set({ calls }),
    setViewsPath: () => adapter,
    setStaticPath: () => adapter,
    setErrorHandler: () => adapter,
  }
  const set = (part: Partial<Board>): Adapter => {
    Object.assign(board, part)
    return adapter
  }
  // A wake-up holds the id of a shop and nothing else, and a failed one the name of its error.
  createBullBoard({
    queues: [new BullMQAdapter(queue, { readOnlyMode: true })],
    serverAdapter: adapter,
    options: { uiBasePath: UI, uiConfig: { boardTitle: 'Torikomi: キュー' } },
  })
  return board as Board
}

const escaped = (text: string) => text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`)

/** Its template knows only `<%= name %>` and, for settings that are escaped already, `<%- name %>`. */
export const fillPage = (template: string, values: Readonly<Record<string, string | undefined>>): string =>
  template
    .replace(/<link href="https:[^>]*>/g, '')
    .replace(/<%([=-]) *(\w+) *%>/g, (_, mark: string, name: string) =>
      mark === '=' ? escaped(values[name] ?? '') : (values[name] ?? ''),
    )

/**
 * Bull Board, to be looked at only: of its calls those that change something are not there at all. For both
 * engines. The scope that registers it lets operators alone through.
 */
export const queueBoard =
  (queue: Queue): Routes =>
  (app) => {
    app.addHook('onSend', async (_request, reply) => {
      reply.header('content-security-policy', POLICY)
      if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
    })
    const template = readFileSync(join(UI, 'dist/index.ejs'), 'utf8')
    let opened: Promise<Board> | null = null
    const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      opened ??= assemble(queue)
      const board = await opened
      const { pathname } = new URL(request.url, 'http://board')
      const path = pathname.slice(QUEUE_BOARD.length) || '/'
      if (paramsOf(board.page.route, path)) {
        const { params } = board.page.handler({ basePath: QUEUE_BOARD, uiConfig: board.uiConfig })
        return reply.type('text/html; charset=utf-8').send(fillPage(template, params))
      }
      for (const call of board.calls) {
        const params = [call.method].flat().includes('get') ? paramsOf(call.route, path) : null
        if (params) return answerCall(call, params, board, request, reply)
      }
      return reply.callNotFound()
    }
    for (const at of [`GET ${QUEUE_BOARD}/`, `GET ${QUEUE_BOARD}/*`] as const)
      page(app, { at, who: operator('no personal data'), run: answer })
    // Its own route would have no record, so nobody would have said who may use it.
    app.register(fastifyStatic, { root: join(UI, 'dist/static'), serve: false, index: false })
    page(app, {
      at: `GET ${QUEUE_BOARD}/static/*`,
      who: operator('no personal data'),
      run: (request, reply) => reply.sendFile(String(factsOf(request.params)['*'])),
    })
  }

/** Of `/api/queues/:queueName` and its like; null where the path is of none of them. */
function paramsOf(routes: string | string[], path: string): Record<string, string> | null {
  for (const pathname of [routes].flat()) {
    const found = new URLPattern({ pathname }).exec({ pathname: path })?.pathname.groups
    if (found)
      return Object.fromEntries(
        Object.entries(found).map(([name, value]) => [name, decodeURIComponent(value ?? '')]),
      )
  }
  return null
}

async function answerCall(
  call: Call,
  params: Record<string, string>,
  { queues, uiConfig }: Board,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const query = request.query as Record<string, string>
  const { status = 200, body } = await Promise.resolve(
    call.handler({ queues, uiConfig, params, query, body: {}, headers: {} }),
  ).catch((error: unknown) => {
    request.log.warn({ err: error }, 'the queue could not be looked at')
    throw new AppError(
      'UNAVAILABLE',
      'キューから応答がありません。Redis（または Postgres）の状態を確認してください。',
    )
  })
  return reply.code(status).send(body)
}
