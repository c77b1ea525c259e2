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
import {
  type Condition,
  ConditionFields,
  conditionWords,
  freeCode,
  useConditions,
  useConditionWords,
} from './conditions.tsx'

/** マーク: a tenant's own, by conditions, and the buyers whose orders are to be looked at. */

type Rule = Schemas['MarkRules']['rules'][number]

export function MarkSettings() {
  const rules = useQuery({ queryKey: ['mark-rules'], queryFn: () => answer(api.GET('/v1/mark-rules')) })
  return (
    <>
      <h1>{t('マーク', 'Marks')}</h1>
      <section className="panel">
        <h2>{t('独自のマーク', 'Marks of our own')}</h2>
        {rules.isPending ? (
          <Loading />
        ) : rules.data ? (
          <Rules kept={rules.data} />
        ) : (
          <Failed error={rules.error} again={() => void rules.refetch()} />
        )}
      </section>
      <section className="panel">
        <h2>{t('要注意顧客', 'Blocked buyers')}</h2>
        <Blocked />
      </section>
    </>
  )
}

function Rules({ kept }: { kept: Schemas['MarkRules'] }) {
  const owner = useIsOwner()
  const { busy, error, send } = useSend()
  const words = useConditionWords()
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
              <strong>{rule.label}</strong> {conditionWords(rule.all, words)}
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
  const conditions = useConditions(ofMarks)
  return (
    <Form
      className="stack"
      label={t('独自のマークを追加', 'Add a mark')}
      send={async () => {
        const all = conditions.all.filter(isOfMarks)
        await onAdd({ code: freeCode(taken), label: label.trim(), all })
        setLabel('')
        conditions.clear()
      }}
    >
      <Field
        label={t('マークの表示名', 'Name of the mark')}
        name="label"
        required
        maxLength={40}
        value={label}
        onChange={(event) => setLabel(event.target.value)}
      />
      <ConditionFields conditions={conditions} required />
      <FormEnd label={t('マークを追加', 'Add the mark')} />
    </Form>
  )
}

/** A rule for marks is asked before there are any. */
const ofMarks = (field: Condition['field']): boolean => field !== 'mark'
const isOfMarks = (condition: Condition): condition is Rule['all'][number] => ofMarks(condition.field)

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
