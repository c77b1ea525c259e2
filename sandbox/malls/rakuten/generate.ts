import { type Seeded, seeded } from '../../kit/seeded.ts'
import { COMMENTS, PAYMENTS, WISHES } from './catalogue.ts'
import { amountsOf } from './generate-amounts.ts'
import { generateBasket } from './generate-basket.ts'
import type { OrderModel } from './model.ts'
import { somebody } from './people.ts'
import { DAY_MS, wireDate, wireTime } from './time.ts'

/**
 * A new order at 100 (注文確認待ち): the same seed, shop and turn give the same order at the same time. Amounts add
 * up as the reference says, so that an importer that finds a difference has found its own fault.
 */
export function generateOrder(seed: number, shopCode: string, turn: number, now: number): OrderModel {
  const random = seeded(seed, turn)
  const buyer = somebody(random, turn)
  const gift = random.chance(0.1)
  const baskets = Array.from({ length: random.chance(0.1) ? 2 : 1 }, (_, index) => {
    const to = gift || index > 0 ? somebody(random, turn + 5 + index) : buyer
    return generateBasket(random, { basketId: FIRST_ID + turn * 10 + index, to, gift })
  })
  const payment = paymentOf(random)
  const wish = random.chance(0.35) ? random.pick(WISHES) : null
  const wishDate = wish ? wireDate(now + random.int(3, 8) * DAY_MS) : null
  const amounts = amountsOf(random, baskets, { cod: payment.code === 2, gift })
  return {
    orderNumber: `${shopCode}-${wireDate(now).replaceAll('-', '')}-${tail(seed, turn)}`,
    orderProgress: 100,
    subStatusId: null,
    subStatusName: null,
    orderDatetime: wireTime(now),
    shopOrderCfmDatetime: null,
    orderFixDatetime: null,
    shippingInstDatetime: null,
    shippingCmplRptDatetime: null,
    cancelDueDate: wireDate(now + 14 * DAY_MS),
    deliveryDate: wishDate,
    shippingTerm: wish?.term ?? 0,
    remarks: remarksOf(random, wishDate, wish?.text ?? null),
    giftCheckFlag: gift ? 1 : 0,
    socialGiftFlag: 0,
    severalSenderFlag: baskets.length > 1 ? 1 : 0,
    equalSenderFlag: gift || baskets.length > 1 ? 0 : 1,
    isolatedIslandFlag: baskets.some((basket) => basket.SenderModel.isolatedIslandFlag === 1) ? 1 : 0,
    rakutenMemberFlag: 1,
    carrierCode: random.pick([0, 11, 12, 21]),
    emailCarrierCode: 0,
    orderType: 1,
    reserveNumber: null,
    reserveDeliveryCount: null,
    cautionDisplayType: 0,
    cautionDisplayDetailType: null,
    rakutenConfirmFlag: 0,
    ...amounts,
    additionalFeeOccurAmountToShop: 0,
    asurakuFlag: 0,
    drugFlag: 0,
    dealFlag: 0,
    membershipType: 0,
    memo: null,
    operator: null,
    mailPlugSentence: null,
    modifyFlag: 0,
    isTaxRecalc: 0,
    receiptIssueCount: 0,
    receiptIssueHistoryList: [],
    deliveryCertPrgFlag: random.chance(0.3) ? 1 : 0,
    oneDayOperationFlag: 0,
    OrdererModel: {
      ...buyer.address,
      emailAddress: `${String(turn).padStart(32, 'a')}s1@pc.fw.rakuten.ne.jp`,
      sex: null,
      birthYear: null,
      birthMonth: null,
      birthDay: null,
    } as OrderModel['OrdererModel'],
    SettlementModel: settlement(payment),
    DeliveryModel: { deliveryName: '宅配便', deliveryClass: null },
    PackageModelList: baskets,
    ChangeReasonModelList: [],
    DueDateModelList:
      payment.settles === 'prepaid' ? [{ dueDateType: 0, dueDate: wireDate(now + 7 * DAY_MS) }] : [],
  }
}

const FIRST_ID = 10_631_675

/** Ten digits as Rakuten counts them; seeds far apart so that two sandboxes do not share numbers. */
const tail = (seed: number, turn: number) => String((seed % 9_000) * 1_000_000 + turn + 1).padStart(10, '0')

function paymentOf(random: Seeded) {
  let left = random.float()
  for (const payment of PAYMENTS) {
    left -= payment.share
    if (left < 0) return payment
  }
  return PAYMENTS[0] as (typeof PAYMENTS)[number]
}

function settlement({ code, name }: { code: number; name: string }): OrderModel['SettlementModel'] {
  const card = code === 1
  return {
    settlementMethodCode: code,
    settlementMethod: name,
    rpaySettlementFlag: code === 2 ? 0 : 1,
    cardName: card ? 'VISA' : null,
    cardNumber: card ? 'XXXX-XXXX-XXXX-0000' : null,
    cardOwner: card ? 'MIHON CARD' : null,
    cardYm: card ? '2030-01' : null,
    cardPayType: card ? 0 : null,
    cardInstallmentDesc: null,
  }
}

const WEEKDAYS = '日月火水木金土'

function remarksOf(random: Seeded, date: string | null, band: string | null): string | null {
  const comment = random.chance(0.2) ? random.pick(COMMENTS) : ''
  if (!date) return comment || null
  const weekday = WEEKDAYS[new Date(`${date}T00:00:00Z`).getUTCDay()]
  return `[配送日時指定:]\n${date}(${weekday})\n${band}\n\n${comment}`
}
