import { z } from 'zod'
import { tenant } from '../http/access.ts'
import type { Routes } from '../http/app-types.ts'
import { callerOf, tenantOf } from '../http/auth.ts'
import { json, operation } from '../http/operation.ts'
import { pageById } from '../http/paging.ts'
import { Id, IdParams, NextCursor, pageQuery, Time } from '../http/schemas.ts'
import { invalid } from '../http/validation.ts'
import {
  normaliseAddress,
  normaliseEmail,
  normaliseName,
  phoneDigits,
  searchHashes,
} from '../orders/store/search-tokens.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import { ifOpens, type Sealer } from '../platform/crypto/sealer.ts'
import type { Db } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import type { NewId } from '../platform/ids.ts'
import { audit, type Caller, noteOf } from '../shops/tenants/audit.ts'
import { lockTenant } from './statements.ts'

/** 要注意顧客: whole names, phones, mail or postal addresses of buyer or recipient, by the blind index. */

const KINDS = ['name', 'phone', 'email', 'address'] as const
const kind = z.enum(KINDS).describe('name 氏名, phone 電話番号, email メール, address 住所 (種別)')
const entry = {
  kind,
  value: z.string().trim().min(1).max(300).describe('The whole of it; width and blanks do not matter (値)'),
  postalCode: z
    .string()
    .regex(/^\d{3}-?\d{4}$/, { error: '郵便番号は7桁で指定してください。' })
    .nullish()
    .describe('Of an address: required (郵便番号)'),
  reason: z.string().trim().max(200).nullish().describe('For the staff (理由)'),
}

const NewBlockedBuyer = z.strictObject(entry).describe('Whose orders are marked (要注意顧客)')
type NewBlockedBuyer = z.infer<typeof NewBlockedBuyer>

const BlockedBuyerAnswer = z
  .object({
    id: Id,
    kind,
    value: z.string().nullable().describe('As it was given; null when it cannot be read any more (値)'),
    postalCode: z.string().nullable().describe('郵便番号'),
    reason: z.string().nullable().describe('理由'),
    createdAt: Time.describe('登録日時'),
  })
  .meta({ id: 'BlockedBuyer', description: 'Whose orders are marked (要注意顧客)' })

interface BlockedTools {
  db: Db
  clock: Clock
  newId: NewId
  sealer: Sealer
}

const MOST = 1_000

const NO_ONE = {
  familyName: null,
  givenName: null,
  familyNameKana: null,
  givenNameKana: null,
  prefecture: null,
  city: null,
  address2: null,
  company: null,
  phone: null,
  emergencyPhone: null,
  email: null,
}

function textOf({ kind, value, postalCode }: NewBlockedBuyer): string {
  if (kind === 'name') return normaliseName(value)
  if (kind === 'phone') return phoneDigits(value)
  if (kind === 'email') return value.includes('@') ? normaliseEmail(value) : ''
  if (!postalCode) {
    const message = '住所で登録するときは郵便番号も指定してください。'
    throw invalid([{ field: 'postalCode', message, code: 'required' }])
  }
  return normaliseAddress({ ...NO_ONE, postalCode, address1: value })
}

const Sealed = z.object({
  value: z.string(),
  postalCode: z.string().nullable(),
  reason: z.string().nullable(),
})

const entryContext = (id: string): string => `blocked-buyer:${id}`

/** As stored with the entry. The row holds the kind; sealed are the value, its postcode and the reason. */
export function blockedHash(
  sealer: Sealer,
  tenantId: string,
  kind: string,
  entry: string,
): Buffer | undefined {
  const sealed = Sealed.parse(JSON.parse(entry))
  const wanted = NewBlockedBuyer.parse({ ...sealed, kind })
  return searchHashes(sealer, tenantId, wanted.kind, textOf(wanted))[0]
}

/** The same one again answers with the entry that is there. */
export async function addBlocked(tools: BlockedTools, caller: Caller, wanted: NewBlockedBuyer) {
  const text = textOf(wanted)
  if (text === '' || (wanted.kind === 'phone' && text.length < 6)) {
    const message = '種別に合う値を省略せずに指定してください。'
    throw invalid([{ field: 'value', message, code: 'invalid_format' }])
  }
  const { tenantId, actor } = caller
  const hashes = searchHashes(tools.sealer, tenantId, wanted.kind, text).map((one) => new Uint8Array(one))
  const [hash = new Uint8Array()] = hashes
  const id = tools.newId()
  const row = await tools.db.$transaction(async (tx) => {
    // Two at once count one after the other.
    await tx.$queryRaw(lockTenant(tenantId))
    const known = await tx.blockedBuyer.findFirst({
      where: { tenantId, kind: wanted.kind, hash: { in: hashes } },
    })
    if (known) return known
    if ((await tx.blockedBuyer.count({ where: { tenantId } })) >= MOST)
      throw new AppError('CONFLICT', `要注意顧客は ${MOST} 件まで登録できます。古い登録を削除してください。`)
    const { value, postalCode = null, reason = null } = wanted
    const sealedEntry = new Uint8Array(
      tools.sealer.of(tenantId).sealJson(entryContext(id), { value, postalCode, reason }),
    )
    const createdAt = dateNow(tools.clock)
    await audit(tx, tools, noteOf(caller, 'blocked_buyer.created', id, { kind: wanted.kind }))
    return tx.blockedBuyer.create({
      data: { id, tenantId, kind: wanted.kind, hash, sealedEntry, createdAt, createdBy: actor },
    })
  })
  return blockedAnswer(tools, row)
}

