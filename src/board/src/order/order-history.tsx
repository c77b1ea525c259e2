import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api, type Order } from '../api.ts'
import { t } from '../i18n.ts'
import { clock, dateTime, day } from '../parts/format.ts'
import { differences } from '../parts/merge-patch.ts'
import { Empty, Failed, Loading } from '../parts/states.tsx'
import { fieldWord } from './field-words.ts'

/** Shows events in words, the newest day first. */
export function History({ orderId }: { orderId: string }) {
  const timeline = useQuery({
    queryKey: ['timeline', orderId],
    queryFn: () =>
      answer(
        api.GET('/v1/orders/{id}/timeline', { params: { path: { id: orderId }, query: { limit: 1_000 } } }),
      ),
  })
  if (timeline.isPending) return <Loading />
  if (!timeline.data) return <Failed error={timeline.error} again={() => void timeline.refetch()} />
  const events = [...timeline.data.events].reverse()
  const days = [...new Set(events.map((event) => day(event.at)))]
  return (
    <div className="history">
      {days.map((one) => (
        <section key={one}>
          <h2>{one}</h2>
          <ol>
            {events
              .filter((event) => day(event.at) === one)
              .map((event) => (
                <li key={event.id}>
                  <time>{clock(event.at)}</time>
                  <span>{event.label}</span>
                  <span className="quiet">{event.actorName}</span>
                </li>
              ))}
          </ol>
        </section>
      ))}
    </div>
  )
}

const shown = (value: unknown): string =>
  value === undefined || value === null
    ? ''
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value)

/** Shows earlier versions of the order, and where they differ from now. */
export function Versions({ order }: { order: Order }) {
  const [chosen, setChosen] = useState<number | null>(null)
  const list = useQuery({
    queryKey: ['versions', order.id, order.version],
    queryFn: async () =>
      (await answer(api.GET('/v1/orders/{id}/versions', { params: { path: { id: order.id } } }))).versions,
  })
  const number = chosen ?? list.data?.[0]?.number ?? null
  const version = useQuery({
    queryKey: ['version', order.id, number],
    enabled: number !== null,
    queryFn: () =>
      answer(
        api.GET('/v1/orders/{id}/versions/{number}', {
          params: { path: { id: order.id, number: number ?? 1 } },
        }),
      ),
  })
  if (list.isPending) return <Loading />
  if (!list.data) return <Failed error={list.error} />
  if (list.data.length === 0)
    return <Empty>{t('編集も再取込もまだありません。', 'It was never edited nor re-imported.')}</Empty>
  const changed = version.data ? differences(version.data.detail, order.detail) : []
  return (
    <div className="versions">
      <ul className="version-list">
        {list.data.map((one) => (
          <li key={one.number}>
            <button
              type="button"
              className={`link-button${one.number === number ? ' count-here' : ''}`}
              aria-pressed={one.number === number}
              onClick={() => setChosen(one.number)}
            >
              {t('版', 'Version')} {one.number}　{dateTime(one.endedAt)}
              {t('まで', '')}　{one.endedBy === 'edited' ? t('編集', 'edited') : t('再取込', 're-imported')}
            </button>
          </li>
        ))}
      </ul>
      <table>
        <caption>{t('現在との差分', 'What differs from now')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('項目', 'Field')}</th>
            <th scope="col">{t('以前', 'Before')}</th>
            <th scope="col">{t('現在', 'Now')}</th>
          </tr>
        </thead>
        <tbody>
          {changed.slice(0, 200).map(({ path, before, now }) => (
            <tr key={path}>
              <th scope="row">
                <span title={path}>{fieldWord(path)}</span>
              </th>
              <td>{shown(before)}</td>
              <td>{shown(now)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {version.data && changed.length === 0 && <p>{t('差分はありません。', 'Nothing differs.')}</p>}
    </div>
  )
}
