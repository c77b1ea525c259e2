import type { NormalisedOrder } from '../../port/order.ts'
import type { ChangePlan } from '../../port/site-changes.ts'

/** Changes that a person wants later than at once: 注文確定待ち時間, 完了 some days after shipping. */

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** The steps of a plan when the order is `minutes` old; other plans as they are. */
export const waitedAfterOrder = (
  plan: ChangePlan,
  order: Pick<NormalisedOrder, 'orderedAt'>,
  minutes: number | undefined,
): ChangePlan => waited(plan, minutes === undefined ? null : Date.parse(order.orderedAt) + minutes * MINUTE)

/** The steps of a plan when the last parcel has been on its way for `days` calendar days in Japan. */
export function waitedAfterShipping(
  plan: ChangePlan,
  { recipients }: Pick<NormalisedOrder, 'recipients'>,
  days: number | undefined,
): ChangePlan {
  const shipped = recipients.flatMap(({ parcels }) =>
    parcels.flatMap(({ shippedOn }) => (shippedOn === null ? [] : [shippedOn])),
  )
  const last = shipped.toSorted().at(-1)
  return waited(plan, !days || !last ? null : Date.parse(`${last.slice(0, 10)}T00:00:00+09:00`) + days * DAY)
}

function waited(plan: ChangePlan, until: number | null): ChangePlan {
  if (plan.kind !== 'steps' || until === null || Number.isNaN(until)) return plan
  const mallWants = plan.notBefore ? Date.parse(plan.notBefore) : 0
  if (mallWants >= until) return plan
  return { ...plan, notBefore: new Date(until).toISOString(), byWish: true }
}
