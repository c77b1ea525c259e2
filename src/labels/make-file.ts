import type { Pool, PoolClient } from 'pg'
import type { z } from 'zod'
import { invalid } from '../http/validation.ts'
import type { OrderRecipient } from '../marketplaces/port/order.ts'
import { recipientsToShip, shipping } from '../marketplaces/port/shipping.ts'
import {
  cancellationOf,
  type FullOrder,
  fullOrders,
  labelsOf,
  type OpenDeps,
  type OrderRowWithDetail,
} from '../orders/order-json.ts'
import { type IslandList, isIsland } from '../orders/places.ts'
import { commonForm } from '../orders/store/search-tokens.ts'
import { type FindItem, readItemsOf } from '../packing/items.ts'
import { dateNow } from '../platform/clock.ts'
import { csvLines, encodeCsv, missingInCp932 } from '../platform/csv.ts'
import { inTransaction } from '../platform/db/transaction.ts'
import { AppError } from '../platform/errors.ts'
import { createRequestBreathing, mapBreathing } from '../platform/event-loop.ts'
import { present } from '../platform/narrow.ts'
import type { Random } from '../platform/random.ts'
import { audit, type Caller } from '../shops/tenants/audit.ts'
import { bundleFaults, canLeave, mergedOrder, parcelOf, readBundles } from './bundles.ts'
import { draftOf, safeCell } from './draft.ts'
import { fits, lengthBy, measureWords } from './formats/cells.ts'
import {
  type Cells,
  type Column,
  columnsFor,
  type LabelFormat,
  type Report,
  type Temperature,
} from './formats/format.ts'
import { asksHold } from './hold.ts'
import { newLabelKey, SAMPLE_KEY } from './label-key.ts'
import type { LabelCheck, LabelCheckRequest } from './schemas.ts'
import { formatOf, type SettingsDeps, settingsFor } from './settings.ts'
import { CHECKED_ORDERS, CLAIM_KEYS, RELEASE_KEYS } from './statements.ts'

export interface LabelDeps extends OpenDeps, SettingsDeps {
  pool: Pool
  random: Random
  /** The tenant's own postcodes of islands (離島の郵便番号). */
  readIslands(tenantId: string): Promise<IslandList>
}

/** With the day of shipping filled in. */
type LabelRequest = z.infer<typeof LabelCheckRequest> & { options: { shippedOn: string; today: string } }

export type CheckedOrder = Omit<z.infer<typeof LabelCheck>['orders'][number], 'labels'> & {
  labels: {
    recipientId: string
    temperature: Temperature
    cells: Cells
    parcel?: readonly Addressed[]
  }[]
}
/** A recipient of an order. Several are one parcel (同梱), which has the first one's key. */
interface Addressed {
  orderId: string
  recipientId: string
}
type Finding = CheckedOrder['problems'][number]

export async function checkLabels(
  deps: LabelDeps,
  tenantId: string,
  request: LabelRequest,
): Promise<CheckedOrder[]> {
  return checkOrders(deps, tenantId, request.orderIds, await chosenBy(deps, tenantId, request))
}

async function chosenBy({ db, readIslands }: LabelDeps, tenantId: string, request: LabelRequest) {
  const format = formatOf(request.format)
  requireService(format, request.options.service)
  return {
    format,
    settings: await settingsFor(db, tenantId, request.format),
    islands: await readIslands(tenantId),
    options: request.options,
  }
}

export interface LabelFile {
  /** Null when no order passed. */
  bytes: Buffer | null
  rows: number
  orders: CheckedOrder[]
  /** Label keys by order and recipient. */
  keys: Map<string, string>
}

/**
 * Makes the carrier's file of all orders that pass and reports the others. With `strict` all must pass. With
 * `dryRun` makes no file.
 * @throws AppError VALIDATION_FAILED for too many rows, or under `strict` naming each refused order
 */
