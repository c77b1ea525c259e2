import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { toOpenApi30 } from '../../src/http/openapi/to-3-0.ts'

/**
 * What programmers of clients do first: run a generator over our document and compile the result. Four that
 * are widely used, each with its own idea of OpenAPI; `npm ci` in this folder brings them. NSwag makes C# of
 * the 3.0 document: its 13.20 is the last that Mono runs, and Newtonsoft.Json is in its package.
 */
const HERE = fileURLToPath(new URL('.', import.meta.url))
const bin = (name: string) => join(HERE, 'node_modules', '.bin', name)

export const installed = (): boolean => existsSync(bin('orval'))

export interface Sent {
  /** `POST /v1/orders/pull` */
  call: string
  body: unknown
}

/**
 * Makes a client with each generator from `document` and compiles all of them, strictly, with the requests of
 * csharp/Check.cs written in TypeScript: a type that asks for more than a programmer means does not compile.
 * @returns what hey-api's and orval's clients send of them @throws Error with the compiler's words
 */
export function generateAndCompile(document: string): Record<'hey' | 'orval', Sent[]> {
  const out = mkdtempSync(join(HERE, 'out-'))
  const run = (name: string, args: string[]): string => {
    try {
      return execFileSync(process.execPath, [bin(name), ...args], {
        cwd: out,
        stdio: 'pipe',
        timeout: 120_000,
      }).toString()
    } catch (error) {
      const { stdout, stderr } = error as { stdout?: Buffer; stderr?: Buffer }
      throw new Error(`${name}: ${stdout}${stderr}`, { cause: error })
    }
  }
  try {
    cpSync(document, join(out, 'openapi.json'))
    for (const folder of ['types', 'hey', 'orval']) mkdirSync(join(out, folder))
    run('openapi-typescript', ['openapi.json', '-o', 'types/api.d.ts'])
    run('openapi-ts', ['-i', 'openapi.json', '-o', 'hey', '-c', '@hey-api/client-fetch', '--no-log-file'])
    run('orval', ['--input', 'openapi.json', '--output', 'orval/api.ts', '--client', 'fetch'])
    writeFileSync(join(out, 'use.ts'), USE)
    writeFileSync(join(out, 'tsconfig.json'), JSON.stringify(TSCONFIG))
    run('tsc', ['-p', '.'])
    execFileSync(
      bin('esbuild'),
      [
        ...[
          'use.ts',
          '--bundle',
          '--format=esm',
          '--platform=node',
          '--outfile=use.mjs',
          '--log-level=error',
        ],
      ],
      { cwd: out, stdio: 'pipe' },
    )
    return JSON.parse(execFileSync(process.execPath, ['use.mjs'], { cwd: out, timeout: 60_000 }).toString())
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}

interface Answer {
  content?: Record<string, { schema?: Shape; example?: unknown }>
}

/** The answers that the document shows, by operation. */
function examplesOf(document: { paths: Record<string, Record<string, unknown>> }): Record<string, unknown> {
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods)) as {
    operationId: string
    responses: Record<string, Answer>
  }[]
  return Object.fromEntries(
    operations.flatMap(({ operationId, responses }) =>
      Object.entries(responses).flatMap(([status, { content }]) => {
        const example = content?.['application/json']?.example
        return status < '300' && example !== undefined ? [[operationId, example]] : []
      }),
    ),
  )
}

interface Shape {
  $ref?: string
  properties?: Record<string, Shape>
  items?: Shape
  additionalProperties?: Shape | boolean
  allOf?: Shape[]
  anyOf?: Shape[]
  oneOf?: Shape[]
  const?: unknown
  'x-known-values'?: string[]
}

const NOT_KNOWN = 'not_known_yet'

