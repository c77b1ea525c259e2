import { useState } from 'react'
import { answer, api, factsOf, type Schemas } from '../api.ts'
import { t } from '../i18n.ts'
import { Choice, Field } from '../parts/field.tsx'
import { Problem } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { useSend } from '../parts/use-send.ts'
import { actionWord, type ChangeAction } from '../words.ts'

/** A shop's own settings of what happens by itself: the change with an import, and how its mails are told. */

type Shop = Schemas['Shop']

async function save(shop: Shop, more: Record<string, unknown>): Promise<void> {
  const settings = { ...shop.settings, ...more }
  await answer(api.PATCH('/v1/shops/{id}', { params: { path: { id: shop.id } }, body: { settings } }))
  toast(t('店舗の設定を保存しました。', 'Saved.'))
}

const ON_IMPORT: readonly ChangeAction[] = ['confirm', 'mark_paid', 'hold', 'release', 'complete']

export function OnImport({ shop, onSaved }: { shop: Shop; onSaved: () => void }) {
  const kept = shop.settings.onImport as
    | { action?: string; conditions?: { noBuyerNote?: boolean } }
    | null
    | undefined
  const [action, setAction] = useState(kept?.action ?? '')
  const [noNote, setNoNote] = useState(kept?.conditions?.noBuyerNote ?? false)
  const { error, submit } = useSend()
  return (
    <form
      className="stack form-narrow"
      onSubmit={submit(async () => {
        const conditions = { ...kept?.conditions, noBuyerNote: noNote }
        const same = kept?.action === action
        await save(shop, { onImport: action === '' ? null : { ...(same ? kept : {}), action, conditions } })
        onSaved()
      })}
    >
      <Choice
        label={t('取り込んだらモールで行う操作', 'At the mall, as soon as an order is in')}
        value={action}
        onChange={setAction}
        options={[
          ['', t('何もしない', 'Nothing')],
          ...ON_IMPORT.map((one) => [one, actionWord(one)] as const),
        ]}
      />
      <label className="tick">
        <input type="checkbox" checked={noNote} onChange={(event) => setNoNote(event.target.checked)} />
        {t('購入者の備考があるときは行わない', 'Not where the buyer left a note')}
      </label>
      <Problem error={error} />
      <p>
        <button type="submit" className="button">
          {t('保存する', 'Save')}
        </button>
      </p>
    </form>
  )
}

const LISTS = [
  ['senders', '差出人として信じるアドレス', 'Further senders'],
  ['ignoredSenders', '読まない差出人', 'Senders to ignore'],
  ['ignoredSubjects', '読まない件名', 'Subjects to ignore'],
  ['numberLabels', '受注番号の見出し', 'Words before the order number'],
] as const

export function MailRules({ shop, onSaved }: { shop: Shop; onSaved: () => void }) {
  const kept = factsOf(shop.settings.mailRules)
  const [values, setValues] = useState<Record<string, string>>(() =>
    Object.fromEntries(LISTS.map(([name]) => [name, Array.isArray(kept[name]) ? kept[name].join(', ') : ''])),
  )
  const { error, submit } = useSend()
  const listOf = (text: string) =>
    text
      .split(/[,、\n]/)
      .map((one) => one.trim())
      .filter(Boolean)
  return (
    <form
      className="stack form-narrow"
      onSubmit={submit(async () => {
        const lists = Object.fromEntries(LISTS.map(([name]) => [name, listOf(values[name] ?? '')]))
        await save(shop, { mailRules: { ...kept, ...lists } })
        onSaved()
      })}
    >
      {LISTS.map(([name, ja, en]) => (
        <Field
          key={name}
          label={t(ja, en)}
          support={t('複数はカンマで区切ります。', 'Commas between several.')}
          value={values[name] ?? ''}
          onChange={(event) => setValues({ ...values, [name]: event.target.value })}
        />
      ))}
      <Problem error={error} />
      <p>
        <button type="submit" className="button">
          {t('保存する', 'Save')}
        </button>
      </p>
    </form>
  )
}
