import { useQuery } from '@tanstack/react-query'
import { answer, api } from '../api.ts'
import { t } from '../i18n.ts'
import { number, shortTime } from '../parts/format.ts'
import { Sign } from '../parts/sign.tsx'
import { Answered, Wide } from '../parts/states.tsx'

/** 要対応 of all tenants: what stands still, whose it is, and what must be done. */
export function Standing() {
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
      <Answered query={list}>
        {(data) =>
          data.length === 0 ? (
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
                  {data.map((one) => (
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
          )
        }
      </Answered>
    </section>
  )
}
