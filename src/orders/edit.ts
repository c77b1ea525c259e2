import { isDeepStrictEqual } from 'node:util'
import type { Pool } from 'pg'
import type { z } from 'zod'
import type { OrderVersion } from '../generated/prisma/client.ts'
import { checked, fieldPath, invalid } from '../http/validation.ts'
import { computeTaxSummary, goodsOf, totalsOf } from '../marketplaces/kit/money.ts'
import { wholeName } from '../marketplaces/kit/texts.ts'
import { NormalisedOrder, type OrderPerson } from '../marketplaces/port/order.ts'
import type { Clock } from '../platform/clock.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { Db } from '../platform/db/database.ts'
import { inTransaction } from '../platform/db/transaction.ts'
import { AppError } from '../platform/errors.ts'
import type { NewId } from '../platform/ids.ts'
import { actorNames } from '../shops/tenants/actor-names.ts'
import { CLOSED_STATUSES, type FullOrder, fullOrder, type OpenDeps } from './order-json.ts'
import { type EditableRow, orderNotFound, readOrder } from './read.ts'
import type { OrderVersionAnswer, OrderVersionList } from './schemas.ts'
import { FORGET_HASHES, WRITE_EDIT, WRITE_HASHES } from './statements.ts'
import { EDITED, OF_THE_MALL, pick, toOrderColumns } from './store/columns.ts'
import {
  differingPaths,
  type Edits,
  editsBetween,
  mergePatch,
  openDetail,
  openEdits,
  overlaps,
  pointerParts,
  sealDetail,
  sealEdits,
  withoutEdits,
} from './store/content.ts'
import { normaliseName, searchTokens, tokenColumns } from './store/search-tokens.ts'
import type { OrderMarker } from './store/stage.ts'

export interface EditDeps extends OpenDeps {
  db: Db
  pool: Pool
  sealer: Sealer
  clock: Clock
  newId: NewId
  marker?: OrderMarker
}

export type OrderWithEdits = FullOrder & { edits: Edits }

/** An order with what staff edited in it. Edits that cannot be opened leave the order readable. */
export function editedOrder(deps: OpenDeps, tenantId: string, row: EditableRow): OrderWithEdits {
  const order = fullOrder(deps, tenantId, row)
  const edits = order.detail === null ? {} : openEdits(deps.sealer.of(tenantId), row.id, row.sealedEdits)
  return { ...order, edits }
}

/**
 * Edits an order's detail by a JSON merge patch in which null sets null. The mall's own value is kept beside
 * each edited one, and an edit that restores it is no edit any more. A patch that changes nothing leaves the
 * version as it is.
 * @param version the one that the patch was made on; null takes any
 * @throws AppError NOT_FOUND, VERSION_MISMATCH with both versions, CONFLICT, VALIDATION_FAILED
 */
export async function editOrder(
  deps: EditDeps,
  caller: { tenantId: string; actor: string },
  orderId: string,
  version: number | null,
  patch: Record<string, unknown>,
): Promise<OrderWithEdits> {
  for (;;) {
    const row = await readOrder(deps.db, caller.tenantId, orderId)
    if (version !== null && row.version !== version) {
      // What could never be saved is told as that, and not sent back as an edit to be merged.
      const { detail } = editedOrder(deps, caller.tenantId, row)
      if (detail !== null) checkPatch(detail, patch)
      throw tooLate(deps, caller.tenantId, row, version, patch)
    }
    const edit = prepareEdit(deps, caller, row, patch)
    if (edit === null || (await store(deps, caller, row, edit))) {
      const { tenantId } = caller
      if (edit) await deps.marker?.rewrite({ id: row.shopId, tenantId }, [orderId])
      return editedOrder(deps, tenantId, await readOrder(deps.db, tenantId, orderId))
    }
    // Somebody else was faster between reading and writing: with a version that is now told, without one
    // done anew.
  }
}

function tooLate(
  deps: EditDeps,
  tenantId: string,
  row: EditableRow,
  version: number,
  patch: unknown,
): AppError {
  return new AppError(
    'VERSION_MISMATCH',
    `ほかの人が先に更新しました（編集元の版 ${version}、現在の版 ${row.version}）。最新の内容（current）を確認して、もう一度保存してください。`,
    { details: { current: editedOrder(deps, tenantId, row), sent: { version, patch } } },
  )
}

interface PreparedEdit {
  detail: NormalisedOrder
  edits: Edits
  paths: string[]
}

