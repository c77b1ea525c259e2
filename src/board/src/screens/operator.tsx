import { useState } from 'react'
import { t } from '../i18n.ts'
import { Applications } from '../operator/applications.tsx'
import { Audit } from '../operator/audit.tsx'
import { Health, Queues } from '../operator/health.tsx'
import { Standing } from '../operator/standing.tsx'
import { Tenants, useTenants } from '../operator/tenants.tsx'
import { useSession } from '../session.ts'

/** 運営者: whether the service is well, its queues, applications, tenants, and who did what. */
export default function Operator() {
  const role = useSession()?.account?.role
  // On a new installation the first tenant is what is to be done. It stays there: moved, it would lose the
  // link it shows.
  const tenants = useTenants().data
  const [first, setFirst] = useState<boolean | null>(null)
  if (first === null && tenants) setFirst(tenants.length === 0)
  return (
    <div className="desk">
      <h1>{t('運営者', 'Operator')}</h1>
      {first === true && <Tenants />}
      <div className="panels">
        <Health />
        <Queues />
      </div>
      <Standing />
      {role === 'operator' && <Applications />}
      {first === false && <Tenants />}
      <Audit />
    </div>
  )
}
