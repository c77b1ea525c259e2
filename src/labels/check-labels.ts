import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Pool } from 'pg'
import {
  DETAIL_FIELD,
  type FullOrder,
  fullOrder,
  labelsOf,
  type OpenDeps,
  ORDER_FIELDS,
  type OrderRowWithDetail,
} from '../orders/order-json.ts'
import { commonForm } from '../orders/store/search-tokens.ts'
import { missingInCp932 } from '../platform/csv.ts'
import { present } from '../platform/narrow.ts'
import { fits, lengthBy, measureWords } from './cells/measure.ts'
import { draftOf } from './draft.ts'
import type { Cells, Column, LabelFormat } from './formats/format.ts'
import { SAMPLE_KEY } from './label-key.ts'

/**
 * Finds everything the carrier's tool would refuse before the file is made, by order, recipient and column,
 * and says how to mend it.
 */

interface Finding {
  recipientId: string | null
  field: string
  code: string
  message: string
}

interface CheckedLabel {
  recipientId: string
  cells: Cells
}

export interface CheckedOrder {
  orderId: string
  orderNumber: string | null
  shopId: string | null
  version: number | null
  ok: boolean
  labels: CheckedLabel[]
  problems: Finding[]
  warnings: Finding[]
}

export interface CheckOptions {
  service: string
  shippedOn: string
  dropTimeSlot: boolean
  replaceLetters: boolean
}

export interface CheckDeps extends OpenDeps {
  pool: Pool
}

interface Chosen {
  format: LabelFormat
  settings: LabelFormat['settings']['_output']
  options: CheckOptions
}

const OPENED_PER_TURN = 50

/** Checks orders in the order of `orderIds`; another tenant's order counts as missing. */
export async function checkOrders(
  deps: CheckDeps,
  tenantId: string,
  orderIds: readonly string[],
  chosen: Chosen,
): Promise<CheckedOrder[]> {
  const { rows } = await deps.pool.query<OrderRowWithDetail & { exportedAt: Date | null }>(
    `select ${ORDER_FIELDS}, ${DETAIL_FIELD},
       (select max(l.exported_at) from labels l where l.order_id = o.id) as "exportedAt"
     from orders o where o.tenant_id = $1 and o.id = any($2::uuid[])`,
    [tenantId, [...new Set(orderIds)]],
  )
  const byId = new Map(rows.map((row) => [row.id, row]))
  const checked: CheckedOrder[] = []
  for (const [index, orderId] of orderIds.entries()) {
    if (index > 0 && index % OPENED_PER_TURN === 0) await nextTurn()
    const row = byId.get(orderId)
    checked.push(
      row ? checkOrder(fullOrder(deps, tenantId, row), row.exportedAt, chosen) : unknownOrder(orderId),
    )
  }
  return checked
}

const unknownOrder = (orderId: string): CheckedOrder => ({
  orderId,
  orderNumber: null,
  shopId: null,
  version: null,
  ok: false,
  labels: [],
  warnings: [],
  problems: [finding('受注', 'NOT_FOUND', '受注が見つかりません。一覧を再読み込みして確認してください。')],
})

const finding = (
  field: string,
  code: string,
  message: string,
  recipientId: string | null = null,
): Finding => ({ recipientId, field, code, message })

export function checkOrder(order: FullOrder, exportedAt: Date | null, chosen: Chosen): CheckedOrder {
  const problems: Finding[] = []
  const warnings: Finding[] = []
  decideState(order, exportedAt, problems, warnings)
  const labels = (order.detail?.recipients ?? []).map((recipient) => {
    const { id } = recipient
    const problem = (field: string, code: string, message: string) =>
      void problems.push(finding(field, code, message, id))
    const warning = (field: string, code: string, message: string) =>
      void warnings.push(finding(field, code, message, id))
    const { format, settings, options } = chosen
    const tools = { format, settings, key: SAMPLE_KEY, shopId: order.shopId, problem, warning }
    const detail = present(order.detail)
    const draft = draftOf(detail, recipient, { ...tools, shippedOn: options.shippedOn })
    const filled = format.fill(draft, { settings, problem, warning, ...options })
    const cells = options.replaceLetters ? withCommonForms(format.columns, filled, warning) : filled
    for (const [index, column] of format.columns.entries()) {
      const told = problems.length > 0 && problems.some(({ recipientId }) => recipientId === id)
      checkCell(column, cells.get(index + 1) ?? '', told, problem)
    }
    return { recipientId: id, cells }
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

/** Variation selectors say how a letter is drawn: 葛 of one district or another. */
const DRAWN_AS = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu

/** Puts a letter's common form where the tool lacks it. The order keeps what the buyer wrote. */
function withCommonForms(
  columns: readonly Column[],
  cells: Cells,
  warning: (field: string, code: string, message: string) => void,
): Cells {
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
  told: boolean,
  problem: (field: string, code: string, message: string) => void,
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
      `${name}に送り状ソフトで使えない文字（${missing.slice(0, 10).join(' ')}）があります。受注を編集して置き換えてください。`,
    )
  } else if (measure && !fits(measure, cell)) {
    problem(
      name,
      'TOO_LONG',
      `${name}は${measureWords(measure)}までです（現在 ${lengthBy(measure, cell)}）。受注を編集して直してください。`,
    )
  }
}

function decideState(
  order: FullOrder,
  exportedAt: Date | null,
  problems: Finding[],
  warnings: Finding[],
): void {
  if (order.detail === null) {
    problems.push(finding('受注', 'DETAIL_MISSING', '保存期間が終わった受注、または読み取れない受注です。'))
  }
  if (order.status === 'cancelled' || order.mallState === 'cancelled') {
    problems.push(finding('受注', 'ORDER_CANCELLED', 'キャンセルされた受注です。発送しないでください。'))
  } else if (order.holds.length > 0) {
    const why = labelsOf(order).holds.join('、')
    problems.push(
      finding(
        '受注',
        'ORDER_ON_HOLD',
        `モール側保留（${why}）の受注です。保留の理由がなくなってから出力してください。`,
      ),
    )
  } else if (order.status === 'on_hold') {
    problems.push(
      finding(
        '受注',
        'ORDER_ON_HOLD',
        'ステータスが「保留」の受注です。出荷するときは「出荷待ち」へ移してから出力してください。',
      ),
    )
  }
  if (order.mallState === 'shipped' || order.mallState === 'completed') {
    warnings.push(
      finding('受注', 'ORDER_SHIPPED', 'モールでは発送済みの受注です。二重に発送しないか確認してください。'),
    )
  }
  if (exportedAt) {
    warnings.push(
      finding(
        '受注',
        'ALREADY_EXPORTED',
        'この受注の送り状は前に出力しています。二重に発送しないか確認してください。',
      ),
    )
  }
}
