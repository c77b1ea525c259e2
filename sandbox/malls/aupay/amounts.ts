import type { Seeded } from '../../kit/seeded.ts'
import type { Fields, SimDetail, SimOrder } from './sim-order.ts'

/** The sums of an order, as they hold for every order that clients of the real API checked. */

const FREE_SHIPPING_FROM = 5000

/** Postage, fees, coupon and points of a generated order. */
export function chargeFields(dice: Seeded, { details }: SimOrder): Fields {
  const goods = sum(details, 'totalItemPrice')
  const room = Math.max(goods - 400, 1)
  return {
    postagePrice: goods >= FREE_SHIPPING_FROM ? '0' : '600',
    postagePriceTaxRate: '0.1',
    chargePrice: '0',
    chargePriceTaxRate: '0.1',
    totalItemOptionPrice: String(paidOptions(details)),
    totalItemOptionPriceTaxRate: '0.1',
    totalGiftWrappingPrice: String(sum(details, 'giftWrappingPrice')),
    totalGiftWrappingPriceTaxRate: '0.1',
    couponTotalPrice: dice.chance(0.25) ? '300' : '0',
    usePoint: '0',
    useAuPointPrice: dice.chance(0.3) ? String(dice.int(1, Math.min(500, room))) : '0',
  }
}

const paidOptions = (details: readonly SimDetail[]) =>
  details
    .flatMap((line) => line.paidOptions.flatMap((option) => option.answers))
    .reduce((total, { price }) => total + Number(price), 0)

/**
 * Everything that follows from lines and charges, but for what `given` states. Left alone when an amount is
 * no number, so that a test may break one.
 */
export function recalculate(order: SimOrder, given: Readonly<Record<string, unknown>> = {}): void {
  const { fields, details } = order
  const amount = (name: string) => Number(fields[name] || '0')
  const goods = details.map((line) => Number(line.fields.totalItemPrice))
  const reduced = details
    .filter((line) => line.fields.taxRate === '0.08')
    .reduce((total, line) => total + Number(line.fields.totalItemPrice), 0)
  const sale = goods.reduce((total, one) => total + one, 0)
  const total = sale + CHARGES.reduce((added, name) => added + amount(name), 0)
  const deducted = DEDUCTIONS.map((name) => ({ name, parts: parts(amount(name), reduced, total) }))
  const billed = total - DEDUCTIONS.reduce((taken, name) => taken + amount(name), 0)
  const billedReduced = deducted.reduce((left, { parts: [, part] }) => left - part, reduced)
  if (![sale, total, billed].every(Number.isFinite)) return
  const derived: Fields = {
    totalSalePrice: String(sale),
    ...partFields('totalSalePrice', [sale - reduced, reduced]),
    totalSaleUnit: String(sum(details, 'unit')),
    totalPrice: String(total),
    ...partFields('totalPrice', [total - reduced, reduced]),
    ...Object.assign({}, ...deducted.map(({ name, parts }) => partFields(name, parts))),
    useAuPoint: fields.useAuPointPrice ?? '0',
    requestPrice: String(billed),
    ...partFields('requestPrice', [billed - billedReduced, billedReduced]),
    ...partFields('requestTaxPrice', [
      Math.floor(((billed - billedReduced) * 10) / 110),
      Math.floor((billedReduced * 8) / 108),
    ]),
  }
  if (fields.pgOrderId) derived.pgRequestPrice = String(billed)
  for (const [name, value] of Object.entries(derived)) if (!(name in given)) fields[name] = value
}

const CHARGES = ['postagePrice', 'chargePrice', 'totalItemOptionPrice', 'totalGiftWrappingPrice']
const DEDUCTIONS = ['couponTotalPrice', 'usePoint', 'useAuPointPrice']

type Parts = [normal: number, reduced: number]

function parts(amount: number, reduced: number, total: number): Parts {
  const part = total === 0 ? 0 : Math.floor((amount * reduced) / total)
  return [amount - part, part]
}

const partFields = (name: string, [normal, reduced]: Parts): Fields => ({
  [`${name}NormalTax`]: String(normal),
  [`${name}ReducedTax`]: String(reduced),
  [`${name}NoTax`]: '0',
})

const sum = (details: readonly SimDetail[], name: string) =>
  details.reduce((total, line) => total + Number(line.fields[name] || '0'), 0)
