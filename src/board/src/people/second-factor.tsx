import { useEffect, useRef, useState } from 'react'
import { encode } from 'uqr'
import { callSession, problemText, type Schemas } from '../api.ts'
import { t } from '../i18n.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { Field } from '../parts/field.tsx'
import { SendForm, text } from '../parts/send-form.tsx'
import { Problem } from '../parts/states.tsx'
import { useSend } from '../parts/use-send.ts'
import { type Session, takeSession, useSession } from '../session.ts'
import { addPasskey, deviceName, hasPasskeys, showPasskey } from './passkey.ts'

/** The second factor: asked for, set up, and what to keep for the day that the phone is gone. */
export function SecondFactor() {
  const factors = useSession()?.factors ?? []
  const byPasskey = factors.includes('passkey')
  // Without the app there are recovery codes alone beside the passkey.
  const [recovery, setRecovery] = useState(byPasskey && !factors.includes('authenticator_app'))
  const { busy, error, send } = useSend()
  const show = async () => takeSession(await showPasskey('/v1/session/second-factor/passkey'))
  return (
    <>
      {byPasskey && (
        <div className="stack">
          <button
            type="button"
            className="button button-main"
            aria-disabled={busy}
            onClick={() => send(show)}
          >
            {t('パスキーで確認する', 'Confirm by a passkey')}
          </button>
          <Problem error={error} />
        </div>
      )}
      <SendForm
        key={String(recovery)}
        title={t('2段階認証', 'Second factor')}
        button={t('確認する', 'Confirm')}
        send={async (form) =>
          takeSession(
            await callSession<Session>(
              'POST',
              '/v1/session/second-factor',
              recovery ? { recoveryCode: text(form, 'code').trim() } : { code: digitsOf(form) },
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
      </SendForm>
      {factors.includes('authenticator_app') && (
        <button type="button" className="link-button" onClick={() => setRecovery(!recovery)}>
          {recovery
            ? t('認証アプリの数字を使う', 'Use the app instead')
            : t('認証アプリを使えないときはリカバリーコードを使う', 'No app at hand: use a recovery code')}
        </button>
      )}
    </>
  )
}

type Done = (codes: readonly string[], session: Session) => void

/** A secret that counts once a code of it was shown. `code`: of the factor that is to be replaced. */
export const beginSetUp = (code?: string) =>
  callSession<Schemas['BeginSecondFactorSetupAnswer']>(
    'POST',
    '/v1/session/second-factor/setup',
    code === undefined ? undefined : { code },
  )

export const digitsOf = (form: FormData): string => text(form, 'code').replace(/\D/g, '')

export function SetUp({ onDone }: { onDone: Done }) {
  const [made, setMade] = useState<Schemas['BeginSecondFactorSetupAnswer'] | null>(null)
  const [error, setError] = useState<unknown>(null)
  useEffect(() => {
    let here = true
    beginSetUp().then(
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
    <>
      <SetUpForm made={made} onDone={onDone} />
      <PasskeyInstead onDone={onDone} />
    </>
  )
}

/** Sets up a passkey in place of the app, where this server offers them. */
function PasskeyInstead({ onDone }: { onDone: Done }) {
  const [offered, setOffered] = useState(false)
  const { busy, error, send } = useSend()
  useEffect(() => {
    if (!hasPasskeys()) return
    callSession<Schemas['GetSignInWaysAnswer']>('GET', '/v1/session/ways').then(
      ({ passkeys }) => setOffered(passkeys.offered),
      () => undefined,
    )
  }, [])
  if (!offered) return null
  const add = async () => {
    const added = await addPasskey(deviceName())
    if (added.recoveryCodes) onDone(added.recoveryCodes, added)
    else takeSession(added)
  }
  return (
    <div className="stack">
      <button type="button" className="button" aria-disabled={busy} onClick={() => send(add)}>
        {t('認証アプリの代わりにパスキーを使う', 'Use a passkey in place of the app')}
      </button>
      <Problem error={error} />
    </div>
  )
}

export function SetUpForm(props: {
  made: Schemas['BeginSecondFactorSetupAnswer']
  onDone: Done
  part?: boolean
}) {
  const { made, onDone } = props
  return (
    <SendForm
      part={props.part ?? false}
      title={t('2段階認証の設定', 'Set up the second factor')}
      button={t('設定する', 'Set up')}
      send={async (form) => {
        const answered = await callSession<Session & { recoveryCodes: string[] }>(
          'POST',
          '/v1/session/second-factor/confirm',
          { code: digitsOf(form) },
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
    </SendForm>
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

export function RecoveryCodes(props: { codes: readonly string[]; onKept: () => void; part?: boolean }) {
  const { codes, onKept } = props
  const heading = useRef<HTMLHeadingElement>(null)
  const list = useRef<HTMLUListElement>(null)
  useEffect(() => heading.current?.focus(), [])
  const Heading = props.part ? 'h2' : 'h1'
  return (
    <div className="stack">
      <Heading ref={heading} tabIndex={-1}>
        {t('リカバリーコードを保管してください', 'Keep these recovery codes')}
      </Heading>
      <p>
        {t(
          '認証アプリを使えないときに、1つにつき1回だけログインに使えます。この画面を閉じると二度と表示されません。',
          'Each lets you in once when the app is not at hand. They are shown only now.',
        )}
      </p>
      <ul className="codes" ref={list}>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="row no-print">
        <CopyButton text={codes.join('\n')} from={list} />
        <button type="button" className="button" onClick={() => print()}>
          {t('印刷', 'Print')}
        </button>
        <button type="button" className="button button-main" onClick={onKept}>
          {t('保管したので進む', 'I have kept them')}
        </button>
      </div>
    </div>
  )
}
