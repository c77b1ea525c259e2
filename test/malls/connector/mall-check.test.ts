import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { applyToOrder, createConnector } from '../../../clients/connector/connector.mjs'
import { type SandboxAnswer, type SandboxRequest, startSandboxServer } from '../../../sandbox/kit/http-kit.ts'
import { type ConnectorOrder, startConnectorSimulator } from '../../../sandbox/malls/connector/index.ts'
import { signedHeaders } from '../../../src/platform/crypto/signed-message.ts'
import { runChecks } from '../../mall-check/checks.ts'

/** mall-check against the reference connector, and against one with each of these faults. */

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const ORDERS = 1_010
let made: ConnectorOrder[] = []
let capabilities: object

beforeAll(async () => {
  const simulator = await startConnectorSimulator({ shop: { code: 's', name: 'わたしの店' } })
  simulator.clock.hold()
  simulator.clock.advance(-3 * 86_400_000)
  for (let count = 0; count < ORDERS; count += 1) {
    simulator.place()
    simulator.clock.advance(60_000)
  }
  made = [...simulator.orders.values()]
  capabilities = simulator.capabilities
  await simulator.close()
})

const closing: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const close of closing) await close()
})

type Answer = Pick<SandboxAnswer, 'status' | 'headers' | 'body'>
type Spoil = (
  request: SandboxRequest & { url: string },
  real: (again?: object) => Promise<Answer>,
) => Promise<Answer>

async function start(spoil: Spoil = (_request, real) => real()): Promise<string> {
  const orders = new Map(structuredClone(made).map((order) => [order.number, order]))
  const answer = createConnector({
    capabilities,
    secrets: [SECRET],
    shop: {
      placed: (since, until) =>
        [...orders.values()].filter(
          ({ placedAt }) => Date.parse(placedAt) >= since && Date.parse(placedAt) < until,
        ),
      get: (number: string) => orders.get(number),
      apply: applyToOrder,
      saved: () => {},
    },
  })
  const server = await startSandboxServer(0, (request) => {
    const url = request.query.size > 0 ? `${request.path}?${request.query}` : request.path
    const { method, headers, body } = request
    return spoil({ ...request, url }, (again = {}) => answer({ method, url, headers, body, ...again }))
  })
  closing.push(server.close)
  return server.url
}

const check = (url: string) => runChecks({ url, secret: SECRET, days: 7, order: '1003', cancel: '1004' })

const told = (body: object, status = 200): Answer => ({ status, body: JSON.stringify(body) })
const bodyOf = ({ body = '{}' }: Answer) => JSON.parse(body)
const isList = ({ path, method }: SandboxRequest) => method === 'GET' && path.endsWith('/orders')
const isOne = ({ path, method }: SandboxRequest) => method === 'GET' && /\/orders\/\d+$/.test(path)
const isChange = ({ path }: SandboxRequest) => path.endsWith('/changes')
/** The call as its rightful sender would make it now. */
const signedAnew = ({ method, url, body }: { method: string; url: string; body: string }) => ({
  headers: signedHeaders([SECRET], 'planted', new Date(), `${method} ${url}\n${body}`),
})

const FAULTS: readonly (readonly [fault: string, found: string, spoil: Spoil])[] = [
  [
    'takes any key',
    'another key is refused',
    (request, real) => real(request.headers['webhook-signature'] ? signedAnew(request) : {}),
  ],
  [
    'takes a call without a key',
    'no key is refused',
    (request, real) => real(request.headers['webhook-signature'] ? {} : signedAnew(request)),
  ],
  [
    'takes an old signature',
    'a signature of ten minutes ago is refused',
    (request, real) =>
      real(
        Date.now() / 1_000 - Number(request.headers['webhook-timestamp'] ?? 0) > 300
          ? signedAnew(request)
          : {},
      ),
  ],
  [
    'counts the page alone',
    'total is the number of rows of all pages',
    async (request, real) => {
      const answer = await real()
      if (!isList(request) || answer.status !== 200) return answer
      const list = bodyOf(answer)
      return told({ ...list, total: list.orders.length })
    },
  ],
  [
    'loses the last page',
    'total is the number of rows of all pages',
    async (request, real) =>
      isList(request) && request.query.has('cursor')
        ? told({ ...bodyOf(await real()), cursor: null })
        : real(),
  ],
  [
    'takes the end of the window in',
    'an order on a bound is in exactly one of two windows',
    async (request, real) => {
      if (!isList(request)) return real()
      const query = new URLSearchParams(request.query)
      query.set('until', new Date(Date.parse(query.get('until') ?? '') + 1).toISOString())
      const url = `${request.path}?${query}`
      const given = await real()
      return given.status === 200 ? real({ url, ...signedAnew({ ...request, url }) }) : given
    },
  ],
  [
    'says nothing of an unknown number',
    'an unknown number is not_found',
    async (_request, real) => {
      const answer = await real()
      return answer.status === 404 ? { status: 404, body: 'Not Found' } : answer
    },
  ],
  [
    'has another revision in its list',
    'an order has the revision, state and time of its row',
    async (request, real) => {
      const answer = await real()
      return isOne(request) && answer.status === 200 ? told({ ...bodyOf(answer), revision: 'other' }) : answer
    },
  ],
  [
    'adds up wrongly',
    'lines, charges and discounts make the total',
    async (request, real) => {
      const answer = await real()
      const order = bodyOf(answer)
      return isOne(request) && answer.status === 200 ? told({ ...order, total: order.total + 1 }) : answer
    },
  ],
  [
    'ships again under the same id',
    'a lost answer is read back from the order',
    async (request, real) => {
      if (!isChange(request)) return real()
      const { id, ...rest } = JSON.parse(request.body)
      const body = JSON.stringify({ ...rest, id: `${id}-${Math.random()}` })
      return real({ body, ...signedAnew({ ...request, body }) })
    },
  ],
  [
    'says applied where it refuses',
    'a cancelled order cannot be shipped',
    async (request, real) => {
      const answer = await real()
      return isChange(request) && answer.status === 422 ? told({ state: 'applied' }) : answer
    },
  ],
]

describe('mall-check', () => {
  it('has 24 checks in six groups, and the reference connector passes them all', async () => {
    const results = await check(await start())
    expect(results.filter(({ state }) => state !== 'held')).toEqual([])
    expect(results).toHaveLength(24)
    expect(new Set(results.map(({ group }) => group)).size).toBe(6)
  })

  it.each(FAULTS)('finds a connector that %s', async (_fault, found, spoil) => {
    const results = await check(await start(spoil))
    expect(results.find((one) => one.check === found)).toMatchObject({ state: 'failed' })
  })

  it('tries no change without an order, and says so; its exit code and JSON are for programs', async () => {
    const url = await start()
    const run = async (...args: string[]) => {
      const child = spawn(process.execPath, ['test/mall-check/main.ts', url, ...args], {
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      let text = ''
      child.stdout.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
      const [code] = await once(child, 'close')
      return { code, text }
    }
    const good = await run('--secret', SECRET, '--json')
    expect(good.code).toBe(0)
    const states = (JSON.parse(good.text) as { state: string }[]).map(({ state }) => state)
    expect(states.filter((state) => state === 'left out')).toHaveLength(4)
    const bad = await run('--token', 'wrong')
    expect(bad.code).toBe(1)
    expect(bad.text).toContain(
      '✗ key      the right key gets capabilities of contract 1\n    HTTP 401 key_refused',
    )
    expect((await run()).code).toBe(64)
  })
})
