import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import fastifyStatic from '@fastify/static'
import type { Queue } from 'bullmq'
import { AppError } from '../platform/errors.ts'
import { type App, QUEUE_BOARD, type Routes } from './app-types.ts'

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

/** What Bull Board would register by itself, to be registered here: its own adapter brings error handling that knows no sign-in. */
function assemble(queue: Queue): Board {
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

/** Its template knows two marks alone: `<%= name %>` and, for the settings that are escaped already, `<%- name %>`. */
export const fillPage = (template: string, values: Readonly<Record<string, string | undefined>>): string =>
  template
    .replace(/<link href="https:[^>]*>/g, '')
    .replace(/<%([=-]) *(\w+) *%>/g, (_, mark: string, name: string) =>
      mark === '=' ? escaped(values[name] ?? '') : (values[name] ?? ''),
    )

/**
 * Bull Board, to be looked at only: of its calls those that change something are not there at all. For both engines. The scope that
 * registers it lets operators alone through.
 */
export const queueBoard =
  (queue: Queue): Routes =>
  (app) => {
    const { queues, uiConfig, page, calls } = assemble(queue)
    const hidden = { schema: { hide: true } }
    app.addHook('onSend', async (_request, reply) => {
      reply.header('content-security-policy', POLICY)
      if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
    })
    const template = readFileSync(join(UI, 'dist/index.ejs'), 'utf8')
    for (const route of [page.route].flat())
      app.get(route, hidden, (_request, reply) => {
        const { params } = page.handler({ basePath: QUEUE_BOARD, uiConfig })
        return reply.type('text/html; charset=utf-8').send(fillPage(template, params))
      })
    for (const call of calls.filter(({ method }) => [method].flat().includes('get')))
      for (const route of [call.route].flat()) registerCall(app, route, call, { queues, uiConfig })
    app.register(fastifyStatic, {
      root: join(UI, 'dist/static'),
      prefix: '/static/',
      decorateReply: false,
      index: false,
      schemaHide: true,
    })
  }

function registerCall(app: App, route: string, call: Call, shared: Pick<Board, 'queues' | 'uiConfig'>): void {
  app.get(route, { schema: { hide: true } }, async (request, reply) => {
    const { status = 200, body } = await Promise.resolve(
      call.handler({
        ...shared,
        params: request.params as Record<string, string>,
        query: request.query as Record<string, string>,
        body: {},
        headers: {},
      }),
    ).catch((error: unknown) => {
      request.log.warn({ err: error }, 'the queue could not be looked at')
      throw new AppError(
        'UNAVAILABLE',
        'キューから応答がありません。Redis（または Postgres）の状態を確認してください。',
      )
    })
    return reply.code(status).send(body)
  })
}
