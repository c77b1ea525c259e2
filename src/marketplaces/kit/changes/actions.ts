import { z } from 'zod'
import { CARRIERS } from '../../port/carriers.ts'
import type { NormalisedOrder } from '../../port/order.ts'
import {
  type ActionField,
  CHANGE_ACTIONS,
  type ChangeAction,
  ChangeParameters,
  type ChangePlan,
  type ChangeRules,
  type FieldLimit,
  type LinePieces,
  type MallAction,
  type MallCarrier,
} from '../../port/site-changes.ts'
import type { MallNames } from '../failures.ts'
import { refused } from './plans.ts'

/** Parameters as they are kept: the day of a shipment is filled in when it is asked for. */
const KEPT = { ...ChangeParameters, ship: ChangeParameters.ship.required({ shippedOn: true }) }

/** Checked parameters of an action. */
export type Wished<A extends ChangeAction> = z.output<(typeof KEPT)[A]>

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
  /** @param asked lines that were left to ship when it was asked for; null where nobody noted them */
  plan(wished: W, order: NormalisedOrder, asked: readonly LinePieces[] | null): ChangePlan
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
      return row ? [[action, { row, parameters: parametersOf(mall, KEPT[action], row) }]] : []
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
      const plan = closed(order, change.action) ?? own.row.plan(wished, order, change.lines ?? null)
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

const fieldOf =
  (required: boolean) =>
  (name: string, label: string, more: More = {}): ActionField => ({ name, label, required, ...more })
export const needed = fieldOf(true)
export const optional = fieldOf(false)

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
export const SHIPPED_ON = optional('shippedOn', '発送日', { help: '省略すると今日（日本時間）です。' })
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
  { recipients }: { recipients: readonly { parcels: readonly { shippedOn: string | null }[] }[] },
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

/**
 * Narrows `schema` by a mall's limits on single fields. GET /v1/marketplaces and the docs show the same rows.
 */
function limited<S extends z.ZodType>(schema: S, mall: string, limits: readonly FieldLimit[]): S {
  return schema.superRefine((wished, context) => {
    for (const limit of limits)
      for (const { path, value } of valuesAt(wished, limit.field.split('.'))) {
        const problem = problemOf(limit, value)
        if (problem) context.addIssue({ code: 'custom', path, message: limit.words ?? mall + problem })
      }
  })
}

/** Limit for a field that the mall does not have. Without `words` the label makes the sentence. */
export const notTaken = (field: string, label: string, words?: string): FieldLimit => ({
  field,
  label,
  taken: false,
  ...(words === undefined ? {} : { words }),
})

/** Limits for the parts of a name and an address, where all have the same length. */
export const recipientTexts = (most: Pick<FieldLimit, 'bytes' | 'characters'>): FieldLimit[] =>
  Object.entries(RECIPIENT_TEXTS).map(([name, label]) => ({ field: `recipients.${name}`, label, ...most }))

const RECIPIENT_TEXTS = {
  familyName: '姓',
  givenName: '名',
  familyNameKana: '姓カナ',
  givenNameKana: '名カナ',
  prefecture: '都道府県',
  city: '市区町村',
  address1: '町域・番地',
  address2: '建物名・部屋番号',
}

/** Lists the values of a field; a name after a list means the field in each of its entries. */
function valuesAt(
  value: unknown,
  names: readonly string[],
  path: PropertyKey[] = [],
): { path: PropertyKey[]; value: unknown }[] {
  const [name, ...rest] = names
  if (name === undefined) return [{ path, value }]
  if (Array.isArray(value)) return value.flatMap((entry, index) => valuesAt(entry, names, [...path, index]))
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return []
  return valuesAt((value as Record<string, unknown>)[name], rest, [...path, name])
}

/** The first limit that the value passes, as an end of a sentence. */
function problemOf(
  { label, bytes, characters, most, pattern, taken }: FieldLimit,
  value: unknown,
): string | null {
  if (taken === false) return isGiven(value) ? `では${label}は登録できません。指定を外してください。` : null
  if (Array.isArray(value))
    return most !== undefined && value.length > most ? `の${label}は${most}件までです。` : null
  if (typeof value === 'number')
    return most !== undefined && value > most ? `の${label}は${most.toLocaleString('ja-JP')}までです。` : null
  if (typeof value !== 'string') return null
  const size = Buffer.byteLength(value)
  if (bytes !== undefined && size > bytes)
    return `の${label}は${bytes}バイトまでです（全角は1文字3バイト、今は${size}バイト）。短くしてください。`
  if (characters !== undefined && value.length > characters)
    return `の${label}は${characters}文字までです（今は${value.length}文字）。短くしてください。`
  return pattern && !pattern.test(value) ? `の${label}の形が正しくありません。` : null
}

/** False for a switch that is off and for a blank, which request nothing. */
const isGiven = (value: unknown): boolean =>
  value !== undefined && value !== false && value !== '' && !(Array.isArray(value) && value.length === 0)
