import pg, { type ClientBase, type Pool } from 'pg'

/**
 * A database as it is after years, in seconds: rows made by the server itself, without the triggers, which
 * would tell each of them to somebody. What the triggers keep beside is made as the migration made it. Needs
 * a superuser, as the tests' own server has.
 */
export interface History {
  tenantId: string
  shopIds: string[]
}

export interface HistorySize {
  /** Of one tenant; a tenth of it lies with others. */
  orders: number
  /** Of these, in 自動受注取込. */
  staged: number
  shops?: number
  /** Default 2, of which the first has ten orders of eleven; of more each has as many. */
  tenants?: number
  /** Over how much time they are spread. Default: three years. */
  days?: number
}

/** Stable ids, so that a statement can name rows that are there. */
const ID = (kind: string, n: string) =>
  `(lpad(to_hex((extract(epoch from t.at) * 1000)::bigint), 12, '0') || '7${kind}00' || lpad(to_hex(${n}), 16, '8'))::uuid`

const ITEMS = `(array['抹茶','煎茶','珈琲','紅茶','ほうじ茶','玄米茶','和菓子','羊羹'])[1 + t.n % 8] || ' ギフトセット 詰合せ ' || (t.n % 40) || '本入' || E'\\n'
  || 'item-' || (t.n % 5000) || case when t.n % 10007 = 3 then E'\\n限定桐箱' else '' end`

export async function makeHistory(pool: Pool, size: HistorySize): Promise<History> {
  // A client of its own: the service's give up a server that is as busy as this makes it.
  const client = new pg.Client({ connectionString: pool.options.connectionString })
  await client.connect()
  try {
    const shops = size.shops ?? 5
    const tenants = size.tenants ?? 2
    await client.query(`set statement_timeout = 0`)
    await client.query(`set session_replication_role = replica`)
    const { rows } = await client.query<{ tenantId: string; shopId: string }>(TENANTS, [shops, tenants])
    const [first] = rows
    if (!first) throw new Error('no tenant was made')
    const indexes = size.orders < MANY ? [] : await withoutIndexes(client)
    const params = [size.orders, size.staged, size.days ?? 1_095, shops, tenants]
    for (const text of STATEMENTS)
      await client.query(text.replace(/\$(\d)/g, (_, n: string) => String(params[Number(n) - 1])))
    const { rows: kept } = await client.query(`select from pg_proc where proname = 'torikomi_item_tokens'`)
    if (kept.length > 0) {
      await client.query(`insert into order_item_search (order_id, tokens)
        select id, torikomi_item_tokens(tenant_id, torikomi_month(ordered_at), items_text)
          || torikomi_number_tokens(tenant_id, torikomi_month(ordered_at), order_number) from orders
        on conflict do nothing`)
      await client.query(
        `insert into order_marks (tenant_id, mark, ordered_at, order_id) select tenant_id, m, ordered_at, id from orders, unnest(marks) m`,
      )
      await client.query(`update data_steps set place = 'done' where name in ('item_search', 'number_ends')`)
    }
    await client.query(`reset session_replication_role`)
    for (const index of indexes) await client.query(index)
    await client.query('vacuum analyze')
    // A transaction that began elsewhere meanwhile leaves pages that an index alone cannot answer for.
    for (let left = MOST_VACUUMS; left > 0 && !(await isAllVisible(client)); left -= 1)
      await client.query('vacuum orders')
    return {
      tenantId: first.tenantId,
      shopIds: rows.filter((row) => row.tenantId === first.tenantId).map((row) => row.shopId),
    }
  } finally {
    await client.end()
  }
}

const MOST_VACUUMS = 100

async function isAllVisible(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ whole: boolean }>(
    `select relallvisible >= relpages as whole from pg_class where oid = 'orders'::regclass`,
  )
  return rows[0]?.whole === true
}

const TENANTS = `
with t as (
  insert into tenants (id, name, created_at, updated_at)
  select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'tenant ' || n, now() - interval '3 years', now() from generate_series(1, $2::int) n returning id
)
insert into shops (id, tenant_id, marketplace, code, name, created_at, updated_at)
select ('00000000-0000-7000-9000-' || right(t.id::text, 4) || lpad(s::text, 8, '0'))::uuid, t.id,
  (array['rakuten','yahoo','amazon','aupay'])[1 + s % 4]::marketplace, 'shop' || s, 'shop ' || s, now() - interval '3 years', now()
from t, generate_series(1, $1::int) s order by t.id, s
returning tenant_id::text as "tenantId", id::text as "shopId"`

const TENANT = '(1 + case when $5 = 2 then (n % 11 = 5)::int else n / 7 % $5 end)'

