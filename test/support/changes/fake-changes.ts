import { z } from 'zod'
import { MarketplaceFailure } from '../../../src/marketplaces/port/failures.ts'
import type { NormalisedOrder } from '../../../src/marketplaces/port/order.ts'
import {
  type ChangeAction,
  type ChangeCalls,
  ChangeParameters,
  type ChangePlan,
  type ChangeRules,
  type ChangeStep,
  type MallAction,
  type StepAnswer,
  type StepState,
} from '../../../src/marketplaces/port/site-changes.ts'

/**
 * Calls of each action of the fake mall, in order. What is done stands in the order's `mallStatuses` under
 * the call's name.
 */
export const CALLS = {
  confirm: ['confirm'],
  ship: ['delivery', 'ship'],
  mark_paid: ['pay'],
  hold: ['hold'],
  cancel: ['cancel'],
  memo: ['memo'],
  complete: ['complete'],
  correct_shipment: ['correct'],
  change_content: ['lines', 'wish', 'remarks'],
} as const satisfies Partial<Record<ChangeAction, readonly string[]>>

export interface FakeWrite {
  orderNumber: string
  step: ChangeStep
  /** Lets the mall do it; each time counts, as at a mall that adds a second parcel. */
  apply(): void
  signal: AbortSignal
}

type OnWrite = (
  write: FakeWrite,
) => Promise<Partial<StepAnswer> | undefined> | Partial<StepAnswer> | undefined

export interface FakeChanges {
  rules: ChangeRules
  calls: ChangeCalls
  /** Instead of doing what is asked and saying so. */
  onWrite(hook: OnWrite | null): void
  /** Runs before planChange and stepState look at an order. */
  onRules(hook: (() => void) | null): void
  /** Calls that came in, as `number:step`. */
  readonly writes: string[]
  /** Orders in each call for many. */
  readonly bulks: number[]
  /** What the mall really did, as `number:step`. */
  readonly effects: string[]
  /** The values of these, in the same order. */
  readonly values: string[]
}

/** Numbers whose steps cannot be read back have this flag. */
export const UNREADABLE_STEPS = 'unreadable_steps'
/** Orders that the mall's rules refuse to change have this flag. */
export const REFUSES_CHANGES = 'refuses_changes'
/** Orders that the mall does not let go yet have this flag: changes but a cancel look again until it does. */
export const WAITS_FOR_MALL = 'waits_for_mall'
/** For longer and longer. */
const LOOKS_MS = [5_000, 60_000, 900_000] as const

export function createFakeChanges(
  change: (orderNumber: string, change: (order: NormalisedOrder) => NormalisedOrder) => void,
  bulk?: NonNullable<ChangeRules['bulk']>,
): FakeChanges {
  const writes: string[] = []
  const bulks: number[] = []
  const effects: string[] = []
  const values: string[] = []
  let hook: OnWrite | null = null
  let rulesHook: (() => void) | null = null

  const apply = (orderNumber: string, { name, payload }: ChangeStep): void => {
    effects.push(`${orderNumber}:${name}`)
    values.push(String(payload.value))
    change(orderNumber, (order) => ({
      ...order,
      ...(name === 'ship' ? { mallState: 'shipped', mallStatus: { code: '500', name: '発送済' } } : {}),
      ...(name === 'cancel'
        ? { mallState: 'cancelled', mallStatus: { code: '900', name: 'キャンセル' } }
        : {}),
      mallStatuses: { ...order.mallStatuses, [name]: String(payload.value) },
    }))
  }

  async function applyStep(orderNumber: string, step: ChangeStep, signal: AbortSignal): Promise<StepAnswer> {
    writes.push(`${orderNumber}:${step.name}`)
    const write = { orderNumber, step, signal, apply: () => apply(orderNumber, step) }
    if (!hook) write.apply()
    const answer = await hook?.(write)
    return { mallCode: 'OK', mallMessage: '受け付けました', warnings: [], ...answer }
  }

  const applyMany: ChangeCalls['applyMany'] = async (entries, signal) => {
    bulks.push(entries.length)
    const answers = new Map<string, StepAnswer | MarketplaceFailure>()
    for (const { orderNumber, step } of entries) {
      const answer = await applyStep(orderNumber, step, signal).catch((error: unknown) => {
        if (error instanceof MarketplaceFailure) return error
        throw error
      })
      answers.set(orderNumber, answer)
    }
    return answers
  }

  return {
    rules: {
      ...(bulk ? { bulk } : {}),
      actions: (Object.keys(CALLS) as (keyof typeof CALLS)[]).map(toAction),
      carriers: [
        { carrier: 'yamato', mallCode: '1001' },
        { carrier: 'sagawa', mallCode: '1002' },
      ],
      planChange(wanted, order) {
        rulesHook?.()
        return plan(wanted, order)
      },
      stepState(step, order) {
        rulesHook?.()
        return stateOf(step, order)
      },
    },
    calls: { applyStep, ...(bulk ? { applyMany } : {}) },
    onWrite: (next) => {
      hook = next
    },
    onRules: (next) => {
      rulesHook = next
    },
    writes,
    bulks,
    effects,
    values,
  }
}

const toAction = (action: keyof typeof CALLS): MallAction => ({
  action,
  label: action,
  fields: [],
  limits: [],
  preconditions: 'いつでも',
  parameters: action === 'ship' ? ShipWithNumber : ChangeParameters[action],
  calls: [...CALLS[action]],
})

/** Stricter than the general form: this mall wants a tracking number. */
const ShipWithNumber = ChangeParameters.ship.extend({
  parcels: z.array(ChangeParameters.ship.shape.parcels.element.required({ trackingNumber: true })).max(3),
})

function plan(wanted: { action: ChangeAction; parameters: unknown }, order: NormalisedOrder): ChangePlan {
  if (order.flags.includes(REFUSES_CHANGES))
    return { kind: 'refused', code: 'NOT_NOW', message: 'いまは変更できません。' }
  if (order.flags.includes(WAITS_FOR_MALL) && wanted.action !== 'cancel')
    return { kind: 'refused', code: 'NOT_YET', message: 'まだ変更できません。', looksAfterMs: LOOKS_MS }
  const names: readonly string[] = CALLS[wanted.action as keyof typeof CALLS]
  const value = JSON.stringify(wanted.parameters)
  const steps = names
    .filter((name) => order.mallStatuses[name] !== value)
    .map((name) => ({ name, label: `${name}の更新`, payload: { value } }))
  return steps.length === 0 ? { kind: 'already', message: 'すでに反映済みです。' } : { kind: 'steps', steps }
}

function stateOf({ name, payload }: ChangeStep, order: NormalisedOrder): StepState {
  if (order.flags.includes(UNREADABLE_STEPS)) return 'unknown'
  return order.mallStatuses[name] === payload.value ? 'applied' : 'not_applied'
}
