import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { OrderRow } from '../api.ts'
import { t } from '../i18n.ts'
import { keep, keptJson } from '../kept.ts'
import { dueDay, nameOf, number, shortTime, today } from '../parts/format.ts'
import type { Column } from '../parts/grid.tsx'
import { Icon } from '../parts/icon.tsx'
import { MallBadge } from '../parts/mall.tsx'
import { ChangeSign, Sign, StatusSign } from '../parts/sign.tsx'
import { holdWord, paymentWord, untilWord } from '../words.ts'
import { Marks } from './marks.tsx'

export function Wish({ order, none }: { order: Pick<OrderRow, 'detail'>; none?: ReactNode }) {
  const wishes = order.detail?.recipients.map((one) => one.wish)
  // The first that anybody has: none is said only where it is known.
  const wish = wishes?.find(({ date, timeText, timeFrom }) => date ?? timeText ?? timeFrom)
  const text = wish?.timeText ?? (wish?.timeFrom ? `${wish.timeFrom}-${wish.timeTo ?? ''}` : '')
  const day = dueDay(wish?.date ?? null)
  const words = [day, bandOf(text)].filter(Boolean).join(' ')
  const whole = [day, text].filter(Boolean).join(' ')
  return words === '' ? wishes && none : <span title={whole}>{words}</span>
}

/** 12-14時 of the malls' 12:00～14:00, 12時〜14時 or 12:00-14:00, as the column is narrow; other words stay. */
export const bandOf = (text: string): string =>
  text.replace(
    /^0?(\d{1,2})(?::00|時)?\s*[〜～~-]\s*0?(\d{1,2})(?::00|時)?(?:の間)?$/,
    (_, from, to) => `${from}-${to}時`,
  )

/** Late is red with its date, today amber; other days are plain. */
export function ShipBy({ order }: { order: Pick<OrderRow, 'detail' | 'mallState'> }) {
  const dayOf = order.detail?.delivery.shipBy?.slice(0, 10)
  if (!dayOf) return <span className="quiet">{t('期限なし', 'none')}</span>
  const isOpen = order.mallState === 'open'
  if (isOpen && dayOf < today())
    return (
      <span className="due-late">
        <Icon name="alert" />
        <span className="for-reader">{t('期限切れ', 'late')} </span>
        {dueDay(dayOf)}
      </span>
    )
  if (isOpen && dayOf === today())
    return (
      <span className="due-today">
        <Icon name="clock" />
        {t('今日', 'today')}
      </span>
    )
  return dueDay(dayOf)
}

/** Why an order is on 保留 and until when; a day that has come stands out. */
export function OnHold({ order }: { order: Pick<OrderRow, 'status' | 'onHoldDate' | 'onHoldReason'> }) {
  const { status, onHoldDate: until, onHoldReason: reason } = order
  if (status !== 'on_hold' || (until === null && reason === null)) return null
  const text = until === null ? '' : untilWord(until)
  return (
    <span title={[text, reason].filter(Boolean).join(' ')}>
      {until !== null && until <= today() ? <Sign tone="attention">{text}</Sign> : text} <bdi>{reason}</bdi>
    </span>
  )
}

/** 1/2: one of two recipients has their parcel, the other waits. */
export function LeftInPart({ order: { shipping } }: { order: Pick<OrderRow, 'shipping'> }) {
  if (shipping?.state !== 'part') return null
  const { shipped, total } = shipping
  const title = t(
    `送付先${number(total)}件のうち${number(shipped)}件を出荷済み。残りの送り状番号を入れてください。`,
    `${shipped} of ${total} recipients shipped: enter the other tracking numbers.`,
  )
  return (
    <span title={title}>
      <Sign tone="warning">{t(`出荷 ${shipped}/${total}`, `${shipped}/${total} shipped`)}</Sign>{' '}
    </span>
  )
}

/** Shows the state of a change. One word has room, so a hold appears only where there is no change. */
export function OrderState(props: {
  order: Pick<OrderRow, 'mallState' | 'changeState' | 'holds' | 'shipping'>
  withHold?: boolean
}) {
  const { order, withHold = false } = props
  if (order.mallState === 'cancelled') return <Sign tone="cancelled">{t('モール取消', 'Cancelled')}</Sign>
  return (
    <>
      <LeftInPart order={order} />
      {order.changeState !== 'none' || !withHold || order.holds.length === 0 ? (
        <ChangeSign state={order.changeState} />
      ) : (
        <Sign tone="hold" title={order.holds.map(holdWord).join('、')}>
          <span className="sign-words">{order.holds.map(holdWord).join('、')}</span>
        </Sign>
      )}
    </>
  )
}

/** Every column the list can show. */
type MallName = (name: string, shopId: string) => string

