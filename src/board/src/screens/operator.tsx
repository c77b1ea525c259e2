import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api, problemText } from '../api.ts'
import { queries } from '../data.ts'
import { t } from '../i18n.ts'
import { Choice } from '../parts/field.tsx'
import { dateTime, number, shortTime } from '../parts/format.ts'
import { Sign, type Tone } from '../parts/sign.tsx'
import { Failed, Loading } from '../parts/states.tsx'
import { useSession } from '../session.ts'

/** 運営者: tenants, what waits in the queues, whether the service is well, and who did what. */
export default function Operator() {
  return (
    <div className="desk">
      <h1>{t('運営者', 'Operator')}</h1>
      <div className="panels">
        <Health />
        <Queues />
      </div>
      <Tenants />
      <Audit />
    </div>
  )
}

function Health() {
  const health = useQuery({
    queryKey: ['readyz'],
    refetchInterval: 15_000,
    // 503 is an answer too: it says what is not ready.
    queryFn: async () => {
      const response = await fetch('/readyz')
      const body: unknown = await response.json().catch(() => ({}))
      return { ok: response.ok, body: typeof body === 'object' && body !== null ? body : {} }
    },
  })
  return (
    <section className="panel">
      <h2>{t('稼働状況', 'Health')}</h2>
      {health.isPending ? (
        <Loading />
      ) : health.error ? (
        <Failed error={health.error} />
      ) : (
        <>
          <p>
            <Sign tone={health.data.ok ? 'done' : 'failed'}>
              {health.data.ok ? t('受け付けています', 'Ready') : t('準備ができていません', 'Not ready')}
            </Sign>
          </p>
          <pre className="scroll-x">{JSON.stringify(health.data.body, null, 2)}</pre>
        </>
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
  const [error, setError] = useState<unknown>(null)
  const word: Record<Tenant['status'], string> = {
    applied: t('申し込み', 'Applied'),
    active: t('利用中', 'Active'),
    suspended: t('停止中', 'Suspended'),
  }
  const change = (id: string, status: 'active' | 'suspended') => {
    setError(null)
    answer(api.PATCH('/v1/admin/tenants/{id}', { params: { path: { id } }, body: { status } })).then(
      () => void queries.invalidateQueries({ queryKey: ['admin'] }),
      setError,
    )
  }
  if (list.isPending) return <Loading />
  if (list.error) return <Failed error={list.error} again={() => void list.refetch()} />
  const rank: Record<Tenant['status'], number> = { applied: 0, active: 1, suspended: 2 }
  const tenants = [...list.data].sort((a, b) => rank[a.status] - rank[b.status])
  return (
    <section className="desk-part">
      <h2>
        {t('契約店と申し込み', 'Tenants and applications')}{' '}
        <span className="quiet">{t(`${number(tenants.length)}件`, String(tenants.length))}</span>
      </h2>
      {error !== null && (
        <p className="field-error" role="alert">
          ＊{problemText(error)}
        </p>
      )}
      <div className="scroll-x">
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
                    <button type="button" className="button" onClick={() => change(tenant.id, 'active')}>
                      {t('利用を開始する', 'Activate')}
                      <span className="for-reader">{tenant.name}</span>
                    </button>
                  )}
                  {mayChange && tenant.status === 'active' && (
                    <button type="button" className="button" onClick={() => change(tenant.id, 'suspended')}>
                      {t('利用を停止する', 'Suspend')}
                      <span className="for-reader">{tenant.name}</span>
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
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
        <div className="scroll-x">
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
        </div>
      )}
    </section>
  )
}
