import { z } from 'zod'
import type { CallLog } from '../../kit/call-log.ts'
import { type Faults, SandboxFault } from '../../kit/faults.ts'
import { jsonAnswer, type SandboxAnswer, type SandboxRequest } from '../../kit/http-kit.ts'
import type { ControllableClock, PlaceOptions, SandboxOrder } from '../../kit/types.ts'
import type { Keys } from './keys.ts'
import { AupaySettings } from './settings.ts'
import { fieldOf, type SimOrder } from './sim-order.ts'
import type { Store } from './store.ts'

/** The control API under /_control: what a person or a test does at the simulated mall. */

export interface Control {
  clock: ControllableClock
  faults: Faults
  store: Store
  keys: Keys
  settings(): AupaySettings
  change(patch: Partial<AupaySettings>): void
  calls: CallLog
  place(options: PlaceOptions): SandboxOrder
}

const PlaceBody = z.looseObject({
  count: z.int().min(1).max(100_000).default(1),
  shopCode: z.string().optional(),
  visibleAfterSeconds: z.number().nonnegative().optional(),
  overrides: z.record(z.string(), z.unknown()).optional(),
})
const Overrides = z.record(z.string(), z.unknown())
const ClockBody = z.object({
  advanceSeconds: z.number().optional(),
  setTo: z.iso.datetime({ offset: true }).optional(),
  hold: z.boolean().optional(),
})

type Handler = (control: Control, body: unknown, orderNumber: string) => unknown

const HANDLERS: Readonly<Record<string, Handler>> = {
  'POST orders': ({ place }, body) => {
    const { count, ...options } = PlaceBody.parse(body ?? {})
    return { orders: Array.from({ length: count }, () => place(options as PlaceOptions)) }
  },
  'GET orders': ({ store }) => ({ orders: store.all().map(summary) }),
  'GET orders/:number': ({ store }, _body, orderNumber) =>
    store.all().find((order) => order.orderNumber === orderNumber) ?? null,
  'PATCH orders/:number': ({ store }, body, orderNumber) =>
    summary(store.edit(orderNumber, Overrides.parse(body))),
  'POST orders/:number/cancel': ({ store }, _body, orderNumber) => summary(store.cancel(orderNumber)),
  'POST orders/:number/request-cancel': ({ store }, _body, orderNumber) =>
    summary(store.requestCancel(orderNumber)),
  'POST orders/:number/pay': ({ store }, _body, orderNumber) => summary(store.pay(orderNumber)),
  'POST keys': ({ keys }, body) => {
    const { shopCode } = z.object({ shopCode: z.string() }).parse(body)
    const { key } = keys.issue(shopCode)
    return { apiKey: key, keyExpiresOn: keys.expiresOn(shopCode) }
  },
  'GET faults': ({ faults }) => faults.list(),
  'PUT faults': ({ faults }, body) => {
    faults.set(z.array(SandboxFault).parse(Array.isArray(body) ? body : [body]))
    return faults.list()
  },
  'DELETE faults': ({ faults }) => {
    faults.clear()
    return []
  },
  'POST clock': ({ clock }, body) => {
    const { advanceSeconds, setTo, hold } = ClockBody.parse(body ?? {})
    if (hold === true) clock.hold()
    if (hold === false) clock.release()
    if (setTo !== undefined) clock.set(Date.parse(setTo))
    if (advanceSeconds !== undefined) clock.advance(advanceSeconds * 1000)
    return { now: new Date(clock.now()).toISOString() }
  },
  'GET settings': ({ settings }) => settings(),
  'PUT settings': (control, body) => {
    control.change(AupaySettings.partial().parse(body) as Partial<AupaySettings>)
    return control.settings()
  },
  'GET writes': ({ store }) => ({ writes: store.writes.list() }),
  'DELETE writes': ({ store }) => {
    store.writes.reset()
    return {}
  },
  'GET calls': ({ calls }) => calls.counts(),
  'GET calls/log': ({ calls }) => ({ calls: calls.list() }),
  'DELETE calls': ({ calls }) => {
    calls.reset()
    return {}
  },
}

const summary = (order: SimOrder) => ({
  orderNumber: order.orderNumber,
  shopCode: order.shopCode,
  orderStatus: fieldOf(order, 'orderStatus'),
  paymentStatus: fieldOf(order, 'paymentStatus'),
  shipStatus: fieldOf(order, 'shipStatus'),
  cancelStatus: fieldOf(order, 'cancelStatus'),
  visibleAt: new Date(order.visibleAt).toISOString(),
})

/** `path` is what follows /_control/. */
export function answerControl(control: Control, request: SandboxRequest, path: string): SandboxAnswer {
  const [, orderNumber = ''] = /^orders\/([^/]+)/.exec(path) ?? []
  const route = `${request.method} ${path.replace(/^orders\/[^/]+/, 'orders/:number')}`
  const handler = HANDLERS[route]
  if (!handler)
    return jsonAnswer(404, { message: `No such control route: ${route}`, routes: Object.keys(HANDLERS) })
  try {
    const body: unknown = request.body === '' ? undefined : JSON.parse(request.body)
    return jsonAnswer(200, handler(control, body, decodeURIComponent(orderNumber)))
  } catch (error) {
    return jsonAnswer(422, { message: error instanceof Error ? error.message : String(error) })
  }
}
