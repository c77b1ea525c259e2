import type { Pool } from 'pg'
import { z } from 'zod'
import { Id, Time } from '../http/schemas.ts'
import { invalid } from '../http/validation.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { Db } from '../platform/db/database.ts'
import type { NewId } from '../platform/ids.ts'
import { audit, type Caller, noteOf } from '../shops/tenants/audit.ts'
import { ERASE } from './sql.ts'
import { normaliseEmail, phoneDigits, searchHashes } from './store/search-tokens.ts'

export const buyer = {
  phone: z
    .string()
    .trim()
    .min(1)
    .max(30)
    .optional()
    .describe('Whole phone number of the buyer or a recipient (電話番号、全桁)'),
  email: z.email().max(200).optional().describe('Mail address (メールアドレス)'),
  orderNumber: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .optional()
    .describe('One order by its number at the mall (受注番号)'),
}

export const ErasureRequest = z
  .strictObject(buyer)
  .describe('Exactly one of the three (電話番号・メールアドレス・受注番号のどれか1つ)')

export const ErasureAnswer = z
  .object({
    id: Id.describe('For the record of requests (消去記録ID)'),
    orders: z.int().describe('Orders that lost their personal data by it (消去した受注件数)'),
    erasedAt: Time.describe('消去日時'),
    message: z.string().describe('Japanese, for whoever answers the buyer (結果)'),
  })
  .describe('What was erased (消去結果)')

export interface ErasureDeps {
  db: Db
  pool: Pool
  sealer: Sealer
  clock: Clock
  newId: NewId
  /** What else may hold words of a buyer, each room's own matter; how many rows lost theirs. */
  elsewhere: readonly ((tenantId: string, term: ErasureTerm) => Promise<number>)[]
}

/** Orders of one statement, which is one transaction: a buyer has a few, a reseller's shared address may have thousands. */
const BATCH = 200

const termContext = (id: string): string => `erasure:${id}:term`

/** `text` as the blind index has it: digits of a phone number, a tidy mail address, or an order's number. */
export interface ErasureTerm {
  kind: 'phone' | 'email' | 'number'
  text: string
}

/** Whether a sealed text, of a mail that nobody could read, names the buyer. Everything in it may be written apart or in full width. */
export function namesBuyer({ kind, text }: ErasureTerm, where: string): boolean {
  const plain = where.normalize('NFKC').toLowerCase()
  if (kind !== 'phone') return plain.includes(text.normalize('NFKC').toLowerCase())
  return plain
    .replace(/\+81[ -]?/g, '0')
    .replace(/[^\d\n]/g, '')
    .includes(text)
}

/**
 * Erases what is kept of a buyer: of all orders with this phone number or mail address, or of one order. Numbers, statuses, amounts and items' counts stay. The
 * mark is written first, so that an order that is being imported meanwhile loses its data as well.
 * @throws AppError VALIDATION_FAILED unless exactly one of the three is given, and whole
 */
export async function eraseBuyer(
  deps: ErasureDeps,
  caller: Caller,
  request: z.infer<typeof ErasureRequest>,
): Promise<z.infer<typeof ErasureAnswer>> {
  const { kind, text } = termOf(request)
  const id = deps.newId()
  const at = dateNow(deps.clock)
  const hashes = kind === 'number' ? [] : searchHashes(deps.sealer, caller.tenantId, kind, text)
  const target = kind === 'number' ? text : kind
  await deps.db.$transaction(async (tx) => {
    await tx.erasure.create({
      data: {
        ...{ id, tenantId: caller.tenantId, kind, at, orders: 0, requestedBy: caller.actor },
        ...(hashes[0] === undefined
          ? {}
          : { hash: new Uint8Array(hashes[0]), sealedTerm: deps.sealer.sealText(termContext(id), text) }),
      },
    })
    await audit(tx, deps, noteOf(caller, 'buyer.erased', id, { by: target }))
  })
  let orders = 0
  for (;;) {
    const { rowCount } = await deps.pool.query(ERASE, [
      ...[caller.tenantId, at, kind === 'number' ? text : null, kind, hashes],
      ...[Array.from({ length: BATCH }, deps.newId), caller.actor, BATCH],
    ])
    orders += rowCount ?? 0
    if ((rowCount ?? 0) < BATCH) break
  }
  for (const erase of deps.elsewhere) await erase(caller.tenantId, { kind, text })
  await deps.db.erasure.update({ where: { id }, data: { orders } })
  return { id, orders, erasedAt: at.toISOString(), message: messageOf(orders, kind) }
}

function termOf({ phone, email, orderNumber }: z.infer<typeof ErasureRequest>): ErasureTerm {
  const given: ErasureTerm[] = [
    ...(phone === undefined ? [] : [{ kind: 'phone', text: phoneDigits(phone) } as const]),
    ...(email === undefined ? [] : [{ kind: 'email', text: normaliseEmail(email) } as const]),
    ...(orderNumber === undefined ? [] : [{ kind: 'number', text: orderNumber.trim() } as const]),
  ]
  const [term] = given
  if (!term || given.length > 1)
    throw invalid([
      {
        field: 'phone',
        message: '電話番号、メールアドレス、受注番号のどれか1つだけを指定してください。',
        code: 'one_of',
      },
    ])
  // A part of a number would erase other people's orders.
  if (term.kind === 'phone' && term.text.length < 9)
    throw invalid([{ field: 'phone', message: '電話番号は全桁を指定してください。', code: 'invalid_format' }])
  return term
}

const messageOf = (orders: number, kind: ErasureTerm['kind']): string =>
  orders === 0
    ? '該当する受注はありませんでした。'
    : `${orders}件の受注から個人情報を消去しました。${kind === 'number' ? '' : '今日以前の受注が後から取り込まれても、個人情報は保存されません。'}`
