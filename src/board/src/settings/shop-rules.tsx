import { useState } from 'react'
import { answer, api, factsOf, type Schemas } from '../api.ts'
import { t } from '../i18n.ts'
import { Choice, Field } from '../parts/field.tsx'
import { Form, FormEnd } from '../parts/form.tsx'
import { useOpened } from '../parts/opened.ts'
import { Tick, Ticks, turned } from '../parts/ticks.tsx'
import { toast } from '../parts/toast.tsx'
import { actionWord, type ChangeAction, paymentWord } from '../words.ts'

/** A shop's settings: the change with an import, the mall's own extras, the recognition of its mails. */

type Shop = Schemas['Shop']

type Settings = Record<string, unknown>

const readSettings = async (id: string): Promise<Settings> =>
  (await answer(api.GET('/v1/shops/{id}', { params: { path: { id } } }))).settings

/** Replaces a shop's settings as a whole, as the service does. */
const saveSettings = (id: string, settings: Settings) =>
  answer(api.PATCH('/v1/shops/{id}', { params: { path: { id } }, body: { settings } }))

/** Saves what one form has of a shop's settings. */
function useSettings(shop: Shop, of: (settings: Settings) => Settings, label: (field: string) => string) {
  const keep = useOpened(of(shop.settings), (field) => [label(field), `settings.${field}`])
  return async (mine: Settings, toSettings: (changes: Settings, now: Settings) => Settings) => {
    let now: Settings = {}
    const read = async () => {
      now = await readSettings(shop.id)
      return of(now)
    }
    await keep(mine, read, (changes) => saveSettings(shop.id, { ...now, ...toSettings(changes, now) }))
    toast(t('店舗の設定を保存しました。', 'Saved.'))
  }
}

const theChanges = (changes: Settings): Settings => changes

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
  // One setting: its parts make sense together alone.
  const save = useSettings(
    shop,
    ({ onImport = null }) => ({ onImport }),
    () => t('取り込んだらモールで行う操作', 'At the mall, as soon as an order is in'),
  )
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
        const onImport = action === '' ? null : { ...(same ? kept : {}), action, conditions }
        await save({ onImport }, theChanges)
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
  ['shopify', 'refundOnCancel', 'キャンセル時に返金する', 'A cancellation refunds'],
  ['shopify', 'notifyBuyer', '発送とキャンセルを購入者へ通知する', 'Mail the buyer'],
] as const

const completeWords = () => t('発送から「完了」にするまでの日数', 'Days from shipping to 完了')

export function MallSettings({ shop, onSaved }: { shop: Shop; onSaved: () => void }) {
  const mine = SWITCHES.filter(([mall]) => mall === shop.marketplace)
  const [on, setOn] = useState<ReadonlySet<string>>(
    new Set(mine.flatMap(([, name]) => (shop.settings[name] === true ? [name] : []))),
  )
  const days = shop.settings.completeAfterDays
  const [completeAfterDays, setDays] = useState(typeof days === 'number' ? String(days) : '')
  const names = mine.map(([, name]) => name)
  const save = useSettings(
    shop,
    (settings) => ({
      completeAfterDays: settings.completeAfterDays ?? null,
      ...Object.fromEntries(names.map((name) => [name, settings[name] === true])),
    }),
    (field) => {
      const [, , ja, en] = mine.find(([, name]) => name === field) ?? []
      return ja ? t(ja, en) : completeWords()
    },
  )
  return (
    <Form
      send={async () => {
        const settings = {
          completeAfterDays: completeAfterDays === '' ? null : Number(completeAfterDays),
          ...Object.fromEntries(names.map((name) => [name, on.has(name)])),
        }
        await save(settings, theChanges)
        onSaved()
      }}
    >
      <Field
        label={completeWords()}
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
  const save = useSettings(
    shop,
    ({ mailRules }) => Object.fromEntries(LISTS.map(([name]) => [name, factsOf(mailRules)[name] ?? []])),
    (field) => {
      const [, ja = field, en = field] = LISTS.find(([name]) => name === field) ?? []
      return t(ja, en)
    },
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
        await save(lists, (changes, now) => ({ mailRules: { ...factsOf(now.mailRules), ...changes } }))
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
