import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api, type Schemas } from '../api.ts'
import { refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { Choice, Field } from '../parts/field.tsx'
import { Form, FormEnd } from '../parts/form.tsx'
import { Failed, Loading, Problem } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { useSend } from '../parts/use-send.ts'
import { useIsOwner } from '../session.ts'

/** マーク: a tenant's own, by conditions, and the buyers whose orders are to be looked at. */

type Rule = Schemas['MarkRules']['rules'][number]
type Condition = Rule['all'][number]

const NUMBERS = ['total.billed', 'total.total', 'item.quantity', 'item.lines', 'point.used'] as const

const fieldWords = (): readonly (readonly [Condition['field'], string])[] => [
  ['buyer.name', t('注文者名', 'Buyer')],
  ['buyer.email', t('注文者のメール', 'Buyer’s mail')],
  ['buyer.address', t('注文者の住所', 'Buyer’s address')],
  ['recipient.name', t('送付先名', 'Recipient')],
  ['recipient.prefecture', t('送付先の都道府県', 'Prefecture')],
  ['recipient.address', t('送付先の住所', 'Recipient’s address')],
  ['recipient.postalCode', t('送付先の郵便番号', 'Postcode')],
  ['item.code', t('商品コード', 'Item code')],
  ['item.name', t('商品名', 'Item name')],
  ['item.option', t('商品の選択肢', 'Item option')],
  ['note.buyer', t('購入者の備考', 'Buyer’s note')],
  ['payment.kind', t('支払方法の種類', 'Kind of payment')],
  ['payment.name', t('支払方法の名称', 'Name of payment')],
  ['delivery.method', t('配送方法', 'Delivery')],
  ['delivery.temperature', t('温度帯', 'Temperature')],
  ['hold', t('モール側保留', 'Hold')],
  ['flag', t('モールの印', 'Mall’s flag')],
  ['shop', t('店舗', 'Shop')],
  ['marketplace', t('モール', 'Mall')],
  ['total.billed', t('請求金額', 'Billed')],
  ['total.total', t('合計金額', 'Total')],
  ['item.quantity', t('点数', 'Pieces')],
  ['item.lines', t('明細の数', 'Lines')],
  ['point.used', t('ポイント利用', 'Points used')],
]
const isWords = (): Readonly<Record<Condition['is'], string>> => ({
  contains: t('を含む', 'contains'),
  not_contains: t('を含まない', 'does not contain'),
  equal: t('と一致', 'is'),
  not_equal: t('と不一致', 'is not'),
  begins: t('で始まる', 'begins with'),
  at_least: t('以上', 'at least'),
  at_most: t('以下', 'at most'),
})
const isNumber = (field: string): boolean => NUMBERS.some((one) => one === field)

const said = (condition: Condition): string => {
  const field = fieldWords().find(([name]) => name === condition.field)?.[1] ?? condition.field
  const value = 'values' in condition ? condition.values.join('、') : String(condition.value)
  const is = isWords()[condition.is]
  return t(`${field}が「${value}」${is}`, `${field} ${is} “${value}”`)
}

export function MarkSettings() {
  const rules = useQuery({ queryKey: ['mark-rules'], queryFn: () => answer(api.GET('/v1/mark-rules')) })
  return (
    <section className="desk-part">
      <h2>{t('マーク', 'Marks')}</h2>
      <details>
        <summary>{t('独自のマーク', 'Marks of our own')}</summary>
        {rules.isPending ? (
          <Loading />
        ) : rules.data ? (
          <Rules kept={rules.data} />
        ) : (
          <Failed error={rules.error} again={() => void rules.refetch()} />
        )}
      </details>
      <details>
        <summary>{t('要注意顧客', 'Blocked buyers')}</summary>
        <Blocked />
      </details>
    </section>
  )
}

function Rules({ kept }: { kept: Schemas['MarkRules'] }) {
  const owner = useIsOwner()
  const { busy, error, send } = useSend()
  // On top of what is kept by now: a colleague may have added one meanwhile.
  const change = async (to: (rules: readonly Rule[]) => readonly Rule[]) => {
    const now = await answer(api.GET('/v1/mark-rules'))
    await answer(api.PUT('/v1/mark-rules', { body: { ...now, rules: [...to(now.rules)] } }))
    refresh('mark-rules', 'marks')
    toast(t('マークを保存しました。以後に取り込む受注に付きます。', 'Kept, for orders from now on.'))
  }
  return (
    <div className="stack">
      {kept.rules.length === 0 && <p className="quiet">{t('まだありません。', 'None yet.')}</p>}
      <ul className="plain">
        {kept.rules.map((rule) => (
          <li key={rule.code} className="row">
            <span>
              <strong>{rule.label}</strong> {rule.all.map(said).join(t('、かつ', ' and '))}
            </span>
            {owner && (
              <button
                type="button"
                className="button"
                aria-disabled={busy}
                onClick={() => send(() => change((rules) => rules.filter(({ code }) => code !== rule.code)))}
              >
                {t('削除', 'Remove')}
                <span className="for-reader">{rule.label}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
      {owner && <NewRule onAdd={(rule) => change((rules) => [...rules, rule])} taken={kept.rules} />}
      <Problem error={error} />
    </div>
  )
}

/** One condition a mark; a second condition of the same mark narrows it. */
function NewRule({ onAdd, taken }: { onAdd: (rule: Rule) => Promise<void>; taken: readonly Rule[] }) {
  const [label, setLabel] = useState('')
  const [all, setAll] = useState<readonly Condition[]>([])
  const [field, setField] = useState<Condition['field']>('item.code')
  const [is, setIs] = useState<Condition['is']>('contains')
  const [value, setValue] = useState('')
  const number = isNumber(field)
  const offered = number
    ? (['at_least', 'at_most'] as const)
    : (['contains', 'not_contains', 'equal', 'not_equal', 'begins'] as const)
  const chosen = offered.some((one) => one === is) ? is : offered[0]
  const typed = (): Condition | null => {
    if (value.trim() === '') return null
    const values = value.split(/[,、\n]/).flatMap((one) => (one.trim() ? [one.trim()] : []))
    return (number ? { field, is: chosen, value: Number(value) } : { field, is: chosen, values }) as Condition
  }
  const conditions = [...all, ...[typed()].filter((one) => one !== null)]
  const freeCode = () => {
    const codes = new Set(taken.map(({ code }) => code))
    let at = taken.length + 1
    while (codes.has(`own_${at}`)) at++
    return `own_${at}`
  }
  return (
    <Form
      className="stack"
      label={t('独自のマークを追加', 'Add a mark')}
      send={async () => {
        await onAdd({ code: freeCode(), label: label.trim(), all: conditions })
        setLabel('')
        setAll([])
        setValue('')
      }}
    >
      {all.length > 0 && <p>{all.map(said).join(t('、かつ', ' and '))}</p>}
      <div className="row">
        <Field
          label={t('マークの表示名', 'Name of the mark')}
          name="label"
          required
          maxLength={40}
          value={label}
          onChange={(event) => setLabel(event.target.value)}
        />
        <Choice label={t('項目', 'Field')} value={field} onChange={setField} options={fieldWords()} />
        <Field
          label={number ? t('数', 'Number') : t('値（複数はカンマで）', 'Values (commas)')}
          name="value"
          type={number ? 'number' : 'text'}
          required={all.length === 0}
          value={value}
          onChange={(event) => setValue(event.target.value)}
        />
        <Choice
          label={t('条件', 'Condition')}
          value={chosen}
          onChange={setIs}
          options={offered.map((one) => [one, isWords()[one]] as const)}
        />
        <button
          type="button"
          className="button"
          aria-disabled={typed() === null}
          onClick={() => {
            setAll(conditions)
            setValue('')
          }}
        >
          {t('条件を重ねる', 'And another')}
        </button>
      </div>
      <FormEnd label={t('マークを追加', 'Add the mark')} />
    </Form>
  )
}

type Blocked = Schemas['BlockedBuyer']
const kindWords = (): readonly (readonly [Blocked['kind'], string])[] => [
  ['name', t('氏名', 'Name')],
  ['phone', t('電話番号', 'Phone')],
  ['email', t('メール', 'Mail')],
  ['address', t('住所', 'Address')],
]

/** Read when it is opened: these are names. */
function Blocked() {
  const owner = useIsOwner()
  const list = useQuery({
    queryKey: ['blocked-buyers'],
    queryFn: async () => (await answer(api.GET('/v1/blocked-buyers'))).blockedBuyers,
  })
  const { error, send } = useSend()
  if (list.isPending) return <Loading />
  if (!list.data) return <Failed error={list.error} again={() => void list.refetch()} />
  const remove = async (id: string) => {
    await answer(api.DELETE('/v1/blocked-buyers/{id}', { params: { path: { id } } }))
    refresh('blocked-buyers')
  }
  return (
    <div className="stack">
      <p className="support">
        {t(
          '注文者か送付先が一致する受注に「危」を付けます。出荷は止めません。',
          'Their orders get a mark; nothing is stopped.',
        )}
      </p>
      {list.data.length === 0 && <p className="quiet">{t('まだありません。', 'None yet.')}</p>}
      <ul className="plain">
        {list.data.map((one) => (
          <li key={one.id} className="row">
            <span>
              {kindWords().find(([kind]) => kind === one.kind)?.[1]}: <strong>{one.value}</strong>{' '}
              {one.postalCode} <span className="quiet">{one.reason}</span>
            </span>
            {owner && (
              <button type="button" className="button" onClick={() => send(() => remove(one.id))}>
                {t('削除', 'Remove')}
                <span className="for-reader">{one.value}</span>
              </button>
            )}
          </li>
        ))}
      </ul>
      <Problem error={error} />
      {owner && <NewBlocked />}
    </div>
  )
}

function NewBlocked() {
  const empty = { value: '', postalCode: '', reason: '' }
  const [kind, setKind] = useState<Blocked['kind']>('name')
  const [values, setValues] = useState(empty)
  const add = async () => {
    const { value, postalCode, reason } = values
    const body = { kind, value, ...(kind === 'address' ? { postalCode } : {}), ...(reason ? { reason } : {}) }
    await answer(api.POST('/v1/blocked-buyers', { body }))
    setValues(empty)
    refresh('blocked-buyers')
    toast(t('要注意顧客を登録しました。', 'Added.'))
  }
  const field = (name: keyof typeof empty, label: string, required: boolean) => (
    <Field
      name={name}
      label={label}
      required={required}
      maxLength={300}
      value={values[name]}
      onChange={(event) => setValues({ ...values, [name]: event.target.value })}
    />
  )
  return (
    <Form className="stack" label={t('要注意顧客を登録', 'Block a buyer')} send={add}>
      <div className="row">
        <Choice label={t('種別', 'Kind')} value={kind} onChange={setKind} options={kindWords()} />
        {kind === 'address' && field('postalCode', t('郵便番号', 'Postcode'), true)}
        {field('value', t('値', 'Value'), true)}
        {field('reason', t('理由', 'Reason'), false)}
      </div>
      <FormEnd label={t('登録する', 'Add')} />
    </Form>
  )
}
