import type { z } from 'zod'
import { dateNow } from '../../platform/clock.ts'
import { retryable } from '../../platform/db/failures.ts'
import { present } from '../../platform/narrow.ts'
import { type PullDeps, type Puller, type Selection, selectionOf } from '../pull.ts'
import type { AcceptAnswer } from '../schemas.ts'
import { listDesks } from './hand-over.ts'
import { ACCEPT } from './statements.ts'

/**
 * 受注を取り込む on the board: moves staged orders to 新規受付, and hands nothing over. Programs that take orders
 * over get them later, with the status that they have then, so the answer names these programs.
 */
export async function acceptOrders(
  { pool, clock, newId }: Pick<PullDeps, 'pool' | 'clock' | 'newId'>,
  puller: Puller,
  selection: Selection,
): Promise<z.infer<typeof AcceptAnswer>> {
  const { limit } = selection
  const bound = ACCEPT({
    ...selectionOf(puller, selection),
    now: dateNow(clock),
    limit,
    events: Array.from({ length: limit }, newId),
    actor: puller.actor,
  })
  type Moved = { orderId: string; orderNumber: string; version: number }
  type Row = { remaining: number } & (Moved | { [Name in keyof Moved]: null })
  const { rows } = await retryable(() => pool.query<Row>(bound))
  const { desks } = await listDesks({ pool }, puller.tenantId)
  return {
    orders: rows.flatMap(({ orderId, orderNumber, version }) =>
      orderId === null ? [] : [{ orderId, orderNumber, version }],
    ),
    remaining: present(rows[0]).remaining,
    desks: desks.map(({ desk, keyName, lastAskedAt }) => ({ desk, keyName, lastAskedAt })),
  }
}
