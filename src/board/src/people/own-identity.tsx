import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { callSession, type Schemas } from '../api.ts'
import { refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { Field } from '../parts/field.tsx'
import { Form, FormEnd } from '../parts/form.tsx'
import { Sign } from '../parts/sign.tsx'
import { Problem } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { TwiceButton } from '../parts/twice-button.tsx'
import { useSend } from '../parts/use-send.ts'
import { readSession } from '../session.ts'

/** One's own single sign-on: the provider's account that opens this one. Nothing where none is set. */
export function OwnIdentity({ email, bound }: { email: string; bound: string | null }) {
  const ways = useQuery({
    queryKey: ['ways'],
    queryFn: () => callSession<Schemas['GetSignInWaysAnswer']>('GET', '/v1/session/ways'),
  })
  const [failed] = useState(() => /^#error=([A-Z_]{1,60})$/.exec(location.hash)?.[1])
  const { busy, error, send } = useSend()
  const [password, setPassword] = useState('')
  const provider = ways.data?.identityProvider
  if (!bound && !provider) return null
  const bind = async () => {
    const sent = { currentPassword: password }
    const { url } = await callSession<{ url: string }>('POST', '/v1/session/oidc', sent)
    location.assign(url)
  }
  const remove = async () => {
    await callSession('DELETE', '/v1/session/oidc')
    await readSession()
    refresh('sessions', 'staff')
    toast(
      t(
        'シングルサインオンを解除しました。ほかの端末はログアウトしました。',
        'Single sign-on is removed, and all other browsers are signed out.',
      ),
    )
  }
  return (
    <section className="panel">
      <h2>{t('シングルサインオン', 'Single sign-on')}</h2>
      {failed && !bound && (
        <p className="note" role="alert">
          {failed === 'CONFLICT'
            ? t(
                '認証サービスのアカウントは、すでにほかの担当者に設定されています。',
                'That account of the provider is bound to another person.',
              )
            : t('設定できませんでした。もう一度お試しください。', 'It could not be bound. Try again.')}{' '}
          ({failed})
        </p>
      )}
      <p>
        <Sign tone={bound ? 'done' : 'unproven'}>
          {bound ? t(`設定済み: ${bound}`, `Bound: ${bound}`) : t('未設定', 'Not bound')}
        </Sign>
      </p>
      {bound ? (
        <TwiceButton
          label={t('シングルサインオンを解除する', 'Remove single sign-on')}
          again={t('もう一度押すと解除します', 'Press again to remove it')}
          busy={busy}
          act={() => send(remove)}
        />
      ) : (
        <Form send={bind}>
          <input type="text" autoComplete="username" value={email} readOnly hidden />
          <Field
            label={t('確認のため、現在のパスワード', 'Present password, to confirm')}
            name="currentPassword"
            type="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
          <FormEnd quiet label={t(`${provider?.label}を設定する`, `Bind ${provider?.label}`)} />
        </Form>
      )}
      <Problem error={error} />
    </section>
  )
}
