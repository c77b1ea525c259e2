import { Link } from 'wouter'
import type { Order, OrderDetail } from '../api.ts'
import { t } from '../i18n.ts'
import { Editable, EditableCard } from '../parts/editable.tsx'
import { dueDay, number, shortTime, yen } from '../parts/format.ts'
import { Bill } from '../parts/money.tsx'
import { Sign } from '../parts/sign.tsx'
import { ownItemCode } from '../print/item-code.ts'
import { holdWord, mallStateWord, paymentWord, statusWord } from '../words.ts'
import { Fact, Missing, PersonFacts, personLabels } from './order-facts.tsx'
import { useTimeline } from './order-history.tsx'

/** The first tab: what the buyer wrote, where each parcel goes with what is in it, the bill, who ordered. */
export function Overview({ order }: { order: Order }) {
  const { detail } = order
  if (!detail) return <Missing order={order} />
  return (
    <div className="order-columns">
      <div className="stack">
        {detail.notes.buyer && (
          <section className="note" aria-label={t('購入者の備考', 'Note of the buyer')}>
            <h2>{t('購入者の備考', 'Note of the buyer')}</h2>
            <bdi className="multiline">{detail.notes.buyer}</bdi>
          </section>
        )}
        {detail.warnings.length > 0 && (
          <section className="note" aria-label={t('注意', 'Does not fit')}>
            <h2>{t('注意', 'Does not fit')}</h2>
            <ul>
              {detail.warnings.map((warning) => (
                <li key={`${warning.code}${warning.field}`}>
                  {warning.message} <code className="quiet">{warning.code}</code>
                </li>
              ))}
            </ul>
          </section>
        )}
        {detail.recipients.map((recipient, index) => (
          <Recipient key={recipient.id} order={order} detail={detail} recipient={recipient} at={index} />
        ))}
        <section className="panel" aria-label={t('金額', 'Money')}>
          <h2>{t('金額', 'Money')}</h2>
          <Bill detail={detail} />
        </section>
      </div>
      <div className="stack">
        <EditableCard title={t('注文者', 'Buyer')} labels={new Map(personLabels('/buyer', detail.buyer))}>
          <PersonFacts at="/buyer" person={detail.buyer} order={order} />
        </EditableCard>
        <Memo />
        <Payment detail={detail} />
        <Latest order={order} />
      </div>
    </div>
  )
}

type OfRecipient = OrderDetail['recipients'][number]

/** Where one recipient's parcel is; nothing where the order is not that far. */
function Leaving({ order, recipient }: { order: Order; recipient: OfRecipient }) {
  const waits = order.shipping?.left.includes(recipient.id) ?? false
  const left = !waits && recipient.parcels.some((one) => one.trackingNumber ?? one.shippedOn)
  if (left) return <Sign tone="rest">{t('発送済み', 'Shipped')}</Sign>
  if (order.status !== 'ready_to_ship') return null
  return (
    <Sign tone="staged" icon="half">
      {order.shipping?.state === 'part' ? t('未出荷', 'Not shipped') : statusWord('ready_to_ship')}
    </Sign>
  )
}

const WISH = () =>
  [
    ['date', t('希望日', 'Date')],
    ['timeText', t('時間帯', 'Time')],
  ] as const

/** お届け先 of one parcel: its state and number, its address, and its own items. */
function Recipient(props: { order: Order; detail: OrderDetail; recipient: OfRecipient; at: number }) {
  const { order, detail, recipient, at } = props
  const of = detail.recipients.length
  const title = of > 1 ? t(`お届け先 ${at + 1}/${of}`, `To ${at + 1}/${of}`) : t('お届け先', 'To')
  const person = `/recipients/${at}/person`
  const wish = WISH().map(([field, label]) => [`/recipients/${at}/wish/${field}`, label] as const)
  const items = detail.items.filter((item) => recipient.lineIds.includes(item.lineId) && !item.deleted)
  return (
    <EditableCard
      title={title}
      labels={new Map([...personLabels(person, recipient.person), ...wish])}
      beside={
        <>
          <Leaving order={order} recipient={recipient} />
          {recipient.remoteArea && <Sign tone="warning">{t('離島・遠隔地', 'Remote area')}</Sign>}
          {recipient.gift.requested && <span className="mark">{t('ギフト', 'Gift')}</span>}
        </>
      }
    >
      <div className="recipient">
        <div className="stack">
          <PersonFacts at={person} person={recipient.person} order={order} />
          <dl>
            {wish.map(([pointer, label]) => (
              <Editable
                key={pointer}
                label={label}
                pointer={pointer}
                {...(pointer.endsWith('/date') ? { show: dueDay } : {})}
              />
            ))}
            <Fact label={t('置き配', 'Drop-off')}>{recipient.wish.dropOff}</Fact>
            <Fact label={t('受取場所', 'Picked up at')}>
              {recipient.pickup &&
                [recipient.pickup.name, recipient.pickup.address].filter(Boolean).join(' ')}
            </Fact>
            <Fact label={t('のし', 'Noshi')}>{recipient.gift.noshi}</Fact>
            <Fact label={t('メッセージ', 'Message')}>{recipient.gift.message}</Fact>
            <Fact label={t('包装', 'Wrapping')}>
              {recipient.gift.wrappings.map((one) => one.name).join('、')}
            </Fact>
          </dl>
        </div>
        <div>
          <ul className="item-lines">
            {items.map((item) => (
              <li key={item.lineId}>
                <span>
                  {item.name}
                  <span className="quiet item-code">{ownItemCode(item)}</span>
                </span>
                <span className="num">×{number(item.quantity)}</span>
              </li>
            ))}
          </ul>
          {recipient.parcels.map((parcel, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a parcel may have neither id nor number
            <p key={index}>
              {parcel.carrierName ?? parcel.carrierCode}{' '}
              <span className="number">{parcel.trackingNumber}</span>{' '}
              <span className="quiet">{dueDay(parcel.shippedOn)}</span>
            </p>
          ))}
        </div>
      </div>
    </EditableCard>
  )
}

