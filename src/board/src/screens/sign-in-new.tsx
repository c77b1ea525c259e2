import { useEffect, useState } from 'react'
import { callSession, problemText } from '../api.ts'
import { closeDoor } from '../door.ts'
import { t } from '../i18n.ts'
import { Field } from '../parts/field.tsx'
import { SendForm, text } from '../parts/send-form.tsx'
import { toast } from '../parts/toast.tsx'
import { readSession, type Session, takeSession } from '../session.ts'
import { roleWord } from '../words.ts'

/** Accounts and passwords that are made: by the link of a mail, or with the operator's key on a fresh installation. */
const NewPasswordField = () => (
  <Field
    label={t('パスワード', 'Password')}
    name="password"
    type="password"
    autoComplete="new-password"
    support={t('12文字以上', 'At least 12 characters')}
    required
  />
)

export function Invitation({ token }: { token: string }) {
  const [found, setFound] = useState<{ email: string; role: string; tenantName: string | null } | null>(null)
  const [error, setError] = useState<unknown>(null)
  useEffect(() => {
    callSession<NonNullable<typeof found>>('GET', `/v1/invitations/${token}`).then(setFound, setError)
  }, [token])
  if (error !== null)
    return (
      <div className="stack" role="alert">
        <p>{problemText(error)}</p>
        <button type="button" className="button" onClick={closeDoor}>
          {t('ログインに進む', 'Go to the sign-in')}
        </button>
      </div>
    )
  return (
    <SendForm
      title={t('招待を受ける', 'Accept the invitation')}
      button={t('アカウントを作る', 'Make the account')}
      send={async (form) => {
        const session = await callSession<Session>('POST', `/v1/invitations/${token}/accept`, {
          name: text(form, 'name'),
          password: text(form, 'password'),
        })
        takeSession(session)
        closeDoor()
      }}
    >
      {found && (
        <p>
          {found.tenantName} {roleWord(found.role)}
          <br />
          {found.email}
        </p>
      )}
      <Field label={t('氏名', 'Name')} name="name" autoComplete="name" required />
      <NewPasswordField />
    </SendForm>
  )
}

export function NewPassword({ token }: { token: string }) {
  return (
    <SendForm
      title={t('新しいパスワード', 'New password')}
      button={t('設定する', 'Set it')}
      send={async (form) => {
        await callSession('POST', `/v1/password-resets/${token}`, { password: text(form, 'password') })
        toast(t('設定しました。ログインしてください。', 'It is set. Sign in.'))
        closeDoor()
        await readSession()
      }}
    >
      <NewPasswordField />
    </SendForm>
  )
}

export function FirstAccount({ onBack }: { onBack: () => void }) {
  return (
    <>
      <SendForm
        title={t('最初の運営者アカウント', 'The first operator account')}
        button={t('作成する', 'Make it')}
        send={async (form) =>
          takeSession(
            await callSession<Session>('POST', '/v1/session/first', {
              operatorKey: text(form, 'operatorKey').trim(),
              email: text(form, 'email'),
              name: text(form, 'name'),
              password: text(form, 'password'),
            }),
          )
        }
      >
        <Field
          label={t('運営者キー', 'Operator key')}
          support={t('サーバーの設定 OPERATOR_API_KEY の値', 'The value of the setting OPERATOR_API_KEY')}
          name="operatorKey"
          type="password"
          autoComplete="off"
          required
        />
        <Field label={t('氏名', 'Name')} name="name" autoComplete="name" required />
        <Field
          label={t('メールアドレス', 'Mail address')}
          name="email"
          type="email"
          autoComplete="username"
          required
        />
        <NewPasswordField />
      </SendForm>
      <button type="button" className="link-button" onClick={onBack}>
        {t('ログインに戻る', 'Back to sign-in')}
      </button>
    </>
  )
}
