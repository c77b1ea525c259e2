import { z } from 'zod'
import { urlOf, whole } from '../fields.ts'
import { note } from './note.ts'

/** Storage of orders and of the queue. */
export const storage = {
  DATA_DIR: z
    .string()
    .prefault('.data')
    .meta({
      description:
        'Where the embedded Postgres and generated keys live. Used only when something is not set.',
      ...note('Storage'),
    }),
  DATABASE_URL: urlOf(['postgres', 'postgresql'])
    .optional()
    .meta({
      description:
        'Postgres 15 or newer. Not set: an embedded Postgres in `DATA_DIR`. Required in production.',
      ...note('Storage', { shownDefault: 'embedded Postgres', secret: true }),
    }),
  DATABASE_MIGRATE_URL: urlOf(['postgres', 'postgresql'])
    .optional()
    .meta({
      description:
        'The same database under the role that owns the tables; migrations and `npm run ops` use it, so that the service’s own role needs to own nothing.',
      ...note('Storage', { shownDefault: 'DATABASE_URL', secret: true }),
    }),
  MIGRATE_ON_START: z
    .enum(['yes', 'no'])
    .prefault('yes')
    .meta({
      description:
        '`no`: a start only checks that the schema is this release’s, and says what to do otherwise. `npm run ops -- migrate` brings it up to date.',
      ...note('Storage'),
    }),
  DATABASE_CONNECTIONS: whole(2, 500, 20).meta({
    description: 'Connections that this process holds to Postgres at most, beside a few for the queue.',
    ...note('Storage'),
  }),
  START_PATIENCE_SECONDS: whole(0, 3_600, 60).meta({
    description:
      'How long a start waits for a Postgres that does not answer yet, alive by `/healthz` and not ready by `/readyz`, before the process ends. Redis is never waited for.',
    ...note('Storage'),
  }),
  DATABASE_COMMIT_WAITS_FOR: z
    .enum(['server', 'remote_write', 'on', 'remote_apply'])
    .prefault('server')
    .meta({
      description:
        'What a commit waits for (`synchronous_commit`) that stages orders, hands them over or notes what is being sent to a mall; all else goes by the server’s own setting. With a standby that takes over, `remote_apply`: a failover then forgets none of them. `server`: as the server is set.',
      ...note('Storage'),
    }),
  REDIS_URL: urlOf(['redis', 'rediss'])
    .optional()
    .meta({
      description: 'Redis for the queue and the call budgets of the malls. Not set: both live in Postgres.',
      ...note('Storage', { shownDefault: 'queue on Postgres', secret: true }),
    }),
  QUEUE_ENGINE: z
    .enum(['redis', 'postgres'])
    .optional()
    .meta({
      description:
        'Where the queue lives. In production `postgres` must be said; without it REDIS_URL is required.',
      ...note('Storage', { shownDefault: '`redis` when REDIS_URL is set, else `postgres`' }),
    }),
}
