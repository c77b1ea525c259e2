import { Suspense, useEffect, useState } from 'react'
import { callSession, type Schemas } from '../api.ts'
import { useDoor } from '../door.ts'
import { t } from '../i18n.ts'
import { Field } from '../parts/field.tsx'
import { lazyPart } from '../parts/lazy-part.tsx'
import { SendForm, text } from '../parts/send-form.tsx'
import { Problem } from '../parts/states.tsx'
import { useSend } from '../parts/use-send.ts'
import { hasPasskeys, showPasskey } from '../people/passkey.ts'
import { type Session, takeSession, useSession } from '../session.ts'

// Most people come with a password and need none of these.
const steps = () => import('../people/second-factor.tsx')
const SecondFactor = lazyPart(async () => ({ default: (await steps()).SecondFactor }))
const SetUp = lazyPart(async () => ({ default: (await steps()).SetUp }))
const RecoveryCodes = lazyPart(async () => ({ default: (await steps()).RecoveryCodes }))
const made = () => import('./sign-in-new.tsx')
const FirstAccount = lazyPart(async () => ({ default: (await made()).FirstAccount }))
const Apply = lazyPart(async () => ({ default: (await made()).Apply }))
const Invitation = lazyPart(async () => ({ default: (await made()).Invitation }))
const NewPassword = lazyPart(async () => ({ default: (await made()).NewPassword }))

/** Signing in, step by step: password, second factor, its set-up; on a fresh install the first account. */
export default function SignIn({ ended, over }: { ended: boolean; over: boolean }) {
  const session = useSession()
  const door = useDoor()
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
        <Suspense>
          {codes ? (
            <RecoveryCodes codes={codes.codes} onKept={() => takeSession(codes.session)} />
          ) : door?.kind === 'invitation' ? (
            <Invitation token={door.token} />
          ) : door?.kind === 'password-reset' ? (
            <NewPassword token={door.token} />
          ) : session?.state === 'second_factor_required' ? (
            <SecondFactor />
          ) : session?.state === 'second_factor_setup_required' ? (
            <SetUp onDone={(list, next) => setCodes({ codes: list, session: next })} />
          ) : (
            <Entrance />
          )}
        </Suspense>
      </div>
    </main>
  )
}

type Ways = Schemas['GetSignInWaysAnswer']

const LATE_MS = 1_000

type Way = 'password' | 'forgotten' | 'first' | 'apply'

/** The password and what belongs to it. An installation without accounts only makes the first one. */
function Entrance() {
  const [ways, setWays] = useState<Ways | null>(null)
  const [drawn, setDrawn] = useState(false)
  const [chosen, setWay] = useState<Way | null>(null)
  useEffect(() => {
    // Without an answer, or without one in time, there is still the password.
    const late = setTimeout(() => setDrawn(true), LATE_MS)
    void callSession<Ways>('GET', '/v1/session/ways')
      .then(setWays, () => undefined)
      .finally(() => setDrawn(true))
    return () => clearTimeout(late)
  }, [])
  // Other ways stand above the form: it would move down under the finger that is about to touch it.
  if (!drawn) return null
  const back = () => setWay('password')
  const way = chosen ?? (ways?.operatorKeyIn && !ways.demo ? 'first' : 'password')
  if (way === 'forgotten') return ways?.passwordReset ? <Forgotten onBack={back} /> : <NoMail onBack={back} />
  if (way === 'first') return <FirstAccount keyIn={ways?.operatorKeyIn ?? null} onBack={back} />
  if (way === 'apply') return <Apply onBack={back} />
  return (
    <>
      {ways?.demo && <Demo />}
      {ways?.passkeys?.offered && hasPasskeys() && <PasskeySignIn />}
      {ways?.identityProvider && (
        <a className="button" href={ways.identityProvider.url}>
          {t(`${ways.identityProvider.label}でログイン`, `Sign in with ${ways.identityProvider.label}`)}
        </a>
      )}
      <SendForm
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
      </SendForm>
      {ways && !ways.demo && (
        <button type="button" className="link-button" onClick={() => setWay('forgotten')}>
          {t('パスワードを忘れたとき', 'Forgot the password')}
        </button>
      )}
      {ways?.first ? (
        <button type="button" className="link-button" onClick={() => setWay('first')}>
          {t(
            'はじめて使う: 運営者キーで最初のアカウントを作る',
            'First time: make the first account with the operator key',
          )}
        </button>
      ) : (
        ways?.applications && (
          <button type="button" className="link-button" onClick={() => setWay('apply')}>
            {t('利用を申し込む', 'Apply for the service')}
          </button>
        )
      )}
    </>
  )
}

/** A way in of its own: the browser asks which passkey, and whose. */
function PasskeySignIn() {
  const { busy, error, send } = useSend()
  const enter = async () => takeSession(await showPasskey('/v1/session/passkey'))
  return (
    <div className="stack">
      <button type="button" className="button" aria-disabled={busy} onClick={() => send(enter)}>
        {t('パスキーでログイン', 'Sign in by a passkey')}
      </button>
      <Problem error={error} />
    </div>
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
        <SendForm
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
        </SendForm>
      )}
      <button type="button" className="link-button" onClick={onBack}>
        {t('ログインに戻る', 'Back to the sign-in')}
      </button>
    </>
  )
}

/** Without a mail server nobody can be sent a link: says who helps, and how. */
function NoMail({ onBack }: { onBack: () => void }) {
  return (
    <div className="stack">
      <h1>{t('パスワードを忘れたとき', 'Forgot the password')}</h1>
      <p>
        {t(
          'このサーバーからはメールを送れないため、再設定のリンクを送れません。店舗の管理者に、「スタッフ」の画面でアカウントを削除して招待し直すよう頼んでください。',
          'This server sends no mail, so no link. Ask an owner of the shop to remove the account under Staff, and to invite you anew.',
        )}
      </p>
      <p>
        {t(
          '管理者がひとりだけで、その人が忘れたときは、このサーバーの運営者に、契約店の「管理者を招待」から招待し直すよう頼んでください（前とは別のメールアドレスが必要です）。',
          'If you are the only owner, ask the operator of this server to invite an owner of the tenant anew, by another mail address.',
        )}
      </p>
      <button type="button" className="link-button" onClick={onBack}>
        {t('ログインに戻る', 'Back to the sign-in')}
      </button>
    </div>
  )
}

function Demo() {
  const { error, send } = useSend()
  const enter = () => callSession<Session>('POST', '/v1/session/demo').then(takeSession)
  return (
    <div className="demo">
      <button type="button" className="button button-main" onClick={() => send(enter)}>
        {t('デモに入る', 'Enter the demo')}
      </button>
      <p className="support">
        {t(
          '模擬モールのデータです。パスワードは要りません。',
          'Data of the simulated malls; no password is needed.',
        )}
      </p>
      <Problem error={error} />
    </div>
  )
}