/** The document whose examples have, wherever more values may come, one that it does not name. */
function withMoreValues<D extends object>(document: D): D {
  const { paths, components } = structuredClone(document) as unknown as {
    paths: Record<string, Record<string, { responses: Record<string, Answer> }>>
    components: { schemas: Record<string, Shape> }
  }
  const more = (shape: Shape, value: unknown): unknown => {
    const target = shape.$ref === undefined ? shape : components.schemas[shape.$ref.split('/').at(-1) ?? '']
    if (target === undefined || value === null) return value
    const ways = [...(target.allOf ?? []), ...(target.anyOf ?? []), ...(target.oneOf ?? [])]
    const seen = ways.filter((way) => fits(way, value)).reduce<unknown>((one, way) => more(way, one), value)
    if (target['x-known-values'] !== undefined) return NOT_KNOWN
    if (Array.isArray(seen)) return seen.map((one) => (target.items ? more(target.items, one) : one))
    if (typeof seen !== 'object' || seen === null) return seen
    const { additionalProperties: rest } = target
    const other = typeof rest === 'object' ? rest : {}
    return Object.fromEntries(
      Object.entries(seen).map(([name, one]) => [name, more(target.properties?.[name] ?? other, one)]),
    )
  }
  /** A choice between shapes is told by a single value. */
  const fits = (way: Shape, value: unknown): boolean => {
    const { properties = {} } = way.$ref ? (components.schemas[way.$ref.split('/').at(-1) ?? ''] ?? {}) : way
    return Object.entries(properties).every(
      ([name, { const: told }]) => told === undefined || (value as Record<string, unknown>)[name] === told,
    )
  }
  for (const methods of Object.values(paths))
    for (const { responses } of Object.values(methods))
      for (const { content } of Object.values(responses))
        for (const media of Object.values(content ?? {}))
          if (media.schema && media.example !== undefined) media.example = more(media.schema, media.example)
  return { ...document, paths }
}

/** What csharp/Check.cs prints. */
export interface ReadByCSharp {
  /** Of the answers as the document shows them: how many were read, then requests. */
  shown: string[]
  /** Operations whose answers could not be read where values are newer than the document, with the words. */
  refusedLater: string[]
}

interface CSharp {
  folder: string
  run: Run
  remove(): void
}

/** @throws Error with what the program wrote */
type Run = (name: string, args: string[]) => string

/**
 * Makes a C# client by NSwag in a folder of its own, with a program of csharp/ that uses it.
 * @throws Error with the compiler's words
 */
function makeCSharp(document: string, program: string): CSharp {
  const folder = mkdtempSync(join(HERE, 'out-'))
  const nswag = join(HERE, 'node_modules/nswag/bin/binaries/Win')
  const run: Run = (name, args) => {
    try {
      // Where no language is set Mono writes question marks for Japanese.
      const env = { ...process.env, LC_ALL: 'C.UTF-8' }
      return execFileSync(name, args, { cwd: folder, env, stdio: 'pipe', timeout: 120_000 }).toString()
    } catch (error) {
      const { stdout, stderr } = error as { stdout?: Buffer; stderr?: Buffer }
      throw new Error(`${name} ${args[0]}: ${stdout}${stderr}`, { cause: error })
    }
  }
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    const given = JSON.parse(readFileSync(document, 'utf8'))
    writeFileSync(join(folder, 'openapi.json'), JSON.stringify(toOpenApi30(given)))
    const names = ['/classname:Api', '/namespace:Generated']
    const files = ['/input:openapi.json', '/output:Api.cs']
    run('mono', [join(nswag, 'NSwag.exe'), 'openapi2csclient', ...files, ...names])
    const libraries = [
      'System.Net.Http',
      'System.ComponentModel.DataAnnotations',
      'System.Runtime.Serialization',
    ]
    cpSync(join(nswag, 'Newtonsoft.Json.dll'), join(folder, 'Newtonsoft.Json.dll'))
    const references = [...libraries, 'Newtonsoft.Json'].map((name) => `-r:${name}.dll`)
    const source = join(HERE, 'csharp', program)
    run('mcs', ['-langversion:7.2', '-out:Program.exe', ...references, 'Api.cs', source])
    return { folder, run, remove }
  } catch (error) {
    remove()
    throw error
  }
}

const lines = (said: string): string[] => said.split(/\r?\n/).filter((line) => line !== '')

/**
 * A C# client by NSwag, compiled by Mono, which then reads every answer that a document shows and loses
 * nothing of it.
 * @param document that the client is made of
 * @param answers document of a later release, whose answers it reads
 * @throws Error with the compiler's words or what was not read
 */
export function generateCSharp(document: string, answers = document): ReadByCSharp {
  const { folder, run, remove } = makeCSharp(document, 'Check.cs')
  try {
    const later = JSON.parse(readFileSync(answers, 'utf8'))
    const known = Object.keys(examplesOf(JSON.parse(readFileSync(document, 'utf8'))))
    const write = (name: string, examples: Record<string, unknown>): void =>
      writeFileSync(
        join(folder, name),
        JSON.stringify(Object.fromEntries(Object.entries(examples).filter(([id]) => known.includes(id)))),
      )
    write('examples.json', examplesOf(later))
    write('later.json', examplesOf(withMoreValues(later)))
    const { stdout } = spawnSync('mono', ['Program.exe', 'later.json'], { cwd: folder, timeout: 120_000 })
    const refusedLater = lines(stdout.toString()).filter((line) => /^\w+: /.test(line))
    return { shown: lines(run('mono', ['Program.exe', 'examples.json'])), refusedLater }
  } finally {
    remove()
  }
}

