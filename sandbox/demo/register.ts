import { AUTHSERV_ID } from '../mails/compose-mail.ts'
import { SANDBOX_SHOPS, SIMULATED_MALLS, type SimulatedMall } from '../malls/index.ts'
import type { Sandbox, SandboxMailbox } from '../sandbox.ts'
import { type Api, createApi } from './client.ts'

/** What a new shop does before its first order arrives: a contract, a key, its shops and the mailbox. */

export interface Registration {
  tenantId: string
  apiKey: string
  client: Api
  /** Shop ids. */
  shops: Record<SimulatedMall, string>
  mailboxId: string
}

const PATIENCE = 6

interface Created {
  id: string
}

/**
 * @param mailbox another mail server than the sandbox's own, on this machine as well
 * @param malls at which the shop sells
 */
export async function register(
  baseUrl: string,
  operatorKey: string,
  sandbox: Sandbox,
  mailbox: SandboxMailbox & { security?: 'tls' } = sandbox.mailbox,
  malls: readonly SimulatedMall[] = SIMULATED_MALLS,
): Promise<Registration> {
  const operator = createApi(baseUrl, operatorKey, PATIENCE)
  const tenant = await operator.post<Created>('/admin/tenants', {
    name: '見本商事株式会社',
    emails: ['staff@sandbox.example'],
    status: 'active',
  })
  const { key: apiKey } = await operator.post<{ key: string }>('/admin/api-keys', {
    tenantId: tenant.id,
    name: 'デモ用クライアント',
  })
  const client = createApi(baseUrl, apiKey, PATIENCE)
  const shops = {} as Registration['shops']
  for (const mall of malls) {
    const id = await createShop(client, sandbox, mall)
    shops[mall] = id
    // Staff register them in the shop's admin.
    sandbox.malls[mall].sendWebhooks?.(SANDBOX_SHOPS[mall].code, `${baseUrl}/v1/shops/${id}/pushed-orders`)
  }
  // The sandbox speaks to 127.0.0.1 only; a real mailbox uses tls.
  const { host, port, username, password, security = 'plain' } = mailbox
  const created = await client.post<Created>('/mailboxes', {
    name: '注文メール',
    host,
    port,
    username,
    password,
    security,
    authservId: AUTHSERV_ID,
    shopIds: Object.values(shops),
  })
  return { tenantId: tenant.id, apiKey, client, shops, mailboxId: created.id }
}

async function createShop(client: Api, sandbox: Sandbox, mall: SimulatedMall): Promise<string> {
  const { code, title } = SANDBOX_SHOPS[mall]
  const shop = await client.post<Created>('/shops', {
    marketplace: mall,
    code,
    name: title,
    credentials: sandbox.malls[mall].credentialsFor(code),
  })
  const test = await client.post<{ ok: boolean; messages: string[] }>(`/shops/${shop.id}/test`, {})
  if (!test.ok) throw new Error(`${title}: ${test.messages.join(' ')}`)
  return shop.id
}
