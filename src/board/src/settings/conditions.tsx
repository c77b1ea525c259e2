import { useState } from 'react'
import type { Schemas } from '../api.ts'
import { useMalls, useMarkLabels, useShops } from '../data.ts'
import { t } from '../i18n.ts'
import { ActButton } from '../parts/act-button.tsx'
import { Choice, Field } from '../parts/field.tsx'
import { HOLD_KINDS, holdWord, PAYMENT_KINDS, paymentWord } from '../words.ts'

/** Conditions on an order (条件), of rules for marks and of 自動仕分け. */

export type Condition = Schemas['MoveRules']['rules'][number]['all'][number]

const NUMBERS = ['total.billed', 'total.total', 'item.quantity', 'item.lines', 'point.used'] as const

const fieldWords = (): readonly (readonly [Condition['field'], string])[] => [
  ['mark', t('マーク', 'Mark')],
  ['hold', t('モール側保留', 'Hold')],
  ['payment.kind', t('支払方法の種類', 'Kind of payment')],
  ['payment.name', t('支払方法の名称', 'Name of payment')],
  ['total.billed', t('請求金額', 'Billed')],
  ['total.total', t('合計金額', 'Total')],
  ['item.code', t('商品コード', 'Item code')],
  ['item.name', t('商品名', 'Item name')],
  ['item.option', t('商品の選択肢', 'Item option')],
  ['item.quantity', t('点数', 'Pieces')],
  ['item.lines', t('明細の数', 'Lines')],
  ['delivery.method', t('配送方法', 'Delivery')],
  ['delivery.temperature', t('温度帯', 'Temperature')],
  ['note.buyer', t('購入者の備考', 'Buyer’s note')],
  ['buyer.name', t('注文者名', 'Buyer')],
  ['buyer.email', t('注文者のメール', 'Buyer’s mail')],
  ['buyer.address', t('注文者の住所', 'Buyer’s address')],
  ['recipient.name', t('送付先名', 'Recipient')],
  ['recipient.prefecture', t('送付先の都道府県', 'Prefecture')],
  ['recipient.address', t('送付先の住所', 'Recipient’s address')],
  ['recipient.postalCode', t('送付先の郵便番号', 'Postcode')],
  ['flag', t('モールの印', 'Mall’s flag')],
  ['shop', t('店舗', 'Shop')],
  ['marketplace', t('モール', 'Mall')],
  ['point.used', t('ポイント利用', 'Points used')],
]
const isWords = (): Readonly<Record<Condition['is'], string>> => ({
  equal: t('と一致', 'is'),
  not_equal: t('と不一致', 'is not'),
  contains: t('を含む', 'contains'),
  not_contains: t('を含まない', 'does not contain'),
  begins: t('で始まる', 'begins with'),
  at_least: t('以上', 'at least'),
  at_most: t('以下', 'at most'),
})
const isNumber = (field: string): boolean => NUMBERS.some((one) => one === field)

/** Fields whose values are codes: staff choose and read their words. */
export type ConditionWords = ReadonlyMap<string, ReadonlyMap<string, string>>

export function useConditionWords(): ConditionWords {
  const marks = useMarkLabels() ?? new Map<string, string>()
  const malls = useMalls().data ?? []
  const shops = useShops().data ?? []
  return new Map([
    ['mark', marks],
    ['hold', new Map(HOLD_KINDS.map((kind) => [kind, holdWord(kind)]))],
    ['payment.kind', new Map(PAYMENT_KINDS.map((kind) => [kind, paymentWord(kind)]))],
    ['marketplace', new Map(malls.map(({ name, label }) => [name, label]))],
    ['shop', new Map(shops.map(({ id, name }) => [id, name]))],
  ])
}

function said(condition: Condition, words: ConditionWords): string {
  const field = fieldWords().find(([name]) => name === condition.field)?.[1] ?? condition.field
  const labels = words.get(condition.field)
  const value =
    'values' in condition
      ? condition.values.map((one) => labels?.get(one) ?? one).join('、')
      : String(condition.value)
  const is = isWords()[condition.is]
  return t(`${field}が「${value}」${is}`, `${field} ${is} “${value}”`)
}