const MEMO = () =>
  [
    ['/notes/shop', t('店舗メモ', 'Memo')],
    ['/notes/operator', t('担当者', 'In charge')],
    ['/delivery/methodName', t('配送方法', 'Method')],
    ['/delivery/temperature', t('温度帯', 'Temperature')],
  ] as const

function Memo() {
  const [[memo, memoLabel], [by, byLabel], [method, methodLabel], [cold, coldLabel]] = MEMO()
  return (
    <EditableCard title={t('店舗メモ・担当', 'Memo and delivery')} labels={new Map(MEMO())}>
      <dl>
        <Editable label={memoLabel} pointer={memo} multiline />
        <Editable label={byLabel} pointer={by} />
        <Editable label={methodLabel} pointer={method} />
        <Editable label={coldLabel} pointer={cold} options={['普通', '冷蔵', '冷凍']} />
      </dl>
    </EditableCard>
  )
}

function Payment({ detail }: { detail: OrderDetail }) {
  return (
    <section className="panel" aria-label={t('支払・モール', 'Payment and mall')}>
      <h2>{t('支払・モール', 'Payment and mall')}</h2>
      <dl>
        <Fact label={t('方法', 'Kind')}>{detail.payment.name ?? paymentWord(detail.payment.kind)}</Fact>
        <Fact label={t('入金', 'Paid')}>{paidWord(detail.payment.status)}</Fact>
        <Fact label={t('入金日', 'Paid at')}>{timeOrDay(detail.payment.paidAt)}</Fact>
        <Fact label={t('支払期限', 'Due')}>{dueDay(detail.payment.dueDate)}</Fact>
        <Fact label={t('請求金額', 'Billed')}>{yen(detail.totals.billed)}</Fact>
        <Fact label={t('ポイント利用', 'Points')}>
          {detail.points.used > 0 ? number(detail.points.used) : t('なし', 'none')}
        </Fact>
        <Fact label={t('モールの状態', 'State')}>
          {detail.mallStatus.name ?? detail.mallStatus.code} ({mallStateWord(detail.mallState)})
        </Fact>
        <Fact label={t('サブステータス', 'Sub-status')}>
          {detail.mallSubStatus?.name ?? detail.mallSubStatus?.code}
        </Fact>
        <Fact label={t('早期配達', 'Fast')}>{detail.delivery.express.join('、')}</Fact>
        <Fact label={t('キャンセル理由', 'Cancel reason')}>{detail.cancelReason?.text}</Fact>
        {detail.holds.map((hold) => (
          <Fact key={hold.kind} label={t('モール側保留', 'Hold')}>
            {holdWord(hold.kind)} {hold.until && `${shortTime(hold.until)}${t('まで', '')}`} {hold.note}
          </Fact>
        ))}
      </dl>
    </section>
  )
}

const MOST_EVENTS = 5

/** 最近の動き; all of them are on the tab of the history, which reads the same. */
function Latest({ order }: { order: Order }) {
  const events = useTimeline(order.id).data
  return (
    <section className="panel" aria-label={t('最近の動き', 'Latest')}>
      <div className="card-head">
        <h2>{t('最近の動き', 'Latest')}</h2>
        <Link className="card-pencil" href={`/orders/${order.id}?tab=history`}>
          {t('すべて', 'All')}
        </Link>
      </div>
      <ol className="latest">
        {events
          ?.slice(-MOST_EVENTS)
          .reverse()
          .map((event) => (
            <li key={event.id}>
              <time className="quiet">{shortTime(event.at)}</time> {event.label}{' '}
              <span className="quiet">{event.actorName}</span>
            </li>
          ))}
      </ol>
    </section>
  )
}

const timeOrDay = (text: string | null) => (text?.includes('T') ? shortTime(text) : dueDay(text))

function paidWord(status: OrderDetail['payment']['status']): string {
  const words = {
    unpaid: ['未入金', 'Unpaid'],
    authorised: ['与信済み', 'Authorised'],
    paid: ['入金済み', 'Paid'],
    refunded: ['返金済み', 'Refunded'],
    cancelled: ['取消', 'Cancelled'],
    unknown: ['不明', 'Unknown'],
  } satisfies Record<typeof status, [string, string]>
  return t(...words[status])
}
