import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { Worker } from 'node:worker_threads'
import { gzipSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { withSendDeadline } from './http-client.ts'
import { createHttpClient, type HttpClientOptions } from './undici-client.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

async function serve(listener: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(
    () => server.closeAllConnections(),
    () => server.close(),
  )
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

function client(options: Partial<HttpClientOptions> = {}) {
  const http = createHttpClient({ allowPrivateHosts: 'all', ...options })
  cleanups.push(() => http.close())
  return http
}

test('sends method, headers and body, and gives status, headers and bytes', async () => {
  const { url } = await serve(async (req, res) => {
    let body = ''
    for await (const chunk of req) body += chunk
    res.setHeader('X-Many', ['a', 'b'])
    res.statusCode = 418
    res.end(`${req.method} ${req.url} ${req.headers['x-key']} ${body}`)
  })
  const answer = await client().request({
    method: 'POST',
    url: `${url}/a?b=1`,
    headers: { 'X-Key': 'k' },
    body: '髙',
  })
  expect(answer.status).toBe(418)
  expect(answer.body.toString()).toBe('POST /a?b=1 k 髙')
  expect(answer.headers['x-many']).toBe('a, b')
})

test('keeps connections for the next requests', async () => {
  let connections = 0
  const { url, server } = await serve((_req, res) => res.end('ok'))
  server.on('connection', () => connections++)
  const http = client()
  for (let n = 0; n < 5; n++) await http.request({ method: 'GET', url })
  // A request made in the very turn in which the answer ended may open a second one.
  expect(connections).toBeLessThanOrEqual(2)
})

test('does not follow redirects', async () => {
  const { url } = await serve((_req, res) =>
    res.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
  )
  const answer = await client().request({ method: 'GET', url })
  expect(answer.status).toBe(302)
})

test('undoes gzip; an empty answer that names a coding is empty', async () => {
  const { url } = await serve((req, res) => {
    res.setHeader('content-encoding', 'gzip')
    if (req.url === '/empty') res.writeHead(204).end()
    else res.end(gzipSync('受注'))
  })
  const http = client()
  expect((await http.request({ method: 'GET', url })).body.toString()).toBe('受注')
  expect((await http.request({ method: 'GET', url: `${url}/empty` })).body).toHaveLength(0)
})

test('a bomb, packed or plain, is stopped at the limit', async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
  const { url } = await serve((req, res) => {
    if (req.url === '/packed') return res.setHeader('content-encoding', 'gzip').end(bomb)
    const write = () => {
      while (res.write(Buffer.alloc(65536)));
    }
    res.on('drain', write)
    write()
  })
  const http = client()
  for (const path of ['/packed', '/plain']) {
    await expect(http.request({ method: 'GET', url: url + path, maxBytes: 1_000_000 })).rejects.toMatchObject(
      { reason: 'too_large' },
    )
  }
})

/** Asks in a thread with the heap of a small process, which ends where it holds more. */
const SMALL_PROCESS = `
import { workerData, parentPort } from 'node:worker_threads'
const { createHttpClient } = await import(workerData.client)
const http = createHttpClient({ allowPrivateHosts: 'all' })
const answer = await http.request({ method: 'GET', url: workerData.url, timeoutMs: 60_000 })
parentPort.postMessage(answer.body.length)
await http.close()`

test('an answer in chunks of one byte takes no more memory than its bytes', async () => {
  const CHUNKS = 1_000_000
  const { url } = await serve((_req, res) => {
    res.flushHeaders()
    const some = Buffer.from('1\r\nx\r\n'.repeat(CHUNKS / 100))
    // Below HTTP, as its response would put chunks together.
    for (let n = 0; n < 100; n++) res.socket?.write(some)
    res.socket?.end('0\r\n\r\n')
  })
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(SMALL_PROCESS)}`), {
    workerData: { client: new URL('./undici-client.ts', import.meta.url).href, url },
    resourceLimits: { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16 },
  })
  cleanups.push(() => worker.terminate())
  const [length] = await once(worker, 'message')
  expect(length).toBe(CHUNKS)
})

test('a broken gzip is broken', async () => {
  const { url } = await serve((_req, res) => res.setHeader('content-encoding', 'gzip').end('no gzip at all'))
  await expect(client().request({ method: 'GET', url })).rejects.toMatchObject({ reason: 'broken' })
})

test('nobody listening: unreachable', async () => {
  const { url, server } = await serve((_req, res) => res.end())
  server.close()
  await once(server, 'close')
  await expect(client().request({ method: 'GET', url })).rejects.toMatchObject({ reason: 'unreachable' })
})

test('a connection that never comes about is unreachable, and the request is never sent later', async () => {
  const resolve = () => new Promise<string[]>(() => {})
  const request = client({ resolve }).request({ method: 'POST', url: 'http://slow.example/', timeoutMs: 50 })
  await expect(request).rejects.toMatchObject({ reason: 'unreachable' })
})

test('sent and no answer in time: timeout, also when the answer drips', async () => {
  const { url } = await serve((req, res) => {
    if (req.url !== '/drip') return
    const timer = setInterval(() => res.write('.'), 20)
    res.on('close', () => clearInterval(timer))
  })
  for (const path of ['/silent', '/drip']) {
    const request = client().request({ method: 'GET', url: url + path, timeoutMs: 200 })
    await expect(request).rejects.toMatchObject({ reason: 'timeout' })
  }
})

test('sent and cut off: broken', async () => {
  const server = createTcpServer((socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf')),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  cleanups.push(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await expect(client().request({ method: 'GET', url })).rejects.toMatchObject({ reason: 'broken' })
})

test('the caller can give up before and during the exchange', async () => {
  const { url, server } = await serve(() => {})
  const http = client()
  await expect(http.request({ method: 'GET', url }, AbortSignal.abort())).rejects.toMatchObject({
    reason: 'aborted',
  })
  const giveUp = new AbortController()
  const request = http.request({ method: 'GET', url }, giveUp.signal)
  await once(server, 'request')
  giveUp.abort()
  await expect(request).rejects.toMatchObject({ reason: 'aborted' })
})

test('private addresses are refused as literal and as the answer of DNS', async () => {
  const { url } = await serve((_req, res) => res.end('secret'))
  const http = client({ allowPrivateHosts: [], resolve: async () => ['127.0.0.1'] })
  const port = new URL(url).port
  for (const host of ['127.0.0.1', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', 'rebind.example']) {
    await expect(http.request({ method: 'GET', url: `http://${host}:${port}/` })).rejects.toMatchObject({
      reason: 'forbidden_address',
    })
  }
})

