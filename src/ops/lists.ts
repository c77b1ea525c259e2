import { z } from 'zod'
import { retryFailed } from '../imports/requests/retry.ts'
import { type Ops, table, Usage } from './tools.ts'

export const day = (time: Date | null): string => time?.toISOString().slice(0, 16).replace('T', ' ') ?? '-'

async function show(
  ops: Ops,
  sql: string,
  head: readonly string[],
  values: readonly unknown[] = [],
): Promise<number> {
  const { pool } = await ops.database()
  const { rows } = await pool.query<unknown[]>({ text: sql, values: [...values], rowMode: 'array' })
  const cells = rows.map((row) =>
    row.map((cell) => (cell instanceof Date || cell === null ? day(cell) : String(cell))),
  )
  for (const line of table([head, ...cells])) ops.print(line)
  return rows.length
}

export async function listTenants(ops: Ops): Promise<number> {
  await show(ops, TENANTS, ['id', 'status', 'shops', 'mailboxes', 'staged', 'name'])
  return 0
}

export async function listKeys(ops: Ops): Promise<number> {
  await show(ops, KEYS, ['prefix', 'ends', 'last used', 'tenant', 'name'])
  return 0
}

/** Exit code 1 when there is any, so that a script can ask. */
export async function listAttention(ops: Ops): Promise<number> {
  const count = await show(ops, ATTENTION, ['since', 'what', 'code', 'tenant', 'name'])
  return count > 0 ? 1 : 0
}

/** The workers' scheduler finds what has become due within seconds, so nothing is woken from here. */
export async function retryFailedImports(ops: Ops, [tenantId]: readonly string[]): Promise<number> {
  if (!z.uuid().safeParse(tenantId).success || tenantId === undefined)
    throw new Usage('a tenant id is needed: npm run ops -- tenants')
  const { pool } = await ops.database()
  const { retried } = await retryFailed(
    { pool, clock: ops.clock, wakeQueue: { wake: async () => undefined } },
    tenantId,
    {},
  )
  ops.print(`${retried} import requests are asked again`)
  return 0
}

const TENANTS = `
select t.id::text, t.status::text, (select count(*) from shops s where s.tenant_id = t.id),
  (select count(*) from mailboxes m where m.tenant_id = t.id),
  (select count(*) from orders o where o.tenant_id = t.id and o.status = 'auto_imported'), t.name
from tenants t order by t.id`

const KEYS = `
select k.prefix, k.expires_at, k.last_used_at, t.name, k.name
from api_keys k join tenants t on t.id = k.tenant_id where k.revoked_at is null
order by k.expires_at nulls last, k.id`

const ATTENTION = `
select a.attention_since, a.what, a.attention_code, t.name, a.name from (
  select tenant_id, attention_since, 'shop' as what, attention_code, name from shops where attention_code is not null
  union all
  select tenant_id, attention_since, 'mailbox', attention_code, name from mailboxes where attention_code is not null
) a join tenants t on t.id = a.tenant_id order by a.attention_since`
