import type { SandboxAnswer, SandboxRequest } from '../../../kit/http-kit.ts'
import type { ControllableClock } from '../../../kit/types.ts'
import type { SimShop } from '../consents.ts'
import type { Settings } from '../settings.ts'
import type { Store } from '../store.ts'

export interface OperationContext {
  shop: SimShop
  store: Store
  clock: ControllableClock
  settings: Settings
  /** From the path; empty for a search. */
  orderNumber: string
  /** Data elements that a restricted data token opens here; null: the call came with a plain access token. */
  restricted: ReadonlySet<string> | null
}

/** After the gateway's checks: parameters, then data. */
export type OperationHandler = (request: SandboxRequest, context: OperationContext) => SandboxAnswer

/** An array is one parameter with commas; the repeated form works too. */
export const listParameter = (query: URLSearchParams, name: string): string[] =>
  query
    .getAll(name)
    .flatMap((value) => value.split(','))
    .filter((value) => value !== '')
