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

/** Days within which 保留 that fall due are named here. */
const HOLD_DAYS = 7

/** Orders on 保留 whose day comes soon, the next first. */
function useComingHolds(board: Board | undefined) {
  return useQuery({
    queryKey: ['due', 'holds', board?.onHold],
    enabled: board !== undefined && board.onHold > 0,
    queryFn: async () => {
      const query = {
        status: 'on_hold',
        onHoldTo: dayBeside(today(), HOLD_DAYS),
        detail: 'true',
        limit: 50,
      } as const
      const { orders } = await answer(api.GET('/v1/orders', { params: { query } }))
      return orders
        .flatMap((order) => {
          const day = order.onHoldDate
          return day !== null && day > today() ? [{ order, day }] : []
        })
        .sort((a, b) => a.day.localeCompare(b.day))
        .slice(0, MOST_ENDS)
    },
  }).data
}

/** このあと: 保留 whose day has come or comes, and keys and consents by the days left. */
export default function HomeNext({ board }: { board: Board | undefined }) {
  const shops = useCredentials().data ?? []
  const ends = shops
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
  const holds = useComingHolds(board) ?? []
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
      {onHold + holds.length + ends.length === 0 && (
        <p className="quiet">{t('30日以内に期限が来るものはありません。', 'Nothing ends within 30 days.')}</p>
      )}
    </section>
  )
}
