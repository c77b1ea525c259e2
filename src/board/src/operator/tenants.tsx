import { useQuery } from '@tanstack/react-query'
import { answer, api } from '../api.ts'
import { refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { number, shortTime } from '../parts/format.ts'
import { Sign, type Tone } from '../parts/sign.tsx'
import { Failed, Loading, Problem, Wide } from '../parts/states.tsx'
import { useSend } from '../parts/use-send.ts'
import { useSession } from '../session.ts'

const readTenants = async () =>
  (await answer(api.GET('/v1/admin/tenants', { params: { query: { limit: 500 } } }))).tenants
type Tenant = Awaited<ReturnType<typeof readTenants>>[number]

export const useTenants = () => useQuery({ queryKey: ['admin', 'tenants'], queryFn: readTenants })

const TENANT_TONES: Record<Tenant['status'], Tone> = {
  applied: 'attention',
  active: 'done',
  suspended: 'hold',
}

export function Tenants() {
  const list = useTenants()
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
