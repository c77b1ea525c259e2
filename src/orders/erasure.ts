import type { Pool } from 'pg'
import { z } from 'zod'
import { operator, tenant } from '../http/access.ts'
import type { Routes } from '../http/app-types.ts'
import { callerOf, operatorOf } from '../http/auth.ts'
import { json, operation } from '../http/operation.ts'
import { Id, Time } from '../http/schemas.ts'
import { invalid } from '../http/validation.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import { ifOpens, type Sealer } from '../platform/crypto/sealer.ts'
import type { Db } from '../platform/db/database.ts'
import { retryable } from '../platform/db/failures.ts'
import { inTransaction } from '../platform/db/transaction.ts'
import type { NewId } from '../platform/ids.ts'
import { lockName } from '../shops/statements.ts'
import { audit, type Caller, noteOf } from '../shops/tenants/audit.ts'
import { eraseAnswers } from '../shops/tenants/idempotency-keys.ts'
import { shopNotFound } from '../shops/tenants/shop-scope.ts'
import { tenantNotFound } from '../shops/tenants/tenants.ts'
import { eraseViews } from './saved-views.ts'
import { ERASE, LOCK_BUYERS_ORDERS, READ_BUYERS_ORDERS, SHOPS_OF_NUMBER } from './statements.ts'
import { openDetail } from './store/content.ts'
import {
  type ErasureTerm,
  LEAST_DIGITS,
  normaliseEmail,
  phoneDigits,
  searchHashes,
  termsIn,
} from './store/search-tokens.ts'

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
  shopId: Id.optional().describe(
    'With `orderNumber`: its shop, needed where several shops have that number (店舗)',
  ),
}

export const ErasureRequest = z
  .strictObject(buyer)
  .describe('Exactly one of phone, e-mail and number (電話番号・メールアドレス・受注番号のどれか1つ)')

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
  /** Erases a buyer's words elsewhere, one function per room; each returns how many rows lost theirs. */
  elsewhere: readonly ((
    tenantId: string,
    terms: readonly ErasureTerm[],
    shop: string | null,
  ) => Promise<number>)[]
}

/** Orders of one statement (a transaction): a buyer has a few, a reseller's address may have thousands. */
const BATCH = 200

const FIRST = '00000000-0000-0000-0000-000000000000'

const termContext = (id: string): string => `erasure:${id}:term`

/**
 * Erases what is kept of a buyer: of all orders with this phone number or mail address, or of one order.
 * Numbers, statuses, amounts and items' counts stay. The request is written first, so that an order that is
 * being imported meanwhile loses its data as well. The same request again erases what it still finds.
 * @param among the shops that a number may be of without its shop: `every`, as 1.1.0 took it
 * @throws AppError VALIDATION_FAILED unless exactly one of the three is given, and whole, and a number is one
 * shop's; NOT_FOUND for the shop of another tenant
 */
export async function eraseBuyer(
  deps: ErasureDeps,
  caller: Caller,
  request: z.infer<typeof ErasureRequest>,
  among: 'one' | 'every' = 'one',
): Promise<z.infer<typeof ErasureAnswer>> {
  const term = termOf(request)
  const { kind, text } = term
  const { tenantId } = caller
  const shop = kind === 'number' && among === 'one' ? await shopOf(deps, tenantId, request, text) : null
  const id = deps.newId()
  const at = dateNow(deps.clock)
  const hashes = kind === 'number' ? [] : searchHashes(deps.sealer, tenantId, kind, text)
  const target = kind === 'number' ? text : kind
  await deps.db.$transaction(async (tx) => {
    await tx.$executeRaw(lockName(`erasure ${tenantId}`))
    const [hash] = hashes
    const sealedTerm = deps.sealer.of(tenantId).sealText(termContext(id), text)
    const later = hash === undefined ? {} : { hash: new Uint8Array(hash), sealedTerm }
    await tx.erasure.create({
      data: { id, tenantId, kind, at, orders: 0, requestedBy: caller.actor, ...later },
    })
    await audit(tx, deps, noteOf(caller, 'buyer.erased', id, { by: target, ...(shop && { shopId: shop }) }))
  }, LONG)
  const wanted = { ...term, hashes, shop }
  // Before the orders: they are what says by which name a mail that nobody could read may call the buyer.
  const terms = await listTerms(deps, tenantId, wanted)
  for (const erase of [...deps.elsewhere, eraseViews(deps)]) await erase(tenantId, terms, shop)
  // One of them may name the buyer; which ones does not show from outside.
  await eraseAnswers(deps.pool, tenantId)
  const found = await eraseOrders(deps, caller, wanted, at)
  await deps.db.erasure.update({ where: { id }, data: { orders: found.erased } })
  return { id, orders: found.erased, erasedAt: at.toISOString(), message: messageOf(found, kind) }
}

