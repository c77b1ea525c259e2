import { setTimeout as sleep } from 'node:timers/promises'
import { createApi } from '../../sandbox/demo/client.ts'
import { AUTHSERV_ID } from '../../sandbox/mails/compose-mail.ts'
import { mailboxOf } from './arrivals.ts'
import { type FileShop, registerFileShop } from './file-shop.ts'
import type { Ground } from './ground.ts'
import { type ChaosMall, chaosShops, mailRulesFor } from './malls.ts'
import { MAILBOXES } from './plan.ts'

/** A call whose answer may be lost: by the schedule, by a fault, or because the service is not there. */
export class NoAnswer extends Error {}

export interface Client {
  /** @throws NoAnswer when it is not known whether it was done. `loseAfterMs`: the caller goes away then. */
  get<T>(path: string, loseAfterMs?: number): Promise<T>
  put(path: string, body: unknown): Promise<void>
  /** `key`: null for what needs none. */
  post<T>(path: string, body: unknown, key: string | null, loseAfterMs?: number): Promise<T>
  /** The same request, held back on the line: it reaches the service then, and its answer nobody. */
  later(afterMs: number, path: string, body: unknown, key?: string): void
  /** What is still held back reaches the service now. */
  arrive(): Promise<void>
}

const PATIENCE_MS = 40_000

export function createClient(baseUrl: string, apiKey: string): Client {
  const call = async <T>(method: string, path: string, init: RequestInit, limitMs: number): Promise<T> => {
    let status = 0
    let text = ''
    try {
      const answer = await fetch(`${baseUrl}/v1${path}`, {
        method,
        ...init,
        signal: AbortSignal.timeout(limitMs),
        headers: { authorization: `Bearer ${apiKey}`, ...(init.headers as Record<string, string>) },
      })
      status = answer.status
      text = await answer.text()
    } catch (error) {
      throw new NoAnswer(error instanceof Error ? error.message : String(error))
    }
    if (status >= 500 || status === 429) throw new NoAnswer(`${status} ${text.slice(0, 200)}`)
    if (status >= 400) throw new Error(`${method} ${path} → ${status} ${text.slice(0, 500)}`)
    return JSON.parse(text) as T
  }
  const held = new Map<() => Promise<void>, NodeJS.Timeout>()
  const client: Client = {
    get: (path, loseAfterMs = PATIENCE_MS) => call('GET', path, {}, loseAfterMs),
    put: (path, body) =>
      call(
        'PUT',
        path,
        { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
        PATIENCE_MS,
      ),
    post: (path, body, key, loseAfterMs = PATIENCE_MS) =>
      call(
        'POST',
        path,
        {
          body: JSON.stringify(body),
          headers: {
            'content-type': 'application/json',
            ...(key === null ? {} : { 'idempotency-key': key }),
          },
        },
        loseAfterMs,
      ),
    later(afterMs, path, body, key) {
      const arrive = async () => {
        clearTimeout(held.get(arrive))
        if (held.delete(arrive)) await client.post(path, body, key ?? null).catch(() => undefined)
      }
      held.set(
        arrive,
        setTimeout(() => void arrive(), afterMs),
      )
    },
    arrive: async () => void (await Promise.all([...held.keys()].map((arrive) => arrive()))),
  }
  return client
}

/** For setting up: what the service refuses as too much while all starts at once is asked for again. */
export function createSetup(baseUrl: string, key: string): Setup {
  const api = createApi(baseUrl, key)
  return {
    async post(path, body) {
      for (let tries = 1; ; tries += 1) {
        try {
          return await api.post(path, body)
        } catch (error) {
          if (tries >= MOST_TRIES || !/ → 503 /.test(String(error))) throw error
          await sleep(1_000)
        }
      }
    },
  }
}

export interface Setup {
  post<T>(path: string, body: unknown): Promise<T>
}

const MOST_TRIES = 60

/** Indexes of shops among those of a mall: from the first to before `to`. */
export interface Span {
  from: number
  to: number
}

/** A contract with shops of all malls (`span`; all) and the mailboxes that the malls write to. */
export async function register(
  baseUrl: string,
  operatorKey: string,
  ground: Ground,
  malls: readonly ChaosMall[],
  { files = false, span = { from: 0, to: ground.mailboxes.length / MAILBOXES } } = {},
): Promise<{
  apiKey: string
  shopIds: string[]
  shops: RegisteredShop<ChaosMall>[]
  fileShop: FileShop | null
}> {
  const key = await openContract(baseUrl, operatorKey)
  const client = createSetup(baseUrl, key)
  const shops = await registerShops(client, ground, span, malls)
  const fileShop = files ? await registerFileShop(client, createClient(baseUrl, key), ground) : null
  for (const [index, { user, password, port }] of ground.mailboxes.entries()) {
    if (index < span.from * MAILBOXES || index >= span.to * MAILBOXES) continue
    await client.post('/mailboxes', {
      name: user,
      host: ground.imap.host,
      port,
      username: user,
      password,
      security: 'plain',
      authservId: AUTHSERV_ID,
      shopIds: [
        ...shops.filter(({ mall, index: shop }) => mailboxOf(mall, shop) === index).map(({ id }) => id),
        ...(fileShop?.mailbox === user ? [fileShop.id] : []),
      ],
    })
  }
  const shopIds = [...shops, ...(fileShop ? [fileShop] : [])].map(({ id }) => id)
  return { apiKey: key, shopIds, shops, fileShop }
}

/** @returns the API key of a new contract */
export async function openContract(baseUrl: string, operatorKey: string): Promise<string> {
  const operator = createSetup(baseUrl, operatorKey)
  const tenant = await operator.post<{ id: string }>('/admin/tenants', { name: '混乱商事', status: 'active' })
  const wanted = { tenantId: tenant.id, name: 'chaos' }
  return (await operator.post<{ key: string }>('/admin/api-keys', wanted)).key
}

export interface RegisteredShop<Name extends ChaosMall> {
  id: string
  mall: Name
  /** Among the shops of its mall. */
  index: number
  code: string
}

export async function registerShops<Name extends ChaosMall>(
  client: Setup,
  ground: Ground,
  { from, to }: Span,
  malls: readonly Name[],
): Promise<RegisteredShop<Name>[]> {
  const shops: RegisteredShop<Name>[] = []
  for (const mall of malls) {
    for (const [index, { code, title }] of chaosShops(mall, to).entries()) {
      if (index < from) continue
      const credentials = ground.malls[mall].credentialsFor(code)
      const wanted = { marketplace: mall, code, name: title, credentials, ...mailRulesFor(mall, code) }
      const { id } = await client.post<{ id: string }>('/shops', wanted)
      // As its owner does: a fault may hit the first call in which it is asked what it can do.
      if (mall === 'connector' || mall === 'shopify') await client.post(`/shops/${id}/test`, {})
      shops.push({ id, mall, index, code })
    }
  }
  return shops
}
