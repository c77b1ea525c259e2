import { useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useSearch } from 'wouter'
import { answer, api, factsOf, type OrderDetail } from '../api.ts'
import { chosen } from '../chosen.ts'
import { useLabelFormats } from '../csv/label-export.tsx'
import { useNames } from '../data.ts'
import { t } from '../i18n.ts'
import { day, nameOf, number, yen } from '../parts/format.ts'
import { billOf } from '../parts/money.tsx'
import { Empty, Loading } from '../parts/states.tsx'
import { useContract } from '../settings/contract.tsx'

/** Printing: 納品書, one a page and without a price where it is a gift, or one ピッキングリスト of all. */
export default function Print() {
  const picking = useSearch().includes('kind=picking')
  const orders = useMemo(chosen, [])
  const { shop } = useNames()
  const issuer = useIssuer()
  const read = useQueries({
    queries: orders.map(({ id }) => ({
      queryKey: ['order', id],
      queryFn: () => answer(api.GET('/v1/orders/{id}', { params: { path: { id } } })),
    })),
  })
  if (orders.length === 0) {
    return (
      <Empty>{t('印刷する受注を一覧で選択してから開いてください。', 'Tick orders in the list first.')}</Empty>
    )
  }
  const found = read.flatMap(({ data }) => (data?.detail ? [{ ...data, detail: data.detail }] : []))
  const isCancelled = ({ status, mallState }: (typeof found)[number]) =>
    status === 'cancelled' || mallState === 'cancelled'
  // Nothing is picked for an order that will not leave.
  const picked = found.filter((order) => !isCancelled(order)).map(({ detail }) => detail)
  const left = picking ? found.length - picked.length : 0
  // Not read, or no longer kept: a parcel would go without its paper.
  const missing = orders.length - found.length
  if (read.some(({ isPending }) => isPending)) return <Loading />
  return (
    <div className="desk print-screen">
      <div className="row no-print">
        <h1>{picking ? t('ピッキングリスト', 'Picking list') : t('納品書', 'Delivery notes')}</h1>
        <button type="button" className="button button-main" onClick={() => window.print()}>
          {t('印刷する', 'Print')}
        </button>
        <span className="quiet">
          {t(`${number(found.length - left)}件`, `${found.length - left} orders`)}
        </span>
      </div>
      {missing > 0 && (
        <p className="note no-print">
          {t(
            `${number(missing)}件は、読み込めないか保存期間が過ぎているため印刷されません。`,
            `${missing} are not printed: they could not be read, or are no longer kept.`,
          )}
        </p>
      )}
      {left > 0 && (
        <p className="note no-print">
          {t(
            `キャンセルされた受注${number(left)}件は、ピッキングリストに載せていません。`,
            `${left} cancelled orders are not on the picking list.`,
          )}
        </p>
      )}
      {picking ? (
        <Picking orders={picked} />
      ) : (
        found.map((order) => (
          <Notes
            key={order.id}
            order={order.detail}
            cancelled={isCancelled(order)}
            issuer={issuer(order.shopId, shop(order.shopId))}
          />
        ))
      )}
    </div>
  )
}

interface Issuer {
  shop: string
  lines: readonly string[]
  registrationNumber: string | null
}

/** The seller: the sender of the labels, whichever tool has one, with the contract's registration. */
function useIssuer(): (shopId: string, shop: string) => Issuer {
  const formats = useLabelFormats().data?.formats ?? []
  const registrationNumber = useContract().data?.registrationNumber ?? null
  const settings = formats.find((one) => factsOf(one.settings).sender !== undefined)?.settings
  return (shopId, shop) => {
    const of = factsOf(factsOf(settings).sendersByShop)[shopId] ?? factsOf(settings).sender
    const { name, postalCode, address, building, phone } = factsOf(of)
    const texts = [
      name === shop ? '' : name,
      postCode(postalCode),
      [address, building].filter(Boolean).join(' '),
    ]
    return {
      shop,
      registrationNumber,
      lines: [...texts, phone && `${t('電話', 'Phone')} ${phone}`].flatMap((one) =>
        one ? [String(one)] : [],
      ),
    }
  }
}