/** The lock waits for the tenant's imports being written, each within the limit of a statement. */
const LONG = { timeout: 40_000 }

type Wanted = ErasureTerm & { hashes: Buffer[]; shop: string | null }

const valuesOf = (tenantId: string, { kind, text, hashes, shop }: Wanted, after: string) => ({
  tenant: tenantId,
  number: kind === 'number' ? text : null,
  shop,
  kind,
  hashes,
  after,
  limit: BATCH,
})

/** A reseller's shared address may have a thousand names, looked for in at most some thousand mails. */
const MOST_TERMS = 200

/** Collects the requested term, and other terms that name the same people in their orders and versions. */
async function listTerms(deps: ErasureDeps, tenantId: string, wanted: Wanted): Promise<ErasureTerm[]> {
  const { kind, text } = wanted
  const terms = new Map([[`${kind} ${text}`, { kind, text }]])
  let last = FIRST
  for (;;) {
    const { rows } = await deps.pool.query<{ id: string; details: Buffer[] }>(
      READ_BUYERS_ORDERS(valuesOf(tenantId, wanted, last)),
    )
    for (const { id, details } of rows)
      for (const sealed of details) {
        const order = ifOpens(() => openDetail(deps.sealer.of(tenantId), id, sealed))
        for (const term of order ? termsIn(order, wanted) : [])
          if (terms.size < MOST_TERMS) terms.set(`${term.kind} ${term.text}`, term)
      }
    last = rows.at(-1)?.id ?? last
    if (rows.length < BATCH) return [...terms.values()]
  }
}

interface Found {
  erased: number
  /** Orders of that number that held nothing any more. */
  empty: number
}

/**
 * Locks first and erases in a second statement: what an edit or a refresh commits while the lock is waited
 * for is seen by that one alone.
 */
async function eraseOrders(
  deps: ErasureDeps,
  { tenantId, actor }: Caller,
  wanted: Wanted,
  at: Date,
): Promise<Found> {
  const found = { erased: 0, empty: 0 }
  let last = FIRST
  for (;;) {
    const values = valuesOf(tenantId, wanted, last)
    const rows = await retryable(() =>
      inTransaction(deps.pool, async (client) => {
        const { rows } = await client.query<{ id: string; isWhole: boolean }>(LOCK_BUYERS_ORDERS(values))
        if (rows.length === 0) return rows
        const eventIds = rows.map(({ isWhole }) => (isWhole ? deps.newId() : null))
        await client.query(
          ERASE({ tenant: tenantId, ids: rows.map(({ id }) => id), eventIds, actor, now: at }),
        )
        return rows
      }),
    )
    const erased = rows.filter(({ isWhole }) => isWhole).length
    found.erased += erased
    found.empty += rows.length - erased
    last = rows.at(-1)?.id ?? last
    if (rows.length < BATCH) return found
  }
}

/** @returns the only shop that has the number; null where none has: its mails may be here */
async function shopOf(
  { db, pool }: Pick<ErasureDeps, 'db' | 'pool'>,
  tenantId: string,
  { shopId }: z.infer<typeof ErasureRequest>,
  number: string,
): Promise<string | null> {
  if (shopId !== undefined) {
    const own = await db.shop.findFirst({ where: { id: shopId, tenantId }, select: { id: true } })
    if (!own) throw shopNotFound()
    return shopId
  }
  const { rows } = await pool.query<{ id: string; name: string }>(
    SHOPS_OF_NUMBER({ tenant: tenantId, number }),
  )
  if (rows.length < 2) return rows[0]?.id ?? null
  const shops = rows.map(({ id, name }) => `${name}（${id}）`).join('、')
  const message = `この受注番号の受注が複数の店舗にあります。shopId でどの店舗かを指定してください。${shops}`
  throw invalid([{ field: 'shopId', message, code: SEVERAL_SHOPS }])
}

