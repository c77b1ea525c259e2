import { type ZodType, z } from 'zod'
import type { CallLog } from './call-log.ts'
import { type Faults, SandboxFault } from './faults.ts'
import { jsonAnswer, type SandboxAnswer, type SandboxRequest } from './http-kit.ts'
import type { ControllableClock, PlaceOptions, SandboxOrder } from './types.ts'
import type { WriteLog } from './write-log.ts'

/** The control API under /_control: what a person or a test does at a simulated mall. */

export interface Control<Settings> {
  clock: ControllableClock
  faults: Pick<Faults, 'set' | 'clear' | 'list'>
  store: { writes: WriteLog }
  calls: Pick<CallLog, 'counts' | 'reset'>
  place(options: PlaceOptions): SandboxOrder
  settings(): Settings
  change(patch: Partial<Settings>): void
}

type Handler<Its> = (control: Its, body: unknown, orderNumber: string) => unknown

/** By method and path, `GET orders/:number` for one. */
type ControlHandlers<Its> = Readonly<Record<string, Handler<Its>>>

/** `.partial()` of the mall's settings. */
type PatchSchema<Settings> = ZodType<{ [Name in keyof Settings]?: Settings[Name] | undefined }>

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

/** What every mall has. */
const commonHandlers = <Settings, Its extends Control<Settings>>(
  settingsPatch: PatchSchema<Settings>,
): ControlHandlers<Its> => ({
  'POST orders': ({ place }, body) => {
    const { count, ...options } = PlaceBody.parse(body ?? {})
    return { orders: Array.from({ length: count }, () => place(options as PlaceOptions)) }
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
    // JSON has no undefined.
    control.change(settingsPatch.parse(body) as Partial<Settings>)
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
})

const PREFIX = '/_control/'

/** The control API of one mall, `own` being what only this mall can do; null for a path that is not under /_control. */
export function createControlApi<Settings, Its extends Control<Settings>>(
  settingsPatch: PatchSchema<Settings>,
  own: ControlHandlers<Its>,
): (control: Its, request: SandboxRequest) => SandboxAnswer | null {
  const handlers = new Map(Object.entries({ ...commonHandlers<Settings, Its>(settingsPatch), ...own }))
  return (control, request) => {
    if (!request.path.startsWith(PREFIX)) return null
    const path = request.path.slice(PREFIX.length)
    const [, orderNumber = ''] = /^orders\/([^/]+)/.exec(path) ?? []
    const route = `${request.method} ${path.replace(/^orders\/[^/]+/, 'orders/:number')}`
    const handler = handlers.get(route)
    if (!handler)
      return jsonAnswer(404, { message: `No such control route: ${route}`, routes: [...handlers.keys()] })
    try {
      const body: unknown = request.body === '' ? undefined : JSON.parse(request.body)
      return jsonAnswer(200, handler(control, body, decodeURIComponent(orderNumber)))
    } catch (error) {
      return jsonAnswer(422, { message: error instanceof Error ? error.message : String(error) })
    }
  }
}
