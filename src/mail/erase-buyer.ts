import type { Pool } from 'pg'
import { type ErasureTerm, namesBuyer } from '../orders/store/search-tokens.ts'
import { ifOpens, type RowSealer, type Sealer } from '../platform/crypto/sealer.ts'
import { type KeptMail, mailContext } from './intake/batch.ts'
import { ERASE_MAILS, LIST_ERASABLE, MOST_ERASED } from './statements.ts'

interface Row {
  id: string
  sealed: Buffer
  named: boolean
  /** False: its number is that of another shop's order. */
  mayBeOf: boolean
}
const FIRST = '00000000-0000-0000-0000-000000000000'

/** Erases the text of mails that name a buyer: mails of an order that never came in, and unreadable ones. */
export const eraseMails =
  ({ pool, sealer }: { pool: Pool; sealer: Pick<Sealer, 'of'> }) =>
  async (tenantId: string, terms: readonly ErasureTerm[], shop: string | null): Promise<number> => {
    let erased = 0
    let last = FIRST
    const people = terms.filter(({ kind }) => kind !== 'number')
    const number = terms.find(({ kind }) => kind === 'number')?.text ?? null
    for (;;) {
      const { rows } = await pool.query<Row>(LIST_ERASABLE({ tenant: tenantId, number, shop, after: last }))
      const ids = rows
        .filter(
          (row) =>
            (row.named && row.mayBeOf) ||
            namesBuyer(row.mayBeOf ? terms : people, wordsOf(sealer.of(tenantId), row)),
        )
        .map(({ id }) => id)
      const { rowCount } = await pool.query(ERASE_MAILS({ ids }))
      erased += rowCount ?? 0
      last = rows.at(-1)?.id ?? last
      if (rows.length < MOST_ERASED) return erased
    }
  }

function wordsOf(sealer: RowSealer, { id, sealed }: Row): string {
  const mail = ifOpens(() => sealer.openJson<KeptMail>(mailContext(id), sealed))
  return mail === null ? '' : [mail.subject, ...mail.from, mail.text ?? ''].join('\n')
}
