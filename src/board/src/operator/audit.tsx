import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api } from '../api.ts'
import { t } from '../i18n.ts'
import { Choice } from '../parts/field.tsx'
import { dateTime } from '../parts/format.ts'
import { Answered, Wide } from '../parts/states.tsx'
import { AUDIT_WORDS, factsInWords } from './audit-words.ts'
import { useTenants } from './tenants.tsx'

const actionOf = (action: string): string => {
  const words = AUDIT_WORDS[action]
  return words ? t(...words) : ''
}

/** Who did what, of one tenant or all: the newest hundred. */
export function Audit() {
  const [tenantId, setTenantId] = useState('')
  const tenants = useTenants().data ?? []
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
      <Answered query={list}>
        {(data) => (
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
                {data.map((entry) => (
                  <tr key={entry.id}>
                    <td className="number">{dateTime(entry.at)}</td>
                    <td>{name(entry.tenantId)}</td>
                    <td>
                      {actionOf(entry.action)} <code className="quiet">{entry.action}</code>
                    </td>
                    <td>{entry.actorName}</td>
                    <td>{factsInWords(entry.data)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Wide>
        )}
      </Answered>
    </section>
  )
}
