import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  followChanges,
  memoryJournal,
  NoAnswer,
  Puller,
  Torikomi,
} from '../../../clients/typescript/src/index.ts'

/** Answers in turn what a test has put there, and keeps what was asked. */

const answers: (() => Response)[] = []
const asked: string[] = []
const sleep = async () => undefined
const client = new Torikomi({
  url: 'http://x',
  apiKey: 'k',
  waiting: { sleep, random: () => 0.5 },
  fetch: async (url, init) => {
    const given = new Headers(init?.headers)
    asked.push(
      `${init?.method ?? 'GET'} ${String(url).slice('http://x'.length)} ${given.get('if-none-match') ?? ''}`.trim(),
    )
    return (answers.shift() ?? (() => Response.error()))()
  },
})

const csv = (body: ConstructorParameters<typeof Response>[0], type = 'text/csv; charset=utf-8') =>
  new Response(body, {
    headers: { 'content-type': type, 'content-disposition': 'attachment; filename="orders.csv"' },
  })
const html = (status: number) => new Response('<html>', { status, headers: { 'content-type': 'text/html' } })
const page = (position: string, changes: unknown[] = [], more = false) =>
  Response.json({ changes, position, more })

test('a CSV is downloaded as text by its charset and as bytes, and get says where to find it', async () => {
  answers.push(
    () => html(200),
    () => html(502),
    () => csv('\uFEFF受注番号\r\n'),
  )
  const download = await client.download('/v1/orders/export', { query: { per: 'order' } })
  expect(asked.splice(0)).toEqual(Array(3).fill('GET /v1/orders/export?per=order'))
  expect(download).toMatchObject({ fileName: 'orders.csv', contentType: 'text/csv; charset=utf-8' })
  expect(await download.text()).toBe('受注番号\r\n')
  answers.push(() => csv(new Uint8Array([0x8e, 0xf3, 0x92, 0x8d]), 'text/csv; charset=Shift_JIS'))
  expect(await (await client.download('/v1/orders/export')).text()).toBe('受注')
  answers.push(() => csv('a'))
  const untyped = client as unknown as { get(path: string): Promise<unknown> }
  await expect(untyped.get('/v1/orders/export')).rejects.toThrow('use download()')
})

let cutting: ReturnType<typeof createServer>
beforeAll(() => {
  cutting = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/csv' })
    response.write('half of it', () => response.destroy())
  })
  return new Promise<void>((done) => cutting.listen(0, '127.0.0.1', done))
})
afterAll(() => new Promise((done) => cutting.close(done)))

test('a download that is cut or falls silent is no whole file', async () => {
  const url = `http://127.0.0.1:${(cutting.address() as AddressInfo).port}`
  const cut = await new Torikomi({ url, apiKey: 'k' }).download('/v1/orders/export')
  await expect(cut.text()).rejects.toThrow(NoAnswer)
  const silent: typeof fetch = async (_url, init) =>
    csv(
      new ReadableStream({
        start(controller) {
          controller.enqueue(new Uint8Array([65]))
          init?.signal?.addEventListener('abort', () => controller.error(init.signal?.reason))
        },
      }),
    )
  const quiet = new Torikomi({ url: 'http://x', apiKey: 'k', timeoutMs: 20, fetch: silent })
  await expect((await quiet.download('/v1/orders/export')).bytes()).rejects.toThrow('nothing came for 20 ms')
})

test('ask shows status and headers, and a 304 is no refusal; a refusal has its headers', async () => {
  answers.push(() => Response.json({ id: 'o' }, { headers: { etag: '"2"' } }))
  const first = await client.ask('get', '/v1/orders/{id}', { path: { id: 'o' } })
  expect([first.status, first.headers.get('etag')]).toEqual([200, '"2"'])
  answers.push(() => new Response(null, { status: 304, headers: { etag: '"2"' } }))
  const again = { path: { id: 'o' }, headers: { 'If-None-Match': '"2"' } }
  expect(await client.ask('get', '/v1/orders/{id}', again)).toMatchObject({ status: 304, body: undefined })
  expect(asked.splice(0).at(-1)).toBe('GET /v1/orders/o "2"')
  answers.push(() =>
    Response.json({ code: 'VALIDATION_FAILED' }, { status: 422, headers: { 'x-request-id': 'r' } }),
  )
  const refused = await client.get('/v1/orders/{id}', { path: { id: 'o' } }).catch((error: unknown) => error)
  expect((refused as { headers: Headers }).headers.get('x-request-id')).toBe('r')
})

test('followChanges waits out what a proxy answers, and ends by the service alone', async () => {
  const waitedOut: unknown[] = []
  const conflict = () => Response.json({ code: 'CONFLICT' }, { status: 409 })
  answers.push(
    () => html(409),
    conflict,
    () => html(410),
    () => html(403),
    () => page('1'),
  )
  answers.push(() => Response.json({ code: 'POSITION_EXPIRED', position: '9' }, { status: 410 }))
  const seen: string[] = []
  const follow = async () => {
    const options = { after: '0', onError: (error: unknown) => waitedOut.push(error) }
    for await (const { position } of followChanges(client, options)) seen.push(position)
  }
  await expect(follow()).rejects.toThrow('410 POSITION_EXPIRED')
  expect(seen).toEqual(['1'])
  expect(waitedOut).toHaveLength(4)
  asked.splice(0)
})