export async function createLabelFile(
  deps: LabelDeps,
  caller: Caller,
  request: LabelRequest & { strict: boolean },
  dryRun = false,
): Promise<LabelFile> {
  const chosen = await chosenBy(deps, caller.tenantId, request)
  const { format, settings } = chosen
  const orders = await checkOrders(deps, caller.tenantId, request.orderIds, chosen)
  if (request.strict) refuseFaulty(orders)
  const good = orders.filter(({ ok }) => ok)
  const labels = good.flatMap(({ orderId, labels }) =>
    labels.map(({ recipientId, cells, parcel = [{ orderId, recipientId }] }) => ({ cells, parcel })),
  )
  const rows = [...new Map(labels.map((label) => [leadOf(label), label])).values()]
  if (rows.length === 0 || dryRun) return { bytes: null, rows: rows.length, orders, keys: new Map() }
  refuseTooMany(format, rows.length)
  const keys = await inTransaction(deps.pool, (client) =>
    claimKeys(client, deps, caller.tenantId, request.format, rows),
  )
  await audit(deps.db, deps, {
    ...caller,
    action: 'labels.exported',
    target: request.format,
    data: { orders: good.length, rows: rows.length },
  })
  const lines = await mapBreathing(rows, (row) => lineOf(chosen, row.cells, keys.get(leadOf(row)) ?? ''))
  const header =
    format.header === 'always' || settings.header
      ? [columnsFor(format, settings).map(({ name }) => name)]
      : []
  return {
    bytes: encodeCsv(csvLines([...header, ...lines], format.quoting), 'cp932'),
    rows: rows.length,
    orders,
    keys,
  }
}

export const labelId = (orderId: string, recipientId: string): string => `${orderId} ${recipientId}`

const leadOf = ({ parcel: [lead] }: { parcel: readonly Addressed[] }): string =>
  labelId(present(lead).orderId, present(lead).recipientId)

/** The check put a sample key where the tool has a place for ours. */
function lineOf(
  { format, settings }: Pick<Chosen, 'format' | 'settings'>,
  cells: Cells,
  key: string,
): string[] {
  return columnsFor(format, settings).map((_, index) => {
    const cell = safeCell(cells.get(index + 1) ?? '')
    if (index === format.keyColumn - 1) return key
    return index + 1 === format.keyWithin ? cell.replace(SAMPLE_KEY, key) : cell
  })
}

function requireService(format: LabelFormat, service: string): void {
  if (format.services.some(({ code }) => code === service)) return
  const offered = format.services.map(({ code, label }) => `${code} ${label}`).join('、')
  const message = `次のいずれかを指定してください: ${offered}`
  throw invalid([{ field: 'options.service', message, code: 'not_offered' }])
}

function refuseFaulty(orders: readonly CheckedOrder[]): void {
  const errors = orders.flatMap(({ ok, problems: [{ message, code } = { message: '', code: '' }] }, index) =>
    ok ? [] : [{ field: `orderIds[${index}]`, message, code }],
  )
  if (errors.length > 0) throw invalid(errors.slice(0, 50))
}

function refuseTooMany({ label, mostRows }: LabelFormat, rows: number): void {
  if (rows <= mostRows) return
  const message = `送り状が ${rows} 件になります。${mostRows} 件以下に分けてください。`
  throw new AppError('VALIDATION_FAILED', `${label} は1つのファイルに ${mostRows} 件までです。`, {
    fields: [{ field: 'orderIds', message, code: 'too_big' }],
  })
}

