import type { OrderDetail } from '../api.ts'
import { t } from '../i18n.ts'
import { number, yen } from './format.ts'
import { Sign } from './sign.tsx'

export interface MoneyLine {
  label: string
  amount: number
}

/** Breaks the bill down: additions, deductions, and whether the mall's own sum is reached. */
export function billOf(detail: OrderDetail): { lines: MoneyLine[]; sum: number; difference: number } {
  const { charges } = detail
  const lines: MoneyLine[] = [
    { label: t('商品合計', 'Goods'), amount: charges.goods },
    { label: t('送料', 'Postage'), amount: charges.shipping },
    { label: t('代引手数料', 'COD fee'), amount: charges.cod },
    { label: t('決済手数料', 'Payment fee'), amount: charges.paymentFee },
    { label: t('包装料', 'Wrapping'), amount: charges.giftWrap },
    { label: t('調整額', 'Adjustment'), amount: charges.adjustment },
    { label: t('その他', 'Other'), amount: charges.other },
    ...detail.discounts
      .filter((discount) => !discount.includedInPrices)
      .map((discount) => ({ label: discount.name ?? discountWord(discount.kind), amount: -discount.amount })),
  ]
  const sum = lines.reduce((total, line) => total + line.amount, 0)
  return {
    lines: lines.filter(({ amount }, index) => amount !== 0 || index === 0),
    sum,
    difference: detail.totals.billed - sum,
  }
}

function discountWord(kind: OrderDetail['discounts'][number]['kind']): string {
  const words = {
    coupon: ['クーポン', 'Coupon'],
    points: ['ポイント利用', 'Points'],
    gift_card: ['商品券', 'Gift card'],
    bonus: ['特典', 'Bonus'],
    store_discount: ['店舗値引', 'Store discount'],
    other: ['値引', 'Discount'],
  } satisfies Record<typeof kind, [string, string]>
  const [ja, en] = words[kind]
  return t(ja, en)
}

export function Bill({ detail }: { detail: OrderDetail }) {
  const { lines, sum, difference } = billOf(detail)
  return (
    <table className="bill">
      <caption className="for-reader">{t('請求金額の内訳', 'How the bill comes about')}</caption>
      <tbody>
        {lines.map(({ label, amount }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two coupons may have one name
          <tr key={index}>
            <th scope="row">{label}</th>
            <td className="num">{yen(amount)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{t('計算した合計', 'Worked out')}</th>
          <td className="num">{yen(sum)}</td>
        </tr>
        <tr className="bill-total">
          <th scope="row">{t('請求金額（モール）', 'Billed by the mall')}</th>
          <td className="num">{yen(detail.totals.billed)}</td>
        </tr>
        <tr>
          <td colSpan={2}>
            {difference === 0 ? (
              <Sign tone="done">{t('計算と一致しています', 'They agree')}</Sign>
            ) : (
              <Sign tone="warning">
                {t(
                  `計算と${number(Math.abs(difference))}円違います`,
                  `They differ by ${number(Math.abs(difference))} yen`,
                )}
              </Sign>
            )}
          </td>
        </tr>
      </tfoot>
    </table>
  )
}
