import { createApi } from '../../sandbox/demo/client.ts'
import { AUTHSERV_ID } from '../../sandbox/mails/compose-mail.ts'
import type { WalkRecord } from './record.ts'
import type { SandboxClient } from './sandbox-client.ts'

/** A contract, a key, every mall's shop and the mailbox. The credentials of each shop are tried. */
export async function register(
  baseUrl: string,
  operatorKey: string,
  sandbox: SandboxClient,
): Promise<WalkRecord> {
  const { mailbox, shops } = await sandbox.setup()
  const operator = createApi(baseUrl, operatorKey)
  const tenant = await operator.post<{ id: string }>('/admin/tenants', {
    name: '見本商事株式会社',
    emails: ['staff@sandbox.example'],
    status: 'active',
  })
  const { key } = await operator.post<{ key: string }>('/admin/api-keys', {
    tenantId: tenant.id,
    name: 'コンテナ確認用',
  })
  const client = createApi(baseUrl, key)
  const shopIds: string[] = []
  for (const { marketplace, code, credentials } of shops) {
    const shop = await client.post<{ id: string }>('/shops', {
      marketplace,
      code,
      credentials,
      name: `${marketplace} ${code}`,
    })
    const test = await client.post<{ ok: boolean; messages: string[] }>(`/shops/${shop.id}/test`, {})
    if (!test.ok) throw new Error(`${marketplace}: ${test.messages.join(' ')}`)
    shopIds.push(shop.id)
  }
  await client.post('/mailboxes', { name: '注文メール', ...mailbox, authservId: AUTHSERV_ID, shopIds })
  return {
    apiKey: key,
    shops: shops.map(({ marketplace, code }) => ({ marketplace, code })),
    waiting: [],
    pulls: [],
    position: '',
    kept: 0,
  }
}
