import { t } from '../i18n.ts'
import { Applications } from '../operator/applications.tsx'
import { Audit } from '../operator/audit.tsx'
import { Health, Queues } from '../operator/health.tsx'
import { Standing } from '../operator/standing.tsx'
import { Tenants } from '../operator/tenants.tsx'
import { useSession } from '../session.ts'

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
