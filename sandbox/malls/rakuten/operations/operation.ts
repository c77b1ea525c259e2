import type { SandboxAnswer } from '../../../kit/http-kit.ts'
import type { ControllableClock } from '../../../kit/types.ts'
import type { Settings } from '../settings.ts'
import type { SimShop } from '../shops.ts'
import type { Store } from '../store.ts'

export type Body = Readonly<Record<string, unknown>>

export interface OperationContext {
  shop: SimShop
  store: Store
  clock: ControllableClock
  settings: Settings
}

export type Operation = (body: Body, context: OperationContext) => SandboxAnswer

export const asRecord = (value: unknown): Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : {}

export const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** Absent, null or an empty text: a required field that is none of these is there. */
export const isMissing = (value: unknown): boolean => value === undefined || value === null || value === ''
