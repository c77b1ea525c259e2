import type { Order, OrderDetail } from '../api.ts'
import { t } from '../i18n.ts'
import { Editable } from '../parts/editable.tsx'
import { dateTime, nameOf, number, shortDay, yen } from '../parts/format.ts'
import { Sign } from '../parts/sign.tsx'
import { holdWord, mallStateWord, paymentWord } from '../words.ts'
import { Fact, Missing, PersonFacts } from './order-facts.tsx'

/** The first tab: where it goes, what is in it, who ordered, and what must be known before it ships. */
export function Overview({ order }: { order: Order }) {
  const { detail } = order
  if (!detail) return <Missing order={order} />
  return (
    <div className="panels">
      {detail.warnings.length > 0 && (
        <section className="panel panel-wide">
          <h2>
            <Sign tone="warning">{t('注意', 'Does not fit')}</Sign>
          </h2>
          <ul>
            {detail.warnings.map((warning) => (
              <li key={`${warning.code}${warning.field}`}>
                {warning.message} <code className="quiet">{warning.code}</code>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section className="panel">
        <h2>{t('お届け', 'To')}</h2>
        {detail.recipients.map((recipient) => (
          <address key={recipient.id}>
            <strong>
              <bdi>{nameOf(recipient.person)}</bdi>
            </strong>
            <br />〒{recipient.person.postalCode?.replace(/^(\d{3})(\d{4})$/, '$1-$2')}{' '}
            {recipient.person.prefecture}
            {recipient.person.city}
            {recipient.person.address1} {recipient.person.address2}
          </address>
        ))}
        <h2>{t('商品', 'Items')}</h2>
        <ul className="item-lines">
          {detail.items
            .filter((item) => !item.deleted)
            .map((item) => (
              <li key={item.lineId}>
                <span>{item.name}</span>
                <span className="num">×{number(item.quantity)}</span>
              </li>
            ))}
        </ul>
      </section>
      <section className="panel">
        <h2>{t('注文者', 'Buyer')}</h2>
        <PersonFacts at="/buyer" person={detail.buyer} />
      </section>
      <section className="panel">
        <h2>{t('支払', 'Payment')}</h2>
        <dl>
          <Fact label={t('方法', 'Kind')}>{detail.payment.name ?? paymentWord(detail.payment.kind)}</Fact>
          <Fact label={t('入金', 'Paid')}>{paidWord(detail.payment.status)}</Fact>
          <Fact label={t('入金日', 'Paid at')}>{timeOrDay(detail.payment.paidAt)}</Fact>
          <Fact label={t('支払期限', 'Due')}>{detail.payment.dueDate}</Fact>
          <Fact label={t('請求金額', 'Billed')}>{yen(detail.totals.billed)}</Fact>
          <Fact label={t('ポイント利用', 'Points')}>
            {detail.points.used > 0 ? number(detail.points.used) : t('なし', 'none')}
          </Fact>
        </dl>
        <h2>{t('モール', 'Mall')}</h2>
        <dl>
          <Fact label={t('状態', 'State')}>
            {detail.mallStatus.name ?? detail.mallStatus.code} ({mallStateWord(detail.mallState)})
          </Fact>
          <Fact label={t('サブステータス', 'Sub-status')}>
            {detail.mallSubStatus?.name ?? detail.mallSubStatus?.code}
          </Fact>
          <Fact label={t('キャンセル理由', 'Cancel reason')}>{detail.cancelReason?.text}</Fact>
          {detail.holds.map((hold) => (
            <Fact key={hold.kind} label={t('モール側保留', 'Hold')}>
              {holdWord(hold.kind)} {hold.until && `${dateTime(hold.until)}${t('まで', '')}`} {hold.note}
            </Fact>
          ))}
        </dl>
      </section>
      <section className="panel">
        <h2>{t('配送', 'Delivery')}</h2>
        <dl>
          <Fact label={t('発送期限', 'Ship by')}>{shortDay(detail.delivery.shipBy?.slice(0, 10))}</Fact>
          <Editable label={t('配送方法', 'Method')} pointer="/delivery/methodName" />
          <Editable
            label={t('温度帯', 'Temperature')}
            pointer="/delivery/temperature"
            options={['普通', '冷蔵', '冷凍']}
          />
          <Fact label={t('早期配達', 'Fast')}>{detail.delivery.express.join('、')}</Fact>
        </dl>
        <h2>{t('備考', 'Notes')}</h2>
        <dl>
          <Fact label={t('購入者', 'Buyer')}>
            {detail.notes.buyer && <span className="multiline">{detail.notes.buyer}</span>}
          </Fact>
          <Editable label={t('店舗メモ', 'Memo')} pointer="/notes/shop" multiline />
          <Editable label={t('担当者', 'In charge')} pointer="/notes/operator" />
        </dl>
      </section>
    </div>
  )
}

const timeOrDay = (text: string | null) => (text?.includes('T') ? dateTime(text) : text)

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
