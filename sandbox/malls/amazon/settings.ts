import { z } from 'zod'

const Plan = z.object({ perSecond: z.number().positive(), burst: z.number().positive() })

/** What a test or the control API can change while the simulator runs. */
export const Settings = z.object({
  /** Token buckets, one for each operation and seller. */
  quotas: z.object({
    getOrder: Plan,
    searchOrders: Plan,
    confirmShipment: Plan,
    /** Each path of the old reads is counted with the others. */
    v0Reads: Plan,
    restrictedDataToken: Plan,
  }),
  /** x-amzn-RateLimit-Limit comes best-effort: false leaves it out. */
  rateHeader: z.boolean(),
  roles: z.object({
    /** Any of the roles that let an application call at all. */
    orders: z.boolean(),
    /** Direct-to-Consumer Shipping (Restricted): names, addresses, phones, gift messages. */
    directToConsumer: z.boolean(),
  }),
  /** PENDING → UNSHIPPED by how it is paid; null: only when `pay` is called. */
  pendingSeconds: z.object({
    card: z.number().nullable(),
    convenienceStore: z.number().nullable(),
    cod: z.number().nullable(),
  }),
  /** New orders show in searchOrders after so long. */
  listDelaySeconds: z.number().nonnegative(),
  /** A shipment that was confirmed shows in reads after so long. */
  shipmentDelaySeconds: z.number().nonnegative(),
  accessTokenSeconds: z.number().positive(),
  /** What another seller's order gets; not known of the real one. */
  foreignOrder: z.enum(['404', '403']),
  /** The client secret's 180 days are over. */
  secretExpired: z.boolean(),
})
export type Settings = z.infer<typeof Settings>
export const SettingsPatch = Settings.partial()
export type Operation = keyof Settings['quotas']

/** The usage plans that Amazon publishes. */
export const REAL_QUOTAS: Settings['quotas'] = {
  getOrder: { perSecond: 0.5, burst: 30 },
  searchOrders: { perSecond: 0.0056, burst: 20 },
  confirmShipment: { perSecond: 2, burst: 10 },
  v0Reads: { perSecond: 0.5, burst: 30 },
  restrictedDataToken: { perSecond: 1, burst: 10 },
}
const MANY = { perSecond: 1_000, burst: 100_000 }
export const NO_QUOTAS: Settings['quotas'] = {
  getOrder: MANY,
  searchOrders: MANY,
  confirmShipment: MANY,
  v0Reads: MANY,
  restrictedDataToken: MANY,
}

export const defaultSettings = (quotas: Settings['quotas']): Settings => ({
  quotas,
  rateHeader: true,
  roles: { orders: true, directToConsumer: true },
  pendingSeconds: { card: 0, convenienceStore: 0, cod: 0 },
  listDelaySeconds: 120,
  shipmentDelaySeconds: 0,
  accessTokenSeconds: 3600,
  foreignOrder: '404',
  secretExpired: false,
})
