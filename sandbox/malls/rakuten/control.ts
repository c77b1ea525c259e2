import { z } from 'zod'
import { type Faults, SandboxFault } from '../../kit/faults.ts'
import { jsonAnswer, type SandboxAnswer, type SandboxRequest } from '../../kit/http-kit.ts'
import type { ControllableClock, PlaceOptions, SandboxOrder } from '../../kit/types.ts'
import { type Settings, SettingsPatch } from './settings.ts'
import type { Store } from './store.ts'

/** The control API under /_control: what a person or a test does at the simulated mall. */

export interface Control {
  clock: ControllableClock
  faults: Faults
  store: Store
  place(options: PlaceOptions): SandboxOrder
  settings(): Settings
  change(patch: Partial<Settings>): void
  calls: { counts(): Record<string, number>; reset(): void }
}

const PlaceBody = z.looseObject({
  count: z.int().min(1).max(100_000).default(1),
  shopCode: z.string().optional(),
  visibleAfterSeconds: z.number().nonnegative().optional(),
  overrides: z.record(z.string(), z.unknown()).optional(),
})
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
  'GET orders': ({ store }) => ({
    orders: store.all().map(({ model, shopCode, visibleAt }) => ({
      orderNumber: model.orderNumber,
      shopCode,
      orderProgress: model.orderProgress,
      visibleAt: new Date(visibleAt).toISOString(),
    })),
  }),
  'GET orders/:number': ({ store }, _body, orderNumber) =>
    store.all().find(({ model }) => model.orderNumber === orderNumber)?.model ?? null,
  'PATCH orders/:number': ({ store }, body, orderNumber) => store.edit(orderNumber, body).model,
  'POST orders/:number/cancel': ({ store }, _body, orderNumber) => {
    store.cancel(orderNumber)
    return { orderNumber }
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
    control.change(SettingsPatch.parse(body) as Partial<Settings>)
    return control.settings()
  },
  'GET writes': ({ store }) => ({ writes: store.writes.list() }),
  'DELETE writes': ({ store }) => {
    store.writes.reset()
    return {}
  },
  'GET calls': ({ calls }) => calls.counts(),
  'DELETE calls': ({ calls }) => {
    calls.reset()
    return {}
  },
}

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
