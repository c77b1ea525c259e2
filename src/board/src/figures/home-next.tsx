import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { answer, api, type Board } from '../api.ts'
import { t } from '../i18n.ts'
import { onHoldDue } from '../list/order-query.ts'
import { dayBeside, dueDay, nameOf, number, today } from '../parts/format.ts'
import { useCredentials } from '../settings/shop-checks.ts'

/** Days within which the end of a key or a consent is said here. */
const SOON_DAYS = 30
const MOST_ENDS = 4

/** Orders on 保留 within these days are looked through; the next few of them are read with their names. */
const MOST_HOLDS = 500

/** Orders on 保留 whose day comes soon, the next first. */
function useComingHolds(board: Board | undefined) {
  return useQuery({
    queryKey: ['due', 'holds', board?.onHold],
    enabled: board !== undefined && board.onHold > 0,
    queryFn: async () => {
      const onHoldTo = dayBeside(today(), SOON_DAYS)
      const query = { status: 'on_hold', onHoldTo, limit: MOST_HOLDS } as const
      const { orders } = await answer(api.GET('/v1/orders', { params: { query } }))
      const next = orders
        .flatMap(({ id, onHoldDate: day }) => (day !== null && day > today() ? [{ id, day }] : []))
        .sort((a, b) => a.day.localeCompare(b.day))
        .slice(0, MOST_ENDS)
      // With its detail an order is seen, which the audit keeps: no more of them than are shown.
      const ids = next.map(({ id }) => id).join(',')
      if (ids === '') return []
      const asked = { ids, detail: 'true', limit: MOST_ENDS } as const
      const { orders: named } = await answer(api.GET('/v1/orders', { params: { query: asked } }))
      return next.flatMap(({ id, day }) => {
        const order = named.find((one) => one.id === id)
        return order ? [{ order, day }] : []
      })
    },
  }).data
}

/** このあと: 保留 whose day has come or comes, and keys and consents by the days left. */
export default function HomeNext({ board }: { board: Board | undefined }) {
  const shops = useCredentials().data
  const ends = (shops ?? [])
    .flatMap(({ shopName, lifetimes }) =>
      lifetimes.map(({ what, label, daysLeft }) => ({
        what,
        label,
        shopName,
        daysLeft: daysLeft ?? Infinity,
      })),
    )
    .filter(({ daysLeft }) => daysLeft <= SOON_DAYS)
    .sort((a, b) => a.daysLeft - b.daysLeft)
    .slice(0, MOST_ENDS)
  const onHold = board?.onHoldDue ?? 0
  const coming = useComingHolds(board)
  const holds = coming ?? []
  // None is said only of what was read.
  const isKnown = shops !== undefined && board !== undefined && (board.onHold === 0 || coming !== undefined)
  return (
    <section className="panel home-next">
      <h2>{t('このあと', 'Next')}</h2>
      {onHold > 0 && (
        <p>
          <Link href={onHoldDue()}>
            {t(`期日が来た保留が${number(onHold)}件あります`, `${onHold} on hold are due`)}
          </Link>
        </p>
      )}
      {holds.map(({ order, day }) => (
        <p key={order.id} className="home-end">
          <Link href={`/orders/${order.id}`}>{t('保留の期日', 'Hold falls due')}</Link>{' '}
          <span className="quiet">
            {[order.onHoldReason, nameOf(order.detail?.buyer)].filter(Boolean).join('・')}
          </span>{' '}
          <strong>{dueDay(day)}</strong>
        </p>
      ))}
      {ends.map(({ what, label, shopName, daysLeft }) => (
        <p key={`${shopName} ${what}`} className="home-end">
          <Link href="/credentials">{label}</Link> <span className="quiet">{shopName}</span>{' '}
          <strong>
            {daysLeft < 0
              ? t('期限切れ', 'ended')
              : daysLeft === 0
                ? t('今日まで', 'until today')
                : t(`あと${daysLeft}日`, `${daysLeft} days`)}
          </strong>
        </p>
      ))}
      {isKnown && onHold + holds.length + ends.length === 0 && (
        <p className="quiet">{t('30日以内に期限が来るものはありません。', 'Nothing ends within 30 days.')}</p>
      )}
    </section>
  )
}
