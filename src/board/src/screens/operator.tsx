import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api } from '../api.ts'
import { refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { Choice } from '../parts/field.tsx'
import { dateTime, number, shortTime } from '../parts/format.ts'
import { Sign, type Tone } from '../parts/sign.tsx'
import { Failed, Loading, Problem, Wide } from '../parts/states.tsx'
import { useSend } from '../parts/use-send.ts'
import { useSession } from '../session.ts'
import { Applications } from './applications.tsx'

/** 運営者: whether the service is well, what waits in the queues, who wants to use it, tenants, and who did what. */
export default function Operator() {
  const role = useSession()?.account?.role
  return (
    <div className="desk">
      <h1>{t('運営者', 'Operator')}</h1>
      <div className="panels">
        <Health />
        <Queues />
      </div>
      <Standing />
      {role === 'operator' && <Applications />}
      <Tenants />
      <Audit />
    </div>
  )
}

const HEALTH_TONES: Record<'ok' | 'warning' | 'failed', Tone> = {
  ok: 'done',
  warning: 'warning',
  failed: 'failed',
}

/** Each part says by itself how it stands and what to do. */
function Health() {
  const health = useQuery({
    queryKey: ['admin', 'health'],
    refetchInterval: 15_000,
    queryFn: () => answer(api.GET('/v1/admin/health')),
  })
  const word = {
    ok: t('正常に動作しています', 'All is well'),
    warning: t('確認が必要です', 'Needs a look'),
    failed: t('異常があります', 'Something does not work'),
  }
  return (
    <section className="panel">
      <h2>{t('稼働状況', 'Health')}</h2>
      {health.isPending ? (
        <Loading />
      ) : health.error ? (
        // What was seen before says nothing about now.
        <Failed error={health.error} again={() => void health.refetch()} />
      ) : (
        <>
          <p>
            <Sign tone={HEALTH_TONES[health.data.state]}>{word[health.data.state]}</Sign>{' '}
            <time className="quiet">{dateTime(health.data.at)}</time>
          </p>
          <table>
            <tbody>
              {health.data.parts.map(({ part, label, state, text }) => (
                <tr key={part}>
                  <th scope="row">
                    <Sign tone={HEALTH_TONES[state]}>{label}</Sign>
                  </th>
                  <td>{text}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </section>
  )
}

/** 要対応 of all tenants: what stands still, whose it is, and what must be done. */
function Standing() {
  const list = useQuery({
    queryKey: ['admin', 'attention'],
    refetchInterval: 15_000,
    queryFn: async () => (await answer(api.GET('/v1/admin/attention'))).attention,
  })
  return (
    <section className="desk-part">
      <h2>
        {list.data && list.data.length > 0 ? (
          <Sign tone="attention">{t('要対応', 'Attention')}</Sign>
        ) : (
          t('要対応', 'Attention')
        )}{' '}
        {list.data && (
          <span className="quiet">{t(`${number(list.data.length)}件`, String(list.data.length))}</span>
        )}
      </h2>
      {list.isPending ? (
        <Loading />
      ) : list.error ? (
        <Failed error={list.error} again={() => void list.refetch()} />
      ) : list.data.length === 0 ? (
        <p className="quiet">{t('ありません。', 'None.')}</p>
      ) : (
        <Wide label={t('要対応', 'Attention')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('いつから', 'Since')}</th>
                <th scope="col">{t('契約店', 'Tenant')}</th>
                <th scope="col">{t('店舗・受信箱', 'Shop or mailbox')}</th>
                <th scope="col">{t('すること', 'What to do')}</th>
              </tr>
            </thead>
            <tbody>
              {list.data.map((one) => (
                <tr key={one.id}>
                  <td className="number">{shortTime(one.since)}</td>
                  <td>{one.tenantName}</td>
                  <th scope="row">
                    {one.name}{' '}
                    <span className="quiet">
                      {one.what === 'shop' ? t('店舗', 'Shop') : t('受信箱', 'Mailbox')}
                    </span>
                  </th>
                  <td className="long-text">
                    {one.message} <code className="quiet">{one.code}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
    </section>
  )
}

function Queues() {
  const list = useQuery({
    queryKey: ['admin', 'queues'],
    refetchInterval: 15_000,
    queryFn: async () => (await answer(api.GET('/v1/admin/queues'))).queues,
  })
  return (
    <section className="panel">
      <h2>{t('キュー', 'Queues')}</h2>
      {list.isPending ? (
        <Loading />
      ) : list.error ? (
        <Failed error={list.error} again={() => void list.refetch()} />
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">{t('名前', 'Name')}</th>
              <th scope="col" className="num">
                {t('待ち', 'Waiting')}
              </th>
              <th scope="col" className="num">
                {t('実行中', 'Active')}
              </th>
              <th scope="col" className="num">
                {t('予定', 'Delayed')}
              </th>
              <th scope="col" className="num">
                {t('失敗', 'Failed')}
              </th>
            </tr>
          </thead>
          <tbody>
            {list.data.map((queue) => (
              <tr key={queue.name}>
                <th scope="row">{queue.name}</th>
                {([queue.waiting, queue.active, queue.delayed, queue.failed] as const).map((count, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: four cells that never move
                  <td key={index} className="num">
                    {number(count)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

const readTenants = async () =>
  (await answer(api.GET('/v1/admin/tenants', { params: { query: { limit: 500 } } }))).tenants
type Tenant = Awaited<ReturnType<typeof readTenants>>[number]

const TENANT_TONES: Record<Tenant['status'], Tone> = {
  applied: 'attention',
  active: 'done',
  suspended: 'hold',
}

function Tenants() {
  const list = useQuery({ queryKey: ['admin', 'tenants'], queryFn: readTenants })
  const mayChange = useSession()?.account?.role === 'operator'
  const { busy, error, send } = useSend()
  const word: Record<Tenant['status'], string> = {
    applied: t('申し込み', 'Applied'),
    active: t('利用中', 'Active'),
    suspended: t('停止中', 'Suspended'),
  }
  const change = (id: string, status: 'active' | 'suspended') =>
    send(async () => {
      await answer(api.PATCH('/v1/admin/tenants/{id}', { params: { path: { id } }, body: { status } }))
      refresh('admin')
    })
  if (list.isPending) return <Loading />
  if (list.error) return <Failed error={list.error} again={() => void list.refetch()} />
  const rank: Record<Tenant['status'], number> = { applied: 0, active: 1, suspended: 2 }
  const tenants = [...list.data].sort((a, b) => rank[a.status] - rank[b.status])
  return (
    <section className="desk-part">
      <h2>
        {t('契約店', 'Tenants')}{' '}
        <span className="quiet">{t(`${number(tenants.length)}件`, String(tenants.length))}</span>
      </h2>
      <Problem error={error} />
      <Wide label={t('契約店', 'Tenants')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('状態', 'State')}</th>
              <th scope="col">{t('契約店', 'Tenant')}</th>
              <th scope="col">{t('連絡先', 'Addresses')}</th>
              <th scope="col">{t('登録', 'Since')}</th>
              <th scope="col">{t('操作', 'Actions')}</th>
            </tr>
          </thead>
          <tbody>
            {tenants.map((tenant) => (
              <tr key={tenant.id}>
                <td>
                  <Sign tone={TENANT_TONES[tenant.status]}>{word[tenant.status]}</Sign>
                </td>
                <th scope="row">{tenant.name}</th>
                <td>{tenant.emails.join(', ')}</td>
                <td className="number">{shortTime(tenant.createdAt)}</td>
                <td>
                  {mayChange && tenant.status !== 'active' && (
                    <button
                      type="button"
                      className="button"
                      aria-disabled={busy}
                      onClick={() => change(tenant.id, 'active')}
                    >
                      {t('利用を開始する', 'Activate')}
                      <span className="for-reader">{tenant.name}</span>
                    </button>
                  )}
                  {mayChange && tenant.status === 'active' && (
                    <button
                      type="button"
                      className="button"
                      aria-disabled={busy}
                      onClick={() => change(tenant.id, 'suspended')}
                    >
                      {t('利用を停止する', 'Suspend')}
                      <span className="for-reader">{tenant.name}</span>
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </section>
  )
}

function Audit() {
  const [tenantId, setTenantId] = useState('')
  const tenants = useQuery({ queryKey: ['admin', 'tenants'], queryFn: readTenants }).data ?? []
  const list = useQuery({
    queryKey: ['admin', 'audit', tenantId],
    queryFn: async () =>
      (
        await answer(
          api.GET('/v1/admin/audit', {
            params: { query: { limit: 100, ...(tenantId ? { tenantId } : {}) } },
          }),
        )
      ).audit,
  })
  const name = (id: string | null) => tenants.find((one) => one.id === id)?.name ?? ''
  return (
    <section className="desk-part">
      <h2>{t('監査記録', 'Audit')}</h2>
      <Choice
        label={t('契約店', 'Tenant')}
        value={tenantId}
        onChange={setTenantId}
        options={[['', t('すべて', 'All')], ...tenants.map((one) => [one.id, one.name] as const)]}
      />
      {list.isPending ? (
        <Loading />
      ) : list.error ? (
        <Failed error={list.error} again={() => void list.refetch()} />
      ) : (
        <Wide label={t('監査記録', 'Audit')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('日時', 'Time')}</th>
                <th scope="col">{t('契約店', 'Tenant')}</th>
                <th scope="col">{t('操作', 'Action')}</th>
                <th scope="col">{t('実行者', 'Who')}</th>
                <th scope="col">{t('内容', 'What')}</th>
              </tr>
            </thead>
            <tbody>
              {list.data.map((entry) => (
                <tr key={entry.id}>
                  <td className="number">{dateTime(entry.at)}</td>
                  <td>{name(entry.tenantId)}</td>
                  <td>
                    <code>{entry.action}</code>
                  </td>
                  <td>
                    <code>{entry.actor}</code>
                  </td>
                  <td>
                    <code className="quiet">{JSON.stringify(entry.data)}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
    </section>
  )
}
