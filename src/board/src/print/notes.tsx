import type { OrderDetail } from '../api.ts'
import { t } from '../i18n.ts'
import { nameOf, number, paperDay, today, yen } from '../parts/format.ts'
import { billOf } from '../parts/money.tsx'
import { type cancellationOf, paymentWord } from '../words.ts'
import { type PaperSums, sumsByRecipient, withShopRate } from './amounts.ts'
import { Barcode } from './barcode.tsx'
import { type Issuer, postCode } from './issuer.ts'
import { ownItemCode } from './item-code.ts'
import { Logo } from './logo.tsx'
import { PagedPaper } from './paged.tsx'
import type { Papers } from './papers.ts'

type Recipient = OrderDetail['recipients'][number]

const itemsTo = (order: OrderDetail, id: string) =>
  order.items.filter((item) => !item.deleted && item.recipientId === id)

/** Recipients with something to send: one whose lines were all taken out gets no parcel, and no paper. */
export const recipientsOf = (order: OrderDetail): Recipient[] =>
  order.recipients.filter(({ id }) => itemsTo(order, id).length > 0)

/** Percent of 軽減税率: an 適格簡易請求書 marks its goods. */
const REDUCED = 8

/** 納品書: each recipient gets a note of what is in that parcel, without a price where it is a gift. */
export function Notes(props: {
  order: OrderDetail
  cancellation: ReturnType<typeof cancellationOf>
  issuer: Issuer
  /** The shop's own words and logo. */
  papers: Papers | undefined
}) {
  const order = withShopRate(props.order, props.issuer.unknownTaxRate)
  const recipients = recipientsOf(order)
  const sums = sumsByRecipient(order, recipients)
  return recipients.map((recipient, index) => (
    <Note
      key={recipient.id}
      {...props}
      order={order}
      recipient={recipient}
      place={recipients.length > 1 ? `${index + 1}/${recipients.length}` : null}
      sums={sums?.get(recipient.id) ?? null}
    />
  ))
}

