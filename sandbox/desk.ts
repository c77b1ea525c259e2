import { z } from 'zod'
import { ClockBody, PlaceApplication, PlaceBody } from './kit/control.ts'
import { SandboxFault } from './kit/faults.ts'
import { jsonAnswer, type SandboxAnswer, type SandboxRequest, startSandboxServer } from './kit/http-kit.ts'
import { type Keep, keepNothing } from './kit/keep.ts'
import { SIMULATED_MALLS, sandboxShops } from './malls/index.ts'
import { type Sandbox, sandboxEnvironment } from './sandbox.ts'

/**
 * The whole sandbox from outside its process, on one port of 127.0.0.1:
 * - `GET /`, `GET /openapi.json`: all that can be called here
 * - `GET /setup`: what a service has to be told: environment, mailbox, each mall's shop with its credentials
 * - `GET /mailbox`: what was delivered and when, the mails with their flags, the connections and commands so
 *   far
 * - `POST /hook`, `GET /hook`: takes what a webhook sends, and lists it in the order in which it came
 * - `/<mall>/…`: that mall's control API, `POST /rakuten/orders` for one, whose orders can be shipped unless
 *   told otherwise
 */
export function startDesk(
  sandbox: Sandbox,
  port: number,
  host: string,
  keep: Keep = keepNothing,
): ReturnType<typeof startSandboxServer> {
  const received = keep('received', (): unknown[] => [])
  return startSandboxServer(port, async (request) => {
    if (request.path === '/hook') return hook(received, request)
    if (request.method === 'GET' && request.path === '/setup') return jsonAnswer(200, setup(sandbox, host))
    if (request.method === 'GET' && request.path === '/mailbox') return jsonAnswer(200, mailbox(sandbox))
    if (request.method === 'GET' && request.path === '/')
      return jsonAnswer(200, { routes: await routes(sandbox) })
    if (request.method === 'GET' && request.path === '/openapi.json')
      return jsonAnswer(200, openApi(await routes(sandbox), new Set(SIMULATED_MALLS)))
    return passOn(sandbox, request)
  })
}

const MOST_RECEIVED = 10_000

function hook(received: unknown[], { method, body }: SandboxRequest): SandboxAnswer {
  if (method === 'GET') return jsonAnswer(200, { received })
  received.push(JSON.parse(body))
  if (received.length > MOST_RECEIVED) received.shift()
  return jsonAnswer(200, {})
}

/** With `host` in the place of 127.0.0.1, for a service that runs elsewhere. */
export function setup(sandbox: Sandbox, host: string) {
  const environment = Object.fromEntries(
    Object.entries(sandboxEnvironment(sandbox)).map(([name, value]) => [
      name,
      value.replace('127.0.0.1', host),
    ]),
  )
  const shops = SIMULATED_MALLS.flatMap((mall) =>
    sandboxShops(mall, sandbox.shops).map(({ code }) => ({
      marketplace: mall,
      code,
      credentials: sandbox.malls[mall].credentialsFor(code),
    })),
  )
  return { environment, mailbox: { ...sandbox.mailbox, host, security: 'plain' }, shops }
}

function mailbox({ imap, mailbox: { username }, delivered }: Sandbox) {
  return {
    connections: imap.connections(username),
    commands: imap.commands(username),
    mails: imap.mails(username),
    delivered: delivered.map(({ event, deliveredAt }) => ({
      orderNumber: event.order.orderNumber,
      type: event.type,
      deliveredAt: new Date(deliveredAt).toISOString(),
    })),
  }
}

/** `GET /setup`, `POST /rakuten/orders` and so on, as the malls themselves list them. */
async function routes(sandbox: Sandbox): Promise<string[]> {
  const own = ['GET /', 'GET /openapi.json', 'GET /setup', 'GET /mailbox', 'POST /hook', 'GET /hook']
  const ofMalls = await Promise.all(
    SIMULATED_MALLS.map(async (mall) => {
      const answer = await fetch(`${sandbox.malls[mall].url}/_control/`)
      const { routes: listed } = (await answer.json()) as { routes: string[] }
      return listed.map((route) => route.replace(' ', ` /${mall}/`))
    }),
  )
  return [...own, ...ofMalls.flat()]
}

