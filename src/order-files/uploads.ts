import { createHash } from 'node:crypto'
import type { Pool } from 'pg'
import { canonical } from '../http/idempotency.ts'
import { invalid } from '../http/validation.ts'
import type { Marketplaces } from '../marketplaces/index.ts'
import {
  FIELD_LABELS,
  type FileShop,
  fileShopOf,
  keptHeadings,
  type OrderForm,
  type PresetId,
  presetOf,
  SINGLE,
} from '../marketplaces/order-files/form.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import type { Db } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import type { NewId } from '../platform/ids.ts'
import { HEALED, ORDER_FILE_FAILED } from '../shops/attention.ts'
import { lockShop } from '../shops/shops/shops.ts'
import { audit, type Caller, noteOf } from '../shops/tenants/audit.ts'
import { shopNotFound } from '../shops/tenants/shop-scope.ts'
import { detailsContext, partContext } from './reader.ts'
import { OPEN_FILES, STORE_PART } from './statements.ts'
import type { FileDetails } from './take-file.ts'

/** A shop's column map, and files on their way in. */

export interface UploadDeps {
  db: Db
  pool: Pool
  clock: Clock
  newId: NewId
  sealer: Pick<Sealer, 'of'>
  marketplaces: Marketplaces
  onShopChanged(shopId: string): Promise<void> | void
}

export const MOST_PART_BYTES = 1.5 * 1_024 * 1_024
export const MOST_FILE_BYTES = 100 * 1_024 * 1_024
export const MOST_PARTS = 100
/** Hours are a wrong time zone; what comes later is a wrong clock or a mistyped year. */
const MOST_AHEAD_MS = 24 * 60 * 60_000
/** Of a tenant and by hand, until they are read. */
const MOST_OPEN = 20
export const MOST_OPEN_BYTES = 2 * MOST_FILE_BYTES
export const TOO_MUCH_OPEN = '読み取りを待っている注文ファイルが多すぎます。終わってから取り込んでください。'

/** @throws AppError NOT_FOUND */
export const readForm = async (
  deps: Pick<UploadDeps, 'db'>,
  tenantId: string,
  shopId: string,
): Promise<OrderForm | null> => (await readFileShop(deps, tenantId, shopId))?.form ?? null

/** @throws AppError NOT_FOUND */
export async function readFileShop(
  { db }: Pick<UploadDeps, 'db'>,
  tenantId: string,
  shopId: string,
): Promise<FileShop | null> {
  const shop = await db.shop.findFirst({ where: { id: shopId, tenantId }, select: { capabilities: true } })
  if (!shop) throw shopNotFound()
  return fileShopOf(shop.capabilities)
}

/** Another one after every change of the map. */
export const toFormRevision = (form: unknown): string =>
  createHash('sha256').update(canonical(form)).digest('base64url').slice(0, 22)

/** @throws AppError VALIDATION_FAILED */
function refuseJoinedNumbers({ columns }: OrderForm): void {
  const joined = Object.entries(columns).filter(([field, { length }]) => SINGLE.has(field) && length > 1)
  if (joined.length > 0)
    throw invalid(
      joined.map(([field]) => ({
        field: `form.columns.${field}`,
        message: `「${FIELD_LABELS[field]}」は1列だけ選べます。2つの数をつなぐと別の数になります。`,
        code: 'too_big',
      })),
    )
}

/**
 * Makes a shop one whose orders come as files, or changes its map; null ends that.
 * @throws AppError NOT_FOUND, VALIDATION_FAILED, CONFLICT where the shop has a server
 */
export async function writeForm(
  deps: UploadDeps,
  caller: Caller,
  shopId: string,
  form: OrderForm | PresetId | null,
): Promise<void> {
  const preset = typeof form === 'string' ? form : null
  const made = typeof form === 'string' ? presetOf(form) : form
  if (made !== null) refuseJoinedNumbers(made)
  await deps.db.$transaction(async (tx) => {
    const shop = await lockShop(tx, caller.tenantId, shopId)
    const before = fileShopOf(shop.capabilities)
    if (
      made !== null &&
      (!deps.marketplaces.get(shop.marketplace)?.takesFiles || shop.sealedCredentials !== null)
    )
      throw new AppError(
        'CONFLICT',
        '注文ファイルは、APIの認証情報を登録していない「その他の店舗」で使います。店舗を別に追加してください。',
      )
    if (made === null && before === null) return
    const capabilities =
      made === null
        ? {}
        : {
            contract: 'files',
            label: shop.name.slice(0, 40),
            form: made,
            ...(preset === null ? {} : { preset }),
            ...(preset !== null && preset === before?.preset ? keptHeadings(before, made) : {}),
          }
    await tx.shop.update({
      where: { id: shopId },
      data: {
        capabilities,
        updatedAt: dateNow(deps.clock),
        // It may have waited for keys that it does not need; what an earlier turn met says nothing now.
        // Orders of a file that was not read are missing all the same.
        credentialsVersion: { increment: 1 },
        ...(made !== null && shop.attentionCode === ORDER_FILE_FAILED ? {} : HEALED),
      },
      select: { id: true },
    })
    const data = { changed: ['orderForm'], orderForm: made?.label ?? null }
    await audit(tx, deps, noteOf(caller, 'shop.updated', shopId, data))
  })
  await deps.onShopChanged(shopId)
}

