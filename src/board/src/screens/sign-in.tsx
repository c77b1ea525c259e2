import { type FormEvent, useEffect, useRef, useState } from 'react'
import { encode } from 'uqr'
import { ApiProblem, callSession, problemText } from '../api.ts'
import { closeDoor, useDoor } from '../door.ts'
import { t } from '../i18n.ts'
import { Field } from '../parts/field.tsx'
import { toast } from '../parts/toast.tsx'
import { readSession, type Session, takeSession, useSession } from '../session.ts'
import { roleWord } from '../words.ts'

/** Signing in, step by step: password, second factor, its set-up; on a fresh install the first account. */
export default function SignIn({ ended, over }: { ended: boolean; over: boolean }) {
  const session = useSession()
  const door = useDoor()
  const [first, setFirst] = useState(false)
  const [codes, setCodes] = useState<{ codes: readonly string[]; session: Session } | null>(null)
  return (
    <main className={`sign-in${over ? ' sign-in-over' : ''}`}>
      <div className="sign-in-card">
        <p className="brand-line">
          <span className="brand-mark" aria-hidden="true" />
          Torikomi
        </p>
        {ended && (
          <p className="note" role="alert">
            {t(
              'ログインの有効期限が切れました。もう一度ログインすると、入力中の内容のまま続けられます。',
              'The session has ended. Sign in again to go on; what you typed is still there.',
            )}
          </p>
        )}
        {door?.kind === 'error' && (
          <p className="note" role="alert">
            {t('ログインできませんでした。', 'You could not be signed in.')} ({door.code})
          </p>
        )}
        {codes ? (
          <RecoveryCodes {...codes} />
        ) : door?.kind === 'invitation' ? (
          <Invitation token={door.token} />
        ) : door?.kind === 'password-reset' ? (
          <NewPassword token={door.token} />
        ) : session?.state === 'second_factor_required' ? (
          <SecondFactor />
        ) : session?.state === 'second_factor_setup_required' ? (
          <SetUp onDone={(list, next) => setCodes({ codes: list, session: next })} />
        ) : first ? (
          <FirstAccount onBack={() => setFirst(false)} />
        ) : (
          <Password onFirst={() => setFirst(true)} />
        )}
      </div>
    </main>
  )
}

/** A form that sends one thing, says while it does, and shows what was wrong beside it. */
function Form(props: {
  title: string
  button: string
  send: (form: FormData) => Promise<unknown>
  children: React.ReactNode
}) {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    if (busy) return
    setBusy(true)
    setError(null)
    try {
      await props.send(new FormData(event.currentTarget))
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form onSubmit={(event) => void submit(event)} className="stack">
      <h1 ref={heading} tabIndex={-1}>
        {props.title}
      </h1>
      {error !== null && (
        <div className="problem" role="alert">
          <p>{problemText(error)}</p>
          {error instanceof ApiProblem &&
            error.errors.map(({ field, message }) => (
              <p key={field}>
                {field}: {message}
              </p>
            ))}
        </div>
      )}
      {props.children}
      <button type="submit" className="button button-main" aria-disabled={busy}>
        {busy ? t('送信しています…', 'Sending…') : props.button}
      </button>
    </form>
  )
}

const text = (form: FormData, name: string): string => String(form.get(name) ?? '')

interface Ways {
  first: boolean
  passwordReset: boolean
  demo: boolean
  identityProvider: { label: string; url: string } | null
}

function Password({ onFirst }: { onFirst: () => void }) {
  const [ways, setWays] = useState<Ways | null>(null)
  const [forgotten, setForgotten] = useState(false)
  useEffect(() => {
    // Without an answer there is still the password.
    void callSession<Ways>('GET', '/v1/session/ways').then(setWays, () => undefined)
  }, [])
  if (forgotten) return <Forgotten onBack={() => setForgotten(false)} />
  return (
    <>
      {ways?.demo && <Demo />}
      {ways?.identityProvider && (
        <a className="button" href={ways.identityProvider.url}>
          {t(`${ways.identityProvider.label}でログイン`, `Sign in with ${ways.identityProvider.label}`)}
        </a>
      )}
      <Form
        title={t('ログイン', 'Sign in')}
        button={t('ログイン', 'Sign in')}
        send={async (form) =>
          takeSession(
            await callSession<Session>('POST', '/v1/session', {
              email: text(form, 'email'),
              password: text(form, 'password'),
            }),
          )
        }
      >
        <Field
          label={t('メールアドレス', 'Mail address')}
          name="email"
          type="email"
          autoComplete="username"
          required
        />
        <Field
          label={t('パスワード', 'Password')}
          name="password"
          type="password"
          autoComplete="current-password"
          required
        />
      </Form>
      {ways?.passwordReset && (
        <button type="button" className="link-button" onClick={() => setForgotten(true)}>
          {t('パスワードを忘れたとき', 'Forgot the password')}
        </button>
      )}
      {ways?.first && (
        <button type="button" className="link-button" onClick={onFirst}>
          {t(
            'はじめて使う: 運営者キーで最初のアカウントを作る',
            'First time: make the first account with the operator key',
          )}
        </button>
      )}
    </>
  )
}

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

function Invitation({ token }: { token: string }) {
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
    <Form
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
    </Form>
  )
}

function NewPassword({ token }: { token: string }) {
  return (
    <Form
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
    </Form>
  )
}