async function passOn(sandbox: Sandbox, { method, path, body }: SandboxRequest): Promise<SandboxAnswer> {
  const [, name = '', rest = ''] = /^\/([a-z]+)\/(.*)$/.exec(path) ?? []
  const mall = Object.values(sandbox.malls).find((candidate) => candidate.name === name)
  if (!mall) return jsonAnswer(404, { message: 'Only /setup, /mailbox and /<mall>/… are here.' })
  const sent = method === 'POST' && rest === 'orders' ? readyUnlessTold(body) : body
  const answer = await fetch(`${mall.url}/_control/${rest}`, {
    method,
    ...(sent === '' ? {} : { body: sent }),
  })
  return {
    status: answer.status,
    headers: { 'content-type': 'application/json;charset=utf-8' },
    body: await answer.text(),
  }
}

/** Whoever places an order by hand wants to ship it; what is not JSON is the mall's to refuse. */
function readyUnlessTold(body: string): string {
  try {
    const asked: unknown = body === '' ? {} : JSON.parse(body)
    if (typeof asked !== 'object' || asked === null || 'overrides' in asked) return body
    return JSON.stringify({ readyToShip: true, ...asked })
  } catch {
    return body
  }
}

// The desk's calls as an OpenAPI document, made from the routes that it answers.

const WHAT: Readonly<Record<string, string>> = {
  'POST /hook': 'Takes what a webhook sends',
  'GET /hook': 'What webhooks have sent here, oldest first',
  'POST orders': 'Place orders; each tells the mailbox what the mall would mail',
  'GET orders': 'The orders at the mall',
  'GET orders/:number': 'One order as the mall keeps it',
  'PATCH orders/:number': 'Change an order as somebody does on the mall’s own screen',
  'POST orders/:number/cancel': 'The buyer cancels',
  'POST orders/:number/pay': 'The buyer pays',
  'GET applications': 'Applications that are no orders yet (購入申込)',
  'POST applications': 'A buyer applies; orders come of it on their days',
  'GET faults': 'Faults that are switched on',
  'PUT faults': 'Switch faults on, in the place of all others',
  'DELETE faults': 'Switch all faults off',
  'POST clock': 'Move, hold or release the mall’s clock',
  'GET settings': 'Quotas and what else the mall varies',
  'PUT settings': 'Change some of them',
  'GET writes': 'What calls have changed, oldest first',
  'GET calls': 'Calls by operation',
  'PUT webhooks': 'Send a shop’s webhooks to an address: `{"url": "…/v1/shops/{id}/pushed-orders"}`',
}

const BODIES: Readonly<Record<string, z.ZodType>> = {
  'POST orders': PlaceBody,
  'POST applications': PlaceApplication,
  'PUT faults': z.array(SandboxFault),
  'POST clock': ClockBody,
}

function openApi(routes: readonly string[], malls: ReadonlySet<string>) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    const [method = '', path = ''] = route.split(' ')
    const [, mall = '', rest = ''] = /^\/([a-z]+)\/(.*)$/.exec(path) ?? []
    const known = malls.has(mall) ? `${method} ${rest}` : route
    const body = BODIES[known]
    const named = path.replace(':number', '{number}')
    paths[named] = {
      ...paths[named],
      [method.toLowerCase()]: {
        tags: [malls.has(mall) ? mall : 'sandbox'],
        summary: WHAT[known] ?? known,
        ...(named.includes('{number}')
          ? { parameters: [{ name: 'number', in: 'path', required: true, schema: { type: 'string' } }] }
          : {}),
        ...(body
          ? {
              requestBody: {
                content: { 'application/json': { schema: z.toJSONSchema(body, { io: 'input' }) } },
              },
            }
          : {}),
        responses: {
          200: { description: 'Done' },
          ...(method === 'GET'
            ? {}
            : { 422: { description: 'Says what is unknown, and which names are allowed' } }),
        },
      },
    }
  }
  return { openapi: '3.1.0', info: { title: 'Sandbox of the malls', version: '1' }, paths }
}
