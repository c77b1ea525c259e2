import type { Order, OrderDetail } from '../api.ts'
import { useMarkLabels } from '../data.ts'
import { t } from '../i18n.ts'
import { dueDay, nameOf, number, paperDay } from '../parts/format.ts'
import { Barcode } from './barcode.tsx'
import { ownItemCode } from './item-code.ts'
import { byShelf, type FindListed } from './listed-items.ts'
import { Logo } from './logo.tsx'
import { Address, recipientsOf } from './notes.tsx'
import { PagedPaper } from './paged.tsx'
import type { Papers } from './papers.ts'

export type Printed = Order & { detail: OrderDetail }
type Item = OrderDetail['items'][number]

/** Picks all orders at once: a line for each item, with the sum of all. */
export function Picking({ orders, find }: { orders: readonly Printed[]; find: FindListed }) {
  const lines = new Map<
    string,
    { code: string; name: string; shelf: string; jan: string; quantity: number; orders: Set<string> }
  >()
  for (const { id, detail } of orders) {
    for (const item of detail.items) {
      if (item.deleted) continue
      const code = ownItemCode(item)
      const options = item.options.map(({ value }) => value).join(' ')
      const key = `${code} ${item.name} ${options}`
      const line = lines.get(key) ?? {
        code,
        name: `${item.name} ${options}`.trim(),
        shelf: find(id, item.lineId)?.shelf ?? '',
        jan: item.jan || (find(id, item.lineId)?.jan ?? ''),
        quantity: 0,
        orders: new Set(),
      }
      // Two lines of one order, as for two recipients, are one order.
      line.orders.add(id)
      lines.set(key, { ...line, quantity: line.quantity + item.quantity })
    }
  }
  const sorted = [...lines].sort(([, a], [, b]) => byShelf(a.shelf, b.shelf) || a.code.localeCompare(b.code))
  const hasShelves = sorted.some(([, { shelf }]) => shelf !== '')
  const title = `${t('ピッキングリスト', 'Picking list')} ${paperDay(Date.now())}`
  const pieces = sorted.reduce((sum, [, { quantity }]) => sum + quantity, 0)
  return (
    <PagedPaper
      head={
        <header className="sheet-head">
          <h2>{title}</h2>
          <div>
            {t(
              `受注 ${number(orders.length)}件 商品 ${number(sorted.length)}種 数量 ${number(pieces)}点`,
              `${number(orders.length)} orders, ${number(sorted.length)} items, ${number(pieces)} pieces`,
            )}
          </div>
        </header>
      }
      columns={
        <tr>
          <ItemHeads shelves={hasShelves} />
          <th scope="col" className="num">
            {t('受注数', 'Orders')}
          </th>
        </tr>
      }
      rows={sorted.map(([key, line]) => ({
        key,
        noted: false,
        cells: (
          <>
            <td aria-hidden="true">☐</td>
            {hasShelves && <td>{line.shelf}</td>}
            <td>{line.code}</td>
            <td>{line.name}</td>
            <td className="number">{line.jan}</td>
            <td className="num">
              <strong>{number(line.quantity)}</strong>
            </td>
            <td className="num">{number(line.orders.size)}</td>
          </>
        ),
      }))}
      tail={null}
      note=""
      foot={(page, of) => `${title}　${t(`${page} / ${of} ページ`, `page ${page} of ${of}`)}`}
    />
  )
}

/** 出荷指示書: what goes into each parcel, with all that its packer has to know, and no price. */
export function PackingOrders(props: {
  orders: readonly Printed[]
  find: FindListed
  papers: ReadonlyMap<string, Papers>
  shop: (id: string) => string
}) {
  const { orders, find, papers, shop } = props
  const labels = useMarkLabels()
  return orders.flatMap((order) =>
    recipientsOf(order.detail).map((recipient, index, all) => (
      <PackingOrder
        key={`${order.id} ${recipient.id}`}
        order={order}
        find={find}
        papers={papers.get(order.shopId)}
        shop={shop(order.shopId)}
        recipient={recipient}
        place={all.length > 1 ? `${index + 1}/${all.length}` : null}
        marks={order.marks.map((code) => labels?.get(code) ?? code)}
        together={orders.filter(
          ({ id, bundleId }) => id !== order.id && bundleId && bundleId === order.bundleId,
        )}
      />
    )),
  )
}

/** Lines that surely have room on one page: of more, each page says whose parcel it is. */
const ON_ONE_PAGE = 12