test('the address that was checked is the one that is connected to', async () => {
  const { url } = await serve((_req, res) => res.end('ok'))
  let lookups = 0
  const resolve = async () => {
    lookups++
    return [lookups === 1 ? '127.0.0.1' : '192.0.2.1']
  }
  const http = client({ allowPrivateHosts: ['swap.example'], resolve })
  const answer = await http.request({ method: 'GET', url: `http://swap.example:${new URL(url).port}/` })
  expect(answer.body.toString()).toBe('ok')
  expect(lookups).toBe(1)
})

test('what is no URL is never sent', async () => {
  for (const url of ['file:///etc/passwd', 'nonsense']) {
    await expect(client().request({ method: 'GET', url })).rejects.toMatchObject({ reason: 'unreachable' })
  }
})

test('sends nothing later than its work may, however long the connection took', async () => {
  let heard = 0
  const { server } = await serve((_req, res) => {
    heard += 1
    res.end('ok')
  })
  const { port } = server.address() as AddressInfo
  let now = 0
  let standsStill = true
  const resolve = async () => {
    if (standsStill) now = 61_000
    return ['127.0.0.1']
  }
  const request = { method: 'POST' as const, url: `http://mall.example:${port}/` }
  const late = () => withSendDeadline({ clock: { now: () => now }, at: 60_000 }, () => http.request(request))
  const http = client({ resolve })
  await expect(late()).rejects.toMatchObject({ reason: 'unreachable' })
  await expect(late()).rejects.toMatchObject({ reason: 'unreachable' })
  expect(heard).toBe(0)
  standsStill = false
  now = 60_000
  expect((await late()).status).toBe(200)
  now = 61_000
  expect((await http.request(request)).status).toBe(200)
})