const postCode = (code: unknown): string =>
  typeof code === 'string' && code !== '' ? `〒${code.replace(/^(\d{3})(\d{4})$/, '$1-$2')}` : ''

/** Each recipient gets a note of what is in that parcel. */
function Notes(props: { order: OrderDetail; cancelled: boolean; issuer: Issuer }) {
  const { order, issuer } = props
  const itemsTo = (id: string) => order.items.filter((item) => !item.deleted && item.recipientId === id)
  // One whose lines were all taken out gets no parcel, and no note.
  const wanted = order.recipients.filter(({ id }) => itemsTo(id).length > 0)
  return wanted.map((recipient) => {
    const { person } = recipient
    const gift = order.gift.requested || recipient.gift.requested
    const items = itemsTo(recipient.id)
    const whole = wanted.length === 1
    const isBuyer = nameOf(order.buyer) === nameOf(person)
    return (
      <article key={recipient.id} className="sheet">
        <header className="sheet-head">
          <h2>{t('納品書', 'Delivery note')}</h2>
          {props.cancelled && (
            <strong className="banner-cancelled">{t('キャンセルされた受注', 'A cancelled order')}</strong>
          )}
          <p>
            {t('受注番号', 'Order')} <span className="number">{order.orderNumber}</span>
            <br />
            {t('注文日', 'Ordered')} {day(order.orderedAt)}
          </p>
        </header>
        <div className="sheet-parties">
          <address className="sheet-address">
            {postCode(person.postalCode)}
            <br />
            {[person.prefecture, person.city, person.address1].join('')} {person.address2}
            <br />
            {person.company && (
              <>
                {person.company}
                <br />
              </>
            )}
            <strong>
              {nameOf(person)} {t('様', '')}
            </strong>
          </address>
          <address className="sheet-address">
            <strong>{issuer.shop}</strong>
            {issuer.lines.map((line) => (
              <div key={line}>{line}</div>
            ))}
            {!gift && issuer.registrationNumber && (
              <div>
                {t('登録番号', 'Registration')} {issuer.registrationNumber}
              </div>
            )}
          </address>
        </div>
        {!gift && !isBuyer && (
          <p>
            {t('ご注文者', 'Buyer')} {nameOf(order.buyer)} {t('様', '')}
          </p>
        )}
        <table>
          <thead>
            <tr>
              <th scope="col">{t('商品番号', 'Code')}</th>
              <th scope="col">{t('商品', 'Item')}</th>
              <th scope="col" className="num">
                {t('数量', 'Quantity')}
              </th>
              {!gift && (
                <>
                  <th scope="col" className="num">
                    {t('単価', 'Price')}
                  </th>
                  <th scope="col" className="num">
                    {t('小計', 'Sum')}
                  </th>
                </>
              )}
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <tr key={item.lineId}>
                <td>{item.itemCode ?? item.mallItemId}</td>
                <td>
                  {item.name}
                  {!gift && item.taxRate === REDUCED && ' ※'}
                  {item.options.map(({ name, value }) => (
                    <div key={name} className="quiet">
                      {name}: {value}
                    </div>
                  ))}
                </td>
                <td className="num">{number(item.quantity)}</td>
                {!gift && (
                  <>
                    <td className="num">{yen(shownPrice(item))}</td>
                    <td className="num">{yen(item.subtotal)}</td>
                  </>
                )}
              </tr>
            ))}
          </tbody>
        </table>
        {!gift && whole && <Money order={order} />}
        {!gift && !whole && (
          <p className="quiet">
            {t(
              'お届け先ごとに分けてお届けするため、送料・割引を含む請求金額は記載していません。',
              'Sent to several addresses: postage, discounts and the bill are not shown here.',
            )}
          </p>
        )}
        {!gift && items.some(({ taxRate }) => taxRate === REDUCED) && (
          <p className="quiet">{t('※は軽減税率（8%）の対象です。', '※ At the reduced rate of 8 %.')}</p>
        )}
        {!gift && isBuyer && order.notes.buyer && (
          <p className="multiline">
            {t('備考', 'Notes')}: {order.notes.buyer}
          </p>
        )}
        {recipient.gift.message && <p className="multiline">{recipient.gift.message}</p>}
      </article>
    )
  })
}

