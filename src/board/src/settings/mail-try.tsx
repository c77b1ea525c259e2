import { useState } from 'react'
import { answer, api, factsOf, type Schemas } from '../api.ts'
import { refresh, useNames, useShops } from '../data.ts'
import { t } from '../i18n.ts'
import { Choice, Field } from '../parts/field.tsx'
import { Sign } from '../parts/sign.tsx'
import { Problem } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { useSend } from '../parts/use-send.ts'
import { useIsOwner } from '../session.ts'

const KINDS: ReadonlyMap<string, readonly [string, string]> = new Map([
  ['new_order', ['注文', 'New order']],
  ['cancelled', ['キャンセル', 'Cancel']],
  ['payment', ['入金', 'Payment']],
  ['changed', ['変更', 'Change']],
  ['shipped', ['発送', 'Shipped']],
  ['notice', ['お知らせ', 'Notice']],
  ['unknown', ['判別不能', 'Unknown']],
])
const kindWord = (kind: string): string => {
  const words = KINDS.get(kind)
  return words ? t(...words) : kind
}

type Rules = NonNullable<Schemas['Shop']>['settings']
type Answer = Awaited<ReturnType<typeof recognise>>

const recognise = (body: { source: string; shopId?: string; mailRules?: Record<string, unknown> }) =>
  answer(api.POST('/v1/mailboxes/recognise', { body: body as never }))

/** Paste a mail, see what would be recognised, and make a rule of it for a shop. */
export function MailTry() {
  const shops = useShops().data ?? []
  const [source, setSource] = useState('')
  const [shopId, setShopId] = useState('')
  const [sender, setSender] = useState('')
  const [subject, setSubject] = useState('')
  const [found, setFound] = useState<Answer | null>(null)
  const { error, send, submit } = useSend()
  const owner = useIsOwner()
  const rules = () => ({
    ...(sender.trim() ? { senders: [sender.trim()] } : {}),
    ...(subject.trim() ? { subjects: [{ contains: subject.trim(), kind: 'new_order' }] } : {}),
  })
  const withRules = shopId !== '' && (sender.trim() !== '' || subject.trim() !== '')
  const shop = shops.find(({ id }) => id === shopId)
  const mailRules = () => joined(shop?.settings, rules())
  const attempt = async () => {
    setFound(null)
    setFound(
      await recognise({
        source,
        ...(shopId ? { shopId } : {}),
        ...(withRules ? { mailRules: mailRules() } : {}),
      }),
    )
  }
  const keepRule = async () => {
    if (!shop) return
    // On top of what is kept by now: a colleague may have added a rule meanwhile.
    const params = { path: { id: shop.id } }
    const { settings } = await answer(api.GET('/v1/shops/{id}', { params }))
    const body = { settings: { ...settings, mailRules: joined(settings, rules()) } } as never
    await answer(api.PATCH('/v1/shops/{id}', { params, body }))
    toast(t('判別ルールを保存しました。', 'The rule is kept.'))
    refresh('shops')
  }
  return (
    <form className="stack mail-try" onSubmit={submit(attempt)}>
      <div className="field">
        <label htmlFor="mail-source">{t('メールのソース', 'Source of the mail')}</label>
        <p id="mail-source-s" className="support">
          {t(
            'メールソフトの「ソースを表示」の内容を、ヘッダーごと貼り付けてください。保存されません。',
            'As the mail program shows its source, headers and all. It is not stored.',
          )}
        </p>
        <textarea
          id="mail-source"
          aria-describedby="mail-source-s"
          rows={6}
          required
          value={source}
          onChange={(event) => setSource(event.target.value)}
        />
      </div>
      <div className="row">
        <Choice
          label={t('店舗', 'Shop')}
          value={shopId}
          onChange={setShopId}
          options={[['', t('すべて', 'all')], ...shops.map(({ id, name }): [string, string] => [id, name])]}
        />
        <Field
          label={t('差出人を追加', 'Add a sender')}
          value={sender}
          onChange={(event) => setSender(event.target.value)}
        />
        <Field
          label={t('件名の文字を追加', 'Add words of a subject')}
          value={subject}
          onChange={(event) => setSubject(event.target.value)}
        />
        <button type="submit" className="button">
          {t('判別を試す', 'Try it')}
        </button>
      </div>
      <Problem error={error} />
      {found && <Found found={found} />}
      {found && withRules && owner && (
        <button type="button" className="button button-main" onClick={() => send(keepRule)}>
          {t('このルールを店舗に保存', 'Keep this rule for the shop')}
        </button>
      )}
    </form>
  )
}

/** The shop's own rules with those that are tried. */
function joined(
  settings: Rules | undefined,
  more: { senders?: string[]; subjects?: unknown[] },
): Record<string, unknown> {
  const own = factsOf(settings?.mailRules)
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
  return {
    ...own,
    ...(more.senders ? { senders: [...new Set([...list(own.senders), ...more.senders])] } : {}),
    ...(more.subjects ? { subjects: [...list(own.subjects), ...more.subjects] } : {}),
  }
}

function Found({ found }: { found: Answer }) {
  const { mall } = useNames()
  const { recognition } = found
  return (
    <div role="status" className="stack">
      {recognition ? (
        <p>
          <Sign tone={recognition.reason === null ? 'done' : 'warning'}>
            {mall(recognition.marketplace)} {kindWord(recognition.kind)}
          </Sign>{' '}
          {recognition.orderNumbers.join('、')} {recognition.reason}
        </p>
      ) : (
        <p>
          <Sign tone="warning">{t('どのモールのメールとも判別できません', 'No mall’s mail')}</Sign>
        </p>
      )}
      <ul>
        {found.malls
          .filter(({ messages }) => messages.length > 0)
          .map((one) => (
            <li key={one.marketplace}>
              <strong>{mall(one.marketplace)}</strong>: {one.messages.join(' ')}
            </li>
          ))}
      </ul>
    </div>
  )
}