export function allColumns(mall: MallName, shop: (id: string) => string): Column<OrderRow>[] {
  return [
    {
      id: 'marks',
      label: t('マーク', 'Marks'),
      width: 7.6,
      cell: (order) => <Marks order={order} />,
    },
    {
      id: 'mall',
      sort: ['marketplace', '-marketplace'],
      label: t('モール', 'Mall'),
      width: 4,
      // Two shops of one mall have one letter: the title tells them apart.
      cell: (order) => (
        <MallBadge
          name={order.marketplace}
          label={[mall(order.marketplace, order.shopId), shop(order.shopId)].join(' ').trim()}
        />
      ),
    },
    { id: 'shop', label: t('店舗', 'Shop'), width: 9, cell: (order) => shop(order.shopId) },
    {
      id: 'orderedAt',
      sort: ['oldest', 'newest'],
      label: t('注文日時', 'Ordered'),
      width: 8.2,
      cell: (order) => shortTime(order.orderedAt),
    },
    {
      id: 'number',
      sort: ['number', '-number'],
      label: t('受注番号', 'Number'),
      width: 15.2,
      grow: 0.4,
      cell: (order) => (
        <Link href={`/orders/${order.id}`} className="number" tabIndex={-1}>
          {order.orderNumber}
        </Link>
      ),
    },
    {
      id: 'status',
      label: t('ステータス', 'Status'),
      width: 9.4,
      cell: (order) => <StatusSign status={order.status} shipping={order.shipping} />,
    },
    {
      id: 'recipient',
      label: t('送付先', 'Recipient'),
      width: 6,
      grow: 0.7,
      cell: (order) => {
        const recipients = order.detail?.recipients ?? []
        if (order.detail === null) return <span className="quiet">{t('保存期間満了', 'Removed')}</span>
        return `${nameOf(recipients[0]?.person)}${recipients.length > 1 ? ` +${recipients.length - 1}` : ''}`
      },
    },
    {
      id: 'buyer',
      label: t('注文者', 'Buyer'),
      width: 7,
      grow: 0.7,
      cell: (order) => nameOf(order.detail?.buyer),
    },
    {
      id: 'prefecture',
      label: t('都道府県', 'Prefecture'),
      width: 6,
      cell: (order) => order.detail?.recipients[0]?.person.prefecture ?? '',
    },
    {
      id: 'items',
      sort: ['item', '-item'],
      label: t('商品', 'Items'),
      width: 6.6,
      grow: 1.4,
      cell: (order) => {
        const name = order.detail?.items.find((item) => !item.deleted)?.name ?? ''
        return (
          <span title={order.detail?.items.map((item) => `${item.name} ×${item.quantity}`).join('\n')}>
            {name}
            {order.itemLines > 1 && (
              <span className="quiet"> {t(`ほか${order.itemLines - 1}`, `+${order.itemLines - 1}`)}</span>
            )}
          </span>
        )
      },
    },
    {
      id: 'quantity',
      sort: ['quantity', '-quantity'],
      label: t('点数', 'Pieces'),
      width: 3.5,
      align: 'right',
      cell: (order) => number(order.itemQuantity),
    },
    {
      id: 'amount',
      sort: ['amount', '-amount'],
      label: t('請求金額', 'Billed'),
      width: 5.4,
      align: 'right',
      cell: (order) => number(order.billedAmount),
    },
    {
      id: 'payment',
      sort: ['paymentKind', '-paymentKind'],
      label: t('支払', 'Payment'),
      width: 5.4,
      grow: 0.2,
      cell: (order) => paymentWord(order.paymentKind),
    },
    {
      id: 'wish',
      sort: ['wishedOn', '-wishedOn'],
      label: t('希望日', 'Wish'),
      width: 10.1,
      cell: (order) => <Wish order={order} />,
    },
    {
      id: 'method',
      sort: ['deliveryMethod', '-deliveryMethod'],
      label: t('配送方法', 'Delivery'),
      width: 8,
      cell: (order) => order.detail?.delivery.methodName ?? '',
    },
    {
      id: 'shipBy',
      sort: ['shipBy', '-shipBy'],
      label: t('発送期限', 'Ship by'),
      width: 7.2,
      cell: (order) => <ShipBy order={order} />,
    },
    {
      id: 'phone',
      label: t('電話', 'Phone'),
      width: 8,
      cell: ({ detail }) => detail?.recipients[0]?.person.phone ?? detail?.buyer.phone ?? '',
    },
    {
      id: 'address',
      label: t('住所', 'Address'),
      width: 12,
      grow: 1.4,
      cell: (order) => {
        const person = order.detail?.recipients[0]?.person
        const address = [person?.prefecture, person?.city, person?.address1, person?.address2]
          .filter(Boolean)
          .join(' ')
        return (
          <span title={address}>
            <bdi>{address}</bdi>
          </span>
        )
      },
    },
    {
      id: 'note',
      label: t('メモ', 'Memo'),
      width: 8,
      grow: 1,
      cell: ({ detail }) => (
        <span title={detail?.notes.shop ?? ''}>
          <bdi>{detail?.notes.shop}</bdi>
        </span>
      ),
    },
    {
      id: 'holds',
      label: t('モール側保留', 'Holds'),
      width: 9.4,
      cell: (order) =>
        order.holds.length > 0 && <Sign tone="hold">{order.holds.map(holdWord).join('、')}</Sign>,
    },
    {
      id: 'onHold',
      label: t('保留の期日・理由', 'On hold'),
      width: 9,
      grow: 0.8,
      cell: (order) => <OnHold order={order} />,
    },
    {
      id: 'change',
      label: t('状態', 'State'),
      width: 9.6,
      cell: (order) => <OrderState order={order} withHold />,
    },
    {
      id: 'tracking',
      label: t('送り状番号', 'Tracking'),
      width: 9,
      cell: (order) =>
        order.detail?.recipients
          .flatMap((recipient) => recipient.parcels.map((parcel) => parcel.trackingNumber))
          .filter(Boolean)
          .join(' ') ?? '',
    },
  ]
}

