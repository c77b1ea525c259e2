import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { t } from '../i18n.ts'
import { readNamed, toRow } from '../list/live-list.ts'
import { nameOf, number } from '../parts/format.ts'
import { isCancelled } from '../words.ts'
import type { Picked } from './bulk.ts'
import type { Bulk } from './bulk-kinds.ts'

type Reason = 'cancelled' | 'changing' | 'held' | 'onHold' | 'shipped' | 'noRecipient'

const REASONS: Record<Reason, readonly [ja: string, en: string]> = {
  cancelled: ['キャンセル済み', 'cancelled'],
  changing: ['サイト変更中', 'changing at the mall'],
  held: ['モール側保留', 'held by the mall'],
  onHold: ['保留', 'on hold'],
  shipped: ['発送済み', 'shipped already'],
  noRecipient: ['送付先なし', 'no recipient'],
}

/** States of an order in which hardly anybody means an action. A memo and a re-import harm none. */
const REASONS_AGAINST: Partial<Record<Bulk, readonly Reason[]>> = {
  move: ['cancelled'],
  ship: ['cancelled', 'changing', 'shipped', 'held', 'onHold', 'noRecipient'],
  confirm: ['cancelled', 'changing', 'shipped', 'held', 'onHold'],
  mark_paid: ['cancelled', 'changing'],
  complete: ['cancelled', 'changing', 'held', 'onHold'],
  hold: ['cancelled', 'changing', 'shipped'],
  release: ['cancelled', 'changing'],
  sub_status: ['cancelled', 'changing'],
  cancel: ['cancelled', 'changing'],
  correct_shipment: ['cancelled', 'changing'],
  change_content: ['cancelled', 'changing'],
}

const isSo: Record<Reason, (order: Picked) => boolean> = {
  cancelled: isCancelled,
  changing: ({ changeState }) => changeState === 'queued' || changeState === 'changing',
  held: ({ holds }) => holds.length > 0,
  onHold: ({ status }) => status === 'on_hold',
  shipped: ({ status, mallState }) =>
    [status, mallState].some((state) => state === 'shipped' || state === 'completed'),
  // Unread is not without: it is being read.
  noRecipient: ({ detail }) => detail !== undefined && (detail?.recipients ?? []).length === 0,
}

export const reasonAgainst = (order: Picked, bulk: Bulk): Reason | null =>
  REASONS_AGAINST[bulk]?.find((reason) => isSo[reason](order)) ?? null

/**
 * Orders that were ticked far from the shown ones have no details: they are read, for their names and
 * recipients.
 */
function useDetails(orders: readonly Picked[]) {
  const bare = orders.flatMap(({ id, detail }) => (detail === undefined ? [id] : []))
  const read = useQuery({
    queryKey: ['details', bare],
    enabled: bare.length > 0,
    // The orders of a selection change while the window is open: what was read stays.
    placeholderData: keepPreviousData,
    queryFn: async () =>
      new Map((await readNamed({}, bare, 'true')).map((order) => [order.id, toRow(order)])),
  })
  return {
    detailed: (order: Picked): Picked =>
      order.detail === undefined ? (read.data?.get(order.id) ?? order) : order,
    reading: read.isFetching && bare.some((id) => !read.data?.has(id)),
    error: read.error,
  }
}

/**
 * The orders that an action is for, and those that are left out until a person puts them back, one by one.
 */
export function useFitting(ticked: readonly Picked[], bulk: Bulk) {
  // Where the recipients do not matter, the names of what is left out are read alone.
  const { detailed, reading, error } = useDetails(
    bulk === 'ship' ? ticked : ticked.filter((order) => reasonAgainst(order, bulk) !== null),
  )
  const orders = ticked.map(detailed)
  const [putBack, setPutBack] = useState<ReadonlySet<string>>(new Set())
  const unfit = orders.flatMap((order) => {
    const reason = reasonAgainst(order, bulk)
    return reason === null ? [] : [{ order, reason }]
  })
  const out = new Set(unfit.map(({ order }) => order.id).filter((id) => !putBack.has(id)))
  const toggle = (id: string) => {
    const next = new Set(putBack)
    if (!next.delete(id)) next.add(id)
    setPutBack(next)
  }
  return {
    reading,
    error,
    fitting: orders.filter((order) => !out.has(order.id)),
    leftOut: out.size,
    panel: unfit.length > 0 && <LeftOut unfit={unfit} out={out} onToggle={toggle} />,
  }
}

export const nothingLeft = () => t('対象の受注がありません。', 'No order is left.')

function LeftOut(props: {
  unfit: readonly { order: Picked; reason: Reason }[]
  out: ReadonlySet<string>
  onToggle: (id: string) => void
}) {
  const { unfit, out } = props
  return (
    <details className="left-out" open={unfit.length <= 5}>
      <summary>
        {t(
          `${number(out.size)}件を対象から外しています。含める場合はチェックしてください。`,
          `${number(out.size)} are left out. Tick to include.`,
        )}
      </summary>
      <ul>
        {unfit.map(({ order, reason }) => (
          <li key={order.id}>
            <label className="tick">
              <input type="checkbox" checked={!out.has(order.id)} onChange={() => props.onToggle(order.id)} />
              {order.orderNumber} {nameOf(order.detail?.recipients[0]?.person)}{' '}
              <strong>{t(...REASONS[reason])}</strong>
            </label>
          </li>
        ))}
      </ul>
    </details>
  )
}
