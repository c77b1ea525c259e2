import { CARRIERS } from '../../port/carriers.ts'
import {
  type ActionField,
  CHANGE_ACTIONS,
  type ChangeAction,
  type FieldLimit,
  type MallAction,
  type MallCarrier,
} from '../../port/site-changes.ts'

/** How a mall writes down its actions, for GET /marketplaces and the table in the docs. */

export type ActionTexts = Omit<MallAction, 'action' | 'limits'>

/** In the order of CHANGE_ACTIONS. */
export const actionsOf = (
  texts: Partial<Record<ChangeAction, ActionTexts>>,
  limits: Partial<Record<ChangeAction, readonly FieldLimit[]>>,
): MallAction[] =>
  CHANGE_ACTIONS.flatMap((action) => {
    const own = texts[action]
    return own ? [{ action, ...own, limits: limits[action] ?? [] }] : []
  })

/** Fields that mean the same at all malls that have them. */
export const WAIT_MINUTES: ActionField = {
  name: 'waitMinutes',
  label: '注文確定待ち時間（分）',
  required: false,
  help: '注文からこの時間が過ぎるまで送りません。',
}
export const AFTER_DAYS: ActionField = {
  name: 'afterDays',
  label: '発送日からの日数',
  required: false,
  help: '指定した日数が過ぎてから送ります。省略するとすぐに送ります。',
}
export const THEN_MOVE_TO: ActionField = {
  name: 'thenMoveTo',
  label: '成功後の受注ステータス',
  required: false,
}

type Choices = NonNullable<ActionField['choices']>

export const choicesOf = (names: Readonly<Record<string, string>>): Choices =>
  Object.entries(names).map(([code, label]) => ({ code, label }))

/** Our codes of the carriers a mall has; its own code is its own business. */
export const carrierChoices = (carriers: readonly MallCarrier[]): Choices =>
  carriers.map(({ carrier }) => ({ code: carrier, label: CARRIERS[carrier] }))
