import { useState } from 'react'
import { callSession, type Schemas } from '../api.ts'
import { refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { Field } from '../parts/field.tsx'
import { SendForm } from '../parts/send-form.tsx'
import { Sign } from '../parts/sign.tsx'
import { Problem } from '../parts/states.tsx'
import { useSend } from '../parts/use-send.ts'
import { takeSession } from '../session.ts'
import { hasPasskeys, recoveryCodesByPasskey } from './passkey.ts'
import { beginSetUp, digitsOf, RecoveryCodes, SetUpForm } from './second-factor.tsx'

type Made = Schemas['BeginSecondFactorSetupAnswer']
type Step =
  | { kind: 'none' | 'replace' | 'codes' }
  | { kind: 'set-up'; made: Made }
  | { kind: 'kept'; codes: readonly string[] }

/** One's own second factor: set up, moved to another phone, and new recovery codes. */
export function OwnSecondFactor({ on, byPasskey }: { on: boolean; byPasskey: boolean }) {
  const [step, setStep] = useState<Step>({ kind: 'none' })
  const { busy, error, send } = useSend()
  const leave = () => setStep({ kind: 'none' })
  const byDevice = async () => setStep({ kind: 'kept', codes: await recoveryCodesByPasskey() })
  const begin = async () => setStep({ kind: 'set-up', made: await beginSetUp() })
  if (step.kind === 'kept') return <RecoveryCodes part codes={step.codes} onKept={leave} />
  if (step.kind === 'none')
    return (
      <>
        <p>
          <Sign tone={on || byPasskey ? 'done' : 'warning'}>
            {on
              ? t('設定済み', 'Set up')
              : byPasskey
                ? t('設定済み（パスキー）', 'Set up by a passkey')
                : t('未設定', 'Not set up')}
          </Sign>
        </p>
        <div className="row">
          {on ? (
            <button type="button" className="button" onClick={() => setStep({ kind: 'replace' })}>
              {t('認証アプリを変更する', 'Change the app or phone')}
            </button>
          ) : (
            <button
              type="button"
              className={byPasskey ? 'button' : 'button button-main'}
              aria-disabled={busy}
              onClick={() => send(begin)}
            >
              {byPasskey
                ? t('認証アプリも設定する', 'Set up an authenticator app, too')
                : t('2段階認証を設定する', 'Set up the second factor')}
            </button>
          )}
          {(on || byPasskey) && (
            <button type="button" className="button" onClick={() => setStep({ kind: 'codes' })}>
              {t('リカバリーコードを作り直す', 'New recovery codes')}
            </button>
          )}
        </div>
        <Problem error={error} />
      </>
    )
  return (
    <div className="stack form-narrow">
      {step.kind === 'set-up' ? (
        <SetUpForm
          part
          made={step.made}
          onDone={(codes, session) => {
            setStep({ kind: 'kept', codes })
            takeSession(session)
            refresh('sessions', 'staff')
          }}
        />
      ) : !on ? (
        <>
          <h2>{t('リカバリーコードを作り直す', 'New recovery codes')}</h2>
          <OldOnesEnd />
          <ByPasskey send={() => send(byDevice)} busy={busy} />
          <Problem error={error} />
        </>
      ) : (
        <SendForm
          key={step.kind}
          part
          title={
            step.kind === 'codes'
              ? t('リカバリーコードを作り直す', 'New recovery codes')
              : t('認証アプリを変更する', 'Change the app or phone')
          }
          button={t('次へ', 'Next')}
          send={async (form) => {
            const code = digitsOf(form)
            if (step.kind === 'replace') return setStep({ kind: 'set-up', made: await beginSetUp(code) })
            const path = '/v1/session/recovery-codes'
            const made = await callSession<Schemas['RenewRecoveryCodesAnswer']>('POST', path, { code })
            setStep({ kind: 'kept', codes: made.recoveryCodes })
          }}
        >
          {step.kind === 'codes' && <OldOnesEnd />}
          <Field
            label={t('現在の認証アプリの6桁の数字', 'Six digits of the present app')}
            name="code"
            inputMode="numeric"
            autoComplete="one-time-code"
            required
          />
        </SendForm>
      )}
      <p>
        <button type="button" className="button" onClick={leave}>
          {t('やめる', 'Cancel')}
        </button>
      </p>
    </div>
  )
}

const OldOnesEnd = () => (
  <p className="support">
    {t('いままでのリカバリーコードは使えなくなります。', 'The ones so far stop working.')}
  </p>
)

const ByPasskey = ({ send, busy }: { send: () => void; busy: boolean }) =>
  hasPasskeys() ? (
    <button type="button" className="button button-main" aria-disabled={busy} onClick={send}>
      {t('パスキーで確認する', 'Confirm by a passkey')}
    </button>
  ) : (
    <p className="note">
      {t('このブラウザーはパスキーに対応していません。', 'This browser knows no passkeys.')}
    </p>
  )
