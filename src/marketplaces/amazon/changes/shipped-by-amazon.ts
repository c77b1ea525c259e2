import { refused } from '../../kit/changes/plans.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangePlan } from '../../port/site-changes.ts'

/** Orders that the shop does not ship itself, or only with Amazon's own label. */
export function shippedByAmazon(order: NormalisedOrder): ChangePlan | null {
  const has = (flag: string) => order.flags.includes(flag)
  if (has('fba'))
    return refused(
      'FBA_ORDER',
      'FBAの注文です。Amazonが出荷するため、出荷通知はできません。「確認済み」にしてください。',
    )
  if (has('fbm_ship_plus'))
    return refused(
      'SHIPPED_BY_AMAZON_LABEL',
      'Amazonの配送ラベルで出荷する注文（FBM Ship+）のため、APIでは出荷通知できません。セラーセントラルで出荷してください。',
    )
  if (has('easy_ship') || has('delivery_by_amazon'))
    return refused(
      'SHIPPED_THROUGH_AMAZON',
      'Amazonが集荷・配送する注文（Easy Ship・Amazon配送）です。出荷通知を送るとAmazonの配送ラベルを購入できなくなるため、送りません。セラーセントラルで集荷を予約し、ラベルを印刷してください。',
    )
  return null
}
