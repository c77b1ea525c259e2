import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api, type Order } from '../api.ts'
import { refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { ORDER_STATUSES } from '../list/order-query.ts'
import { clock, dueDay, shortTime } from '../parts/format.ts'
import { differences, valueAt } from '../parts/merge-patch.ts'
import { Empty, Failed, Loading, Problem } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { useSend } from '../parts/use-send.ts'
import { useMayWork } from '../session.ts'
import { actionWord, isAction, statusWord, untilWord } from '../words.ts'
import { fieldWord } from './field-words.ts'

type Event = Awaited<ReturnType<typeof readEvents>>[number]
const readEvents = async (orderId: string) =>
  (
    await answer(
      api.GET('/v1/orders/{id}/timeline', { params: { path: { id: orderId }, query: { limit: 1_000 } } }),
    )
  ).events

export const useTimeline = (orderId: string) =>
  useQuery({ queryKey: ['timeline', orderId], queryFn: () => readEvents(orderId) })

/** Shows events in words, the newest day first: of an edit each field with what it said before and after. */
export function History({ order }: { order: Order }) {
  const timeline = useTimeline(order.id)
  const list = useVersions(order)
  if (timeline.isPending) return <Loading />
  if (!timeline.data) return <Failed error={timeline.error} again={() => void timeline.refetch()} />
  const events = [...timeline.data].reverse()
  const days = [...new Set(events.map((event) => dueDay(event.at)))]
  const moved = events.find(({ kind }) => kind === 'moved')
  return (
    <div className="history">
      {days.map((one) => (
        <section key={one}>
          <h2>{one}</h2>
          <ol>
            {events
              .filter((event) => dueDay(event.at) === one)
              .map((event) => (
                <li key={event.id}>
                  <time>{clock(event.at)}</time>
                  <span>
                    {event.label} {factsOf(event)}
                    <Changed event={event} order={order} versions={list.data ?? []} />
                    {event === moved && <MoveBack event={event} order={order} />}
                  </span>
                  <span className="quiet">{event.actorName}</span>
                </li>
              ))}
          </ol>
        </section>
      ))}
    </div>
  )
}

/** The last move, while the order still is where it was moved to. 自動受注取込 is left by 受注取込 alone. */
function MoveBack({ event, order }: { event: Event; order: Order }) {
  const mayWork = useMayWork()
  const { busy, error, send } = useSend()
  const from = ORDER_STATUSES.find((one) => one === event.data.from)
  if (!mayWork || !from || from === 'auto_imported' || from === event.data.to) return null
  if (event.data.to !== order.status) return null
  const back = async () => {
    const body = { orderIds: [order.id], to: from, ifVersions: { [order.id]: order.version } }
    const onHold = from === 'on_hold' ? ({ restoreOnHold: true } as const) : {}
    await answer(api.POST('/v1/orders/move', { body: { ...body, ...onHold } }))
    refresh('order', 'orders', 'timeline', 'board')
    toast(t(`${statusWord(from)}に戻しました。`, `Back in ${statusWord(from)}.`))
  }
  return (
    <>
      {' '}
      <button type="button" className="link-button" aria-disabled={busy} onClick={() => send(back)}>
        {t('元に戻す', 'Undo')}
      </button>
      <Problem error={error} />
    </>
  )
}

/** The statuses of a move with what was said of 保留, and the change that was meant. */
function factsOf({ kind, data, reason }: Event): string {
  const { from, to, action, onHoldDate } = data
  if (kind === 'moved') {
    const onHold = [typeof onHoldDate === 'string' ? untilWord(onHoldDate) : '', reason ?? '']
      .filter(Boolean)
      .join(' ')
    const moved = from === to ? '' : `${codeWord(from)} → ${codeWord(to)}`
    return `${moved}${onHold && t(`（${onHold}）`, ` (${onHold})`)}`
  }
  return isAction(action) ? `（${actionWord(action)}）` : ''
}

function codeWord(status: unknown): string {
  const known = ORDER_STATUSES.find((one) => one === status)
  return known ? statusWord(known) : ''
}

/** An edit ended a version: its values are the old ones, the next version's the new ones. */
function Changed({ event, order, versions }: { event: Event; order: Order; versions: readonly Version[] }) {
  const at = versions.findIndex(({ endedAt, endedBy }) => endedAt === event.at && endedBy === 'edited')
  const [before, after] = [versions[at], versions[at - 1]]
  const was = useVersion(order.id, event.kind === 'edited' ? (before?.number ?? null) : null)
  const became = useVersion(order.id, event.kind === 'edited' && before ? (after?.number ?? null) : null)
  const fields = event.data.fields ?? event.data.parts
  if (!Array.isArray(fields)) return null
  const now = before && (after ? became.data?.detail : order.detail)
  return (
    <>
      {fields.map(String).map((path) => (
        <div key={path}>
          {fieldWord(path.startsWith('/') ? path : `/${path}`)}
          {was.data && now && (
            <>
              : <del>{shown(valueAt(was.data.detail, path)) || t('（空）', '(empty)')}</del> →{' '}
              <ins>{shown(valueAt(now, path)) || t('（空）', '(empty)')}</ins>
            </>
          )}
        </div>
      ))}
    </>
  )
}

const shown = (value: unknown): string =>
  value === undefined || value === null
    ? ''
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value)

const readVersions = async (id: string) =>
  (await answer(api.GET('/v1/orders/{id}/versions', { params: { path: { id } } }))).versions
type Version = Awaited<ReturnType<typeof readVersions>>[number]

/** Newest first. */
const useVersions = (order: Order) =>
  useQuery({ queryKey: ['versions', order.id, order.version], queryFn: () => readVersions(order.id) })

/** One version never changes. */
const useVersion = (id: string, number: number | null) =>
  useQuery({
    queryKey: ['version', id, number],
    enabled: number !== null,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () =>
      answer(api.GET('/v1/orders/{id}/versions/{number}', { params: { path: { id, number: number ?? 1 } } })),
  })

/** Shows earlier versions of the order, and where they differ from now. */
export function Versions({ order }: { order: Order }) {
  const [chosen, setChosen] = useState<number | null>(null)
  const list = useVersions(order)
  const number = chosen ?? list.data?.[0]?.number ?? null
  const version = useVersion(order.id, number)
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
              {t('版', 'Version')} {one.number}　{shortTime(one.endedAt)}
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
