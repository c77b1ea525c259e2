import type { SandboxMall } from './malls/index.ts'

/** Overrides of an order that is paid, confirmed and past the buyer's minutes: each mall lets it ship. */
export const READY_TO_SHIP: Readonly<Record<SandboxMall, Record<string, unknown>>> = {
  rakuten: { orderProgress: 300, SettlementModel: { settlementMethodCode: 1 }, DueDateModelList: [] },
  yahoo: {
    IsReadOnly: '0',
    Ship: { ShipStatus: '1' },
    Pay: { PayMethod: 'payment_a1', PayKind: '0', PayType: '0', PayStatus: '1', SettleStatus: '3' },
  },
  amazon: {},
  aupay: {
    sellMethodSegment: '1',
    paymentStatus: 'N',
    orderStatus: '発送待ち',
    settlementName: 'クレジットカード決済',
    authorizationStatus: 'Y',
    pgResult: '0',
  },
}