function Forgotten({ onBack }: { onBack: () => void }) {
  const [sent, setSent] = useState(false)
  return (
    <>
      {sent ? (
        <p role="status">
          {t(
            '登録のあるアドレスなら、再設定のメールが届きます。メールのリンクを開いてください。',
            'If the address has an account a mail is on its way. Open its link.',
          )}
        </p>
      ) : (
        <Form
          title={t('パスワードの再設定', 'Set a new password')}
          button={t('メールを送る', 'Send the mail')}
          send={async (form) => {
            await callSession('POST', '/v1/password-resets', { email: text(form, 'email') })
            setSent(true)
          }}
        >
          <Field
            label={t('メールアドレス', 'Mail address')}
            name="email"
            type="email"
            autoComplete="username"
            required
          />
        </Form>
      )}
      <button type="button" className="link-button" onClick={onBack}>
        {t('ログインに戻る', 'Back to the sign-in')}
      </button>
    </>
  )
}

function Demo() {
  const [error, setError] = useState<unknown>(null)
  const enter = () =>
    void callSession<Session>('POST', '/v1/session/demo').then(takeSession, (thrown) => setError(thrown))
  return (
    <div className="demo">
      <button type="button" className="button button-main" onClick={enter}>
        {t('デモに入る', 'Enter the demo')}
      </button>
      <p className="support">
        {t(
          '模擬モールのデータです。パスワードは要りません。',
          'Data of the simulated malls; no password is needed.',
        )}
      </p>
      {error !== null && (
        <p className="field-error" role="alert">
          ＊{problemText(error)}
        </p>
      )}
    </div>
  )
}

function SecondFactor() {
  const [recovery, setRecovery] = useState(false)
  return (
    <>
      <Form
        key={String(recovery)}
        title={t('2段階認証', 'Second factor')}
        button={t('確認する', 'Confirm')}
        send={async (form) =>
          takeSession(
            await callSession<Session>(
              'POST',
              '/v1/session/second-factor',
              recovery
                ? { recoveryCode: text(form, 'code').trim() }
                : { code: text(form, 'code').replace(/\D/g, '') },
            ),
          )
        }
      >
        <Field
          label={
            recovery
              ? t('リカバリーコード', 'Recovery code')
              : t('認証アプリの6桁の数字', 'Six digits of the app')
          }
          name="code"
          autoComplete="one-time-code"
          inputMode={recovery ? 'text' : 'numeric'}
          required
        />
      </Form>
      <button type="button" className="link-button" onClick={() => setRecovery(!recovery)}>
        {recovery
          ? t('認証アプリの数字を使う', 'Use the app instead')
          : t('認証アプリを使えないときはリカバリーコードを使う', 'No app at hand: use a recovery code')}
      </button>
    </>
  )
}

function SetUp({ onDone }: { onDone: (codes: readonly string[], session: Session) => void }) {
  const [made, setMade] = useState<{ secret: string; otpauthUrl: string } | null>(null)
  const [error, setError] = useState<unknown>(null)
  useEffect(() => {
    let here = true
    callSession<{ secret: string; otpauthUrl: string }>('POST', '/v1/session/second-factor/setup').then(
      (answered) => here && setMade(answered),
      (thrown) => here && setError(thrown),
    )
    return () => {
      here = false
    }
  }, [])
  if (error !== null) return <p role="alert">{problemText(error)}</p>
  if (made === null) return <p role="status">{t('準備しています', 'Preparing')}</p>
  return (
    <Form
      title={t('2段階認証の設定', 'Set up the second factor')}
      button={t('設定する', 'Set up')}
      send={async (form) => {
        const answered = await callSession<Session & { recoveryCodes: string[] }>(
          'POST',
          '/v1/session/second-factor/confirm',
          { code: text(form, 'code').replace(/\D/g, '') },
        )
        onDone(answered.recoveryCodes, answered)
      }}
    >
      <ol className="steps">
        <li>
          {t('認証アプリでこのコードを読み取ってください。', 'Scan this code with an authenticator app.')}
          <QrCode text={made.otpauthUrl} />
          <p className="support">
            {t('読み取れないときの文字列', 'If it cannot be scanned')}: <code>{made.secret}</code>
          </p>
        </li>
        <li>{t('アプリに出た6桁の数字を入力してください。', 'Enter the six digits that the app shows.')}</li>
      </ol>
      <Field
        label={t('6桁の数字', 'Six digits')}
        name="code"
        inputMode="numeric"
        autoComplete="one-time-code"
        required
      />
    </Form>
  )
}

/** Drawn here: the secret goes to nobody. */
function QrCode({ text: content }: { text: string }) {
  const { data, size } = encode(content, { border: 2 })
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
  return (
    <svg
      className="qr"
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={t('認証アプリ用のQRコード', 'QR code')}
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  )
}

function RecoveryCodes({ codes, session }: { codes: readonly string[]; session: Session }) {
  return (
    <div className="stack">
      <h1>{t('リカバリーコードを保管してください', 'Keep these recovery codes')}</h1>
      <p>
        {t(
          '認証アプリを使えないときに、1つにつき1回だけログインに使えます。この画面を閉じると二度と表示されません。',
          'Each lets you in once when the app is not at hand. They are shown only now.',
        )}
      </p>
      <ul className="codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <button type="button" className="button button-main" onClick={() => takeSession(session)}>
        {t('保管したので進む', 'I have kept them')}
      </button>
    </div>
  )
}

function FirstAccount({ onBack }: { onBack: () => void }) {
  return (
    <>
      <Form
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
      </Form>
      <button type="button" className="link-button" onClick={onBack}>
        {t('ログインに戻る', 'Back to sign-in')}
      </button>
    </>
  )
}
