import { type ZodType, z } from 'zod'
import type { CallLog } from './calls.ts'
import { COMMON_FAULTS, type Faults, SandboxFault } from './faults.ts'
import { jsonAnswer, type SandboxAnswer, type SandboxRequest } from './http-kit.ts'
import type { WriteLog } from './order-book.ts'
import { type ControllableClock, ORDER_SHAPES, type PlaceOptions, type SandboxOrder } from './types.ts'

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

export interface MallControl<Settings> {
  /** `.partial()` of the mall's settings. */
  settings: z.ZodObject & ZodType<{ [Name in keyof Settings]?: Settings[Name] | undefined }>
  /** Faults of the mall's own, beside COMMON_FAULTS. */
  faultKinds: Iterable<string>
  /** What a fault can be of: the mall's operations, and `token` where it has one. */
  operations: Iterable<string>
  /** Every name that an order of the mall has, at any level: overrides are of these. */
  orderNames: Iterable<string>
  /** Overrides of an order that can be shipped. */
  ready: Readonly<Record<string, unknown>>
}

/** What some fault of some mall reads besides the fields that all have. */
const FAULT_FIELDS: ReadonlySet<string> = new Set([
  ...Object.keys(SandboxFault.shape),
  ...['value', 'orderNumbers', 'code', 'message', 'status', 'body', 'detail', 'namespace'],
])

const allowed = (names: Iterable<string>): string => [...new Set(names)].toSorted().join(', ')

/** A misspelt fault would never be met, and a test that waits for it pass for the wrong reason. */
const knownFault = (own: Iterable<string>, operations: Iterable<string>) => {
  const known = new Set(operations)
  const kinds = new Set([...COMMON_FAULTS, ...own])
  return SandboxFault.superRefine((fault, context) => {
    const issue = (message: string) => context.addIssue({ code: 'custom', message })
    if (!kinds.has(fault.kind)) issue(`Unknown fault "${fault.kind}". Allowed: ${allowed(kinds)}`)
    if (fault.operation !== undefined && !known.has(fault.operation))
      issue(`Unknown operation "${fault.operation}". Allowed: ${allowed(known)}`)
    for (const field of Object.keys(fault))
      if (!FAULT_FIELDS.has(field))
        issue(`Unknown field "${field}" of a fault. Allowed: ${allowed(FAULT_FIELDS)}`)
  })
}

/** What is wrong, one sentence each; unknown names with those that are known. */
function wordsOf(error: unknown, settings: z.ZodObject, route: string): string {
  if (!(error instanceof z.ZodError)) return error instanceof Error ? error.message : String(error)
  const known: Readonly<Record<string, z.ZodObject>> = {
    'POST orders': PlaceBody,
    'POST applications': PlaceApplication,
    'POST clock': ClockBody,
    'PUT settings': settings,
  }
  return error.issues
    .map((issue) =>
      issue.code === 'unrecognized_keys'
        ? `Unknown: ${issue.keys.join(', ')}. Allowed: ${allowed(Object.keys(known[route]?.shape ?? {}))}`
        : `${issue.path.join('.') || 'body'}: ${issue.message}`,
    )
    .join(' ')
}

export const PlaceBody = z.strictObject({
  count: z.int().min(1).max(100_000).default(1),
  shopCode: z.string().optional(),
  visibleAfterSeconds: z.number().nonnegative().optional(),
  shape: z.enum(ORDER_SHAPES).optional(),
  overrides: z.record(z.string(), z.unknown()).optional(),
  /** Paid, confirmed and past the buyer's minutes: an order that a shop can ship at once. */
  readyToShip: z.boolean().default(false),
})
export const PlaceApplication = z.strictObject({
  shopCode: z.string().optional(),
  /** 1 定期購入, 2 頒布会, 3 予約 */
  reserveType: z.int().min(1).max(3).default(3),
  deliveries: z.int().min(1).max(24).default(1),
  /** Days from now to the first 注文確定日, and between two of them. */
  confirmAfterDays: z.int().min(1).max(360).default(7),
  everyDays: z.int().min(1).max(180).default(30),
  /** Amounts that are not fixed: -9999. */
  pending: z.boolean().default(false),
})

export const ClockBody = z.strictObject({
  advanceSeconds: z.number().optional(),
  setTo: z.iso.datetime({ offset: true }).optional(),
  hold: z.boolean().optional(),
})

/** A misspelt override would change nothing, and the order be another one than the test is about. */
function checkOverrides(value: unknown, names: ReadonlySet<string>): void {
  if (typeof value !== 'object' || value === null) return
  for (const [name, child] of Object.entries(value)) {
    if (!Array.isArray(value) && !names.has(name))
      throw new Error(`Unknown override: ${name}. Allowed: ${allowed(names)}`)
    checkOverrides(child, names)
  }
}

/** What every mall has. */
const commonHandlers = <Settings, Its extends Control<Settings>>({
  settings: settingsPatch,
  faultKinds,
  operations,
  orderNames,
  ready,
}: MallControl<Settings>): ControlHandlers<Its> => ({
  'POST orders': ({ place }, body) => {
    const { count, readyToShip, overrides, ...options } = PlaceBody.parse(body ?? {})
    checkOverrides(overrides, new Set(orderNames))
    const all = readyToShip ? { ...ready, ...overrides } : overrides
    const placing = { ...options, ...(all ? { overrides: all } : {}) } as PlaceOptions
    return { orders: Array.from({ length: count }, () => place(placing)) }
  },
  'GET faults': ({ faults }) => faults.list(),
  'PUT faults': ({ faults }, body) => {
    faults.set(z.array(knownFault(faultKinds, operations)).parse(Array.isArray(body) ? body : [body]))
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
    control.change(settingsPatch.strict().parse(body) as Partial<Settings>)
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
const EDIT = 'PATCH orders/:number'
const OrderPatch = z.record(z.string(), z.unknown())

/** The control API of one mall; `own` is what only this mall can do. Null for a path not under /_control. */
export function createControlApi<Settings, Its extends Control<Settings>>(
  mall: MallControl<Settings>,
  own: ControlHandlers<Its>,
): (control: Its, request: SandboxRequest) => SandboxAnswer | null {
  const handlers = new Map(Object.entries({ ...commonHandlers<Settings, Its>(mall), ...own }))
  const orderNames = new Set(mall.orderNames)
  return (control, request) => {
    if (!request.path.startsWith(PREFIX)) return null
    const path = request.path.slice(PREFIX.length)
    if (request.method === 'GET' && path === '') return jsonAnswer(200, { routes: [...handlers.keys()] })
    const [, orderNumber = ''] = /^orders\/([^/]+)/.exec(path) ?? []
    const route = `${request.method} ${path.replace(/^orders\/[^/]+/, 'orders/:number')}`
    const handler = handlers.get(route)
    if (!handler)
      return jsonAnswer(404, { message: `No such control route: ${route}`, routes: [...handlers.keys()] })
    try {
      const body: unknown = request.body === '' ? undefined : JSON.parse(request.body)
      if (route === EDIT) checkOverrides(OrderPatch.parse(body), orderNames)
      return jsonAnswer(200, handler(control, body, decodeURIComponent(orderNumber)))
    } catch (error) {
      return jsonAnswer(422, { message: wordsOf(error, mall.settings, route) })
    }
  }
}