function Note(props: {
  order: OrderDetail
  recipient: Recipient
  /** 1/2 where the order goes to two. */
  place: string | null
  sums: PaperSums | null
  cancellation: ReturnType<typeof cancellationOf>
  issuer: Issuer
  papers: Papers | undefined
}) {
  const { order, recipient, place, sums, issuer, papers } = props
  const items = itemsTo(order, recipient.id)
  const gift = order.gift.requested || recipient.gift.requested
  const isBuyer = nameOf(order.buyer) === nameOf(recipient.person)
  const shippedOn = recipient.parcels.map((one) => one.shippedOn).reduce(later, null)
  const numbers = recipient.parcels.flatMap(({ trackingNumber }) => trackingNumber ?? [])
  const head = (
    <>
      <header className="sheet-head">
        <div>
          <h2>{t('納品書', 'Delivery note')}</h2>
          {props.cancellation && (
            <strong className="banner-cancelled">
              {props.cancellation === 'done'
                ? t('キャンセルされた受注', 'A cancelled order')
                : t('キャンセル手続き中の受注', 'An order that is being cancelled')}
            </strong>
          )}
          <Barcode text={order.orderNumber} />
        </div>
        <dl className="paper-facts">
          <Fact label={t('受注番号', 'Order')}>{order.orderNumber}</Fact>
          <Fact label={t('注文日', 'Ordered')}>{paperDay(order.orderedAt)}</Fact>
          <Fact label={t('取引年月日', 'Date')}>
            {shippedOn === null
              ? `${paperDay(today())}${t('（発行日）', ' (issued)')}`
              : `${paperDay(shippedOn)}${t('（発送日）', ' (shipped)')}`}
          </Fact>
          {place && <Fact label={t('お届け先', 'Recipient')}>{place}</Fact>}
          {numbers.length > 0 && (
            <Fact label={t('送り状番号', 'Tracking')}>
              {numbers.map((one) => (
                <div key={one}>
                  {one}
                  <Barcode text={one} />
                </div>
              ))}
            </Fact>
          )}
        </dl>
      </header>
      <div className="sheet-parties">
        <Address person={recipient.person} />
        <address className="sheet-address">
          <Logo papers={papers} shop={issuer.shop} />
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
      {!isBuyer && nameOf(order.buyer) && (
        <p>
          {gift ? t('贈り主', 'From') : t('ご注文者', 'Buyer')} {nameOf(order.buyer)} {t('様', '')}
        </p>
      )}
      {papers?.headText && <p className="multiline">{papers.headText}</p>}
    </>
  )
  const columns = (
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
  )
  const rows = items.map((item) => {
    const noted = !gift && item.taxRate === REDUCED
    return {
      key: item.lineId,
      noted,
      cells: (
        <>
          <td>{ownItemCode(item)}</td>
          <td>
            {item.name}
            {noted && ' ※'}
            {item.options.map(({ name, value }, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two questions may have one name
              <div key={at} className="quiet">
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
        </>
      ),
    }
  })
  const tail = (
    <>
      <p className="paper-total">
        {t('数量合計', 'Pieces')}{' '}
        <strong>{number(items.reduce((sum, { quantity }) => sum + quantity, 0))}</strong> {t('点', '')}
      </p>
      {!gift && <Money order={order} sums={sums} whole={place === null} />}
      {!gift && <Payment order={order} />}
      {recipient.gift.message && <p className="multiline">{recipient.gift.message}</p>}
      {!gift && isBuyer && order.notes.buyer && (
        <p className="multiline">
          {t('備考', 'Notes')}: {order.notes.buyer}
        </p>
      )}
      {papers?.footText && <p className="multiline">{papers.footText}</p>}
    </>
  )
  return (
    <PagedPaper
      head={head}
      columns={columns}
      rows={rows}
      tail={tail}
      note={t('※は軽減税率（8%）の対象です。', '※ At the reduced rate of 8 %.')}
      foot={(page, of) =>
        t(
          `受注番号 ${order.orderNumber}　${page} / ${of} ページ`,
          `${order.orderNumber}, page ${page} of ${of}`,
        )
      }
    />
  )
}

const later = (one: string | null, other: string | null): string | null =>
  one === null || (other !== null && other > one) ? other : one

const Fact = (props: { label: string; children: React.ReactNode }) => (
  <div className="paper-fact">
    <dt>{props.label}</dt>
    <dd>{props.children}</dd>
  </div>
)

export function Address({ person }: { person: Recipient['person'] }) {
  return (
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
  )
}

/** The price that leads to the line's sum: a mall may tell one without tax beside a sum with it. */
function shownPrice({ unitPrice, quantity, subtotal }: OrderDetail['items'][number]): number | null {
  if (subtotal === null || unitPrice === null || unitPrice * quantity === subtotal) return unitPrice
  return subtotal % quantity === 0 ? subtotal / quantity : null
}

/** 納品書 goes to the buyer: additions and deductions lead to the bill; what we cannot explain gets a line. */
function Money({ order, sums, whole }: { order: OrderDetail; sums: PaperSums | null; whole: boolean }) {
  return (
    <dl className="sheet-money">
      {whole ? <Bill order={order} /> : <Share order={order} sums={sums} />}
      {sums?.rates.map(({ rate, amount, tax }) => (
        <div key={rate} className="fact quiet">
          <dt>{t(`${rate}%対象（税込）`, `At ${rate} %`)}</dt>
          <dd className="num">
            {yen(amount)}
            {tax !== null && t(`（うち消費税 ${yen(tax)}）`, ` (tax ${yen(tax)})`)}
          </dd>
        </div>
      ))}
      {sums === null && (
        <div className="quiet">
          {t(
            '税率の分からない商品があるため、税率ごとの合計は記載していません。',
            'A tax rate is not known, so there are no sums by rate.',
          )}
        </div>
      )}
    </dl>
  )
}

function Bill({ order }: { order: OrderDetail }) {
  const { lines, difference } = billOf(order)
  const rest = difference === 0 ? [] : [{ label: t('その他の調整', 'Other'), amount: difference }]
  return (
    <>
      {[...lines, ...rest].map(({ label, amount }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two coupons may have one name
        <Amount key={index} label={label} amount={amount} />
      ))}
      <Amount label={t('請求金額', 'Billed')} amount={order.totals.billed} total />
    </>
  )
}

/** The part of the bill that goes to this recipient. */
function Share({ order, sums }: { order: OrderDetail; sums: PaperSums | null }) {
  if (sums === null) return null
  return (
    <>
      <Amount label={t('商品合計', 'Goods')} amount={sums.goods} />
      {sums.others !== 0 && (
        <Amount
          label={t('送料・手数料・割引（このお届け先の分）', 'Fees and discounts')}
          amount={sums.others}
        />
      )}
      <Amount
        label={t('このお届け先の合計', 'Sum of this recipient')}
        amount={sums.goods + sums.others}
        total
      />
      <Amount label={t('注文全体の請求金額', 'Billed for the order')} amount={order.totals.billed} />
    </>
  )
}

const Amount = (props: { label: string; amount: number; total?: boolean }) => (
  <div className={props.total ? 'fact sheet-total' : 'fact'}>
    <dt>{props.label}</dt>
    <dd className="num">{props.total ? <strong>{yen(props.amount)}</strong> : yen(props.amount)}</dd>
  </div>
)

/** How it is paid, and what the buyer has to do, if anything. */
function Payment({ order }: { order: OrderDetail }) {
  const { kind, name, status, outstanding } = order.payment
  const isPaid = status === 'paid'
  const sentence = sentenceOf(kind, isPaid, outstanding ?? order.totals.billed)
  return (
    <p>
      {t('お支払方法', 'Payment')}: {name ?? paymentWord(kind)}
      {sentence && (
        <>
          <br />
          {sentence}
        </>
      )}
    </p>
  )
}

function sentenceOf(kind: string, isPaid: boolean, due: number): string {
  if (kind === 'cod' && due > 0)
    return t(
      `代金引換です。お受け取りの際に ${yen(due)} を配送員にお支払いください。`,
      `Cash on delivery: please pay ${yen(due)} to the carrier.`,
    )
  if (kind === 'deferred' || kind === 'invoice')
    return t(
      '後払いです。別に届く請求書の期限までにお支払いください。この納品書ではお支払いいただけません。',
      'Please pay by the bill that comes separately.',
    )
  if (kind === 'convenience_store' || kind === 'bank_transfer') {
    const place =
      kind === 'bank_transfer'
        ? t('銀行振込', 'bank transfer')
        : t('コンビニエンスストア', 'a convenience store')
    return isPaid
      ? t(`${place}でのお支払いを確認しました。`, `Paid by ${place}.`)
      : t(`${place}でのお支払いをお待ちしています。`, `To be paid by ${place}.`)
  }
  return isPaid ? t('お支払いはお済みです。', 'Paid.') : ''
}