const erased = (orderId: string, what = ['changed', 'erased']) => ({ kind: 'order', data: { orderId, what } })
let number = 0
const batch = (...ids: string[]) => {
  const since = `p${number}`
  number += ids.length > 0 ? 1 : 0
  const orders = ids.map((id) => ({ id, shopId: 's', orderNumber: id }))
  return Response.json({ pullId: 'p', orders, remaining: 0, replayed: false, since, position: `p${number}` })
}

/**
 * Turns of `keep`, each with the answers to its calls; the position is kept from one test's life to the next.
 */
async function keep(journal = memoryJournal(), onErased: (ids: string[]) => Promise<void>): Promise<void> {
  const stop = new AbortController()
  const keeping = new Torikomi({
    url: 'http://x',
    apiKey: 'k',
    fetch: async (url) => {
      asked.push(String(url).slice('http://x'.length))
      const next = answers.shift()
      if (next) return next()
      stop.abort()
      throw new Error('ended')
    },
    waiting: { sleep, random: () => 0 },
  })
  await new Puller(keeping, { journal }).keep(async () => undefined, { signal: stop.signal, onErased })
}

test('keep tells of erasures: by the list first and after a gap, by the feed from then on, again until the handler ends', async () => {
  const told: string[][] = []
  const journal = memoryJournal()
  const orders = (nextCursor: string | null, ...rows: [string, string | null][]) =>
    Response.json({ orders: rows.map(([id, erasedAt]) => ({ id, erasedAt })), nextCursor })
  answers.push(
    () => batch(),
    () => page('5'),
    () => orders('c', ['a', null]),
    () => orders(null, ['b', '2026-11-28T00:00:00Z']),
  )
  answers.push(
    () => batch('x'),
    () => page('6', [erased('x'), erased('y', ['changed'])], true),
    () => page('7', [erased('z')]),
  )
  await keep(journal, async (ids) => void told.push(ids))
  expect(asked.splice(0)).toEqual([
    ...['/v1/orders/pull', '/v1/changes', '/v1/orders?limit=1000', '/v1/orders?limit=1000&cursor=c'],
    ...[
      '/v1/orders/pull',
      '/v1/changes?after=5&limit=1000',
      '/v1/changes?after=6&limit=1000',
      '/v1/orders/pull',
    ],
  ])
  expect(told.splice(0)).toEqual([['b'], ['x'], ['z']])

  answers.push(
    () => batch(),
    () => page('8', [erased('w')]),
  )
  await expect(keep(journal, async () => Promise.reject(new Error('disk full')))).rejects.toThrow('disk full')
  answers.push(
    () => batch(),
    () => page('8', [erased('w')]),
  )
  answers.push(
    () => batch(),
    () => Response.json({ code: 'POSITION_EXPIRED' }, { status: 410 }),
    () => page('20'),
  )
  answers.push(() => orders(null, ['w', '2026-11-28T00:00:00Z']))
  answers.push(
    () => batch(),
    () => page('20'),
  )
  await keep(journal, async (ids) => void told.push(ids))
  expect(told).toEqual([['w'], ['w']])
  expect(asked.splice(0).filter((path) => path.startsWith('/v1/changes'))).toEqual([
    ...['/v1/changes?after=7&limit=1000', '/v1/changes?after=7&limit=1000', '/v1/changes?after=8&limit=1000'],
    ...['/v1/changes', '/v1/changes?after=20&limit=1000'],
  ])
})

const moved = (location: string, code = 'TENANT_MOVED') =>
  Response.json({ code }, { status: 308, headers: { location } })

test('a tenant that moved is followed with key and body, by https alone and not for ever', async () => {
  const there = 'https://there.example/v1/orders/pull?a=1'
  let given: Response[] = []
  let sent: { url: string; key: string | null; body: unknown }[] = []
  const follower = new Torikomi({
    url: 'http://x',
    apiKey: 'k',
    waiting: { sleep, random: () => 0.5 },
    retry: { tries: 1 },
    fetch: async (url, init) => {
      sent.push({
        url: String(url),
        key: new Headers(init?.headers).get('authorization'),
        body: init?.body ?? null,
      })
      return given.shift() ?? Response.error()
    },
  })
  const pull = () => follower.once({ method: 'POST', path: '/v1/orders/pull', body: { after: 'p' } })
  given = [moved(there), Response.json({ orders: [] })]
  expect(await pull()).toEqual({ orders: [] })
  const [body, key] = ['{"after":"p"}', 'Bearer k']
  expect(sent).toEqual([
    { url: 'http://x/v1/orders/pull', key, body },
    { url: there, key, body },
  ])
  for (const [answers, hosts] of [
    [[moved('http://there.example/v1')], ['x']],
    [[moved('http://127.0.0.1:1/v1')], ['x']],
    [[moved('no address')], ['x']],
    // Of a proxy: fetch follows it by itself.
    [
      [moved(there, 'OTHER'), moved(there, 'OTHER')],
      ['x', 'x'],
    ],
    [Array.from({ length: 9 }, () => moved(there)), ['x', ...Array(3).fill('there.example')]],
  ] as const) {
    given = [...answers]
    sent = []
    await expect(pull()).rejects.toMatchObject({ status: 308 })
    expect(sent.map(({ url }) => new URL(url).host)).toEqual(hosts)
  }
  given = [moved('https://there.example/v1/orders/export'), csv('a')]
  expect(await (await follower.download('/v1/orders/export')).text()).toBe('a')
})