/** A program of a document's client that takes orders over. The service may run in this very process. */
export function makePuller(document: string) {
  const { folder, remove } = makeCSharp(document, 'Pull.cs')
  return {
    /** @returns mall and number of each order @throws Error with what the client could not read */
    async pull(url: string, key: string): Promise<string[]> {
      const child = spawn('mono', ['Program.exe', url, key], { cwd: folder, timeout: 120_000 })
      const ended = once(child, 'close')
      const [said, failed] = await Promise.all([text(child.stdout), text(child.stderr)])
      const [code] = await ended
      if (code !== 0) throw new Error(`ended with ${code}: ${failed}`)
      return lines(said)
    },
    remove,
  }
}

const TSCONFIG = {
  compilerOptions: {
    strict: true,
    noEmit: true,
    target: 'es2022',
    module: 'esnext',
    moduleResolution: 'bundler',
    lib: ['es2022', 'dom', 'dom.iterable'],
    types: [],
  },
  include: ['.'],
}

/**
 * A few lines of use, so that types that came out as `unknown` are noticed, and the requests of
 * csharp/Check.cs, sent to a fetch that keeps them. openapi-typescript makes types alone: what they let a
 * programmer leave out is not sent.
 */
const USE = `
import type { components, paths } from './types/api'
import * as hey from './hey'
import { client } from './hey/client.gen'
import * as orval from './orval/api'

type Board = paths['/v1/board']['get']['responses'][200]['content']['application/json']
export const staged = (board: Board): number => board.staged
export const numbers = async (): Promise<string[]> => {
  const { data } = await hey.pullOrders({ headers: { 'Idempotency-Key': 'k' }, body: { limit: 10 } })
  return (data?.orders ?? []).map((order) => order.orderNumber)
}
export const places = async (): Promise<number> => {
  const answer = await orval.pullOrders({ limit: 10 }, { headers: { 'Idempotency-Key': 'k' } })
  return answer.status === 200 ? answer.data.remaining : 0
}

type Schemas = components['schemas']
const orderId = '00000000-0000-0000-0000-000000000000'
const pull = { limit: 10 } satisfies Schemas['PullOrdersRequest']
const changes = [
  { orderId, action: 'memo' as const, memo: '確認済み' },
  { orderId, action: 'ship' as const, shippedOn: '2026-11-28', parcels: [{ carrier: 'yamato' as const }] },
  { orderId, action: 'change_content' as const, buyerNote: '玄関前' },
  { orderId, action: 'complete' as const },
] satisfies Schemas['SiteChangeRequest'][]
const mailbox = {} satisfies Schemas['UpdateMailboxPatch']
const shop = {} satisfies Schemas['UpdateShopPatch']
const webhook = {} satisfies Schemas['UpdateWebhookPatch']
const order = { notes: { shop: '確認済み' } } satisfies Schemas['OrderPatch']

let sent: { call: string; body: unknown }[] = []
const keep = (async (input: RequestInfo | URL, init?: RequestInit) => {
  const request = new Request(new URL(input instanceof Request ? input.url : String(input), 'http://x'), input instanceof Request ? input : init)
  const text = await request.text()
  sent.push({ call: request.method + ' ' + new URL(request.url).pathname, body: text === '' ? null : JSON.parse(text) })
  return new Response('{}', { headers: { 'content-type': 'application/json' } })
}) as typeof fetch
client.setConfig({ baseUrl: 'http://x', fetch: keep })
globalThis.fetch = keep

const headers = { 'Idempotency-Key': 'k' }
const path = { id: 'i' }
await hey.pullOrders({ headers, body: pull })
for (const change of changes) await hey.requestSiteChanges({ headers, body: { changes: [change] } })
await hey.updateMailbox({ path, body: mailbox })
await hey.updateShop({ path, body: shop })
await hey.updateWebhook({ path, body: webhook })
await hey.editOrder({ path, headers: { 'If-Match': '"1"' }, body: order })
const byHey = sent
sent = []
await orval.pullOrders(pull, { headers })
for (const change of changes) await orval.requestSiteChanges({ changes: [change] }, { headers })
await orval.updateMailbox('i', mailbox)
await orval.updateShop('i', shop)
await orval.updateWebhook('i', webhook)
await orval.editOrder('i', order, { headers: { 'If-Match': '"1"' } })
console.log(JSON.stringify({ hey: byHey, orval: sent }))
`
