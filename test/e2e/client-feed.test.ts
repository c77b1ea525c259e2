import { execFile } from 'node:child_process'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { followChanges, Torikomi } from '../../clients/typescript/src/index.ts'
import { createLedger, type Ledger } from '../client-check/ledger.ts'
import { type FaultProxy, startProxy } from '../client-check/proxy.ts'
import { compile, feedFollower, monoMissing } from '../support/clients/csharp.ts'
import { startWorld, type World, waitForStaged } from '../support/service/world.ts'

/**
 * The change feed through the faults of the kit: by both clients and as a stream, each change once and in
 * order.
 */

const ORDERS = 40

let world: World
let proxy: FaultProxy
let ledger: Ledger
let folder: string
beforeAll(async () => {
  world = await startWorld()
  folder = await mkdtemp(join(tmpdir(), 'torikomi-client-feed-'))
  ledger = createLedger()
  proxy = await startProxy({
    url: new URL('http://127.0.0.1:0'),
    ledger,
    upstream: () => world.service().url,
    plan: { seed: 3, share: 0.5, restarts: 0, delayMs: 200 },
    isStaged: async () => false,
    restart: async () => undefined,
    onCall: () => undefined,
    onStored: () => undefined,
  })
})
afterAll(async () => {
  await proxy?.close()
  await world?.close()
  await rm(folder, { recursive: true, force: true })
})

const clientAt = (url: string) =>
  new Torikomi({
    url,
    apiKey: world.registration.apiKey,
    retry: { firstMs: 20 },
    waiting: { sleep: async (ms) => void (await new Promise((resolve) => setTimeout(resolve, ms / 5))) },
  })

interface Follower {
  last: Promise<string>
}

/** Follows from the oldest on until the position that is only known when all has happened. */
async function byClient({ last }: Follower): Promise<string[]> {
  const seen: string[] = []
  let end: string | null = null
  void last.then((position) => {
    end = position
  })
  for await (const page of followChanges(clientAt(proxy.url), { after: 'oldest', waitSeconds: 1 })) {
    seen.push(...page.changes.map(({ position }) => position))
    if (end !== null && seen.at(-1) === end) break
  }
  return seen
}

/** The same rows as a stream, taken up again behind the last whole event. */
async function byStream({ last }: Follower, first: string): Promise<string[]> {
  const seen: string[] = []
  let end: string | null = null
  void last.then((position) => {
    end = position
  })
  const headers = { authorization: `Bearer ${world.registration.apiKey}`, accept: 'text/event-stream' }
  while (end === null || seen.at(-1) !== end) {
    const since = { 'last-event-id': seen.at(-1) ?? first }
    try {
      const answer = await fetch(`${proxy.url}/v1/events?maxSeconds=2`, { headers: { ...headers, ...since } })
      if (!(answer.headers.get('content-type') ?? '').startsWith('text/event-stream')) continue
      let text = ''
      for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        const events = (text + chunk).split('\n\n')
        text = events.pop() ?? ''
        for (const event of events) {
          const id = /^id: ?(.+)$/m.exec(event)?.[1]
          if (id !== undefined && /^event: ?(order|change|attention|notice)$/m.test(event)) seen.push(id)
        }
      }
    } catch {
      // Cut; the next one begins behind what was read.
    }
  }
  return seen
}

const missing = monoMissing()

test('a feed through lost, doubled, late and cut answers tells each change once and in order', {
  timeout: 240_000,
}, async () => {
  const direct = clientAt(world.service().url)
  const told = Promise.withResolvers<string>()
  const lastFile = join(folder, 'last')
  const program = join(folder, 'feed.exe')
  if (!missing) compile(program, [feedFollower])
  // So that the stream has a place to begin at.
  world.sandbox.malls.yahoo.place()
  await waitForStaged(world, 1)
  const [first] = (await direct.get('/v1/changes', { query: { after: 'oldest', limit: 1 } })).changes
  const environment = {
    PATH: process.env.PATH ?? '',
    HOME: process.env.HOME ?? '',
    TORIKOMI_URL: proxy.url,
    TORIKOMI_API_KEY: world.registration.apiKey,
  }
  const followers = [
    byClient({ last: told.promise }),
    byStream({ last: told.promise }, first?.position ?? '').then((rest) => [first?.position ?? '', ...rest]),
    ...(missing
      ? []
      : [
          promisify(execFile)('mono', [program, lastFile], { env: environment }).then(({ stdout }) =>
            stdout.trim().split('\n'),
          ),
        ]),
  ]
  for (let placed = 0; placed < ORDERS; placed += 10) {
    for (let n = 0; n < 5; n += 1) {
      world.sandbox.malls.rakuten.place()
      world.sandbox.malls.yahoo.place()
    }
    await waitForStaged(world, placed + 11)
  }
  await direct.post('/v1/orders/pull', { headers: { 'Idempotency-Key': 'feed' }, body: { limit: 1000 } })
  const all = await settled(direct)
  expect(all.length).toBeGreaterThanOrEqual(2 * ORDERS)
  await writeFile(`${lastFile}.new`, all.at(-1) ?? '')
  await rename(`${lastFile}.new`, lastFile)
  told.resolve(all.at(-1) ?? '')
  for (const positions of await Promise.all(followers)) expect(positions).toEqual(all)
  const faults = new Set(ledger.calls.map(({ fault }) => fault))
  expect([...faults]).toEqual(expect.arrayContaining(['stream ended', 'answer lost', '503', '200 page']))
})

/** Every position in order, once nothing more is added for as long as a call waits. */
async function settled(direct: Torikomi): Promise<string[]> {
  const all: string[] = []
  for await (const { changes } of followChanges(direct, { after: 'oldest', waitSeconds: 3 })) {
    if (changes.length === 0) break
    all.push(...changes.map(({ position }) => position))
  }
  return all
}