/** Columns of the list as long as nobody chooses any, in their order. */
const DEFAULT = [
  ...(['shipBy', 'marks', 'mall', 'number', 'recipient', 'items', 'amount', 'payment', 'wish'] as const),
  ...(['method', 'phone', 'address', 'note', 'change', 'orderedAt'] as const),
] as const
type DefaultColumn = (typeof DEFAULT)[number]

/** From what a row is nothing without to what can be looked up in the order. */
const BY_NEED: readonly DefaultColumn[] = [
  ...(['number', 'recipient', 'shipBy', 'mall', 'marks', 'change', 'items', 'amount', 'wish'] as const),
  ...(['payment', 'orderedAt'] as const),
]
/** Only where an item's name keeps more room than it needs at least. */
const WITH_ROOM: readonly DefaultColumn[] = ['method', 'phone', 'address', 'note']
const ROOM_REM = 9.6

/** The tick and the row's edges. */
const TICK_REM = 3.5
/** A scroll bar beside the rows. */
const SCROLLBAR_REM = 1.1

/** Chooses as many columns as a list of this width shows unscrolled, beside one that is there in any case. */
export function defaultColumns(widthRem: number, besideId?: string): string[] {
  const plain = (text: string) => text
  const widths = new Map(allColumns(plain, plain).map(({ id, width }) => [id, width]))
  const chosen = new Set<string>()
  let left = widthRem - TICK_REM - SCROLLBAR_REM - (widths.get(besideId ?? '') ?? 0)
  const take = (ids: readonly string[]) => {
    for (const id of ids) {
      const width = widths.get(id) ?? 0
      // Tenths of a rem do not add up exactly.
      if (width - left > 0.01) continue
      chosen.add(id)
      left -= width
    }
  }
  take(BY_NEED)
  left -= ROOM_REM
  take(WITH_ROOM)
  return DEFAULT.filter((id) => chosen.has(id))
}

/** Columns of the list in their order, kept by this browser; null where nobody has chosen any. */
export const keptColumns = (): string[] | null => keptJson('columns', null)
export const keepColumns = (ids: readonly string[] | null): void =>
  keep('columns', ids === null ? null : JSON.stringify(ids))

/** A row on a phone: who, what, until when. */
export const cardColumn = (mall: MallName): Column<OrderRow> => ({
  id: 'card',
  label: t('受注', 'Order'),
  width: 15,
  grow: 1,
  cell: (order) => (
    <div className="card-lines">
      <p className="card-line">
        <MallBadge name={order.marketplace} label={mall(order.marketplace, order.shopId)} />
        <bdi className="card-name">{nameOf(order.detail?.recipients[0]?.person)}</bdi>
        <span className="card-amount">¥{number(order.billedAmount)}</span>
      </p>
      <p className="card-line">
        <Link href={`/orders/${order.id}`} className="number" tabIndex={-1}>
          {order.orderNumber}
        </Link>
        <span className="card-end">
          <ShipBy order={order} />
        </span>
      </p>
      <p className="card-line">
        <span className="card-item quiet">{order.detail?.items[0]?.name}</span>
        <Marks order={order} />
      </p>
      <p className="card-line">
        <OrderState order={order} />
        {order.holds.length > 0 && <Sign tone="hold">{order.holds.map(holdWord).join('、')}</Sign>}
        <OnHold order={order} />
      </p>
    </div>
  ),
})
