import { checked, invalid } from '../http/validation.ts'
import { type Clock, dateNow } from '../platform/clock.ts'
import type { Db } from '../platform/db/database.ts'
import { AppError, type FieldError } from '../platform/errors.ts'
import type { NewId } from '../platform/ids.ts'
import { factsOf } from '../platform/narrow.ts'
import { audit, type Caller } from '../shops/tenants/audit.ts'
import { partyOfSender } from './draft.ts'
import { fits, measureWords } from './formats/cells.ts'
import { columnsFor, type Draft, type LabelFormat, type Sender } from './formats/format.ts'
import { fukuyamaIstar, seinoKangaroo } from './formats/freight.ts'
import { clickPost, yupriR } from './formats/japan-post.ts'
import { sagawaEhiden } from './formats/sagawa-ehiden.ts'
import { webYupack } from './formats/web-yupack.ts'
import { yamatoB2 } from './formats/yamato-b2.ts'

/** The only list of the carriers' tools. Each parses its settings by its own schema before it sees them. */
const LABEL_FORMATS = [
  yamatoB2,
  sagawaEhiden,
  yupriR,
  clickPost,
  webYupack,
  seinoKangaroo,
  fukuyamaIstar,
] as unknown as readonly LabelFormat[]

export const FORMAT_IDS = [
  'yamato_b2',
  'sagawa_ehiden3',
  'yupri_r',
  'click_post',
  'web_yupack',
  'seino_kangaroo',
  'fukuyama_istar2',
] as const
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
  const faults = senderFaults(formatOf(format), result.value)
  if (faults.length > 0) throw invalid(faults)
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

/** The field of the form that a cell was made of. */
function partOf(cell: string, { building }: Sender): keyof Sender {
  if (cell.includes('電話')) return 'phone'
  if (cell.includes('アパート') && building !== '') return 'building'
  return /住所|アパート|郵便/.test(cell) ? 'address' : 'name'
}

const MOST_FAULTS = 50
const SENDER = /^(?:ご依頼主|荷送人(?!コード))/

/** Finds what the tool would refuse of the senders. Unchecked, each order would be blamed for it. */
function senderFaults(format: LabelFormat, settings: LabelFormat['settings']['_output']): FieldError[] {
  const own = columnsFor(format, settings).flatMap((column, index) =>
    SENDER.test(column.name) && column.measure ? [{ ...column, at: index + 1 }] : [],
  )
  const senders = [
    { at: 'settings.sender', sender: settings.sender },
    ...Object.entries(settings.sendersByShop).map(([id, sender]) => ({
      at: `settings.sendersByShop.${id}`,
      sender,
    })),
  ]
  if (own.length === 0) return []
  const faults = senders.flatMap(({ at, sender }) => {
    const found: FieldError[] = []
    const tell = (field: string, code: string, message: string) => {
      if (!SENDER.test(field)) return
      found.push({ field: `${at}.${partOf(field, sender)}`, code, message: `${format.label}: ${message}` })
    }
    const party = partyOfSender(sender)
    const draft: Draft = {
      key: '',
      orderNumber: '',
      shippedOn: '2000-01-01',
      to: party,
      from: party,
      wish: { date: null, slot: null },
      temperature: 'normal',
      cod: null,
      goods: '',
      handling: [],
      packages: 1,
      hold: null,
      dropOff: null,
    }
    const cells = format.fill(draft, {
      settings,
      service: format.services[0].code,
      dropTimeSlot: false,
      shortenAddress: false,
      testCod: false,
      problem: tell,
      warning: () => undefined,
    })
    for (const { name, at: place, measure } of own)
      if (measure && !fits(measure, cells.get(place) ?? ''))
        tell(name, 'TOO_LONG', `${name}は${measureWords(measure)}までです。`)
    return found
  })
  return faults.slice(0, MOST_FAULTS)
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
