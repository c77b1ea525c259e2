import type { Pool } from 'pg'
import { type ErasureTerm, namesBuyer } from '../orders/store/search-tokens.ts'
import { ifOpens, type RowSealer, type Sealer } from '../platform/crypto/sealer.ts'
import { type KeptMail, mailContext } from './intake/rows.ts'

const BATCH = 200

interface Row {
  id: string
  sealed: Buffer
  named: boolean
}

/** Unreadable mails carry no order number, so their text must be searched. They are kept 14 days at most. */
const NEXT = `
select id::text, sealed_mail as sealed, $2::text = any (order_numbers) as named from mails
where tenant_id = $1 and sealed_mail is not null and (state = 'unreadable' or $2 = any (order_numbers))
  and id > $3::uuid order by id limit ${BATCH}`
const FIRST = '00000000-0000-0000-0000-000000000000'

/** Erases the text of mails that name a buyer: mails of an order that never came in, and unreadable ones. */
export const eraseMails =
  ({ pool, sealer }: { pool: Pool; sealer: Pick<Sealer, 'of'> }) =>
  async (tenantId: string, terms: readonly ErasureTerm[]): Promise<number> => {
    let erased = 0
    let last = FIRST
    const number = terms.find(({ kind }) => kind === 'number')?.text ?? null
    for (;;) {
      const { rows } = await pool.query<Row>(NEXT, [tenantId, number, last])
      const ids = rows
        .filter((row) => row.named || namesBuyer(terms, wordsOf(sealer.of(tenantId), row)))
        .map(({ id }) => id)
      const { rowCount } = await pool.query(
        'update mails set sealed_mail = null, path = null where id = any ($1::uuid[])',
        [ids],
      )
      erased += rowCount ?? 0
      last = rows.at(-1)?.id ?? last
      if (rows.length < BATCH) return erased
    }
  }

function wordsOf(sealer: RowSealer, { id, sealed }: Row): string {
  const mail = ifOpens(() => sealer.openJson<KeptMail>(mailContext(id), sealed))
  return mail === null ? '' : [mail.subject, ...mail.from, mail.text ?? ''].join('\n')
}
