import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { answer, api, fieldProblem, type Schemas } from '../api.ts'
import { refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { Choice, Field } from '../parts/field.tsx'
import { number, shortTime } from '../parts/format.ts'
import { Sign } from '../parts/sign.tsx'
import { Answered, Problem } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { useSend } from '../parts/use-send.ts'
import { ConnectionTest } from './connection-test.tsx'

type Shop = Schemas['Shop']

const useMailboxes = () =>
  useQuery({
    queryKey: ['mailboxes'],
    queryFn: async () => (await answer(api.GET('/v1/mailboxes'))).mailboxes,
  })

/** What is to be entered at the mall: where the mails of this shop are read. The service tells an address in part only. */
export function MailAddresses({ shopId }: { shopId: string }) {
  const boxes = useMailboxes().data?.filter(({ shopIds }) => shopIds.includes(shopId))
  if (!boxes) return null
  if (boxes.length === 0)
    return (
      <p className="note">
        {t('先に、この画面の「受信箱を追加」で受信箱を登録してください。', 'Add a mailbox below first.')}
      </p>
    )
  return (
    <ul className="plain">
      {boxes.map(({ id, username, name }) => (
        <li key={id}>
          {t('モールに入力するメールアドレス: 受信箱', 'Address to enter at the mall: that of')}「{name}」{' '}
          <code>{username}</code>
        </li>
      ))}
    </ul>
  )
}

export function Mailboxes({ owner, shops }: { owner: boolean; shops: readonly Shop[] }) {
  const list = useMailboxes()
  return (
    <section className="desk-part">
      <h2>{t('受信箱', 'Mailboxes')}</h2>
      <p className="support">
        {t(
          '受信箱は読むだけです。既読にも移動にもしません。',
          'Mailboxes are only read: nothing is marked or moved.',
        )}
      </p>
      <Answered query={list}>
        {(data) =>
          data.map((box) => (
            <article key={box.id} className="change-card">
              <header>
                <strong>{box.name}</strong>
                <span className="quiet">
                  {box.username} ({box.host}:{box.port} {box.folder})
                </span>
                {box.attention && <Sign tone="attention">{box.attention.message}</Sign>}
              </header>
              <p>
                {t(
                  `判別 ${number(box.mails.recognised)}通 読み取り不可 ${number(box.mails.unreadable)}通 最終受信 ${shortTime(box.lastMailAt) || 'なし'}`,
                  `${box.mails.recognised} recognised, ${box.mails.unreadable} unreadable, last ${shortTime(box.lastMailAt) || 'none'}`,
                )}
              </p>
              <p className="quiet">
                {box.shopIds.map((id) => shops.find((shop) => shop.id === id)?.name ?? '').join('、')}
              </p>
              {owner && (box.auth.consentNeeded || box.auth.consentedAt !== null) && (
                <MailConsent id={box.id} />
              )}
              {owner && <ConnectionTest path="mailboxes" id={box.id} />}
            </article>
          ))
        }
      </Answered>
      {owner && <NewMailbox shops={shops} />}
      <p>
        <Link href="/desk">{t('読み取れなかったメールを見る', 'Mails that could not be read')}</Link>
      </p>
    </section>
  )
}

/** The provider's own page asks for the consent, and comes back to the service. */
function MailConsent({ id }: { id: string }) {
  const { error, send } = useSend()
  const begin = async () => {
    location.assign((await answer(api.POST('/v1/mailboxes/{id}/consent', { params: { path: { id } } }))).url)
  }
  return (
    <div>
      <button type="button" className="button button-main" onClick={() => send(begin)}>
        {t('メール事業者の画面で同意する', 'Give the consent at the mail provider')}
      </button>
      <Problem error={error} />
    </div>
  )
}

function NewMailbox({ shops }: { shops: readonly Shop[] }) {
  const empty = { name: '', host: '', port: '993', username: '', password: '', folder: 'INBOX' }
  const [values, setValues] = useState(empty)
  const { error, submit } = useSend()
  const [presetId, setPresetId] = useState('')
  const presets = useQuery({
    queryKey: ['mailbox-presets'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => (await answer(api.GET('/v1/mailbox-presets'))).presets,
  }).data
  const preset = presets?.find(({ id }) => id === presetId)
  const take = (id: string) => {
    setPresetId(id)
    const next = presets?.find((one) => one.id === id)
    if (next) setValues({ ...values, host: next.host ?? '', port: String(next.port) })
  }
  const fields: [keyof typeof empty, string, string][] = [
    ['name', t('名前', 'Name'), 'text'],
    ['host', t('IMAPサーバー', 'IMAP host'), 'text'],
    ['port', t('ポート', 'Port'), 'number'],
    ['username', t('ユーザー名', 'User'), 'text'],
    ['password', t('パスワード', 'Password'), 'password'],
    ['folder', t('フォルダー', 'Folder'), 'text'],
  ]
  const make = async () => {
    const body = {
      ...values,
      port: Number(values.port),
      security: preset?.security ?? ('tls' as const),
      enabled: true,
      shopIds: shops.map(({ id }) => id),
    }
    await answer(api.POST('/v1/mailboxes', { body }))
    setValues(empty)
    refresh('mailboxes')
    toast(t('受信箱を追加しました。接続テストをしてください。', 'Added. Now test it.'))
  }
  return (
    <details>
      <summary>{t('受信箱を追加', 'Add a mailbox')}</summary>
      <form className="stack form-narrow" onSubmit={submit(make)}>
        <Choice
          label={t('メール事業者', 'Mail provider')}
          value={presetId}
          onChange={take}
          options={[
            ['', t('ほかの事業者', 'Another')],
            ...(presets ?? []).map(({ id, name }) => [id, name] as const),
          ]}
        />
        {preset && (
          <ul className="support">
            {[
              ...preset.enable,
              preset.usernameHelp,
              ...(preset.host ? [] : [preset.hostHelp]),
              ...preset.traps,
            ].map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        )}
        {fields.map(([name, label, type]) => (
          <Field
            key={name}
            {...{ label, type }}
            required
            autoComplete="off"
            value={values[name]}
            error={fieldProblem(error, name)}
            onChange={(event) => setValues({ ...values, [name]: event.target.value })}
          />
        ))}
        <Problem error={error} />
        <p>
          <button type="submit" className="button button-main">
            {t('追加する', 'Add')}
          </button>
        </p>
      </form>
    </details>
  )
}