/** Null when the patch changes nothing. */
function prepareEdit(
  deps: EditDeps,
  { tenantId, actor }: { tenantId: string; actor: string },
  row: EditableRow,
  patch: Record<string, unknown>,
): PreparedEdit | null {
  const { detail, edits } = editedOrder(deps, tenantId, row)
  if (detail === null)
    throw new AppError('CONFLICT', '保存期間が終わった受注、または読み取れない受注は編集できません。')
  if (CLOSED_STATUSES.includes(row.status)) {
    throw new AppError(
      'CONFLICT',
      '出荷済み・完了・キャンセルの受注は編集できません。必要なら先に別のステータスへ移動してください。',
    )
  }
  const mall = withoutEdits(detail, edits)
  const patched = checkPatch(detail, patch)
  const edited = withSums(withWholeNames(patched, detail, mall), detail, mall)
  const paths = differingPaths(detail, edited)
  if (paths.length === 0) return null
  const author = { at: new Date(deps.clock.now()).toISOString(), by: actor }
  return { detail: edited, edits: editsBetween(mall, edited, edits, author), paths }
}

/** @throws AppError VALIDATION_FAILED */
function checkPatch(detail: NormalisedOrder, patch: Record<string, unknown>): NormalisedOrder {
  refuseMallFields(patch)
  const patched = parse(mergePatch(detail, patch))
  refuseSums(detail, patched)
  return patched
}

function refuseMallFields(patch: Record<string, unknown>): void {
  const message = 'モールの値に従う項目のため編集できません。'
  const wrong = [...OF_THE_MALL].filter((field) => Object.hasOwn(patch, field))
  if (wrong.length > 0) throw invalid(wrong.map((field) => ({ field, message, code: 'read_only' })))
}

function parse(merged: unknown): NormalisedOrder {
  const result = checked(NormalisedOrder, merged, 'body')
  if (!result.ok) throw invalid(result.fields)
  if (Number.isNaN(Date.parse(result.value.orderedAt))) {
    const message = '日時（RFC 3339）で指定してください。'
    throw invalid([{ field: 'orderedAt', message, code: 'invalid_format' }])
  }
  const message = 'この項目はありません。項目名を確認してください。'
  const unknown = differingPaths(result.value, merged).map((path) =>
    fieldPath(pointerParts(path).map((part) => (/^\d+$/.test(part) ? Number(part) : part))),
  )
  if (unknown.length > 0) throw invalid(unknown.map((field) => ({ field, message, code: 'unknown_field' })))
  return result.value
}

/** Sums follow from their parts: an edit of them alone would leave an order that does not add up. */
const SUMS = ['/totals', '/taxSummary', '/charges/goods']

function refuseSums(before: NormalisedOrder, patched: NormalisedOrder): void {
  const wrong = differingPaths(before, patched).filter((path) => SUMS.some((sum) => overlaps(path, sum)))
  if (wrong.length === 0) return
  const message =
    '合計は明細・料金・値引きから計算するため編集できません。items、charges（goods以外）、discounts を編集してください。'
  throw invalid(wrong.map((path) => ({ field: fieldPath(pointerParts(path)), message, code: 'read_only' })))
}

const moneyOf = ({ items, charges, discounts }: NormalisedOrder) => [
  items.map(({ lineId, taxRate, subtotal, deleted }) => [lineId, taxRate, subtotal, deleted]),
  { ...charges, goods: 0 },
  discounts,
]

/** Sums made of edited lines, charges and discounts; the mall's own where those are unedited. */
function withSums(edited: NormalisedOrder, before: NormalisedOrder, mall: NormalisedOrder): NormalisedOrder {
  const isAs = (other: NormalisedOrder) => isDeepStrictEqual(moneyOf(edited), moneyOf(other))
  if (isAs(before)) return edited
  if (isAs(mall)) {
    const { totals, taxSummary, charges } = mall
    return { ...edited, totals, taxSummary, charges: { ...edited.charges, goods: charges.goods } }
  }
  const linesChanged = !isDeepStrictEqual(moneyOf(edited)[0], moneyOf(before)[0])
  const charges = linesChanged ? { ...edited.charges, goods: goodsOf(edited.items) } : edited.charges
  const { items, discounts } = edited
  const totals = totalsOf({ charges, discounts })
  return { ...edited, charges, totals, taxSummary: computeTaxSummary({ items, charges, discounts, totals }) }
}

