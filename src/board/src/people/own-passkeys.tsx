import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api, callSession, type Schemas } from '../api.ts'
import { refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { Field } from '../parts/field.tsx'
import { Form, FormEnd } from '../parts/form.tsx'
import { shortTime } from '../parts/format.ts'
import { Sign } from '../parts/sign.tsx'
import { Failed, Loading, Problem } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { TwiceButton } from '../parts/twice-button.tsx'
import { useSend } from '../parts/use-send.ts'
import { readSession, takeSession } from '../session.ts'
import { addPasskey, deviceName, hasPasskeys } from './passkey.ts'
import { RecoveryCodes } from './second-factor.tsx'

type Ways = Schemas['GetSignInWaysAnswer']

const NOT_OFFERED: Readonly<Record<string, () => string>> = {
  no_public_url: () =>
    t(
      'このサーバーでは、公開アドレス（設定 PUBLIC_URL）がないためパスキーを使えません。',
      'This server has no public address (PUBLIC_URL), so it offers no passkeys.',
    ),
  not_https: () =>
    t(
      'このサーバーでは、公開アドレス（設定 PUBLIC_URL）が https ではないためパスキーを使えません。',
      'The public address of this server (PUBLIC_URL) is not https, so it offers no passkeys.',
    ),
  no_host_name: () =>
    t(
      'このサーバーでは、公開アドレス（設定 PUBLIC_URL）がIPアドレスのためパスキーを使えません。',
      'The public address of this server (PUBLIC_URL) is a number, so it offers no passkeys.',
    ),
}

/** One's own passkeys: listed with their last use, added, named, removed. */
export function OwnPasskeys({ email }: { email: string }) {
  const ways = useQuery({
    queryKey: ['ways'],
    queryFn: () => callSession<Ways>('GET', '/v1/session/ways'),
  })
  const list = useQuery({
    queryKey: ['passkeys'],
    queryFn: async () => (await answer(api.GET('/v1/session/passkeys'))).passkeys,
  })
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  if (codes) return <RecoveryCodes part codes={codes} onKept={() => setCodes(null)} />
  if (list.isPending || ways.isPending) return <Loading />
  if (!list.data) return <Failed error={list.error} again={() => void list.refetch()} />
  const why = ways.data?.passkeys.why
  return (
    <>
      <p className="support">
        {t(
          'パスキーは、端末の指紋・顔・PINでログインする方法です。パスワードの入力も2段階認証の数字も要りません。',
          'A passkey signs you in by the fingerprint, face or PIN of a device: no password, no code.',
        )}
      </p>
      <ul className="plain">
        {list.data.map((one) => (
          <OnePasskey key={one.id} one={one} />
        ))}
      </ul>
      {list.data.length === 0 && <p className="quiet">{t('まだありません。', 'None yet.')}</p>}
      {why ? (
        <p className="note">{NOT_OFFERED[why]?.()}</p>
      ) : hasPasskeys() ? (
        <AddPasskey key={list.data.length} email={email} onCodes={setCodes} />
      ) : (
        <p className="note">
          {t('このブラウザーはパスキーに対応していません。', 'This browser knows no passkeys.')}
        </p>
      )}
    </>
  )
}

function AddPasskey({ email, onCodes }: { email: string; onCodes: (codes: readonly string[]) => void }) {
  const add = async (form: FormData) => {
    const added = await addPasskey(String(form.get('name')), String(form.get('currentPassword')))
    takeSession(added)
    refresh('passkeys', 'sessions', 'staff')
    if (added.recoveryCodes) onCodes(added.recoveryCodes)
    else toast(t('パスキーを追加しました。', 'The passkey was added.'))
  }
  return (
    <Form send={add} label={t('パスキーを追加', 'Add a passkey')}>
      <input type="text" autoComplete="username" value={email} readOnly hidden />
      <Field
        label={t('名前（端末の名前など）', 'Name, as of the device')}
        name="name"
        defaultValue={deviceName()}
        maxLength={60}
        required
      />
      <Field
        label={t('確認のため、現在のパスワード', 'Present password, to confirm')}
        name="currentPassword"
        type="password"
        autoComplete="current-password"
        required
      />
      <FormEnd quiet label={t('パスキーを追加する', 'Add a passkey')} />
    </Form>
  )
}

function OnePasskey({ one }: { one: Schemas['Passkey'] }) {
  const { busy, error, send } = useSend()
  const [naming, setNaming] = useState(false)
  const path = { path: { id: one.id } }
  const rename = async (form: FormData) => {
    await answer(
      api.PATCH('/v1/session/passkeys/{id}', { params: path, body: { name: String(form.get('name')) } }),
    )
    setNaming(false)
    refresh('passkeys')
  }
  const remove = async () => {
    await answer(api.DELETE('/v1/session/passkeys/{id}', { params: path }))
    await readSession()
    refresh('passkeys', 'sessions', 'staff')
    toast(
      t(
        'パスキーを削除しました。ほかの端末はログアウトしました。端末に残ったパスキーも、端末の設定で削除してください。',
        'The passkey is removed, and all other browsers are signed out. Remove it from the device, too.',
      ),
    )
  }
  return (
    <li className="change-card">
      <header>
        <strong>{one.name}</strong>
        {!one.signsIn && (
          <Sign tone="warning">{t('次回はパスワードの後に', 'Next behind the password')}</Sign>
        )}
      </header>
      <p className="quiet">
        {t(
          `登録 ${shortTime(one.createdAt)}　最終利用 ${one.lastUsedAt ? shortTime(one.lastUsedAt) : 'まだ'}${one.synced ? '　複数の端末で同期' : ''}`,
          `added ${shortTime(one.createdAt)}, last used ${one.lastUsedAt ? shortTime(one.lastUsedAt) : 'never'}${one.synced ? ', on several devices' : ''}`,
        )}
      </p>
      {naming ? (
        <Form
          send={rename}
          label={t(`${one.name}の名前`, `Name of ${one.name}`)}
          onEscape={() => setNaming(false)}
        >
          <Field label={t('名前', 'Name')} name="name" defaultValue={one.name} maxLength={60} required />
          <FormEnd quiet label={t('名前を保存する', 'Save the name')} />
        </Form>
      ) : (
        <div className="row">
          <button type="button" className="button" onClick={() => setNaming(true)}>
            {t('名前を変える', 'Rename')}
            <span className="for-reader"> {one.name}</span>
          </button>
          <TwiceButton
            label={t('削除する', 'Remove')}
            again={t('もう一度押すと削除します', 'Press again to remove it')}
            of={one.name}
            busy={busy}
            act={() => send(remove)}
          />
        </div>
      )}
      <Problem error={error} />
    </li>
  )
}