/** As the error's field has it. */
export const SEVERAL_SHOPS = 'several_shops'

function termOf({ phone, email, orderNumber, shopId }: z.infer<typeof ErasureRequest>): ErasureTerm {
  const given: ErasureTerm[] = [
    ...(phone === undefined ? [] : [{ kind: 'phone', text: phoneDigits(phone) } as const]),
    ...(email === undefined ? [] : [{ kind: 'email', text: normaliseEmail(email) } as const]),
    ...(orderNumber === undefined ? [] : [{ kind: 'number', text: orderNumber.trim() } as const]),
  ]
  const [term] = given
  if (!term || given.length > 1) throw invalid([{ field: 'phone', message: ONE_OF_THREE, code: 'one_of' }])
  if (shopId !== undefined && term.kind !== 'number')
    throw invalid([{ field: 'shopId', message: WITH_NUMBER, code: 'not_allowed' }])
  if (term.kind === 'phone' && term.text.length < LEAST_DIGITS)
    throw invalid([{ field: 'phone', message: '電話番号は全桁を指定してください。', code: 'invalid_format' }])
  return term
}

const WITH_NUMBER = '店舗（shopId）は受注番号と一緒に指定してください。'
const ONE_OF_THREE = '電話番号、メールアドレス、受注番号のどれか1つだけを指定してください。'

const messageOf = ({ erased, empty }: Found, kind: ErasureTerm['kind']): string => {
  if (erased > 0) return `${erased}件の受注から個人情報を消去しました。${kind === 'number' ? '' : LATER}`
  return empty > 0 ? 'この受注の個人情報はすでに消去済みです。' : '該当する受注はありませんでした。'
}

const LATER = '今日以前の受注が後から取り込まれても、個人情報は保存されません。'

const texts = {
  summary: 'Erase one buyer (購入者の個人情報の消去)',
  description:
    'Removes names, addresses, phone numbers, mail addresses, memos and raw answers from every order of this buyer, for good: also an older order that comes in later is stored without them. Numbers, statuses, dates and amounts stay. Orders show `erasedAt`. A number that orders of several shops have is refused without `shopId` (422, `several_shops`).',
}

/** The request for erasure is committed first, so that orders that come in meanwhile find it. */
const IN_STEPS = { key: 'same answer', work: 'several steps' } as const

export const erasureRoutes =
  (deps: ErasureDeps): Routes =>
  (app) => {
    operation(app, {
      id: 'eraseBuyer',
      at: 'POST /v1/erasure',
      since: '1.0.0',
      tag: 'orders',
      who: tenant('owner', 'refused'),
      cost: 'light',
      audit: ['buyer.erased'],
      ...texts,
      body: json(ErasureRequest.meta({ examples: [{ phone: '03-0000-0000' }] }), '64 KiB'),
      repeat: IN_STEPS,
      answers: { 200: ErasureAnswer },
      run: (request) => eraseBuyer(deps, callerOf(request), request.body),
    })
  }

export const operatorErasureRoutes =
  (deps: ErasureDeps): Routes =>
  (app) => {
    operation(app, {
      id: 'eraseBuyerOfTenant',
      at: 'POST /v1/admin/erasure',
      since: '1.0.0',
      tag: 'operator',
      who: operator('personal data'),
      cost: 'light',
      audit: ['buyer.erased'],
      ...texts,
      body: json(
        z.strictObject({ tenantId: Id.describe('Whose buyer (契約店)'), ...buyer }).meta({
          examples: [{ tenantId: '0199c0de-0000-7000-8000-000000000001', phone: '03-0000-0000' }],
        }),
        '64 KiB',
      ),
      repeat: IN_STEPS,
      answers: { 200: ErasureAnswer },
      run: async (request) => {
        const { tenantId, ...term } = request.body
        if (!(await deps.db.tenant.findUnique({ where: { id: tenantId }, select: { id: true } })))
          throw tenantNotFound()
        return eraseBuyer(deps, { tenantId, ...operatorOf(request) }, term)
      },
    })
  }
