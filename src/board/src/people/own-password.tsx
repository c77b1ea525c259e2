import { useState } from 'react'
import { callSession } from '../api.ts'
import { refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { Field } from '../parts/field.tsx'
import { Form, FormEnd } from '../parts/form.tsx'
import { toast } from '../parts/toast.tsx'

const EMPTY = { currentPassword: '', newPassword: '' }

export function OwnPassword({ email }: { email: string }) {
  const [values, setValues] = useState(EMPTY)
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
  return (
    <Form send={change}>
      {/* For the browser's store of passwords: whose it is. */}
      <input type="text" autoComplete="username" value={email} readOnly hidden />
      <Field
        label={t('現在のパスワード', 'Present password')}
        name="currentPassword"
        type="password"
        autoComplete="current-password"
        required
        value={values.currentPassword}
        onChange={(event) => setValues({ ...values, currentPassword: event.target.value })}
      />
      <Field
        label={t('新しいパスワード', 'New password')}
        name="newPassword"
        minLength={12}
        support={t('12文字以上', 'At least 12 characters')}
        type="password"
        autoComplete="new-password"
        required
        value={values.newPassword}
        onChange={(event) => setValues({ ...values, newPassword: event.target.value })}
      />
      <FormEnd label={t('パスワードを変更する', 'Change the password')} />
    </Form>
  )
}