async function claimKeys(
  client: PoolClient,
  deps: Pick<LabelDeps, 'random' | 'clock'>,
  tenantId: string,
  format: string,
  rows: readonly { parcel: readonly Addressed[] }[],
): Promise<Map<string, string>> {
  const claim = async (labels: readonly (Addressed & { bundleKey: string | null })[]) => {
    const taken = await client.query<Addressed & { key: string }>(
      CLAIM_KEYS({
        tenant: tenantId,
        format,
        now: dateNow(deps.clock),
        keys: labels.map(() => newLabelKey(deps.random)),
        orders: labels.map(({ orderId }) => orderId),
        recipients: labels.map(({ recipientId }) => recipientId),
        bundles: labels.map(({ bundleKey }) => bundleKey),
      }),
    )
    return taken.rows.map(({ orderId, recipientId, key }) => [labelId(orderId, recipientId), key] as const)
  }
  const keys = new Map(await claim(rows.map(({ parcel }) => ({ ...present(parcel[0]), bundleKey: null }))))
  const others = rows.flatMap((row) =>
    row.parcel.slice(1).map((one) => ({ ...one, bundleKey: keys.get(leadOf(row)) ?? null })),
  )
  const orders = rows.flatMap(({ parcel }) => parcel.map(({ orderId }) => orderId))
  await client.query(RELEASE_KEYS({ tenant: tenantId, keys: [...keys.values()], orders }))
  if (others.length > 0) await claim(others)
  for (const { bundleKey, orderId, recipientId } of others)
    keys.set(labelId(orderId, recipientId), bundleKey ?? '')
  return keys
}

// Finds everything the carrier's tool would refuse before the file is made, by order, recipient and column,
// and says how to mend it.

interface Wanted {
  format: LabelFormat
  settings: LabelFormat['settings']['_output']
  islands: IslandList
  options: LabelRequest['options']
}

/** With the tenant's item list. */
interface Chosen extends Wanted {
  find: FindItem
}

/** Checks orders in the order of `orderIds`; another tenant's order counts as missing. */
async function checkOrders(
  deps: Pick<LabelDeps, 'pool' | keyof OpenDeps>,
  tenantId: string,
  orderIds: readonly string[],
  wanted: Wanted,
): Promise<CheckedOrder[]> {
  const { rows } = await deps.pool.query<OrderRowWithDetail & { exportedAt: Date | null }>(
    CHECKED_ORDERS({ tenant: tenantId, ids: [...new Set(orderIds)] }),
  )
  const opened = await fullOrders(deps, tenantId, rows)
  const byId = new Map(
    opened.map((order, at) => [order.id, { order, exportedAt: rows[at]?.exportedAt ?? null }]),
  )
  const bundles = await readBundles(deps, tenantId, [
    ...new Set(rows.flatMap(({ bundleId }) => bundleId ?? [])),
  ])
  const items = [...opened, ...[...bundles.values()].flat()].flatMap(({ detail }) => detail?.items ?? [])
  const chosen = { ...wanted, find: await readItemsOf(deps.pool, tenantId, items) }
  // Each parcel checks all of its orders: together they took the main thread for seconds.
  const parcels = new Map(
    await mapBreathing([...bundles], ([id, orders]) => [id, checkParcel(orders, chosen)] as const),
  )
  const checked: CheckedOrder[] = []
  const breathe = createRequestBreathing()
  for (const orderId of orderIds) {
    await breathe()
    const found = byId.get(orderId)
    if (!found) {
      checked.push(unknownOrder(orderId))
      continue
    }
    const { order } = found
    const own = checkOrder(order, found.exportedAt, chosen)
    const parcel = parcels.get(order.bundleId ?? '')
    checked.push(parcel && canLeave(order) ? inParcel(own, parcel) : own)
  }
  return checked
}

interface Parcel {
  orders: readonly FullOrder[]
  labels: CheckedOrder['labels']
  problems: readonly Finding[]
  warnings: readonly Finding[]
}

