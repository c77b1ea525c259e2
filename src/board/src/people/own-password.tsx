import { useState } from 'react'
import { callSession, fieldProblem } from '../api.ts'
import { refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { Field } from '../parts/field.tsx'
import { Problem } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { useSend } from '../parts/use-send.ts'

const EMPTY = { currentPassword: '', newPassword: '' }

export function OwnPassword({ email }: { email: string }) {
  const [values, setValues] = useState(EMPTY)
  const { busy, error, submit } = useSend()
  const change = async () => {
    await callSession('POST', '/v1/session/password', values)
    setValues(EMPTY)
    refresh('sessions')
    toast(
      t(
        'パスワードを変更しました。ほかの端末はログアウトしました。',
        'The password is changed, and all other browsers are signed out.',
      ),
    )
  }
  const wrong = fieldProblem(error, 'currentPassword')
  const weak = fieldProblem(error, 'newPassword')
  return (
    <form className="stack form-narrow" onSubmit={submit(change)}>
      {/* For the browser's store of passwords: whose it is. */}
      <input type="text" autoComplete="username" value={email} readOnly hidden />
      <Field
        label={t('現在のパスワード', 'Present password')}
        type="password"
        autoComplete="current-password"
        required
        value={values.currentPassword}
        error={wrong}
        onChange={(event) => setValues({ ...values, currentPassword: event.target.value })}
      />
      <Field
        label={t('新しいパスワード', 'New password')}
        support={t('12文字以上', 'At least 12 characters')}
        type="password"
        autoComplete="new-password"
        required
        value={values.newPassword}
        error={weak}
        onChange={(event) => setValues({ ...values, newPassword: event.target.value })}
      />
      {!wrong && !weak && <Problem error={error} />}
      <p>
        <button type="submit" className="button button-main" aria-disabled={busy}>
          {t('パスワードを変更する', 'Change the password')}
        </button>
      </p>
    </form>
  )
}