export interface NewFile {
  fileName: string
  parts: number
  dryRun: boolean
  exportedAt: Date | null
  takesBack: boolean
  /** Revision of the map by which a person looked at the file; null: any map. */
  formRevision: string | null
  file?: Uint8Array | undefined
}

/**
 * @throws AppError NOT_FOUND, VALIDATION_FAILED, CONFLICT for a shop without a map or with another one, and
 * where too much is under way
 */
export async function createFile(
  deps: UploadDeps,
  caller: Caller,
  shopId: string,
  wanted: NewFile,
): Promise<string> {
  const form = await readForm(deps, caller.tenantId, shopId)
  if (form === null)
    throw new AppError(
      'CONFLICT',
      'この店舗の注文ファイルの形式がまだ登録されていません。店舗の画面で形式を選んでください。',
    )
  if (wanted.formRevision !== null && wanted.formRevision !== toFormRevision(form))
    throw new AppError(
      'CONFLICT',
      '内容を確認した後に列の対応が変更されたため、取り込みませんでした。もう一度内容を確認してください。',
    )
  if (wanted.exportedAt !== null && wanted.exportedAt.getTime() > deps.clock.now() + MOST_AHEAD_MS)
    throw invalid([
      {
        field: 'exportedAt',
        message:
          'ファイルの出力日時が未来の日時です。送信元の時計と年を確認してください。わからないときは、出力日時を付けずに取り込んでください。',
        code: 'in_the_future',
      },
    ])
  const { rows } = await deps.pool.query<{ files: number; bytes: number }>(
    OPEN_FILES({ tenant: caller.tenantId }),
  )
  const [open] = rows
  if (open && (open.files >= MOST_OPEN || open.bytes >= MOST_OPEN_BYTES)) throw tooMuchOpen()
  const id = deps.newId()
  await deps.db.$transaction(async (tx) => {
    await tx.orderFile.create({
      data: {
        id,
        tenantId: caller.tenantId,
        shopId,
        fileName: wanted.fileName,
        form,
        dryRun: wanted.dryRun,
        state: 'uploading',
        source: 'person',
        actor: caller.actor,
        parts: wanted.parts,
        bytes: 0,
        exportedAt: wanted.exportedAt ?? (wanted.takesBack ? dateNow(deps.clock) : null),
        takesBack: wanted.takesBack,
        looked: wanted.formRevision !== null || wanted.takesBack,
        createdAt: dateNow(deps.clock),
      },
      select: { id: true },
    })
    await audit(
      tx,
      deps,
      noteOf(caller, 'order_file.received', id, { shopId, dryRun: wanted.dryRun, parts: wanted.parts }),
    )
  })
  if (wanted.file) await storePart(deps, caller, { shopId, fileId: id, number: 1 }, wanted.file)
  return id
}

const tooMuchOpen = () => new AppError('CONFLICT', TOO_MUCH_OPEN)

interface PartPlace {
  shopId: string
  fileId: string
  number: number
}

interface Stored {
  isOpen: boolean
  isTooBig: boolean | null
  /** All that the tenant has under way is too much. */
  isFull: boolean
}

/** The same piece again changes nothing. @throws AppError NOT_FOUND, CONFLICT, VALIDATION_FAILED */
export async function storePart(
  deps: UploadDeps,
  { tenantId }: Caller,
  at: PartPlace,
  bytes: Uint8Array,
): Promise<void> {
  const { shopId, fileId, number } = at
  if (bytes.length === 0 || bytes.length > MOST_PART_BYTES)
    throw invalid([
      {
        field: 'part',
        message: 'ファイルが空か、1回に送れる大きさを超えています。1.5 MiB までに分けてください。',
        code: 'too_big',
      },
    ])
  const sealed = deps.sealer.of(tenantId).seal(partContext(fileId, number), bytes)
  const { rows } = await deps.pool.query<Stored>(
    STORE_PART({
      id: fileId,
      shop: shopId,
      tenant: tenantId,
      number,
      sealed: Buffer.from(sealed),
      bytes: bytes.length,
      most: MOST_FILE_BYTES,
      mostOfTenant: MOST_OPEN_BYTES,
    }),
  )
  const [stored] = rows
  if (stored?.isTooBig)
    throw invalid([
      {
        field: 'part',
        message: '注文ファイルは 100 MiB までです。分けて取り込んでください。',
        code: 'too_big',
      },
    ])
  if (stored?.isOpen && stored.isFull) throw tooMuchOpen()
  if (stored?.isOpen) return
  const { state, parts } = await findFile(deps, tenantId, shopId, fileId)
  if (state !== 'uploading' && number <= parts) return
  throw new AppError('CONFLICT', 'このファイルにこの番号の部分はありません。最初から取り込み直してください。')
}

/** @throws AppError NOT_FOUND */
async function findFile({ db }: Pick<UploadDeps, 'db'>, tenantId: string, shopId: string, fileId: string) {
  const file = await db.orderFile.findFirst({
    where: { id: fileId, shopId, tenantId },
    // Up to 1.6 MB.
    omit: { leftOut: true },
  })
  if (!file) throw new AppError('NOT_FOUND', '注文ファイルが見つかりません。')
  return file
}

/** @throws AppError NOT_FOUND */
export async function readFile(deps: UploadDeps, tenantId: string, shopId: string, fileId: string) {
  const file = await findFile(deps, tenantId, shopId, fileId)
  const details = file.sealedDetails
    ? deps.sealer.of(tenantId).openJson<FileDetails>(detailsContext(fileId), file.sealedDetails)
    : null
  return { file, details }
}
