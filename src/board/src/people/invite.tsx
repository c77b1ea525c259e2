import { useState } from 'react'
import { answer, api, type Schemas } from '../api.ts'
import { t } from '../i18n.ts'
import { Choice, Field } from '../parts/field.tsx'
import { Form, FormEnd } from '../parts/form.tsx'
import { number, shortTime } from '../parts/format.ts'
import { Failed, Loading, Problem } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { TwiceButton } from '../parts/twice-button.tsx'
import { useSend } from '../parts/use-send.ts'
import { roleWord } from '../words.ts'
import { clientRoleOf, type Role, refreshPeople, roleOptions, useInvitations } from './people-data.ts'

export type Made = Schemas['InvitationMade']

const invite = (email: string, role: Role) =>
  answer(api.POST('/v1/staff/invitations', { body: { email, role } }))

export function InviteForm(props: { onMade: (made: Made) => void; onCancel: () => void }) {
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('staff')
  const make = async () => {
    const made = await invite(email.trim(), role)
    refreshPeople()
    props.onMade(made)
  }
  return (
    <Form send={make}>
      <Field
        label={t('メールアドレス', 'Mail address')}
        support={t('ログインに使います。1人に1つです。', 'To sign in with: one for each person.')}
        name="email"
        type="email"
        // Somebody else's: the browser must not fill in one's own.
        autoComplete="off"
        required
        autoFocus
        maxLength={254}
        value={email}
        onChange={(event) => setEmail(event.target.value)}
      />
      <Choice label={t('権限', 'Role')} value={role} onChange={setRole} options={roleOptions()} />
      <FormEnd label={t('招待する', 'Invite')} onCancel={props.onCancel} />
    </Form>
  )
}

/** Whose link was lost is invited anew: the one before is worth nothing then. */
export function Pending({ onMade }: { onMade: (made: Made) => void }) {
  const list = useInvitations()
  const { busy, error, send } = useSend()
  if (list.isPending) return <Loading />
  if (!list.data) return <Failed error={list.error} again={() => void list.refetch()} />
  if (list.data.length === 0) return null
  const anew = async (email: string, role: Role) => {
    onMade(await invite(email, role))
    refreshPeople()
  }
  const withdraw = async (id: string) => {
    await answer(api.DELETE('/v1/staff/invitations/{id}', { params: { path: { id } } }))
    refreshPeople()
    toast(t('招待を取り消しました。リンクは使えません。', 'Withdrawn: its link opens nothing any more.'))
  }
  return (
    <section className="desk-part">
      <h2>
        {t('承諾待ちの招待', 'Open invitations')}{' '}
        <span className="quiet">{t(`${number(list.data.length)}件`, String(list.data.length))}</span>
      </h2>
      <Problem error={error} />
      <div className="card-list">
        {list.data.map(({ id, email, role, expiresAt, invitedBy }) => (
          <article key={id} className="change-card card-split" aria-label={email}>
            <header>
              <strong className="wrap">{email}</strong>
              <span>{roleWord(role)}</span>
              <span className="quiet">
                {t(`${shortTime(expiresAt)}まで有効`, `good until ${shortTime(expiresAt)}`)}
              </span>
              {invitedBy && (
                <span className="quiet">{t(`招待した人: ${invitedBy.name}`, `by ${invitedBy.name}`)}</span>
              )}
            </header>
            <div className="row">
              <button
                type="button"
                className="button"
                aria-disabled={busy}
                onClick={() => send(() => anew(email, clientRoleOf(role)))}
              >
                {t('リンクを作り直す', 'New link')}
                <span className="for-reader"> {email}</span>
              </button>
              <TwiceButton
                label={t('招待を取り消す', 'Withdraw')}
                again={t('もう一度押すと取り消します', 'Press again to withdraw')}
                of={email}
                busy={busy}
                act={() => send(() => withdraw(id))}
              />
            </div>
          </article>
        ))}
      </div>
    </section>
  )
}