/** Percent of 軽減税率: an 適格請求書 marks its goods. */
const REDUCED = 8

/** The price that leads to the line's sum: a mall may tell one without tax beside a sum with it. */
function shownPrice({ unitPrice, quantity, subtotal }: OrderDetail['items'][number]): number | null {
  if (subtotal === null || unitPrice === null || unitPrice * quantity === subtotal) return unitPrice
  return subtotal % quantity === 0 ? subtotal / quantity : null
}

/** 納品書 goes to the buyer: additions and deductions lead to the bill; what we cannot explain gets a line. */
function Money({ order }: { order: OrderDetail }) {
  const { lines, difference } = billOf(order)
  const rest = difference === 0 ? [] : [{ label: t('その他の調整', 'Other'), amount: difference }]
  return (
    <dl className="sheet-money">
      {[...lines, ...rest].map(({ label, amount }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two coupons may have one name
        <div key={index} className="fact">
          <dt>{label}</dt>
          <dd className="num">{yen(amount)}</dd>
        </div>
      ))}
      <div className="fact sheet-total">
        <dt>{t('請求金額', 'Billed')}</dt>
        <dd className="num">
          <strong>{yen(order.totals.billed)}</strong>
        </dd>
      </div>
      {order.taxSummary.map(
        ({ rate, taxable, tax }) =>
          taxable !== null && (
            <div key={rate} className="fact quiet">
              <dt>{t(`${rate}%対象（税込）`, `At ${rate} %`)}</dt>
              <dd className="num">
                {yen(taxable)}
                {tax !== null && t(`（うち消費税 ${yen(tax)}）`, ` (tax ${yen(tax)})`)}
              </dd>
            </div>
          ),
      )}
    </dl>
  )
}

function Picking({ orders }: { orders: readonly OrderDetail[] }) {
  const lines = new Map<
    string,
    { code: string; name: string; jan: string; quantity: number; orders: Set<string> }
  >()
  for (const order of orders) {
    for (const item of order.items) {
      if (item.deleted) continue
      const code = item.merchantSku ?? item.sku ?? item.itemCode ?? item.mallItemId ?? ''
      const options = item.options.map(({ value }) => value).join(' ')
      const key = `${code} ${item.name} ${options}`
      const line = lines.get(key) ?? {
        code,
        name: `${item.name} ${options}`.trim(),
        jan: item.jan ?? '',
        quantity: 0,
        orders: new Set(),
      }
      // Two lines of one order, as for two recipients, are one order.
      line.orders.add(order.orderNumber)
      lines.set(key, { ...line, quantity: line.quantity + item.quantity })
    }
  }
  const sorted = [...lines].sort(([, a], [, b]) => a.code.localeCompare(b.code))
  return (
    <table className="sheet">
      <thead>
        <tr>
          <th scope="col">{t('済', 'Done')}</th>
          <th scope="col">{t('商品コード', 'Code')}</th>
          <th scope="col">{t('商品', 'Item')}</th>
          <th scope="col">JAN</th>
          <th scope="col" className="num">
            {t('数量', 'Quantity')}
          </th>
          <th scope="col" className="num">
            {t('受注数', 'Orders')}
          </th>
        </tr>
      </thead>
      <tbody>
        {sorted.map(([key, line]) => (
          <tr key={key}>
            <td aria-hidden="true">☐</td>
            <td>{line.code}</td>
            <td>{line.name}</td>
            <td className="number">{line.jan}</td>
            <td className="num">
              <strong>{number(line.quantity)}</strong>
            </td>
            <td className="num">{number(line.orders.size)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
