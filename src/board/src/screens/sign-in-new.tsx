import { useEffect, useState } from 'react'
import { ApiProblem, callSession, problemText, Refusal } from '../api.ts'
import { closeDoor } from '../door.ts'
import { t } from '../i18n.ts'
import { Field, TextArea } from '../parts/field.tsx'
import { SendForm, text } from '../parts/send-form.tsx'
import { toast } from '../parts/toast.tsx'
import { readSession, type Session, takeSession } from '../session.ts'
import { roleWord } from '../words.ts'

/** Accounts and passwords: by a mail's link, or with the operator's key on a fresh installation. */
const NewPasswordField = () => (
  <Field
    label={t('パスワード', 'Password')}
    name="password"
    type="password"
    autoComplete="new-password"
    minLength={12}
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

/** はじめて使う: the key first, so that nobody fills in a form for nothing; then the account. */
export function FirstAccount({ keyIn, onBack }: { keyIn: string | null; onBack: () => void }) {
  const [operatorKey, setOperatorKey] = useState<string | null>(null)
  return (
    <>
      {operatorKey === null ? (
        <SendForm
          key="key"
          title={t('はじめて使う', 'First use')}
          button={t('キーを確かめる', 'Check the key')}
          send={async (form) => {
            const key = text(form, 'operatorKey').trim()
            await checkKey(key)
            setOperatorKey(key)
          }}
        >
          <p>
            {t(
              'まだアカウントがありません。運営者のアカウントを作ります。サーバーの持ち主であることを、運営者キーで確かめます。',
              'There is no account yet. You make that of the operator; the key proves that the server is yours.',
            )}
          </p>
          <Field
            label={t('運営者キー', 'Operator key')}
            support={
              keyIn === 'OPERATOR_API_KEY'
                ? t(
                    'サーバーの設定（.envなど）の OPERATOR_API_KEY の値です。',
                    'The value of OPERATOR_API_KEY among the server’s settings (.env).',
                  )
                : t(
                    `サーバーのファイル ${keyIn} の中身です。起動したときの画面にも場所が出ています。`,
                    `What the server’s file ${keyIn} holds. The start printed where it is, too.`,
                  )
            }
            name="operatorKey"
            type="password"
            autoComplete="off"
            required
          />
        </SendForm>
      ) : (
        <SendForm
          key="account"
          title={t('運営者のアカウント', 'The operator’s account')}
          button={t('アカウントを作る', 'Make the account')}
          send={async (form) =>
            takeSession(
              await callSession<Session>('POST', '/v1/session/first', {
                operatorKey,
                email: text(form, 'email'),
                name: text(form, 'name'),
                password: text(form, 'password'),
              }),
            )
          }
        >
          <Field label={t('氏名', 'Name')} name="name" autoComplete="name" required />
          <Field
            label={t('メールアドレス', 'Mail address')}
            support={t('ログインに使います。', 'To sign in with.')}
            name="email"
            type="email"
            autoComplete="username"
            required
          />
          <NewPasswordField />
        </SendForm>
      )}
      <button type="button" className="link-button" onClick={onBack}>
        {t('ログインに戻る', 'Back to sign-in')}
      </button>
    </>
  )
}

/** By a call that needs nothing but the key. */
async function checkKey(key: string): Promise<void> {
  try {
    await callSession('GET', '/v1/admin/tenants?limit=1', undefined, { authorization: `Bearer ${key}` })
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status !== 401) throw error
    throw new Refusal(
      t(
        '運営者キーが違います。前後の空白や改行を除いて、全体を貼り付けてください。',
        'That is not the operator key. Paste all of it, without blanks.',
      ),
      'operatorKey',
    )
  }
}

/** 利用の申し込み: for a company that has no account here. */
export function Apply({ onBack }: { onBack: () => void }) {
  const [sent, setSent] = useState(false)
  return (
    <>
      {sent ? (
        <p role="status">
          {t(
            '申し込みを受け付けました。運営者が確認すると、招待のメールが届きます。メールが届かないときは運営者に連絡してください。',
            'Your application is here. Once the operator has looked at it, an invitation comes by mail.',
          )}
        </p>
      ) : (
        <SendForm
          title={t('利用の申し込み', 'Apply for the service')}
          button={t('申し込む', 'Apply')}
          send={async (form) => {
            const names = ['company', 'name', 'email', 'phone', 'shops', 'remarks']
            const body = Object.fromEntries(names.map((name) => [name, text(form, name)]))
            await callSession('POST', '/v1/applications', body)
            setSent(true)
          }}
        >
          <Field label={t('会社名', 'Company')} name="company" autoComplete="organization" required />
          <Field label={t('氏名', 'Name')} name="name" autoComplete="name" required />
          <Field
            label={t('メールアドレス', 'Mail address')}
            name="email"
            type="email"
            autoComplete="email"
            required
          />
          <Field label={t('電話番号', 'Phone')} name="phone" type="tel" autoComplete="tel" />
          <Field
            label={t('店舗・モール', 'Shops and malls')}
            support={t('例: 楽天市場 1店舗、Yahoo!ショッピング 1店舗', 'Such as: one shop at Rakuten')}
            name="shops"
            maxLength={1_000}
          />
          <TextArea label={t('備考', 'Remarks')} name="remarks" rows={3} maxLength={2_000} />
        </SendForm>
      )}
      <button type="button" className="link-button" onClick={onBack}>
        {t('ログインに戻る', 'Back to sign-in')}
      </button>
    </>
  )
}
