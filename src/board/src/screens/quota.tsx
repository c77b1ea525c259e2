import { useEffect, useState } from 'react'
import { Link } from 'wouter'
import type { Board } from '../api.ts'
import { mallOf, type ShopReason, stuckBy, useBoard, useMalls, useNames, useShopReasons } from '../data.ts'
import { t } from '../i18n.ts'
import { clock, number, span } from '../parts/format.ts'
import { useNow } from '../parts/now.ts'
import { Sign } from '../parts/sign.tsx'
import { Empty, Loading, Wide } from '../parts/states.tsx'

type Shop = Board['shops'][number]
export interface Sample {
  at: number
  waiting: number
}

/** Long enough that one batch of a hundred is not taken for the rate. */
const WINDOW_MS = 10 * 60_000

/**
 * Estimates how many orders a minute come in, from how the number of waiting ones went down. Orders that
 * arrive between two samples make it a little slower than it is. Null until it went down at all.
 */
export function rateOf(samples: readonly Sample[]): number | null {
  let done = 0
  for (const [index, sample] of samples.entries()) {
    const before = samples[index - 1]
    if (before && sample.waiting < before.waiting) done += before.waiting - sample.waiting
  }
  const [first, last] = [samples[0], samples.at(-1)]
  if (!first || !last || last.at <= first.at || done === 0) return null
  return (done * 60_000) / (last.at - first.at)
}

/** クォータ時計: at sale time, when all of a shop's orders are in at the pace that its mall allows. */
export default function Quota() {
  const { data: board, dataUpdatedAt } = useBoard()
  const { mall } = useNames()
  const malls = useMalls().data
  const reasons = useShopReasons()
  const [samples, setSamples] = useState<ReadonlyMap<string, readonly Sample[]>>(new Map())
  useEffect(() => {
    if (!board) return
    setSamples((before) => {
      const next = new Map<string, readonly Sample[]>()
      for (const shop of board.shops) {
        const kept = (before.get(shop.shopId) ?? []).filter(({ at }) => at > dataUpdatedAt - WINDOW_MS)
        next.set(shop.shopId, [...kept, { at: dataUpdatedAt, waiting: shop.importing }])
      }
      return next
    })
  }, [board, dataUpdatedAt])
  if (!board) return <Loading />
  if (board.shops.length === 0) return <Empty>{t('店舗はまだありません。', 'No shops yet.')}</Empty>
  return (
    <div className="desk">
      <h1>{t('クォータ時計', 'Quota clock')}</h1>
      <p className="support">
        {t(
          '取込待ちがいつなくなるかの見込みです。この画面を開いている間の実績から、実績がまだないときはモールの呼び出し回数の上限から計算します。',
          'When nothing waits any more: from what was done while this page is open, and before that from what the malls allow.',
        )}
      </p>
      <Wide label={t('店舗ごとの見込み', 'Expected by shop')}>
        <table className="quota">
          <thead>
            <tr>
              <th scope="col">{t('店舗', 'Shop')}</th>
              <th scope="col" className="num">
                {t('取込待ち', 'Waiting')}
              </th>
              <th scope="col" className="num wide-only">
                {t('毎分（実績）', 'A minute')}
              </th>
              <th scope="col" className="num wide-only">
                {t('毎分（上限）', 'At most')}
              </th>
              <th scope="col">{t('見込み', 'Expected')}</th>
            </tr>
          </thead>
          <tbody>
            {board.shops.map((shop) => (
              <tr key={shop.shopId}>
                <th scope="row">
                  {shop.name} <span className="quiet">{mall(shop.marketplace, shop.shopId)}</span>
                </th>
                <td className="num">
                  <Link href={`/waiting?shopId=${shop.shopId}`}>
                    {number(shop.importing + shop.importDoubtful)}
                    {shop.bounded.includes('importing') && '+'}
                  </Link>
                </td>
                <Expected
                  shop={shop}
                  reason={reasons?.find(({ shopId }) => shopId === shop.shopId)}
                  rate={rateOf(samples.get(shop.shopId) ?? [])}
                  most={mallOf(malls, shop)?.limits.ordersPerMinute ?? null}
                />
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </div>
  )
}

function Expected({
  shop,
  reason,
  rate,
  most,
}: {
  shop: Shop
  reason: ShopReason | undefined
  rate: number | null
  most: number | null
}) {
  const now = useNow(5_000)
  const text = () => {
    if (shop.attention) return <Sign tone="attention">{shop.attention.message}</Sign>
    const stuck = stuckBy(shop, reason)
    if (stuck) return <Sign tone="warning">{stuck.whole}</Sign>
    if (shop.importing === 0) return <Sign tone="done">{t('取込待ちなし', 'Nothing waits')}</Sign>
    const left = (shop.importing / (rate ?? most ?? 0)) * 60_000
    if (!Number.isFinite(left)) return <Sign tone="changing">{t('計測しています', 'Measuring')}</Sign>
    if (left < 60_000) return <Sign tone="changing">{t('まもなく完了', 'All in in a moment')}</Sign>
    if (rate === null)
      return (
        <Sign tone="changing">
          {t(
            `早ければ${clock(now + left).slice(0, 5)}に完了（あと${span(left)}）`,
            `${clock(now + left).slice(0, 5)} at the earliest (${span(left)} to go)`,
          )}
        </Sign>
      )
    return (
      <Sign tone="changing">
        {t(
          `${clock(now + left).slice(0, 5)}に完了（あと${span(left)}）`,
          `all in by ${clock(now + left).slice(0, 5)} (${span(left)} to go)`,
        )}
      </Sign>
    )
  }
  return (
    <>
      <td className="num wide-only">{perMinute(rate)}</td>
      <td className="num wide-only">{perMinute(most)}</td>
      <td>{text()}</td>
    </>
  )
}

const perMinute = (rate: number | null): string =>
  rate === null ? '' : rate < 10 ? rate.toFixed(1) : number(Math.round(rate))
