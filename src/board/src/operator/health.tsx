import { useQuery } from '@tanstack/react-query'
import { answer, api } from '../api.ts'
import { t } from '../i18n.ts'
import { dateTime, number } from '../parts/format.ts'
import { Sign, type Tone } from '../parts/sign.tsx'
import { Answered } from '../parts/states.tsx'

const HEALTH_TONES: Record<'ok' | 'warning' | 'failed', Tone> = {
  ok: 'done',
  warning: 'warning',
  failed: 'failed',
}

/** Each part says by itself how it stands and what to do. */
export function Health() {
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
      <Answered query={health}>
        {(data) => (
          <>
            <p>
              <Sign tone={HEALTH_TONES[data.state]}>{word[data.state]}</Sign>{' '}
              <time className="quiet">{dateTime(data.at)}</time>
            </p>
            <table>
              <tbody>
                {data.parts.map(({ part, label, state, code, text }) => (
                  <tr key={part}>
                    <th scope="row">
                      {/* ✓ only where something is proven. */}
                      <Sign tone={state === 'ok' && code !== null ? 'unproven' : HEALTH_TONES[state]}>
                        {label}
                      </Sign>
                    </th>
                    <td>{text}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </>
        )}
      </Answered>
    </section>
  )
}

export function Queues() {
  const list = useQuery({
    queryKey: ['admin', 'queues'],
    refetchInterval: 15_000,
    queryFn: async () => (await answer(api.GET('/v1/admin/queues'))).queues,
  })
  return (
    <section className="panel">
      <h2>{t('キュー', 'Queues')}</h2>
      <Answered query={list}>
        {(data) => (
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
              {data.map((queue) => (
                <tr key={queue.name}>
                  <th scope="row">{queue.name}</th>
                  {([queue.waiting, queue.active, queue.delayed, queue.failed] as const).map(
                    (count, index) => (
                      // biome-ignore lint/suspicious/noArrayIndexKey: four cells that never move
                      <td key={index} className="num">
                        {number(count)}
                      </td>
                    ),
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Answered>
    </section>
  )
}
