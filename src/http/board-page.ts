import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Random } from '../platform/random.ts'
import { anyone } from './access.ts'
import type { Routes } from './app-types.ts'
import { SESSION_COOKIE } from './auth.ts'
import { page } from './operation.ts'

/** Output of `scripts/build-board.ts`. */
const BUILT = fileURLToPath(new URL('../board/dist', import.meta.url))
/** Stands in the built index for the nonce of one answer. */
const NONCE_MARK = '__CSP_NONCE__'
/** Also for a browser with a session's cookie, which no script sees: its first questions go out early. */
const SESSION_MARK = '__SESSION__'

const policy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    // react-aria adds one <style> of its own, which carries the nonce.
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ')

const NOT_BUILT = `<!doctype html><html lang="ja"><meta charset="utf-8"><title>状況ボード</title>
<h1>状況ボードはまだ組み立てられていません</h1>
<p>サーバーの管理者へ: プログラムのフォルダーで <code>npm ci</code> または <code>npm run prepare</code> を実行し、この画面を再読み込みしてください。API は使えます（<a href="/docs">/docs</a>）。</p>
<p lang="en">The board has not been built: run <code>npm ci</code> or <code>npm run prepare</code> in the program's folder, then load this page again. The API works.</p></html>`

const holdsSession = (cookies = ''): 'yes' | 'no' => (cookies.includes(`${SESSION_COOKIE}=`) ? 'yes' : 'no')

/**
 * The web page for staff (状況ボード) at /board, and `/` leads there. Every path below /board is the same page,
 * which reads the rest of the path itself; files with a hash in their name never change.
 */
export const boardPage =
  ({ random, folder = BUILT }: { random: Pick<Random, 'bytes'>; folder?: string }): Routes =>
  (app) => {
    const readIndex = (): string | null => {
      const path = join(folder, 'index.html')
      return existsSync(path) ? readFileSync(path, 'utf8') : null
    }
    // Read at each visit: it is small, and built anew while the service runs it names other files.
    const send = ({ headers }: FastifyRequest, reply: FastifyReply): FastifyReply => {
      const index = readIndex()
      const nonce = Buffer.from(random.bytes(16)).toString('base64')
      reply
        .type('text/html; charset=utf-8')
        .header('cache-control', 'no-store')
        .header('content-security-policy', policy(nonce))
      return index === null
        ? reply.code(503).send(NOT_BUILT)
        : reply.send(index.replaceAll(NONCE_MARK, nonce).replace(SESSION_MARK, holdsSession(headers.cookie)))
    }
    const who = anyone('nothing')
    page(app, { at: 'GET /', who, run: (_request, reply) => reply.redirect('/board', 302) })
    page(app, { at: 'GET /board', who, run: send })
    page(app, { at: 'GET /board/*', who, run: send })
    // The plugin looks into its folder at once.
    if (existsSync(join(folder, 'assets')))
      app.register(fastifyStatic, {
        root: join(folder, 'assets'),
        prefix: '/board/assets/',
        decorateReply: false,
        index: false,
        preCompressed: true,
        immutable: true,
        maxAge: '365d',
        schemaHide: true,
      })
  }