function PackingOrder(props: {
  order: Printed
  recipient: OrderDetail['recipients'][number]
  place: string | null
  marks: readonly string[]
  find: FindListed
  papers: Papers | undefined
  shop: string
  /** Orders that go in the same parcel, as far as they are printed. */
  together: readonly Printed[]
}) {
  const { order, recipient, place, papers } = props
  const { detail } = order
  const listed = (item: Item) => props.find(order.id, item.lineId)
  const items = detail.items
    .filter((item) => !item.deleted && item.recipientId === recipient.id)
    .sort((one, other) => byShelf(listed(one)?.shelf ?? '', listed(other)?.shelf ?? ''))
  const hasShelves = items.some((item) => listed(item)?.shelf)
  const numbers = recipient.parcels.flatMap(({ trackingNumber }) => trackingNumber ?? [])
  const { wish, gift } = recipient
  const wrappings = [...gift.wrappings, ...detail.gift.wrappings].flatMap(({ name }) => name ?? [])
  const facts: readonly (readonly [label: string, value: string])[] = [
    [t('発送期限', 'Ship by'), dueDay(detail.delivery.shipBy)],
    [t('お届け希望', 'Wish'), [dueDay(wish.date), wish.timeText ?? ''].filter(Boolean).join(' ')],
    [t('置き配', 'Drop off'), wish.dropOff ?? ''],
    [
      t('配送方法', 'Method'),
      [detail.delivery.methodName, detail.delivery.temperature].filter(Boolean).join(' '),
    ],
    [t('お支払', 'Payment'), detail.payment.kind === 'cod' ? t('代引', 'COD') : ''],
    [
      t('同梱', 'Together'),
      order.bundleId === null
        ? ''
        : props.together.map(({ orderNumber }) => orderNumber).join('、') || t('ほかの受注と', 'with others'),
    ],
    [
      t('ギフト', 'Gift'),
      detail.gift.requested || gift.requested ? t('あり（金額のわかる紙を入れない）', 'Yes: no prices') : '',
    ],
    [t('包装', 'Wrapping'), [...new Set(wrappings)].join('、')],
    [t('のし', 'Noshi'), gift.noshi ?? detail.gift.noshi ?? ''],
    [t('メッセージ', 'Message'), gift.message ?? detail.gift.message ?? ''],
    [t('マーク', 'Marks'), [...new Set([...order.labels.flags, ...props.marks])].join('、')],
    [t('備考', 'Notes'), detail.notes.buyer ?? ''],
    [t('店舗メモ', 'Memo'), detail.notes.shop ?? ''],
  ]
  return (
    <article className="sheet packing-order">
      <header className="sheet-head">
        <div>
          <h2>
            {t('出荷指示書', 'Packing order')} {place}
          </h2>
          <Barcode text={order.orderNumber} />
          <div className="number">{order.orderNumber}</div>
          {numbers.map((one) => (
            <div key={one}>
              <Barcode text={one} />
              <div className="number">
                {t('送り状番号', 'Tracking')} {one}
              </div>
            </div>
          ))}
        </div>
        <div>
          <Logo papers={papers} shop={props.shop} />
          <div>{props.shop}</div>
          <Address person={recipient.person} />
        </div>
      </header>
      {papers?.packText && <p className="multiline">{papers.packText}</p>}
      <dl className="packing-facts">
        {facts.map(
          ([label, value]) =>
            value !== '' && (
              <div key={label} className="paper-fact">
                <dt>{label}</dt>
                <dd className="multiline">{value}</dd>
              </div>
            ),
        )}
        {nameOf(detail.buyer) !== nameOf(recipient.person) && (
          <div className="paper-fact">
            <dt>{t('ご注文者', 'Buyer')}</dt>
            <dd>{nameOf(detail.buyer)}</dd>
          </div>
        )}
      </dl>
      <table>
        <thead>
          {items.length > ON_ONE_PAGE && (
            <tr>
              <td colSpan={hasShelves ? 6 : 5}>
                {[order.orderNumber, place, nameOf(recipient.person)].filter(Boolean).join('　')}
              </td>
            </tr>
          )}
          <tr>
            <ItemHeads shelves={hasShelves} />
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <PackingLine key={item.lineId} item={item} listed={listed(item)} shelves={hasShelves} />
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={hasShelves ? 5 : 4}>
              {t('数量合計', 'Pieces')}
            </th>
            <td className="num">
              <strong>{number(items.reduce((sum, { quantity }) => sum + quantity, 0))}</strong>
            </td>
          </tr>
        </tfoot>
      </table>
    </article>
  )
}

function PackingLine(props: { item: Item; listed: ReturnType<FindListed>; shelves: boolean }) {
  const { item, listed } = props
  return (
    <tr>
      <td aria-hidden="true">☐</td>
      {props.shelves && <td>{listed?.shelf}</td>}
      <td>{ownItemCode(item)}</td>
      <td>
        {item.name}
        {item.options.map(({ name, value }, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two questions may have one name
          <div key={at}>
            {name}: {value}
          </div>
        ))}
      </td>
      <td className="number">{item.jan || listed?.jan}</td>
      <td className="num">
        <strong>{number(item.quantity)}</strong>
      </td>
    </tr>
  )
}

/** Heads of the columns that a list of all goods and a parcel's own have alike. */
const ItemHeads = ({ shelves }: { shelves: boolean }) => (
  <>
    <th scope="col">{t('済', 'Done')}</th>
    {shelves && <th scope="col">{t('棚番', 'Shelf')}</th>}
    <th scope="col">{t('商品コード', 'Code')}</th>
    <th scope="col">{t('商品', 'Item')}</th>
    <th scope="col">JAN</th>
    <th scope="col" className="num">
      {t('数量', 'Quantity')}
    </th>
  </>
)
