import type { Order } from '../api.ts'
import { t } from '../i18n.ts'
import { number, yen } from '../parts/format.ts'
import { Bill } from '../parts/money.tsx'
import { Wide } from '../parts/states.tsx'
import { ownItemCode } from '../print/item-code.ts'
import { Missing } from './order-facts.tsx'

/** The tab of items, with the bill. */
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
                <td>{ownItemCode(item)}</td>
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
