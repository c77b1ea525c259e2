import fc from 'fast-check'
import { expect, it } from 'vitest'
import { sameNumber } from '../../../src/marketplaces/kit/changes/plans.ts'
import type { NormalisedOrder, OrderRecipient } from '../../../src/marketplaces/port/order.ts'
import type { ChangePlan } from '../../../src/marketplaces/port/site-changes.ts'
import { rakutenChanges } from '../../../src/marketplaces/rakuten/changes/index.ts'
import { payloadOf, type ShippingPayload } from '../../../src/marketplaces/rakuten/changes/steps.ts'
import { toOrder } from '../../../src/marketplaces/rakuten/orders/to-order.ts'
import { sampleOrder } from './fixtures/order.ts'

type Parcel = OrderRecipient['parcels'][number]

const order = toOrder(sampleOrder({ rakutenConfirmFlag: 0, socialGiftFlag: 0 }), '654321')
const BASKET = order.recipients[0]?.id ?? ''
const withParcels = (parcels: Parcel[]): NormalisedOrder => ({
  ...order,
  recipients: order.recipients.map((recipient) => ({ ...recipient, parcels })),
})

const number = fc.constantFrom('1000-2000', '3000', '4000', '5000')
const date = fc.constantFrom('2026-07-05', '2026-07-06')
const existing = fc
  .array(
    fc.record({
      trackingNumber: fc.option(number),
      carrierCode: fc.constantFrom('1001', '1002'),
      shippedOn: fc.option(date),
    }),
    { maxLength: 3 },
  )
  .map((list) =>
    list.map((one, index) => ({ ...one, id: String(index + 1), carrierName: null, arrivedOn: null })),
  )
const SHIP = rakutenChanges.actions.find(({ action }) => action === 'ship')?.parameters
const wished = fc
  .record({
    shippedOn: date,
    parcels: fc.array(
      fc.record({
        carrier: fc.constantFrom('yamato', 'sagawa'),
        trackingNumber: fc.option(number, { nil: undefined, freq: 4 }),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .filter((parameters) => SHIP?.safeParse(parameters).success === true)

const plan = (parcels: Parcel[], parameters: unknown): ChangePlan =>
  rakutenChanges.planChange({ action: 'ship', parameters }, withParcels(parcels))

/**
 * As updateOrderShipping carries it out, record by record; `until` records only when it breaks in between.
 */
function carriedOut(parcels: Parcel[], { records }: ShippingPayload, until = records.length): Parcel[] {
  let result = parcels.map((parcel) => ({ ...parcel }))
  let next = 100 + parcels.length
  for (const record of records.slice(0, until)) {
    if (record.shippingDeleteFlag) {
      result = result.filter((parcel) => parcel.id !== String(record.shippingDetailId))
      continue
    }
    const known = result.find((parcel) => parcel.id === String(record.shippingDetailId))
    const parcel = known ?? {
      id: String(next++),
      carrierCode: null,
      carrierName: null,
      trackingNumber: null,
      shippedOn: null,
      arrivedOn: null,
    }
    if (!known) result.push(parcel)
    if (record.deliveryCompany !== undefined) parcel.carrierCode = record.deliveryCompany
    if (record.shippingNumber !== undefined) parcel.trackingNumber = record.shippingNumber
    if (record.shippingDate !== undefined) parcel.shippedOn = record.shippingDate || null
  }
  return result
}

const timesOf = (parcels: Parcel[], wanted: string | undefined) =>
  parcels.filter((parcel) => wanted && sameNumber(parcel.trackingNumber, wanted)).length

it('never adds what is there, never touches another number, and ends after one call, wherever a call breaks', () => {
  fc.assert(
    fc.property(existing, wished, fc.nat(3), (before, parameters, breaksAfter) => {
      const first = plan(before, parameters)
      const lacking = parameters.parcels.filter(
        ({ trackingNumber }) => trackingNumber && timesOf(before, trackingNumber) === 0,
      )
      if (first.kind === 'already') {
        expect(lacking).toEqual([])
        return
      }
      if (first.kind === 'refused') {
        expect(first.code).toBe('TRACKING_DIFFERS')
        expect(before.some((parcel) => parcel.trackingNumber !== null)).toBe(true)
        return
      }
      expect(first.steps.map((step) => step.name)).toEqual([`ship:${BASKET}`])
      const [step] = first.steps as [(typeof first.steps)[number]]
      const payload = payloadOf(step) as ShippingPayload
      const after = carriedOut(before, payload)
      expect(rakutenChanges.stepState(step, withParcels(before))).not.toBe('applied')
      expect(rakutenChanges.stepState(step, withParcels(after))).toBe('applied')
      expect(plan(after, parameters).kind).toBe('already')
      for (const { trackingNumber } of parameters.parcels)
        expect(timesOf(after, trackingNumber)).toBe(
          trackingNumber ? Math.max(1, timesOf(before, trackingNumber)) : 0,
        )
      for (const { id, trackingNumber } of before)
        if (trackingNumber)
          expect(sameNumber(after.find((one) => one.id === id)?.trackingNumber, trackingNumber)).toBe(true)

      const broken = carriedOut(before, payload, breaksAfter)
      const again = plan(broken, parameters)
      const healed =
        again.kind === 'steps' && again.steps[0]
          ? carriedOut(broken, payloadOf(again.steps[0]) as ShippingPayload)
          : broken
      expect(healed).toHaveLength(after.length)
      expect(plan(healed, parameters).kind).toBe('already')
    }),
    { numRuns: 2_000 },
  )
})

it('takes a call that broke half-way for neither done nor undone', () => {
  const parameters = {
    shippedOn: '2026-07-05',
    parcels: ['1', '2'].map((trackingNumber) => ({ carrier: 'yamato', trackingNumber })),
  }
  const first = plan([], parameters)
  const step = first.kind === 'steps' ? first.steps[0] : undefined
  if (!step) throw new Error('no step')
  const half = carriedOut([], payloadOf(step) as ShippingPayload, 1)
  expect(rakutenChanges.stepState(step, withParcels(half))).toBe('unknown')
  expect(plan(half, parameters)).toMatchObject({
    steps: [{ payload: { records: [{ shippingNumber: '2' }] } }],
  })
})
