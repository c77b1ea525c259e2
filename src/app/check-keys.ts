import type { Client, Pool } from 'pg'
import { SealError, type Sealer } from '../platform/crypto/sealer.ts'
import { StartError } from '../platform/errors.ts'
import { QUEUE_SCHEMA } from '../platform/queue/engines.ts'

/** ENCRYPTION_KEYS does not open what is stored. */
export class KeysMissing extends StartError {
  override name = 'KeysMissing'
  constructor(what: string, cause: SealError) {
    super(
      `ENCRYPTION_KEYS does not open the stored ${what} (${cause.message}). ` +
        'Every key that sealed a row must stay in the list; put the missing one back behind the first.',
      { cause },
    )
  }
}

// One row for each key in use; of the orders, which are many, the newest stands for all.
const SAMPLES = `
(select 'credentials of shops' as what, (array_agg(tenant_id::text order by id::text))[1] as "tenantId",
   'shop:' || min(id::text) || ':credentials' as context, (array_agg(sealed_credentials order by id::text))[1] as sealed
 from shops where sealed_credentials is not null
 group by substring(sealed_credentials from 3 for get_byte(sealed_credentials, 1)))
union all
(select 'passwords of mailboxes', (array_agg(tenant_id::text order by id::text))[1], 'mailbox:' || min(id::text) || ':password', (array_agg(sealed_password order by id::text))[1]
 from mailboxes where sealed_password is not null group by substring(sealed_password from 3 for get_byte(sealed_password, 1)))
union all
(select 'orders', tenant_id::text, 'order:' || id || ':detail', sealed_detail from orders
 where sealed_detail is not null order by id desc limit 1)`

/**
 * Refuses a start with keys that do not open what is stored: such a service would hand orders over without
 * their content.
 * @throws KeysMissing
 */
export async function checkKeys(pool: Pick<Client, 'query'>, sealer: Pick<Sealer, 'of'>): Promise<void> {
  const { rows } = await pool.query<{ what: string; tenantId: string; context: string; sealed: Buffer }>(
    SAMPLES,
  )
  for (const { what, tenantId, context, sealed } of rows) {
    try {
      sealer.of(tenantId).open(context, sealed)
    } catch (error) {
      if (!(error instanceof SealError)) throw error
      throw new KeysMissing(what, error)
    }
  }
}

/** The queue on Postgres cannot make its tables. */
const QUEUE_READY = `select to_regnamespace('${QUEUE_SCHEMA}') is not null
  or has_database_privilege(current_database(), 'CREATE') as ready, current_user as login`

/**
 * Refuses a start whose login may not make the queue's schema: a restored database has none, and each wake-up
 * failed later, with the queue's own words.
 * @throws StartError
 */
export async function checkQueueSchema(pool: Pool): Promise<void> {
  const { rows } = await pool.query<{ ready: boolean; login: string }>(QUEUE_READY)
  if (rows[0]?.ready !== false) return
  throw new StartError(
    `the login "${rows[0].login}" may not create the schema ${QUEUE_SCHEMA}, which this database lacks. ` +
      `As its owner: GRANT CREATE ON DATABASE … TO "${rows[0].login}"; or set REDIS_URL`,
  )
}
