import { checked, invalid } from '../http/validation.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import type { Db } from '../platform/db/database.ts'
import { AppError } from '../platform/errors.ts'
import type { NewId } from '../platform/ids.ts'
import { factsOf } from '../platform/narrow.ts'
import { audit, type Caller } from '../shops/tenants/audit.ts'
import type { LabelFormat } from './formats/format.ts'
import { clickPost, yupriR } from './formats/japan-post.ts'
import { sagawaEhiden } from './formats/sagawa-ehiden.ts'
import { yamatoB2 } from './formats/yamato-b2.ts'

/** The only list of the carriers' tools. Each parses its settings by its own schema before it sees them. */
const LABEL_FORMATS = [yamatoB2, sagawaEhiden, yupriR, clickPost] as unknown as readonly LabelFormat[]

export const FORMAT_IDS = ['yamato_b2', 'sagawa_ehiden3', 'yupri_r', 'click_post'] as const
export type FormatId = (typeof FORMAT_IDS)[number]

export function formatOf(id: FormatId): LabelFormat {
  const format = LABEL_FORMATS.find((one) => one.id === id)
  if (!format) throw new Error(`no label format ${id}`)
  return format
}

export interface SettingsDeps {
  db: Db
  clock: Clock
  newId: NewId
}

/** Returns the settings as they were entered; null when there are none. */
export async function readSettings(
  db: Db,
  tenantId: string,
  format: FormatId,
): Promise<{ settings: Record<string, unknown> | null; updatedAt: Date | null }> {
  const row = await db.labelSettings.findUnique({ where: { tenantId_format: { tenantId, format } } })
  if (!row) return { settings: null, updatedAt: null }
  return { settings: factsOf(row.settings), updatedAt: row.updatedAt }
}

/** @throws AppError VALIDATION_FAILED naming the settings that do not fit this tool */
export async function writeSettings(
  deps: SettingsDeps,
  caller: Caller,
  format: FormatId,
  settings: Record<string, unknown>,
): Promise<void> {
  const result = checked(formatOf(format).settings, settings, 'settings')
  if (!result.ok) throw invalid(result.fields)
  const change = { settings: settings as object, updatedAt: dateNow(deps.clock), updatedBy: caller.actor }
  const { tenantId } = caller
  await deps.db.$transaction(async (tx) => {
    await tx.labelSettings.upsert({
      where: { tenantId_format: { tenantId, format } },
      create: { tenantId, format, ...change },
      update: change,
    })
    await audit(tx, deps, {
      ...caller,
      action: 'label_settings.updated',
      target: format,
      data: { fields: Object.keys(settings) },
    })
  })
}

/**
 * Returns the settings that a file is made with.
 * @throws AppError CONFLICT when nothing was set, or the stored settings no longer fit the schema
 */
export async function settingsFor(
  db: Db,
  tenantId: string,
  format: FormatId,
): Promise<LabelFormat['settings']['_output']> {
  const { settings } = await readSettings(db, tenantId, format)
  const { label, settings: schema } = formatOf(format)
  const result = settings === null ? null : checked(schema, settings, 'settings')
  if (result?.ok) return result.value
  throw new AppError(
    'CONFLICT',
    `${label} の送り状設定（ご依頼主、契約のコードなど）が${settings === null ? 'まだありません' : '今の形式に合いません'}。先に設定してください。`,
    result ? { fields: result.fields } : {},
  )
}
