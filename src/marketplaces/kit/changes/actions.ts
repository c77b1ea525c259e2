import { z } from 'zod'
import { CARRIERS } from '../../port/carriers.ts'
import { ChangeParameters } from '../../port/change-parameters.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import {
  type ActionField,
  CHANGE_ACTIONS,
  type ChangeAction,
  type ChangePlan,
  type ChangeRules,
  type FieldLimit,
  type MallAction,
  type MallCarrier,
} from '../../port/site-changes.ts'
import type { MallNames } from '../http-failures.ts'
import { limited } from './limits.ts'
import { refused } from './plans.ts'

/** Checked parameters of an action. */
export type Wished<A extends ChangeAction> = z.output<(typeof ChangeParameters)[A]>

/** Adds a problem. `path` leads from the parameters (`['parcels', 0, 'carrier']`), `message` is Japanese. */
export type Issue = (path: PropertyKey[], message: string) => void

/** One action of a mall: its row in GET /v1/marketplaces and in the docs, its checks, its plan. */
interface ActionRow<W> {
  label: string
  fields: ActionField[]
  preconditions: string
  calls: string[]
  /** Rules that belong to one field alone. */
  limits?: readonly FieldLimit[]
  /** Rules between fields, which `limits` cannot express. */
  check?(wished: W, issue: Issue): void
  plan(wished: W, order: NormalisedOrder): ChangePlan
}

export type ActionRows = { [A in ChangeAction]?: ActionRow<Wished<A>> }

/** Rules shared by several actions; null leaves the decision to the action's own plan. */
type Closed = (order: NormalisedOrder, action: ChangeAction) => ChangePlan | null

const Waits = z.object({ waitMinutes: z.int().optional(), afterDays: z.int().optional() })

/**
 * Builds a mall's actions and plans from its rows, in the order of CHANGE_ACTIONS. Applies the wishes for a
 * later time (`waitMinutes`, `afterDays`), which mean the same at every mall.
 */
export function mallActions(
  mall: MallNames,
  rows: ActionRows,
  closed: Closed = () => null,
): Pick<ChangeRules, 'actions' | 'planChange'> {
  const known = new Map(
    CHANGE_ACTIONS.flatMap((action): [ChangeAction, Required<OwnAction>][] => {
      const row = rows[action]
      return row ? [[action, { row, parameters: parametersOf(mall, ChangeParameters[action], row) }]] : []
    }),
  )
  return {
    actions: [...known].map(([action, { row, parameters }]): MallAction => {
      const { label, fields, preconditions, calls, limits = [] } = row
      return { action, label, fields, preconditions, parameters, limits, calls }
    }),
    planChange(change, order) {
      const own = known.get(change.action)
      if (!own)
        return refused(
          'ACTION_NOT_SUPPORTED',
          `${mall.label}ではこのサイト変更はできません。${mall.console}で操作してください。`,
        )
      const wished = own.parameters.parse(change.parameters)
      const plan = closed(order, change.action) ?? own.row.plan(wished, order)
      const { waitMinutes, afterDays } = Waits.parse(wished)
      return waitedAfterShipping(waitedAfterOrder(plan, order, waitMinutes), order, afterDays)
    },
  }
}

interface OwnAction {
  row: ActionRow<unknown>
  parameters: z.ZodType
}

const parametersOf = (mall: MallNames, schema: z.ZodType, row: ActionRow<unknown>): z.ZodType =>
  limited(schema, mall.label, row.limits ?? []).superRefine((wished, context) =>
    row.check?.(wished, (path, message) => context.addIssue({ code: 'custom', path, message })),
  )

type More = Pick<ActionField, 'choices' | 'help'>

export const needed = (name: string, label: string, more: More = {}): ActionField => ({
  name,
  label,
  required: true,
  ...more,
})
export const optional = (name: string, label: string, more: More = {}): ActionField => ({
  name,
  label,
  required: false,
  ...more,
})

/** Refuses a correction of a parcel that names none of the fields. `labels`: theirs, Japanese. */
export function correctsSomething<P extends object>(
  parcels: readonly P[],
  fields: readonly (keyof P)[],
  labels: string,
  issue: Issue,
): void {
  for (const [index, parcel] of parcels.entries())
    if (fields.every((field) => parcel[field] === undefined))
      issue(['parcels', index], `訂正する項目がありません。${labels}のいずれかを指定してください。`)
}

/** Fields that mean the same at all malls that have them. */
export const WAIT_MINUTES = optional('waitMinutes', '注文確定待ち時間（分）', {
  help: '注文からこの時間が過ぎるまで送りません。',
})
export const AFTER_DAYS = optional('afterDays', '発送日からの日数', {
  help: '指定した日数が過ぎてから送ります。省略するとすぐに送ります。',
})
export const THEN_MOVE_TO = optional('thenMoveTo', '成功後の受注ステータス')

type Choices = NonNullable<ActionField['choices']>

export const choicesOf = (names: Readonly<Record<string, string>>): Choices =>
  Object.entries(names).map(([code, label]) => ({ code, label }))

/** Our codes of the carriers a mall has; its own code is its own business. */
export const carrierChoices = (carriers: readonly MallCarrier[]): Choices =>
  carriers.map(({ carrier }) => ({ code: carrier, label: CARRIERS[carrier] }))

/** Changes that a person wants later than at once: 注文確定待ち時間, 完了 some days after shipping. */

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** The steps of a plan when the order is `minutes` old; other plans as they are. */
export const waitedAfterOrder = (
  plan: ChangePlan,
  order: Pick<NormalisedOrder, 'orderedAt'>,
  minutes: number | undefined,
): ChangePlan => waited(plan, minutes === undefined ? null : Date.parse(order.orderedAt) + minutes * MINUTE)

/** The steps of a plan when the last parcel has been on its way for `days` calendar days in Japan. */
export function waitedAfterShipping(
  plan: ChangePlan,
  { recipients }: Pick<NormalisedOrder, 'recipients'>,
  days: number | undefined,
): ChangePlan {
  const shipped = recipients.flatMap(({ parcels }) =>
    parcels.flatMap(({ shippedOn }) => (shippedOn === null ? [] : [shippedOn])),
  )
  const last = shipped.toSorted().at(-1)
  return waited(plan, !days || !last ? null : Date.parse(`${last.slice(0, 10)}T00:00:00+09:00`) + days * DAY)
}

function waited(plan: ChangePlan, until: number | null): ChangePlan {
  if (plan.kind !== 'steps' || until === null || Number.isNaN(until)) return plan
  const mallWants = plan.notBefore ? Date.parse(plan.notBefore) : 0
  if (mallWants >= until) return plan
  return { ...plan, notBefore: new Date(until).toISOString(), byWish: true }
}
