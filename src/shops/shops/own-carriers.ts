import { z } from 'zod'
import { CARRIER_CODES, type Carrier } from '../../marketplaces/port/carriers.ts'

/**
 * 配送会社の置き換え: what a shop sends to its mall instead of a carrier of the list. The malls' tables are the
 * defaults; which company a mall wants for a service that it does not know is agreed with the mall, and by
 * shop.
 */
export const OwnCarriers = z
  .partialRecord(z.enum(CARRIER_CODES), z.enum(CARRIER_CODES))
  .describe(
    'Send another carrier than the one that is asked for, both by the codes of GET /v1/marketplaces: {"yamato_yu_packet": "yamato"} (配送会社の置き換え)',
  )
export type OwnCarriers = z.infer<typeof OwnCarriers>

const isCarrier = (value: unknown): value is Carrier => CARRIER_CODES.some((one) => one === value)

/** A change's parameters with the shop's carriers in its parcels; the same object where none is replaced. */
export function withOwnCarriers<P extends Readonly<Record<string, unknown>> | null>(
  parameters: P,
  own: OwnCarriers | undefined,
): P {
  if (!own || !Array.isArray(parameters?.parcels)) return parameters
  const parcels = parameters.parcels.map((parcel: unknown) => {
    if (typeof parcel !== 'object' || parcel === null || !('carrier' in parcel)) return parcel
    const carrier = isCarrier(parcel.carrier) ? own[parcel.carrier] : undefined
    return carrier === undefined ? parcel : { ...parcel, carrier }
  })
  return { ...parameters, parcels }
}