/** Checks orders of a bundle as the one parcel that they are to be. A cancelled one is left out of it. */
function checkParcel(members: readonly FullOrder[], chosen: Chosen): Parcel {
  const orders = members.filter(canLeave)
  const problems: Finding[] = []
  const warnings: Finding[] = []
  const [problem, warning] = [reportTo(problems, null), reportTo(warnings, null)]
  for (const { orderNumber } of members.filter((one) => !canLeave(one)))
    warning(
      '同梱',
      'BUNDLE_SMALLER',
      `同梱の受注 ${orderNumber} はキャンセルか発送済みのため、この荷物に入れません。`,
    )
  if (orders.length < 2) return { orders, labels: [], problems, warnings }
  for (const { code, message } of bundleFaults(orders))
    problem('同梱', code, `${message}同梱を解除するか、受注を直してください。`)
  const held = withOneHold(orders, chosen, problem)
  const own = orders.map((order) => checkOrder(order, null, held))
  if (problems.length > 0) return { orders, labels: [], problems, warnings }
  for (const {
    ok,
    orderNumber,
    problems: [first],
  } of own)
    if (!ok && first) problem('同梱', 'BUNDLE_REFUSED', `同梱の受注 ${orderNumber}: ${first.message}`)
  if (new Set(own.map(({ labels }) => labels[0]?.temperature)).size > 1)
    problem('同梱', 'BUNDLE_TEMPERATURE', '同梱の受注の温度帯が同じではありません。同梱を解除してください。')
  if (problems.length > 0) return { orders, labels: [], problems, warnings }
  const whole = checkOrder(mergedOrder(orders), null, held)
  problems.push(...whole.problems)
  return {
    orders,
    labels: whole.labels.map((label) => ({ ...label, parcel: parcelOf(orders) })),
    problems,
    warnings: [...warnings, ...whole.warnings],
  }
}

/** A choice for one order of the parcel holds for all: it can wait at one office alone. */
function withOneHold(orders: readonly FullOrder[], chosen: Chosen, problem: Report): Chosen {
  const { holds } = chosen.options
  const named = orders.map(({ id }) => holds[id]).find((hold) => hold !== undefined)
  const asks = ({ detail }: FullOrder) =>
    detail !== null && recipientsToShip(detail).some((one) => asksHold(detail, one))
  if (named === undefined && orders.some(asks) && !orders.every(asks))
    problem(
      '同梱',
      'BUNDLE_HOLD',
      '同梱の受注の一部だけに営業所止め・局留めの希望があります。確認結果の「止め置き先」で決めるか、同梱を解除してください。',
    )
  if (named === undefined) return chosen
  const all = Object.fromEntries(orders.map(({ id }) => [id, named]))
  return { ...chosen, options: { ...chosen.options, holds: { ...holds, ...all } } }
}

/** The findings of one order with those of its parcel, whose label it has. */
function inParcel(own: CheckedOrder, { orders, labels, problems, warnings }: Parcel): CheckedOrder {
  const others = orders.filter(({ id }) => id !== own.orderId).map(({ orderNumber }) => orderNumber)
  const together: Finding[] =
    others.length === 0
      ? []
      : [
          {
            recipientId: null,
            field: '同梱',
            code: 'BUNDLED',
            message: `同梱: 受注 ${others.join('、')} と1枚の送り状にします。`,
          },
        ]
  const said = new Set([...own.problems, ...own.warnings].map(({ code, message }) => `${code} ${message}`))
  const isNew = ({ code, message }: Finding) => !said.has(`${code} ${message}`)
  return {
    ...own,
    ok: own.ok && problems.length === 0,
    labels: own.labels.map(({ recipientId, ...label }) => ({ ...label, ...labels[0], recipientId })),
    problems: [...own.problems, ...problems.filter(isNew)],
    warnings: [...own.warnings, ...together, ...warnings.filter(isNew)],
  }
}

const unknownOrder = (orderId: string): CheckedOrder => ({
  orderId,
  orderNumber: null,
  shopId: null,
  version: null,
  ok: false,
  labels: [],
  warnings: [],
  problems: [
    {
      recipientId: null,
      field: '受注',
      code: 'NOT_FOUND',
      message: '受注が見つかりません。一覧を再読み込みして確認してください。',
    },
  ],
})

const reportTo =
  (list: Finding[], recipientId: string | null): Report =>
  (field, code, message) =>
    void list.push({ recipientId, field, code, message })