function blockedAnswer(
  { sealer }: BlockedTools,
  row: { id: string; tenantId: string; kind: string; sealedEntry: Uint8Array; createdAt: Date },
): z.infer<typeof BlockedBuyerAnswer> {
  const entry = ifOpens(() =>
    sealer.of(row.tenantId).openJson<z.infer<typeof Sealed>>(entryContext(row.id), row.sealedEntry),
  )
  return {
    id: row.id,
    kind: kind.parse(row.kind),
    createdAt: row.createdAt.toISOString(),
    ...(entry ?? { value: null, postalCode: null, reason: null }),
  }
}

async function deleteBlocked(tools: BlockedTools, caller: Caller, id: string): Promise<void> {
  await tools.db.$transaction(async (tx) => {
    const { count } = await tx.blockedBuyer.deleteMany({ where: { id, tenantId: caller.tenantId } })
    if (count === 0) throw new AppError('NOT_FOUND', '指定された ID の要注意顧客は見つかりません。')
    await audit(tx, tools, noteOf(caller, 'blocked_buyer.deleted', id, {}))
  })
}

/** /v1/blocked-buyers, relative to /v1, behind a tenant's key. */
export const blockedBuyerRoutes =
  (tools: BlockedTools): Routes =>
  (app) => {
    operation(app, {
      id: 'listBlockedBuyers',
      at: 'GET /v1/blocked-buyers',
      since: '1.0.0',
      tag: 'marks',
      who: tenant('read_only', 'refused'),
      cost: 'light',
      audit: ['blocked_buyers.viewed'],
      seen: ({ blockedBuyers: { length } }) =>
        length === 0
          ? []
          : [{ action: 'blocked_buyers.viewed', target: '', data: { blockedBuyers: length } }],
      summary: 'Blocked buyers (要注意顧客の一覧)',
      description: 'Newest first.',
      query: z.strictObject(pageQuery()),
      answers: { 200: z.object({ blockedBuyers: z.array(BlockedBuyerAnswer), nextCursor: NextCursor }) },
      run: async (request) => {
        const { rows, nextCursor } = await pageById('desc', request.query, ({ id, orderBy, take }) =>
          tools.db.blockedBuyer.findMany({ where: { tenantId: tenantOf(request), id }, orderBy, take }),
        )
        return { blockedBuyers: rows.map((row) => blockedAnswer(tools, row)), nextCursor }
      },
    })
    operation(app, {
      id: 'createBlockedBuyer',
      at: 'POST /v1/blocked-buyers',
      since: '1.0.0',
      tag: 'marks',
      who: tenant('owner', 'refused'),
      cost: 'light',
      audit: ['blocked_buyer.created'],
      summary: 'Block a buyer (要注意顧客の登録)',
      description:
        'Orders whose buyer or recipient has exactly this name, phone, mail address or address get the mark `blocked_buyer` when they are ' +
        'imported or read again; nothing is stopped. Kept, encrypted, until it is removed (削除するまで暗号化して保存します).',
      body: json(
        NewBlockedBuyer.meta({
          examples: [{ kind: 'phone', value: '090-0000-0000', reason: '受取拒否' }],
        }),
        '64 KiB',
      ),
      repeat: { key: 'no answer kept' },
      answers: { 201: BlockedBuyerAnswer },
      run: async (request) => {
        return await addBlocked(tools, callerOf(request), request.body)
      },
    })
    operation(app, {
      id: 'deleteBlockedBuyer',
      at: 'DELETE /v1/blocked-buyers/:id',
      since: '1.0.0',
      tag: 'marks',
      who: tenant('owner', 'refused'),
      cost: 'light',
      audit: ['blocked_buyer.deleted'],
      summary: 'Unblock a buyer (要注意顧客の削除)',
      description: 'Marks that orders have already stay until they are read again.',
      params: IdParams,
      answers: { 204: z.null().describe('Removed (削除済み)') },
      run: async (request) => {
        await deleteBlocked(tools, callerOf(request), request.params.id)
      },
    })
  }