// $1 orders, $2 staged of them, $3 days, $4 shops, $5 tenants. The youngest are the staged ones; of what is
// older nearly all is completed.
const T = `(select n, now() - (($1 - n)::float8 / $1 * $3) * interval '1 day' as at,
    ('00000000-0000-7000-8000-' || lpad(${TENANT}::text, 12, '0'))::uuid as tenant,
    ('00000000-0000-7000-9000-' || lpad(${TENANT}::text, 4, '0') || lpad((1 + n % $4)::text, 8, '0'))::uuid as shop,
    (array['rakuten','yahoo','amazon','aupay'])[1 + (1 + n % $4) % 4]::marketplace as mall
  from generate_series(1, $1) n) t`

/** From here on it is quicker to make the indexes at the end. */
const MANY = 50_000

/** Drops all that stand for no key, and gives back what makes them. */
async function withoutIndexes(client: ClientBase): Promise<string[]> {
  await client.query(`set maintenance_work_mem = '512MB'`)
  const { rows } = await client.query<{ name: string; text: string }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as text from pg_index i join pg_class t on t.oid = i.indrelid
     where t.relnamespace = 'public'::regnamespace and not i.indisprimary and not i.indisunique and t.relname not in ('tenants', 'shops')`,
  )
  for (const { name } of rows) await client.query(`drop index ${name}`)
  return rows.map(({ text }) => text)
}

/** Some seventy of all, however many there are: an answer of the same size from a history of any length. */
const RARE = 'greatest($1 / 70, 1)'

const STATEMENTS = [
  `insert into pulls (id, tenant_id, idempotency_key, request_hash, order_count, remaining, created_at)
   select ${ID('a', 't.n')}, t.tenant, 'key-' || t.n, sha256(t.n::text::bytea), 20, 0, t.at from ${T} where t.n % 20 = 0`,
  `insert into orders (id, tenant_id, shop_id, marketplace, order_number, status, change_state, mall_status, mall_state, ordered_at, staged_at,
     pulled_at, refreshed_at, billed_amount, total_amount, item_lines, item_quantity, payment_kind, tracked_parcels, holds, marks, sealed_detail, purged_at, ended_at,
     items_text, created_at, updated_at)
   select ${ID('1', 't.n')}, t.tenant, t.shop, t.mall, 'shop-' || lpad(t.n::text, 9, '0'),
     (case when t.n > $1 - $2 then 'auto_imported' when t.n > $1 - $2 - 300 then 'new' when t.n % 50 = 0 then 'cancelled' else 'completed' end)::order_status,
     (case when t.n > $1 - 200 then 'queued' when t.n % 9973 = 1 then 'failed' else 'none' end)::change_state, '300',
     case when t.n > $1 - $2 - 300 then 'open' when t.n % 50 = 0 then 'cancelled' else 'shipped' end,
     t.at, t.at, case when t.n <= $1 - $2 then t.at + interval '1 hour' end, t.at, 5000, 5500, 2, 3,
     case when t.n % ${RARE} = 0 then 'invoice' else 'credit_card' end,
     (t.n <= $1 - $2 - 300)::int, case when t.n % ${RARE} = 1 then array['unpaid'] else '{}' end,
     case when t.n % 7 = 0 then array['repeat_buyer'] else '{}' end,
     case when t.at > now() - interval '60 days' then decode(repeat(md5(t.n::text), 60), 'hex') end,
     case when t.at <= now() - interval '60 days' then t.at + interval '30 days' end,
     case when t.n <= $1 - $2 - 300 then t.at + interval '3 days' end,
     ${ITEMS}, t.at, t.at
   from ${T}`,
  `insert into order_raws (order_id, sealed_raw, fetched_at)
   select ${ID('1', 't.n')}, decode(repeat(md5(t.n::text), 60), 'hex'), t.at from ${T} where t.at > now() - interval '8 days'`,
  `insert into order_search (order_id, tenant_id, kind, hash)
   select ${ID('1', 't.n')}, t.tenant, k, substr(sha256((k || t.n % 100000)::bytea), 1, 16) from ${T}, unnest(array['name', 'phone', 'email']) k
   where t.at > now() - interval '60 days'`,
  `insert into order_events (id, order_id, at, kind, actor)
   select ${ID("' || k || '", 't.n')}, ${ID('1', 't.n')}, t.at + k * interval '1 minute', (array['mail_seen', 'staged', 'pulled'])[k], 'worker'
   from ${T}, generate_series(1, 3) k`,
  `insert into mails (id, tenant_id, mailbox_id, uid_validity, uid, fingerprint, state, marketplace, kind, order_numbers, sent_at, seen_at, size, sealed_mail)
   select ${ID('c', 't.n')}, t.tenant, t.shop, 1, t.n, sha256(t.n::text::bytea), 'recognised', t.mall, 'new_order',
     array['shop-' || lpad(t.n::text, 9, '0')], t.at, t.at, 3000, case when t.at > now() - interval '30 days' then decode(repeat(md5(t.n::text), 4), 'hex') end
   from ${T}`,
  `insert into import_requests (id, tenant_id, shop_id, order_number, purpose, source, mail_id, state, attempts, next_attempt_at, expires_at, outcome,
     requested_at, finished_at)
   select ${ID('d', 't.n')}, t.tenant, t.shop, 'shop-' || lpad(t.n::text, 9, '0'), 'import', 'mail', ${ID('c', 't.n')},
     (case when t.n > $1 - 100 then 'waiting' when t.n % ${RARE} = 3 then 'failed' else 'done' end)::import_state, 1, t.at, t.at + interval '1 day',
     case when t.n > $1 - 100 then null when t.n % ${RARE} = 3 then 'NOT_FOUND' when t.n % ${RARE} = 2 then 'skipped' else 'staged' end, t.at,
     case when t.n <= $1 - 100 then t.at + interval '1 second' end
   from ${T}`,
  `insert into site_changes (id, tenant_id, shop_id, order_id, position, action, state, next_attempt_at, expires_at, actor, requested_at, finished_at, updated_at)
   select ${ID('e', 't.n')}, t.tenant, t.shop, ${ID('1', 't.n')}, 1, 'ship',
     (case when t.n > $1 - 200 then 'queued' when t.n % 9973 = 1 then 'failed' else 'succeeded' end)::change_state, t.at, t.at + interval '1 day', 'key:test',
     t.at, case when t.n <= $1 - 200 then t.at + interval '1 minute' end, t.at
   from ${T} where t.n % 2 = 0 or t.n % 9973 = 1 or t.n > $1 - 200`,
  `insert into swept_orders (shop_id, order_number, day, at, listed_at, state)
   select t.shop, 'shop-' || lpad(t.n::text, 9, '0'), t.at::date, t.at, t.at, case when t.n > $1 - 50 then 'open' else 'here' end from ${T}
   where t.at > now() - interval '60 days'`,
  `insert into shop_days (shop_id, day, mall, here, pending, missing, checked_at)
   select s.id, d::date, 10, 10, 0, 0, d from shops s, generate_series(now() - $3 * interval '1 day', now(), interval '1 day') d`,
  `insert into events (xid, id, tenant_id, kind, data, at)
   select t.n, t.n, t.tenant, case when t.n % 3 = 0 then 'counts' else 'order' end, '{}', t.at from ${T} where t.at > now() - interval '31 days'`,
  `insert into audit_entries (id, tenant_id, at, actor, action, target)
   select ${ID('f', 't.n')}, t.tenant, t.at, 'key:test', 'order.viewed', 'order' from ${T} where t.n % 3 = 0 and t.at > now() - interval '380 days'`,
  `insert into mall_notifications (id, marketplace, notification_id, state, seen_at)
   select ${ID('b', 't.n')}, 'amazon', 'n-' || t.n, 'taken', t.at from ${T} where t.at > now() - interval '31 days'`,
  `insert into shop_waits (id, shop_id, kind, from_at, ended_at)
   select ${ID('2', 't.n')}, t.shop, 'lane_closed', t.at, t.at + interval '1 minute' from ${T} where t.n % 4 = 0 and t.at > now() - interval '100 days'`,
  `insert into notices (id, tenant_id, shop_id, kind, what, occurs_at, threshold, subject, text, created_at)
   select ${ID('3', 't.n')}, t.tenant, t.shop, 'attention', 'X' || t.n, t.at, 0, '', '', t.at from ${T} where t.n % 4 = 1`,
  `insert into notice_mails (id, notice_id, address, state, next_attempt_at)
   select ${ID('4', 't.n')}, ${ID('3', 't.n')}, 'a@example.jp', 'sent', t.at from ${T} where t.n % 4 = 1`,
  `insert into webhooks (id, tenant_id, url, name, sealed_secret, xid, event_id, created_at, updated_at)
   values ('00000000-0000-7000-a000-000000000001', '00000000-0000-7000-8000-000000000001', 'https://example.jp/', 'w', '\\x00', 1, 0, now(), now())`,
  `insert into webhook_deliveries (id, webhook_id, xid, event_id, kind, data, at, state, next_attempt_at, created_at, finished_at)
   select ${ID('5', 't.n')}, '00000000-0000-7000-a000-000000000001', 1, t.n, 'order', '{}', t.at, 'delivered', t.at, t.at, t.at from ${T}
   where t.at > now() - interval '31 days'`,
  `insert into labels (tenant_id, key, order_id, recipient_id, format, exported_at)
   select t.tenant, 'k' || t.n, ${ID('1', 't.n')}, 'r', 'yamato_b2', t.at from ${T} where t.n % 3 = 0`,
]
