import { z } from 'zod'
import { EVERY_MALL } from '../../marketplaces/facts.ts'
import { daysOfMalls, list, whole } from '../fields.ts'
import { note } from './note.ts'

const allowedDays = EVERY_MALL.flatMap(({ label, personalDataDays: days }) =>
  days === undefined ? [] : [`${label} ${days}`],
).join(', ')

/** Work for shops, and retention of personal data. */
export const work = {
  WORKER_CONCURRENCY: whole(1, 200, 16).meta({
    description: 'Shops that this process works for at the same time.',
    ...note('Work'),
  }),
  MAILBOX_ALLOWED_PRIVATE_HOSTS: z
    .string()
    .transform(list)
    .prefault('')
    .meta({
      description:
        'Mail servers that may have a private address, comma separated, written as in the mailbox; `host:port` at that port alone.',
      ...note('Work', { shownDefault: 'none' }),
    }),
  WEBHOOK_ALLOWED_PRIVATE_HOSTS: z
    .string()
    .transform(list)
    .prefault('')
    .meta({
      description:
        'Hosts of webhooks that may have a private address and may be asked without TLS, comma separated, written as in the URL; `host:port` at that port alone.',
      ...note('Work', { shownDefault: 'none' }),
    }),
  SWEEP_INTERVAL_SECONDS: whole(0, 86_400, 300).meta({
    description:
      "How often a shop's orders are compared with the mall's own list (突合). 0: never, orders are found by their mails alone.",
    ...note('Work'),
  }),
  PII_RETENTION_DAYS: whole(1, 3650, 30).meta({
    description: `Days after which personal data of an order that was shipped, completed or cancelled is removed; of mails and site changes by their own time. Malls refuse more than they allow: ${allowedDays}.`,
    ...note('Work'),
  }),
  PII_RETENTION_DAYS_OF_MALLS: daysOfMalls.meta({
    description: 'The same for single malls: `mall=days`, comma separated.',
    ...note('Work', { shownDefault: 'none' }),
  }),
  PII_OPEN_DAYS: whole(1, 3650, 90).meta({
    description:
      'Days after which an order loses its personal data that was handed over and never came to an end: after its pull, its day of shipping or the end of its last hold, whichever comes last. The tenant is told two weeks before.',
    ...note('Work'),
  }),
  PII_UNPULLED_DAYS: whole(8, 3650, 90).meta({
    description:
      'Days after which an order loses its personal data that nobody took from 自動受注取込, counted in the same way. The tenant is told two weeks before.',
    ...note('Work'),
  }),
}
