import type { Sandbox } from '../sandbox.ts'
import { type Api, createApi } from './client.ts'

/** What a new shop does before its first order arrives: a contract, a key, two shops and the mailbox. */

export interface Registration {
  apiKey: string
  client: Api
  shops: Record<'rakuten' | 'yahoo', string>
  mailboxId: string
}

interface Created {
  id: string
}

export async function register(baseUrl: string, operatorKey: string, sandbox: Sandbox): Promise<Registration> {
  const operator = createApi(baseUrl, operatorKey)
  const tenant = await operator.post<Created>('/admin/tenants', {
    name: '見本商事株式会社',
    emails: ['staff@sandbox.example'],
    status: 'active',
  })
  const { key: apiKey } = await operator.post<{ key: string }>('/admin/api-keys', {
    tenantId: tenant.id,
    name: 'デモ用クライアント',
  })
  const client = createApi(baseUrl, apiKey)
  const shops = {
    rakuten: await createShop(client, sandbox, 'rakuten', '見本商店 楽天市場店'),
    yahoo: await createShop(client, sandbox, 'yahoo', '星空道具店 Yahoo!店'),
  }
  const { host, port, username, password } = sandbox.mailbox
  const mailbox = await client.post<Created>('/mailboxes', {
    name: '受注メール',
    host,
    port,
    username,
    password,
    // The sandbox speaks to 127.0.0.1 only; a real mailbox uses tls.
    security: 'plain',
    shopIds: Object.values(shops),
  })
  return { apiKey, client, shops, mailboxId: mailbox.id }
}

async function createShop(client: Api, sandbox: Sandbox, marketplace: 'rakuten' | 'yahoo', name: string): Promise<string> {
  const code = sandbox.shops[marketplace]
  const shop = await client.post<Created>('/shops', {
    marketplace,
    code,
    name,
    credentials: sandbox.malls[marketplace].credentialsFor(code),
  })
  const test = await client.post<{ ok: boolean; messages: string[] }>(`/shops/${shop.id}/test`, {})
  if (!test.ok) throw new Error(`${name}: ${test.messages.join(' ')}`)
  return shop.id
}
