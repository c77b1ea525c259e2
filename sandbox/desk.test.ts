import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { systemRandom } from '../src/platform/random.ts'
import { startDesk } from './desk.ts'
import { SIMULATED_MALLS } from './malls/index.ts'
import { type Sandbox, startSandbox } from './sandbox.ts'

let sandbox: Sandbox
let desk: Awaited<ReturnType<typeof startDesk>>
beforeAll(async () => {
  sandbox = await startSandbox({ seed: 1, shops: 2, random: systemRandom })
  desk = await startDesk(sandbox, 0, '127.0.0.1')
})
afterAll(async () => {
  await desk?.close()
  await sandbox?.close()
})

async function call(method: string, path: string, body?: unknown) {
  const answer = await fetch(`${desk.url}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  // biome-ignore lint/suspicious/noExplicitAny: whatever the desk answers
  return { status: answer.status, body: (await answer.json()) as any }
}

it('lists its calls, and describes each of them', async () => {
  const { routes } = (await call('GET', '/')).body as { routes: string[] }
  expect(routes).toEqual(expect.arrayContaining(['GET /setup', 'POST /amazon/orders', 'PUT /aupay/faults']))
  const { paths } = (await call('GET', '/openapi.json')).body
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(described.toSorted()).toEqual(routes.map((route) => route.replace(':number', '{number}')).toSorted())
})

it('takes what a webhook sends, and lists it', async () => {
  for (const type of ['order', 'reset']) expect((await call('POST', '/hook', { type })).status).toBe(200)
  expect((await call('GET', '/hook')).body).toEqual({ received: [{ type: 'order' }, { type: 'reset' }] })
})

it('sends the webhooks of a shop to where it was told', async () => {
  const url = `${desk.url}/hook`
  expect((await call('PUT', '/shopify/webhooks', { shopCode: 'mihon-an', url })).status).toBe(200)
  const { orders } = (await call('POST', '/shopify/orders', {})).body
  await call('POST', '/shopify/orders', { shopCode: 'mihon-an-2' })
  await call('POST', `/shopify/orders/${orders[0].orderNumber}/cancel`)
  const told = async () =>
    (await call('GET', '/hook')).body.received.flatMap(({ name }: { name?: string }) => name ?? [])
  await vi.waitFor(async () =>
    expect(await told()).toEqual([`#${orders[0].orderNumber}`, `#${orders[0].orderNumber}`]),
  )
})

it('has as many shops as were asked for', async () => {
  const { shops } = (await call('GET', '/setup')).body
  expect(shops).toHaveLength(10)
})

it.each<[string, string, unknown, RegExp]>([
  ['PUT', 'faults', [{ kind: '249' }], /"249".*429/],
  ['PUT', 'faults', [{ kind: '429', tmies: 1 }], /tmies.*times/],
  ['PUT', 'settings', { qoutas: 1 }, /qoutas.*Allowed/],
  ['POST', 'clock', { advance: 1 }, /advance.*advanceSeconds/],
  ['POST', 'orders', { cuont: 1 }, /cuont.*count/],
])('%s %s refuses what no mall knows, and says what there is', async (method, path, body, words) => {
  for (const mall of SIMULATED_MALLS) {
    const answer = await call(method, `/${mall}/${path}`, body)
    expect([mall, answer.status]).toEqual([mall, 422])
    expect(answer.body.message).toMatch(words)
  }
})

it('takes the faults that a mall has of its own', async () => {
  for (const [mall, kind] of [
    ...[
      ['amazon', 'data-outage'],
      ['amazon', 'invalid-grant'],
      ['aupay', '502-html'],
      ['rakuten', 'gateway'],
    ],
  ] as [string, string][]) {
    expect((await call('PUT', `/${mall}/faults`, [{ kind }])).status).toBe(200)
    await call('DELETE', `/${mall}/faults`)
  }
})

it('places orders that can be shipped, unless told otherwise', async () => {
  const place = async (body: unknown) =>
    (await call('POST', '/aupay/orders', body)).body.orders[0].orderNumber
  const { orders } = (await call('GET', '/aupay/orders')).body
  expect(orders).toEqual([])
  const ready = await place({})
  const all = (await call('GET', '/aupay/orders')).body.orders as {
    orderNumber: string
    orderStatus: string
  }[]
  expect(all.find((one) => one.orderNumber === ready)?.orderStatus).toBe('発送待ち')
  expect((await call('POST', '/rakuten/orders', { readyToShip: false })).status).toBe(200)
})

it.each(SIMULATED_MALLS)('%s: a fault of an operation that is not there is refused', async (mall) => {
  const refused = await call('PUT', `/${mall}/faults`, [{ kind: '429', operation: 'getOrdr' }])
  expect(refused.status).toBe(422)
  const [, names = ''] = /Unknown operation "getOrdr". Allowed: (.+)/.exec(refused.body.message) ?? []
  const known = names.split(', ')
  expect(known.length).toBeGreaterThan(4)
  const taken = await call(
    'PUT',
    `/${mall}/faults`,
    known.map((operation) => ({ kind: '429', operation })),
  )
  expect(taken.status).toBe(200)
  await call('DELETE', `/${mall}/faults`)
})
