import type { Order } from '../api.ts'
import { t } from '../i18n.ts'
import { Editable } from '../parts/editable.tsx'
import { nameOf, number, shortDay, yen } from '../parts/format.ts'
import { Bill } from '../parts/money.tsx'
import { Sign } from '../parts/sign.tsx'
import { Wide } from '../parts/states.tsx'
import { Fact, Missing, PersonFacts } from './order-facts.tsx'

/** The tabs of recipients and of items. */
export function Recipients({ order }: { order: Order }) {
  const { detail, shipping } = order
  if (!detail) return <Missing order={order} />
  const waits = (id: string) => shipping?.state === 'part' && shipping.left.includes(id)
  return (
    <div className="panels">
      {detail.recipients.map((recipient, index) => (
        <section key={recipient.id} className="panel">
          <h2>
            {t('送付先', 'Recipient')} {detail.recipients.length > 1 && index + 1} {nameOf(recipient.person)}
          </h2>
          {waits(recipient.id) && <Sign tone="warning">{t('未出荷', 'Not shipped')}</Sign>}{' '}
          {recipient.remoteArea && <Sign tone="warning">{t('離島・遠隔地', 'Remote area')}</Sign>}
          <PersonFacts at={`/recipients/${index}/person`} person={recipient.person} />
          <h3>{t('希望', 'Wishes')}</h3>
          <dl>
            <Editable label={t('希望日', 'Date')} pointer={`/recipients/${index}/wish/date`} />
            <Editable label={t('時間帯', 'Time')} pointer={`/recipients/${index}/wish/timeText`} />
            <Fact label={t('置き配', 'Drop-off')}>{recipient.wish.dropOff}</Fact>
          </dl>
          {recipient.gift.requested && (
            <>
              <h3>{t('ギフト', 'Gift')}</h3>
              <dl>
                <Fact label={t('のし', 'Noshi')}>{recipient.gift.noshi}</Fact>
                <Fact label={t('メッセージ', 'Message')}>{recipient.gift.message}</Fact>
                <Fact label={t('包装', 'Wrapping')}>
                  {recipient.gift.wrappings.map((one) => one.name).join('、')}
                </Fact>
              </dl>
            </>
          )}
          <h3>{t('発送', 'Parcels')}</h3>
          {recipient.parcels.length === 0 ? (
            <p className="quiet">{t('まだありません', 'None yet')}</p>
          ) : (
            <ul>
              {recipient.parcels.map((parcel, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a parcel may have neither id nor number
                <li key={at}>
                  {parcel.carrierName ?? parcel.carrierCode} {parcel.trackingNumber}{' '}
                  {shortDay(parcel.shippedOn)}
                </li>
              ))}
            </ul>
          )}
        </section>
      ))}
    </div>
  )
}

export function Items({ order }: { order: Order }) {
  const { detail } = order
  if (!detail) return <Missing order={order} />
  return (
    <div className="items-money">
      <Wide label={t('商品', 'Items')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('商品', 'Item')}</th>
              <th scope="col">{t('コード', 'Code')}</th>
              <th scope="col" className="num">
                {t('単価', 'Price')}
              </th>
              <th scope="col" className="num">
                {t('数量', 'Pieces')}
              </th>
              <th scope="col" className="num">
                {t('小計', 'Sum')}
              </th>
            </tr>
          </thead>
          <tbody>
            {detail.items.map((item) => (
              <tr key={item.lineId} className={item.deleted ? 'struck' : undefined}>
                <td>
                  {item.name}
                  {item.options.map((option) => (
                    <div key={`${option.name}${option.value}`} className="quiet">
                      {option.name}: {option.value}
                      {option.price ? ` ${yen(option.price)}` : ''}
                    </div>
                  ))}
                </td>
                <td>{item.sku ?? item.itemCode}</td>
                <td className="num">
                  {number(item.unitPrice)}
                  <div className="quiet">
                    {item.taxRate !== null && `${item.taxRate}%`}{' '}
                    {item.taxIncluded ? t('税込', 'incl.') : t('税抜', 'excl.')}
                  </div>
                </td>
                <td className="num">{number(item.quantity)}</td>
                <td className="num">{number(item.subtotal)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      <Bill detail={detail} />
    </div>
  )
}
