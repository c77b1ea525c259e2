import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify from 'fastify'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { App } from './app-types.ts'
import { boardPage } from './board-page.ts'

let folder: string
let app: App
let nonces = 0
const random = { bytes: (n: number) => new Uint8Array(n).fill(++nonces) }

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'torikomi-board-'))
})
afterEach(async () => {
  await app.close()
  await rm(folder, { recursive: true, force: true })
})

const serve = async () => {
  app = Fastify() as unknown as App
  boardPage({ random, folder })(app)
  await app.ready()
}

async function build(): Promise<void> {
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), '<meta nonce="__CSP_NONCE__"><p>board')
  await writeFile(join(folder, 'assets/a-1.js'), 'plain')
  await writeFile(join(folder, 'assets/a-1.js.br'), 'brotli')
}

test('each answer has a nonce of its own, in the page and in its policy; nothing inline, nothing from elsewhere', async () => {
  await build()
  await serve()
  const answers = [await app.inject('/board'), await app.inject('/board/orders/1?tab=items')]
  const found = answers.map(({ body, headers }) => {
    const nonce = /nonce="([^"]+)"/.exec(body)?.[1]
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain(`'nonce-${nonce}'`)
    expect(policy).not.toMatch(/unsafe|https?:|\*/)
    expect(headers['cache-control']).toBe('no-store')
    return nonce
  })
  expect(new Set(found).size).toBe(2)
})

test('/ leads to the board', async () => {
  await build()
  await serve()
  const { statusCode, headers } = await app.inject('/')
  expect([statusCode, headers.location]).toEqual([302, '/board'])
})

test('files with a hash in their name are kept for good, and come compressed', async () => {
  await build()
  await serve()
  const url = '/board/assets/a-1.js'
  const plain = await app.inject(url)
  const packed = await app.inject({ url, headers: { 'accept-encoding': 'br' } })
  expect([plain.body, packed.body, packed.headers['content-encoding']]).toEqual(['plain', 'brotli', 'br'])
  expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable')
  expect((await app.inject('/board/assets/b-2.js')).statusCode).toBe(404)
})

test('before it was built the page says so, and what to do', async () => {
  await serve()
  const { statusCode, body } = await app.inject('/board')
  expect(statusCode).toBe(503)
  expect(body).toContain('npm ci')
  // Built meanwhile.
  await writeFile(join(folder, 'index.html'), '<p>board')
  expect((await app.inject('/board')).body).toBe('<p>board')
})

test('the page is told whether the browser came with a session, and of which it is not', async () => {
  await build()
  await writeFile(join(folder, 'index.html'), '<html data-session="__SESSION__">')
  await serve()
  const answer = async (cookie?: string) =>
    (await app.inject({ url: '/board', headers: cookie === undefined ? {} : { cookie } })).body
  expect(await answer()).toBe('<html data-session="no">')
  expect(await answer('other=1; torikomi_session=abc"><script>')).toBe('<html data-session="yes">')
})
