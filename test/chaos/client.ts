import { createApi } from '../../src/sandbox/demo/client.ts'
import { SANDBOX_MALLS, SANDBOX_SHOPS, type SandboxMall } from '../../src/sandbox/malls.ts'
import { mailboxOf } from './arrivals.ts'
import type { Ground } from './ground.ts'

/** A call whose answer may be lost: by the schedule, by a fault, or because the service is not there. */
export class NoAnswer extends Error {}

export interface Client {
  get<T>(path: string): Promise<T>
  /** @throws NoAnswer when it is not known whether it was done. `loseAfterMs`: the caller goes away then. */
  post<T>(path: string, body: unknown, key: string, loseAfterMs?: number): Promise<T>
}

const PATIENCE_MS = 40_000

export function createClient(baseUrl: string, apiKey: string): Client {
  const call = async <T>(method: string, path: string, init: RequestInit, limitMs: number): Promise<T> => {
    let status = 0
    let text = ''
    try {
      const answer = await fetch(`${baseUrl}/v1${path}`, {
        ...{ method, ...init, signal: AbortSignal.timeout(limitMs) },
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
  return {
    get: (path) => call('GET', path, {}, PATIENCE_MS),
    post: (path, body, key, loseAfterMs = PATIENCE_MS) =>
      call(
        'POST',
        path,
        {
          body: JSON.stringify(body),
          headers: { 'content-type': 'application/json', 'idempotency-key': key },
        },
        loseAfterMs,
      ),
  }
}

/** A contract with one shop at each mall and the mailboxes that the malls write to. @returns the API key */
export async function register(baseUrl: string, operatorKey: string, ground: Ground): Promise<string> {
  const operator = createApi(baseUrl, operatorKey)
  const tenant = await operator.post<{ id: string }>('/admin/tenants', { name: '混乱商事', status: 'active' })
  const { key } = await operator.post<{ key: string }>('/admin/api-keys', {
    tenantId: tenant.id,
    name: 'chaos',
  })
  const client = createApi(baseUrl, key)
  const shops = new Map<SandboxMall, string>()
  for (const mall of SANDBOX_MALLS) {
    const { code, title } = SANDBOX_SHOPS[mall]
    const credentials = ground.malls[mall].credentialsFor(code)
    const shop = await client.post<{ id: string }>('/shops', {
      marketplace: mall,
      code,
      name: title,
      credentials,
    })
    shops.set(mall, shop.id)
  }
  for (const [index, { user, password }] of ground.mailboxes.entries()) {
    await client.post('/mailboxes', {
      ...{ name: user, host: ground.imap.host, port: ground.imap.port, username: user, password },
      security: 'plain',
      shopIds: [...shops].filter(([mall]) => mailboxOf(mall) === index).map(([, id]) => id),
    })
  }
  return key
}
