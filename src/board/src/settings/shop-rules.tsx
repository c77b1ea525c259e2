import { useState } from 'react'
import { answer, api, factsOf, type Schemas } from '../api.ts'
import { t } from '../i18n.ts'
import { Choice, Field } from '../parts/field.tsx'
import { Form, FormEnd } from '../parts/form.tsx'
import { Tick, Ticks, turned } from '../parts/ticks.tsx'
import { toast } from '../parts/toast.tsx'
import { actionWord, type ChangeAction, paymentWord } from '../words.ts'

/** A shop's settings: the change with an import, the mall's own extras, the recognition of its mails. */

type Shop = Schemas['Shop']

async function save(shop: Shop, more: Record<string, unknown>): Promise<void> {
  const settings = { ...shop.settings, ...more }
  await answer(api.PATCH('/v1/shops/{id}', { params: { path: { id: shop.id } }, body: { settings } }))
  toast(t('店舗の設定を保存しました。', 'Saved.'))
}

const ON_IMPORT: readonly ChangeAction[] = ['confirm', 'mark_paid', 'hold', 'release', 'complete']
const PAYMENTS = ['credit_card', 'cod', 'bank_transfer', 'convenience_store', 'wallet', 'deferred', 'points']

export function OnImport({ shop, onSaved }: { shop: Shop; onSaved: () => void }) {
  const kept = factsOf(shop.settings.onImport)
  const keptConditions = factsOf(kept.conditions)
  const keptKinds: unknown[] = Array.isArray(keptConditions.paymentKinds) ? keptConditions.paymentKinds : []
  const [action, setAction] = useState(typeof kept.action === 'string' ? kept.action : '')
  const [noBuyerNote, setNoNote] = useState(keptConditions.noBuyerNote === true)
  const [noHolds, setNoHolds] = useState(keptConditions.noHolds === true)
  const [totalBelow, setTotalBelow] = useState(String(keptConditions.totalBelow ?? ''))
  const [paymentKinds, setKinds] = useState<ReadonlySet<string>>(new Set(keptKinds.map(String)))
  return (
    <Form
      send={async () => {
        const conditions = {
          noBuyerNote,
          noHolds,
          ...(totalBelow === '' ? {} : { totalBelow: Number(totalBelow) }),
          ...(paymentKinds.size === 0 ? {} : { paymentKinds: [...paymentKinds] }),
        }
        const same = kept.action === action
        await save(shop, { onImport: action === '' ? null : { ...(same ? kept : {}), action, conditions } })
        onSaved()
      }}
    >
      <Choice
        name="settings.onImport"
        label={t('取り込んだらモールで行う操作', 'At the mall, as soon as an order is in')}
        value={action}
        onChange={setAction}
        options={[
          ['', t('何もしない', 'Nothing')],
          ...ON_IMPORT.map((one) => [one, actionWord(one)] as const),
        ]}
      />
      {action !== '' && (
        <>
          <Tick
            label={t('購入者の備考があるときは行わない', 'Not where the buyer left a note')}
            on={noBuyerNote}
            set={() => setNoNote(!noBuyerNote)}
          />
          <Tick
            label={t('モール側保留の受注には行わない', 'Not where somebody must look first')}
            on={noHolds}
            set={() => setNoHolds(!noHolds)}
          />
          <Field
            label={t('請求金額がこの金額未満のときだけ（円）', 'Only below so many yen')}
            name="settings.onImport.conditions.totalBelow"
            type="number"
            min={1}
            value={totalBelow}
            onChange={(event) => setTotalBelow(event.target.value)}
          />
          <Ticks legend={t('支払方法（選ばなければすべて）', 'Payments (none: all)')}>
            {PAYMENTS.map((kind) => (
              <Tick
                key={kind}
                label={paymentWord(kind)}
                on={paymentKinds.has(kind)}
                set={() => setKinds(turned(paymentKinds, kind))}
              />
            ))}
          </Ticks>
        </>
      )}
      <FormEnd quiet label={t('保存する', 'Save')} />
    </Form>
  )
}

/** Switches that some malls have. */
const SWITCHES = [
  ['amazon', 'includeFba', 'Amazonが出荷する注文（FBA）も取り込む', 'Orders that Amazon ships as well'],
  ['yahoo', 'fixPointsOnCancel', 'キャンセル時にポイントを確定する', 'Fix points with a cancel'],
  [
    'yahoo',
    'couponUpdateAllowed',
    '内容変更でクーポンの変更を許可する',
    'Coupons may change with the contents',
  ],
] as const

export function MallSettings({ shop, onSaved }: { shop: Shop; onSaved: () => void }) {
  const mine = SWITCHES.filter(([mall]) => mall === shop.marketplace)
  const [on, setOn] = useState<ReadonlySet<string>>(
    new Set(mine.flatMap(([, name]) => (shop.settings[name] === true ? [name] : []))),
  )
  const days = shop.settings.completeAfterDays
  const [completeAfterDays, setDays] = useState(typeof days === 'number' ? String(days) : '')
  return (
    <Form
      send={async () => {
        await save(shop, {
          completeAfterDays: completeAfterDays === '' ? null : Number(completeAfterDays),
          ...Object.fromEntries(mine.map(([, name]) => [name, on.has(name)])),
        })
        onSaved()
      }}
    >
      <Field
        label={t('発送から「完了」にするまでの日数', 'Days from shipping to 完了')}
        support={t('空欄なら自動で完了にしません。完了のあるモールだけです。', 'Empty: never by itself.')}
        name="settings.completeAfterDays"
        type="number"
        min={0}
        max={60}
        value={completeAfterDays}
        onChange={(event) => setDays(event.target.value)}
      />
      {mine.map(([, name, ja, en]) => (
        <Tick key={name} label={t(ja, en)} on={on.has(name)} set={() => setOn(turned(on, name))} />
      ))}
      <FormEnd quiet label={t('保存する', 'Save')} />
    </Form>
  )
}

const LISTS = [
  ['senders', '差出人として信じるアドレス', 'Further senders'],
  ['ignoredSenders', '読まない差出人', 'Senders to ignore'],
  ['ignoredSubjects', '読まない件名', 'Subjects to ignore'],
  ['numberLabels', '受注番号の見出し', 'Words before the order number'],
  ['numberPatterns', '受注番号の形（数字は#。例: #{8-10}）', 'Forms of the order number'],
] as const

export function MailRules({ shop, onSaved }: { shop: Shop; onSaved: () => void }) {
  const kept = factsOf(shop.settings.mailRules)
  const [values, setValues] = useState<Record<string, string>>(() =>
    Object.fromEntries(LISTS.map(([name]) => [name, Array.isArray(kept[name]) ? kept[name].join(', ') : ''])),
  )
  const listOf = (text: string) =>
    text
      .split(/[,、\n]/)
      .map((one) => one.trim())
      .filter(Boolean)
  return (
    <Form
      send={async () => {
        const lists = Object.fromEntries(LISTS.map(([name]) => [name, listOf(values[name] ?? '')]))
        await save(shop, { mailRules: { ...kept, ...lists } })
        onSaved()
      }}
    >
      {LISTS.map(([name, ja, en]) => (
        <Field
          key={name}
          name={`settings.mailRules.${name}`}
          label={t(ja, en)}
          support={t('複数はカンマで区切ります。', 'Commas between several.')}
          value={values[name] ?? ''}
          onChange={(event) => setValues({ ...values, [name]: event.target.value })}
        />
      ))}
      <FormEnd quiet label={t('保存する', 'Save')} />
    </Form>
  )
}
