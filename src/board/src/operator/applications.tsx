import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api, type Schemas } from '../api.ts'
import { refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { Dialog } from '../parts/dialog.tsx'
import { number, shortTime } from '../parts/format.ts'
import { Sign } from '../parts/sign.tsx'
import { Failed, Loading, Problem } from '../parts/states.tsx'
import { useSend } from '../parts/use-send.ts'
import { Invited } from '../people/invited.tsx'

type Application = Schemas['Application']
interface Decision {
  of: Application
  refuse: boolean
}
type Approved = Awaited<ReturnType<typeof approve>>

const approve = (id: string) =>
  answer(api.POST('/v1/admin/applications/{id}/approve', { params: { path: { id } } }))
const refuse = (id: string) =>
  answer(api.POST('/v1/admin/applications/{id}/refuse', { params: { path: { id } } }))

/** 申し込み: who wants to use the service. They name people, so only an operator with personal data sees them. */
export function Applications() {
  const list = useQuery({
    queryKey: ['admin', 'applications'],
    refetchInterval: 60_000,
    queryFn: async () =>
      (
        await answer(
          api.GET('/v1/admin/applications', { params: { query: { state: 'waiting', limit: 500 } } }),
        )
      ).applications,
  })
  const [deciding, setDeciding] = useState<Decision | null>(null)
  const [approved, setApproved] = useState<Approved | null>(null)
  if (list.isPending) return <Loading />
  if (list.error && !list.data) return <Failed error={list.error} again={() => void list.refetch()} />
  return (
    <section className="desk-part">
      <h2>
        {t('申し込み', 'Applications')}{' '}
        <span className="quiet">{t(`${number(list.data.length)}件`, String(list.data.length))}</span>
      </h2>
      {approved && <Invited invitation={approved.invitation} onClose={() => setApproved(null)} />}
      {list.data.length === 0 && <p className="quiet">{t('ありません。', 'None.')}</p>}
      <div className="card-list">
        {list.data.map((one) => (
          <ApplicationCard
            key={one.id}
            application={one}
            onDecide={(refused) => setDeciding({ of: one, refuse: refused })}
          />
        ))}
      </div>
      {deciding && <Decide decision={deciding} onApproved={setApproved} onClose={() => setDeciding(null)} />}
    </section>
  )
}

function ApplicationCard(props: { application: Application; onDecide: (refused: boolean) => void }) {
  const { application: one, onDecide } = props
  return (
    <article className="change-card">
      <header>
        <Sign tone="attention">{t('審査待ち', 'Waiting')}</Sign> <strong>{one.company}</strong>
        <time className="quiet">{shortTime(one.createdAt)}</time>
      </header>
      <p>
        {one.name} {one.email} {one.phone}
      </p>
      {one.shops && (
        <p>
          {t('店舗・モール', 'Shops')}: {one.shops}
        </p>
      )}
      {one.remarks && (
        <p>
          {t('備考', 'Remarks')}: {one.remarks}
        </p>
      )}
      <p className="quiet">
        {t('接続元', 'From')} <code>{one.network}</code>
      </p>
      <div className="row">
        <button type="button" className="button button-main" onClick={() => onDecide(false)}>
          {t('承認する', 'Approve')}
          <span className="for-reader"> {one.company}</span>
        </button>
        <button type="button" className="button" onClick={() => onDecide(true)}>
          {t('却下する', 'Refuse')}
          <span className="for-reader"> {one.company}</span>
        </button>
      </div>
    </article>
  )
}

/** It cannot be taken back, and the applicant is told by mail: so it is asked once more. */
function Decide(props: {
  decision: Decision
  onApproved: (approved: Approved) => void
  onClose: () => void
}) {
  const { of, refuse: refused } = props.decision
  const { busy, error, send } = useSend()
  const decide = async () => {
    try {
      if (refused) await refuse(of.id)
      else props.onApproved(await approve(of.id))
      props.onClose()
    } finally {
      // Somebody else may have decided meanwhile: the list shows it either way.
      refresh('admin')
    }
  }
  const title = refused
    ? t(`${of.company}の申し込みを却下する`, `Refuse ${of.company}`)
    : t(`${of.company}の申し込みを承認する`, `Approve ${of.company}`)
  return (
    <Dialog
      title={title}
      role="alertdialog"
      busy={busy}
      onClose={props.onClose}
      buttons={
        <>
          <button type="button" className="button" disabled={busy} onClick={props.onClose}>
            {t('やめる', 'Cancel')}
          </button>
          <button
            type="button"
            className="button button-main"
            aria-disabled={busy}
            onClick={() => send(decide)}
          >
            {refused ? t('却下する', 'Refuse') : t('承認する', 'Approve')}
          </button>
        </>
      }
    >
      <p>
        {refused
          ? t('取り消せません。', 'This cannot be taken back.')
          : t(
              `契約店を作り、${of.email} を管理者として招待します。取り消せません。`,
              `Makes the tenant and invites ${of.email} as its owner. This cannot be taken back.`,
            )}
      </p>
      <Problem error={error} />
    </Dialog>
  )
}