export const conditionWords = (all: readonly Condition[], words: ConditionWords): string =>
  all.length === 0
    ? t('すべての受注', 'every order')
    : all.map((one) => said(one, words)).join(t('、かつ', ' and '))

export type Conditions = ReturnType<typeof useConditions>

/** Conditions that were added, and the one that is being typed. */
export function useConditions(takes: (field: Condition['field']) => boolean = () => true) {
  const fields = fieldWords().filter(([name]) => takes(name))
  const [added, setAdded] = useState<readonly Condition[]>([])
  const [field, setField] = useState<Condition['field']>('item.code')
  const [is, setIs] = useState<Condition['is']>('contains')
  const [value, setValue] = useState('')
  const offered: readonly Condition['is'][] = isNumber(field)
    ? ['at_least', 'at_most']
    : ['equal', 'not_equal', 'contains', 'not_contains', 'begins']
  const chosen = offered.find((one) => one === is) ?? present(offered[0])
  const values = value.split(/[,、\n]/).flatMap((one) => (one.trim() ? [one.trim()] : []))
  const typed =
    values.length === 0
      ? null
      : ((isNumber(field)
          ? { field, is: chosen, value: Number(value) }
          : { field, is: chosen, values }) as Condition)
  return {
    fields,
    added,
    all: typed ? [...added, typed] : added,
    field,
    chooseField(to: Condition['field']) {
      setField(to)
      setValue('')
      // Codes are chosen whole.
      setIs(CODED.has(to) ? 'equal' : 'contains')
    },
    is: chosen,
    setIs,
    offered,
    value,
    setValue,
    typed,
    add() {
      if (typed === null) return
      setAdded([...added, typed])
      setValue('')
    },
    clear() {
      setAdded([])
      setValue('')
    },
  }
}

const CODED: ReadonlySet<string> = new Set(['mark', 'hold', 'payment.kind', 'marketplace', 'shop'])

const present = (is: Condition['is'] | undefined): Condition['is'] => is ?? 'equal'

export function ConditionFields({ conditions, required }: { conditions: Conditions; required?: boolean }) {
  const words = useConditionWords()
  const { field, added, value, setValue } = conditions
  const codes = words.get(field)
  const number = isNumber(field)
  return (
    <>
      {added.length > 0 && <p>{conditionWords(added, words)}</p>}
      <div className="row">
        <Choice
          label={t('項目', 'Field')}
          value={field}
          onChange={conditions.chooseField}
          options={conditions.fields}
        />
        {codes ? (
          <Choice
            label={t('値', 'Value')}
            name="value"
            value={value}
            onChange={setValue}
            options={[['', t('選んでください', 'Choose')], ...codes]}
          />
        ) : (
          <Field
            label={number ? t('数', 'Number') : t('値（複数はカンマで）', 'Values (commas)')}
            name="value"
            type={number ? 'number' : 'text'}
            required={required === true && added.length === 0}
            value={value}
            onChange={(event) => setValue(event.target.value)}
          />
        )}
        <Choice
          label={t('条件', 'Condition')}
          value={conditions.is}
          onChange={conditions.setIs}
          options={conditions.offered.map((one) => [one, isWords()[one]] as const)}
        />
        <ActButton
          blocked={
            conditions.typed === null
              ? t('先に、この条件の値を入力してください。', 'Enter the value of this condition first.')
              : null
          }
          onClick={conditions.add}
        >
          {t('条件を重ねる', 'And another')}
        </ActButton>
      </div>
    </>
  )
}

/** A code that no rule of the list has: staff give a label alone. */
export function freeCode(taken: readonly { code: string }[]): string {
  const codes = new Set(taken.map(({ code }) => code))
  let at = taken.length + 1
  while (codes.has(`own_${at}`)) at++
  return `own_${at}`
}