export function checkOrder(order: FullOrder, exportedAt: Date | null, chosen: Chosen): CheckedOrder {
  const problems: Finding[] = []
  const warnings: Finding[] = []
  decideState(order, exportedAt, reportTo(problems, null), reportTo(warnings, null))
  checkDay(chosen, reportTo(problems, null), reportTo(warnings, null))
  const recipients = toLabel(order, reportTo(warnings, null))
  if (recipients.length > 1 && (chosen.options.packages[order.id] ?? 1) > 1)
    problems.push({
      recipientId: null,
      field: '個数口',
      code: 'PACKAGES_SEVERAL',
      message: '送付先が複数の受注です。個数口は送付先ごとに決められないため、1個にしてください。',
    })
  const islanders = toIslands(order, chosen.islands)
  const labels = recipients.map((recipient) => {
    const { id } = recipient
    const [problem, warning] = [reportTo(problems, id), reportTo(warnings, id)]
    const { format, settings, options, find } = chosen
    const tools = {
      format,
      settings,
      key: SAMPLE_KEY,
      shopId: order.shopId,
      problem,
      warning,
      island: islanders.includes(recipient),
      packages: options.packages[order.id] ?? 1,
      hold: options.holds[order.id],
      find,
    }
    const draft = draftOf(present(order.detail), recipient, { ...options, ...tools })
    const filled = format.fill(draft, { settings, problem, warning, ...options })
    const columns = columnsFor(format, settings)
    const cells = options.replaceLetters ? withCommonForms(columns, filled, warning) : filled
    for (const [index, column] of columns.entries()) {
      const told = problems.some(({ recipientId }) => recipientId === id)
      const { mend } = /^(?:ご依頼主|荷送人)/.test(column.name) ? draft.from : draft.to
      checkCell(column, cells.get(index + 1) ?? '', { told, mend, problem })
    }
    return { recipientId: id, temperature: draft.temperature, cells }
  })
  return {
    orderId: order.id,
    orderNumber: order.orderNumber,
    shopId: order.shopId,
    version: order.version,
    ok: problems.length === 0,
    labels,
    problems,
    warnings,
  }
}

/**
 * Recipients on islands: by the mall's flag, or those of a marked order whom postcode and the tenant's list
 * name. A list that was changed after the mark was given may name none: then the mark is meant for all.
 */
function toIslands({ marks, detail }: FullOrder, islands: IslandList): readonly OrderRecipient[] {
  const recipients = detail?.recipients ?? []
  const flagged = recipients.filter(({ remoteArea }) => remoteArea)
  if (!marks.includes('remote_island')) return flagged
  const named = recipients.filter((one) => flagged.includes(one) || isIsland(one.person, islands))
  return named.length > 0 ? named : recipients
}

const DAY_MS = 24 * 60 * 60_000

function checkDay(
  { format: { label, mostDaysAhead }, options: { shippedOn, today } }: Chosen,
  problem: Report,
  warning: Report,
): void {
  const ahead = Math.round((Date.parse(shippedOn) - Date.parse(today)) / DAY_MS)
  const range = mostDaysAhead === undefined ? '今日から後' : `今日から${mostDaysAhead}日後まで`
  const message = `出荷予定日 ${shippedOn} が ${label} で使える日ではありません（${range}）。出荷予定日を直してください。`
  if (mostDaysAhead !== undefined && (ahead < 0 || ahead > mostDaysAhead))
    problem('出荷予定日', 'SHIP_DATE_RANGE', message)
  else if (ahead < 0) warning('出荷予定日', 'SHIP_DATE_RANGE', message)
}

/** Leaves out recipients whose parcel has left already: a second label would send it twice. */
function toLabel({ detail }: FullOrder, warning: Report): OrderRecipient[] {
  if (detail === null) return []
  const wanted = recipientsToShip(detail)
  const { state, shipped, total, left } = shipping(detail)
  if (state !== 'part') return wanted
  const waiting = wanted.filter(({ id }) => left.includes(id))
  if (waiting.length < wanted.length)
    warning(
      '送付先',
      'RECIPIENTS_SHIPPED',
      `送付先${total}件のうち${shipped}件は発送済みのため、残りの${left.length}件だけを出力します。`,
    )
  return waiting
}

