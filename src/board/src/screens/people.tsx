import { useState } from 'react'
import { answer, api } from '../api.ts'
import { refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { number, shortTime } from '../parts/format.ts'
import { Pair } from '../parts/pair.tsx'
import { Sign } from '../parts/sign.tsx'
import { Failed, Loading, Problem } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { useSend } from '../parts/use-send.ts'
import { InviteForm, type Made, Pending } from '../people/invite.tsx'
import { Invited } from '../people/invited.tsx'
import { isLastOwner, type Person, refreshPeople, usePeople } from '../people/people-data.ts'
import { PersonDialog, patch } from '../people/person-dialog.tsx'
import { useSession } from '../session.ts'
import { useContract } from '../settings/contract.tsx'
import { roleWord } from '../words.ts'

/** スタッフ: who may come in, as what, and how safely. For owners. */
export default function People() {
  const list = usePeople()
  const self = useSession()?.account?.id
  const [inviting, setInviting] = useState(false)
  const [made, setMade] = useState<Made | null>(null)
  const [opened, setOpened] = useState<string | null>(null)
  const person = list.data?.find(({ id }) => id === opened)
  return (
    <div className="desk">
      <h1>{t('スタッフ', 'People')}</h1>
      <p className="support">
        {t(
          '人ごとにアカウントを分けると、だれが何をしたかが履歴に残ります。',
          'With an account for each person the histories tell who did what.',
        )}
      </p>
      {made && <Invited key={made.id} invitation={made} onClose={() => setMade(null)} />}
      {inviting ? (
        <section className="panel">
          <h2>{t('スタッフを招待', 'Invite somebody')}</h2>
          <InviteForm
            onMade={(next) => {
              setInviting(false)
              setMade(next)
            }}
            onCancel={() => setInviting(false)}
          />
        </section>
      ) : (
        <p>
          <button type="button" className="button button-main" onClick={() => setInviting(true)}>
            {t('スタッフを招待', 'Invite somebody')}
          </button>
        </p>
      )}
      {list.isPending ? (
        <Loading />
      ) : !list.data ? (
        <Failed error={list.error} again={() => void list.refetch()} />
      ) : (
        <section className="desk-part">
          <h2>
            {t('アカウントのある人', 'With an account')}{' '}
            <span className="quiet">{t(`${number(list.data.length)}人`, String(list.data.length))}</span>
          </h2>
          <div className="card-list">
            {list.data.map((one) => (
              <PersonCard key={one.id} person={one} self={one.id === self} onOpen={() => setOpened(one.id)} />
            ))}
          </div>
        </section>
      )}
      <Pending onMade={setMade} />
      <SecondFactorRule />
      {person && list.data && (
        <PersonDialog
          person={person}
          self={person.id === self}
          last={isLastOwner(person, list.data)}
          onClose={() => setOpened(null)}
        />
      )}
    </div>
  )
}

function PersonCard({ person, self, onOpen }: { person: Person; self: boolean; onOpen: () => void }) {
  const { busy, error, send } = useSend()
  const unlock = async () => {
    await patch(person.id, { unlock: true })
    refreshPeople()
    toast(t(`${person.name}さんのロックを解除しました。`, `${person.name} may try again.`))
  }
  return (
    <article
      className={`change-card card-split${person.lockedUntil ? ' change-warning' : ''}`}
      aria-label={person.name}
    >
      <header>
        <strong>
          {person.name}
          {self && t('（あなた）', ' (you)')}
        </strong>
        {person.state === 'disabled' && <Sign tone="hold">{t('利用停止中', 'Off')}</Sign>}
        {person.lockedUntil && (
          <Sign tone="warning">
            {t(
              `${shortTime(person.lockedUntil)}までロック中`,
              `Locked until ${shortTime(person.lockedUntil)}`,
            )}
          </Sign>
        )}
        <span className="quiet wrap">{person.email}</span>
      </header>
      <dl className="facts">
        <Pair label={t('権限', 'Role')}>{roleWord(person.role)}</Pair>
        <Pair label={t('2段階認証', 'Second factor')}>
          <Sign tone={person.secondFactor ? 'done' : 'unproven'}>
            {person.secondFactor ? t('設定済み', 'Set up') : t('未設定', 'Not set up')}
          </Sign>
        </Pair>
        {person.identityProvider && (
          <Pair label={t('シングルサインオン', 'Single sign-on')}>{person.identityProvider}</Pair>
        )}
        <Pair label={t('最終ログイン', 'Last sign-in')}>
          {shortTime(person.lastSignInAt) || t('なし', 'None')}
        </Pair>
        <Pair label={t('ログイン中', 'Signed in')}>
          {t(`${person.sessions}台`, `${person.sessions} browsers`)}
        </Pair>
      </dl>
      <div className="row">
        {person.lockedUntil && (
          <button
            type="button"
            className="button button-main"
            aria-disabled={busy}
            onClick={() => send(unlock)}
          >
            {t('ロックを解除する', 'Unlock')}
            <span className="for-reader"> {person.name}</span>
          </button>
        )}
        <button type="button" className="button" onClick={onOpen}>
          {t('権限・停止・削除…', 'Role, off, remove…')}
          <span className="for-reader"> {person.name}</span>
        </button>
      </div>
      <Problem error={error} />
    </article>
  )
}

/** The contract's own setting: without a second factor nobody sees a buyer's name. */
function SecondFactorRule() {
  const contract = useContract()
  const { busy, error, send } = useSend()
  if (!contract.data) return null
  const { requireSecondFactor: on } = contract.data
  const turn = async () => {
    await answer(api.PATCH('/v1/contract', { body: { requireSecondFactor: !on } }))
    refresh('contract')
    toast(
      on
        ? t('2段階認証を任意にしました。', 'The second factor is left to each person.')
        : t('2段階認証を全員に必須にしました。', 'The second factor is needed by all.'),
    )
  }
  return (
    <section className="desk-part">
      <h2>{t('2段階認証の決まり', 'The rule of the second factor')}</h2>
      <p>
        <Sign tone={on ? 'done' : 'warning'}>
          {on ? t('全員に必須', 'Needed by all') : t('任意（各自が決める）', 'Left to each person')}
        </Sign>
      </p>
      <p className="support">
        {t(
          '受注には購入者の氏名と住所があります。必須にすると、未設定の人はログアウトされ、次のログインで設定します。',
          'Orders hold names and addresses. Where it is needed, whoever has none is signed out and sets it up at the next sign-in.',
        )}
      </p>
      <p>
        <button type="button" className="button" aria-disabled={busy} onClick={() => send(turn)}>
          {on ? t('任意にする', 'Leave it to each') : t('全員に必須にする', 'Need it of all')}
        </button>
      </p>
      <Problem error={error} />
    </section>
  )
}