/** The whole name, shown on labels and papers, follows an edited family or given name. */
function withWholeNames(
  edited: NormalisedOrder,
  before: NormalisedOrder,
  mall: NormalisedOrder,
): NormalisedOrder {
  const personOf = (order: NormalisedOrder, id: string) =>
    order.recipients.find((one) => one.id === id)?.person
  return {
    ...edited,
    buyer: withWholeName(edited.buyer, before.buyer, mall.buyer),
    recipients: edited.recipients.map((recipient) => ({
      ...recipient,
      person: withWholeName(recipient.person, personOf(before, recipient.id), personOf(mall, recipient.id)),
    })),
  }
}

function withWholeName(now: OrderPerson, before?: OrderPerson, mall?: OrderPerson): OrderPerson {
  const { familyName, givenName, fullName } = now
  // Orders of earlier releases have none: theirs is put together when it is shown.
  if (!before || !fullName || fullName !== before.fullName) return now
  if (familyName === before.familyName && givenName === before.givenName) return now
  const same = (text: string, other: string | null | undefined) =>
    normaliseName(text) === normaliseName(other ?? null)
  // A mall that does not split names gave the whole alone: one part must not take its place.
  const wasParts = same(fullName, wholeName(before.familyName, before.givenName))
  if (!wasParts && !(familyName && givenName)) return now
  const whole = wholeName(familyName, givenName)
  return { ...now, fullName: whole && same(whole, mall?.fullName) ? (mall?.fullName ?? whole) : whole }
}

/** False when the order is no longer as it was read. */
function store(
  deps: EditDeps,
  { tenantId, actor }: { tenantId: string; actor: string },
  row: EditableRow,
  { detail, edits, paths }: PreparedEdit,
): Promise<boolean> {
  const at = new Date(deps.clock.now())
  const sealer = deps.sealer.of(tenantId)
  const columns = toOrderColumns(detail)
  const [orders, kinds, hashes] = tokenColumns([
    { orderId: row.id, search: searchTokens(deps.sealer, tenantId, detail) },
  ])
  return inTransaction(deps.pool, async (client) => {
    const { rowCount } = await client.query(
      WRITE_EDIT({
        id: row.id,
        version: row.version,
        now: at,
        actor,
        detail: Buffer.from(sealDetail(sealer, row.id, detail)),
        edits: sealEdits(sealer, row.id, edits),
        eventId: deps.newId(),
        facts: { fields: paths },
        columns: pick(columns, EDITED),
      }),
    )
    if (rowCount === 0) return false
    await client.query(FORGET_HASHES({ order: row.id }))
    await client.query(WRITE_HASHES({ tenant: tenantId, orders, kinds, hashes }))
    return true
  })
}

type VersionRow = Pick<OrderVersion, 'number' | 'endedBy' | 'actor' | 'endedAt'>

const toVersion = (nameOf: (actor: string) => string, { number, endedBy, actor, endedAt }: VersionRow) => ({
  number,
  endedBy,
  actor,
  actorName: nameOf(actor),
  endedAt: endedAt.toISOString(),
})

/** Lists an order's versions, newest first. @throws AppError NOT_FOUND, also for another tenant's order */
export async function readVersions(
  deps: Pick<EditDeps, 'db' | 'sealer'>,
  tenantId: string,
  orderId: string,
): Promise<z.infer<typeof OrderVersionList>> {
  const select = { number: true, endedBy: true, actor: true, endedAt: true } as const
  const order = await deps.db.order.findFirst({
    where: { id: orderId, tenantId },
    select: { versions: { select, orderBy: { number: 'desc' } } },
  })
  if (order === null) throw orderNotFound()
  const actors = order.versions.map(({ actor }) => actor)
  const nameOf = await actorNames(deps, tenantId, actors)
  return { versions: order.versions.map((row) => toVersion(nameOf, row)), nextCursor: null }
}

/** @throws AppError NOT_FOUND */
export async function readVersion(
  { db, sealer }: Pick<EditDeps, 'db' | 'sealer'>,
  tenantId: string,
  orderId: string,
  number: number,
): Promise<z.infer<typeof OrderVersionAnswer>> {
  const row = await db.orderVersion.findFirst({ where: { orderId, number, order: { tenantId } } })
  if (!row) throw new AppError('NOT_FOUND', 'この版は残っていません。版の一覧を確認してください。')
  return {
    ...toVersion(await actorNames({ db, sealer }, tenantId, [row.actor]), row),
    detail: openDetail(sealer.of(tenantId), orderId, row.sealedDetail),
    edits: openEdits(sealer.of(tenantId), orderId, row.sealedEdits),
  }
}