/** Variation selectors say how a letter is drawn: 葛 of one district or another. */
const DRAWN_AS = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu

/** Puts a letter's common form where the tool lacks it. The order keeps what the buyer wrote. */
function withCommonForms(columns: readonly Column[], cells: Cells, warning: Report): Cells {
  const common = new Map(cells)
  for (const [index, { name }] of columns.entries()) {
    const cell = cells.get(index + 1) ?? ''
    const missing = new Set(missingInCp932(cell))
    if (missing.size === 0) continue
    const written = [...cell.replace(DRAWN_AS, '')]
      .map((letter) => (missing.has(letter) ? (commonForm(letter) ?? letter) : letter))
      .join('')
    const pairs = [...missing].flatMap((letter) => {
      const form = commonForm(letter)
      return form === undefined ? [] : [`${letter}→${form}`]
    })
    if (written === cell) continue
    common.set(index + 1, written)
    warning(
      name,
      'LETTER_REPLACED',
      `${name}の文字を、送り状ソフトで使える字に置き換えました（${pairs.join('、') || '異体字の指定を除く'}）。受注の文字はそのままです。`,
    )
  }
  return common
}

/**
 * Checks each cell against its column, whatever the format filled in. An empty cell whose reason is already
 * reported is not reported twice.
 */
function checkCell(
  { name, measure, required }: Column,
  cell: string,
  { told, mend, problem }: { told: boolean; mend: string; problem: Report },
): void {
  if (cell === '') {
    if (required && !told)
      problem(name, 'REQUIRED', `${name}がありません。受注または送り状の設定を確認してください。`)
    return
  }
  const missing = missingInCp932(cell)
  if (missing.length > 0) {
    problem(
      name,
      'NOT_IN_CP932',
      `${name}に送り状ソフトで使えない文字（${missing.slice(0, 10).join(' ')}）があります。${mend}置き換えてください。`,
    )
  } else if (measure && !fits(measure, cell)) {
    problem(
      name,
      'TOO_LONG',
      `${name}は${measureWords(measure)}までです（現在 ${lengthBy(measure, cell)}）。${mend}直してください。`,
    )
  }
}

function decideState(order: FullOrder, exportedAt: Date | null, problem: Report, warning: Report): void {
  if (order.detail === null)
    problem('受注', 'DETAIL_MISSING', '保存期間が終わった受注、または読み取れない受注です。')
  else if (order.mallState !== 'cancelled' && recipientsToShip(order.detail).length === 0)
    problem(
      '受注',
      'NOTHING_TO_SHIP',
      '送る商品がない受注です。店頭受取か、明細がすべて取り消された受注です。',
    )
  const cancellation = cancellationOf(order)
  if (cancellation === 'done') {
    problem('受注', 'ORDER_CANCELLED', 'キャンセルされた受注です。発送しないでください。')
  } else if (cancellation === 'under_way') {
    problem(
      '受注',
      'CANCEL_UNDER_WAY',
      'キャンセルのサイト変更が終わっていない受注です。発送しないでください。キャンセルできなかったときは、出力し直せます。',
    )
  } else if (order.holds.length > 0) {
    const why = labelsOf(order).holds.join('、')
    problem(
      '受注',
      'ORDER_ON_HOLD',
      `モール側保留（${why}）の受注です。保留の理由がなくなってから出力してください。`,
    )
  } else if (order.status === 'on_hold') {
    problem(
      '受注',
      'ORDER_ON_HOLD',
      'ステータスが「保留」の受注です。出荷するときは「出荷待ち」へ移してから出力してください。',
    )
  }
  if (order.mallState === 'shipped' || order.mallState === 'completed')
    warning('受注', 'ORDER_SHIPPED', 'モールでは発送済みの受注です。二重に発送しないか確認してください。')
  if (exportedAt)
    warning(
      '受注',
      'ALREADY_EXPORTED',
      'この受注の送り状は前に出力しています。二重に発送しないか確認してください。',
    )
}
