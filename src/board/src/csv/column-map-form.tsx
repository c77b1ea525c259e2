import { useEffect, useRef, useState } from 'react'
import { answer, api, Refusal, type Schemas } from '../api.ts'
import { refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { ActButton } from '../parts/act-button.tsx'
import { Choice, Field } from '../parts/field.tsx'
import { Form, FormEnd, useHasProblem } from '../parts/form.tsx'
import { useOpened } from '../parts/opened.ts'
import { Table } from '../parts/table.tsx'
import { Tick } from '../parts/ticks.tsx'
import {
  bestMap,
  choosable,
  chosenFields,
  type FileHead,
  headingsElsewhere,
  MOST_JOINED,
  meaningOf,
  type OrderForm,
  toColumns,
  withWords,
  wordsIn,
} from './column-map.ts'

type Answer = Schemas['OrderFormAnswer']
type Values = NonNullable<OrderForm['values']>
type State = NonNullable<Values['state']>[string]
type PaymentStatus = NonNullable<Values['paymentStatus']>[string]
type ShippedColumn = OrderForm['shipped']['columns'][number]

const SHIPPED: readonly ShippedColumn[] = [
  { heading: '受注番号', value: 'orderNumber' },
  { heading: '配送会社', value: 'carrier' },
  { heading: '送り状番号', value: 'trackingNumber' },
  { heading: '発送日', value: 'shippedOn' },
]

/** A map to begin with: the shop's own, else that of the cart with these headings, else an empty one. */
function startOf({ form, presets, fields }: Answer, { columns, delimiter }: FileHead): OrderForm {
  const required = fields.flatMap((one) => (one.required ? [one.name] : []))
  const known = presets.map((one) => one.form)
  const start = form ??
    bestMap(known, columns, required) ?? {
      label: t('この店舗の形式', 'Files of this shop'),
      encoding: 'auto',
      delimiter,
      columns: {},
      values: {},
      taxIncluded: true,
      severalRecipients: false,
      shipped: { encoding: 'cp932', columns: [...SHIPPED], carriers: {} },
    }
  // A cart's own name would stand for its own map.
  const label = known.some((one) => one.label === start.label)
    ? `${start.label.slice(0, 36)}${t('（変更）', ' (own)')}`
    : start.label
  return { ...start, label, delimiter }
}

const WORDS: Readonly<Record<string, readonly [ja: string, en: string]>> = {
  label: ['形式の名前', 'Name'],
  encoding: ['文字コード', 'Encoding'],
  delimiter: ['区切り文字', 'Between values'],
  columns: ['列の対応', 'Columns'],
  values: ['言葉の意味', 'Words'],
  taxIncluded: ['税込', 'With tax'],
  severalRecipients: ['複数の送付先', 'Several recipients'],
  items: ['商品の行', 'Rows of goods'],
  shipped: ['追跡番号CSVの列', 'Columns of tracking numbers'],
}
const wordsOf = (name: string): string => {
  const [ja, en] = WORDS[name] ?? [name, name]
  return t(ja, en)
}

/** 列の対応: the field of each column of the chosen file, changed by hand and kept for the shop. */
export function ColumnMap(props: {
  shopId: string
  answer: Answer
  head: FileHead
  onSaved: () => void
  onCancel: () => void
}) {
  const { columns } = props.head
  const { fields } = props.answer
  const params = { path: { id: props.shopId } }
  const [start] = useState(() => startOf(props.answer, props.head))
  const save = useOpened<Partial<OrderForm>>(props.answer.form ?? {}, (name) => [
    wordsOf(name),
    `form.${name}`,
  ])
  const [chosen, setChosen] = useState(() => chosenFields(start.columns, columns))
  const [form, setForm] = useState(start)
  const required = fields.filter((one) => one.required)
  const elsewhere = headingsElsewhere(start.columns, columns)
  const [keeps, setKeeps] = useState(() => required.every(({ name }) => chosen.includes(name)))
  const free = choosable(columns)
  const map = toColumns(start.columns, columns, chosen, keeps)
  const words = {
    state: wordsIn(map.state, props.head),
    paymentStatus: wordsIn(map.paymentStatus, props.head),
  }
  const change = (more: Partial<OrderForm>) => setForm({ ...form, ...more })
  const send = async (data: FormData) => {
    const lacking = required.filter(({ name }) => !chosen.includes(name)).map(({ label }) => label)
    if (lacking.length > 0)
      throw new Refusal(
        t(`列を選んでください: ${lacking.join('、')}`, `Choose a column for: ${lacking.join(', ')}`),
      )
    for (const must of ['orderNumber', 'trackingNumber'] as const)
      if (!form.shipped.columns.some(({ value }) => value === must))
        throw new Refusal(
          t(
            '追跡番号CSVには、受注番号と送り状番号の列が必要です。',
            'It needs the order number and the tracking number.',
          ),
        )
    const mine = {
      ...form,
      label: String(data.get('form.label')).trim(),
      columns: map,
      values: {
        ...form.values,
        state: withWords(form.values.state, words.state, 'open'),
        paymentStatus: withWords(form.values.paymentStatus, words.paymentStatus, 'unknown'),
      },
    }
    const read = async () => (await answer(api.GET('/v1/shops/{id}/order-form', { params }))).form ?? {}
    await save(mine, read, async (changes, now) => {
      const body = { preset: null, form: { ...mine, ...now, ...changes } }
      await answer(api.PUT('/v1/shops/{id}/order-form', { params, body }))
      refresh('order-form', 'shops', 'marketplaces')
    })
    props.onSaved()
  }
  return (
    <section aria-label={t('列の対応を変える', 'Change the columns')}>
      <Form className="stack" of={props.shopId} send={send}>
        <div className="row">
          <Field
            label={wordsOf('label')}
            name="form.label"
            defaultValue={start.label}
            required
            maxLength={40}
          />
          <Choice
            label={wordsOf('encoding')}
            value={form.encoding}
            onChange={(encoding) => change({ encoding })}
            options={[
              ['auto', t('自動', 'by itself')],
              ['cp932', 'Shift_JIS'],
              ['utf-8', 'UTF-8'],
            ]}
          />
        </div>
        <Table
          label={wordsOf('columns')}
          heads={[t('ファイルの列', 'Column'), t('1行目の値', 'First value'), t('受注の項目', 'Field')]}
          rows={columns.map(({ heading, example }, at) => [
            heading || t('（見出しなし）', '(no heading)'),
            example,
            free[at] ? (
              <Choice
                key="field"
                hideLabel
                label={t(`「${heading}」の項目`, `Field of “${heading}”`)}
                value={chosen[at] ?? ''}
                onChange={(field) => setChosen(chosen.with(at, field))}
                options={[
                  ['', t('取り込まない', 'not read')],
                  ...fields
                    .filter(
                      ({ name, single }) =>
                        name === chosen[at] ||
                        chosen.filter((one) => one === name).length < (single ? 1 : MOST_JOINED),
                    )
                    .map(
                      ({ name, label, required: must }) => [name, must ? `${label} ※必須` : label] as const,
                    ),
                ]}
              />
            ) : (
              t('選べません（見出しがないか、前の列と同じ）', 'not to be read: no heading, or one of before')
            ),
          ])}
        />
        <p className="support">
          {t(
            '文字の項目には4列まで選べ、値は空白でつながります。受注番号、金額、数量は1列です。',
            'Up to four columns become one field of text, joined by a blank; a number is one column.',
          )}
        </p>
        {elsewhere.length > 0 && (
          <Tick
            label={t(
              `このファイルにない見出し（${elsewhere.length}個）の対応も残す`,
              `Keep ${elsewhere.length} headings that this file lacks`,
            )}
            on={keeps}
            set={() => setKeeps(!keeps)}
          />
        )}
        <Tick
          label={t('単価は税込', 'Prices have tax in them')}
          on={form.taxIncluded}
          set={() => change({ taxIncluded: !form.taxIncluded })}
        />
        <Tick
          label={t('1つの受注に送付先が複数ある', 'One order may go to several addresses')}
          on={form.severalRecipients}
          set={() => change({ severalRecipients: !form.severalRecipients })}
        />
        <Meanings
          label={t('発送・キャンセルの状態の言葉', 'Words of states')}
          words={words.state}
          meanings={form.values.state}
          otherwise="open"
          options={STATES()}
          onChange={(state) => change({ values: { ...form.values, state } })}
        />
        <Meanings
          label={t('入金状態の言葉', 'Words of payment')}
          words={words.paymentStatus}
          meanings={form.values.paymentStatus}
          otherwise="unknown"
          options={PAYMENT_STATES()}
          onChange={(paymentStatus) => change({ values: { ...form.values, paymentStatus } })}
        />
        <ShippedColumns value={form.shipped} onChange={(shipped) => change({ shipped })} />
        <FormEnd label={t('保存して内容を確認する', 'Save and look at the file')} onCancel={props.onCancel} />
      </Form>
    </section>
  )
}

export const STATES = (): readonly (readonly [State, string])[] => [
  ['open', t('未発送', 'open')],
  ['shipped', t('発送済み', 'shipped')],
  ['completed', t('完了', 'completed')],
  ['cancelled', t('キャンセル', 'cancelled')],
  ['not_placed', t('注文前（取り込まず、次のファイルを待つ）', 'not ordered yet')],
]
const PAYMENT_STATES = (): readonly (readonly [PaymentStatus, string])[] => [
  ['unknown', t('わからない', 'unknown')],
  ['unpaid', t('未入金', 'unpaid')],
  ['authorised', t('与信済み', 'authorised')],
  ['paid', t('入金済み', 'paid')],
  ['refunded', t('返金済み', 'refunded')],
  ['cancelled', t('取消', 'cancelled')],
]

/** Words of a field with their meanings: those of the file, and others of the map, which can be deleted. */
function Meanings<Meaning extends string>(props: {
  label: string
  words: readonly string[]
  meanings: Readonly<Record<string, Meaning>> | undefined
  otherwise: Meaning
  options: readonly (readonly [Meaning, string])[]
  onChange: (meanings: Record<string, Meaning>) => void
}) {
  const others = Object.keys(props.meanings ?? {}).filter((known) =>
    props.words.every((word) => meaningOf({ [word]: true }, known) === undefined),
  )
  if (props.words.length + others.length === 0) return null
  const without = (word: string) =>
    Object.entries(props.meanings ?? {}).filter(([known]) => meaningOf({ [known]: true }, word) === undefined)
  const otherwise = props.options.find(([meaning]) => meaning === props.otherwise)?.[1] ?? ''
  return (
    <>
      <p className="support">
        {t(
          `${props.label}。ここにない言葉は「${otherwise}」として扱い、取り込む前の確認で知らせます。`,
          `${props.label}. Other words mean “${otherwise}”, and are told before the file is taken.`,
        )}
      </p>
      <Table
        label={props.label}
        heads={[t('ファイルの値', 'Value'), t('意味', 'Meaning'), '']}
        rows={[...props.words, ...others].map((word, at) => [
          word,
          <Choice
            key="meaning"
            hideLabel
            label={t(`「${word}」の意味`, `Meaning of “${word}”`)}
            value={meaningOf(props.meanings, word) ?? props.otherwise}
            onChange={(meaning) => props.onChange(Object.fromEntries([...without(word), [word, meaning]]))}
            options={props.options}
          />,
          at >= props.words.length && (
            <button
              key="remove"
              type="button"
              className="button"
              aria-label={t(`「${word}」を削除`, `Remove “${word}”`)}
              onClick={() => props.onChange(Object.fromEntries(without(word)))}
            >
              {t('削除', 'Remove')}
            </button>
          ),
        ])}
      />
    </>
  )
}

const SHIPPED_VALUES = (): readonly (readonly [ShippedColumn['value'], string])[] => [
  ['orderNumber', t('受注番号', 'order number')],
  ['recipientId', t('送付先ID', 'recipient')],
  ['carrier', t('配送会社', 'carrier')],
  ['trackingNumber', t('送り状番号', 'tracking number')],
  ['shippedOn', t('発送日', 'shipped on')],
  ['empty', t('空欄', 'empty')],
]

/** Those of nearly all parcels; further ones by REST. */
const CARRIER_NAMES = [
  ['yamato', 'ヤマト運輸'],
  ['sagawa', '佐川急便'],
  ['japan_post', '日本郵便'],
  ['seino', '西濃運輸'],
  ['fukuyama', '福山通運'],
] as const

/** The cart's words for carriers; empty: our own. */
function CarrierWords(props: {
  value: NonNullable<OrderForm['shipped']['carriers']>
  onChange: (value: NonNullable<OrderForm['shipped']['carriers']>) => void
}) {
  const { value, onChange } = props
  return CARRIER_NAMES.map(([carrier, name]) => (
    <Field
      key={carrier}
      label={t(`カートでの「${name}」の書き方`, `${name} at the cart`)}
      name={`form.shipped.carriers.${carrier}`}
      value={value[carrier] ?? ''}
      placeholder={name}
      maxLength={60}
      onChange={({ target }) => {
        const { [carrier]: _before, ...others } = value
        onChange(target.value === '' ? others : { ...others, [carrier]: target.value })
      }}
    />
  ))
}

/** 追跡番号CSV, in the columns that the cart reads. */
function ShippedColumns(props: {
  value: OrderForm['shipped']
  onChange: (value: OrderForm['shipped']) => void
}) {
  const { value } = props
  const details = useRef<HTMLDetailsElement>(null)
  const hasProblem = useHasProblem('form.shipped.')
  useEffect(() => {
    if (hasProblem && details.current) details.current.open = true
  }, [hasProblem])
  const put = (columns: ShippedColumn[]) => props.onChange({ ...value, columns })
  return (
    <details ref={details}>
      <summary>{wordsOf('shipped')}</summary>
      <div className="stack">
        <Choice
          label={t('追跡番号CSVの文字コード', 'Encoding of it')}
          value={value.encoding}
          onChange={(encoding) => props.onChange({ ...value, encoding })}
          options={[
            ['cp932', 'Shift_JIS'],
            ['utf-8', 'UTF-8'],
          ]}
        />
        <Table
          label={wordsOf('shipped')}
          heads={[t('見出し', 'Heading'), t('値', 'Value'), '']}
          rows={value.columns.map((column, at) => [
            <Field
              key="heading"
              label={t(`${at + 1}列目の見出し`, `Heading ${at + 1}`)}
              name={`form.shipped.columns.${at}.heading`}
              value={column.heading}
              maxLength={100}
              required
              onChange={(event) => put(value.columns.with(at, { ...column, heading: event.target.value }))}
            />,
            <Choice
              key="value"
              hideLabel
              label={t(`${at + 1}列目の値`, `Value ${at + 1}`)}
              value={column.value}
              onChange={(chosen) => put(value.columns.with(at, { ...column, value: chosen }))}
              options={SHIPPED_VALUES()}
            />,
            <ActButton
              key="remove"
              blocked={value.columns.length < 2 ? t('1列は必要です。', 'It needs a column.') : null}
              onClick={() => put(value.columns.toSpliced(at, 1))}
            >
              {t('列を削除', 'Remove')}
            </ActButton>,
          ])}
        />
        <p>
          <ActButton
            blocked={value.columns.length >= 30 ? t('30列までです。', 'Up to 30 columns.') : null}
            onClick={() => put([...value.columns, { heading: '', value: 'empty' }])}
          >
            {t('列を追加', 'Add a column')}
          </ActButton>
        </p>
        {value.columns.some((column) => column.value === 'carrier') && (
          <CarrierWords
            value={value.carriers ?? {}}
            onChange={(carriers) => props.onChange({ ...value, carriers })}
          />
        )}
      </div>
    </details>
  )
}
