import { useQueries } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api } from '../api.ts'
import { queries, useBoard, useNames } from '../data.ts'
import { t } from '../i18n.ts'
import { Reason } from '../list/why-not.tsx'
import { dateTime, number, shortDay } from '../parts/format.ts'
import { Sign } from '../parts/sign.tsx'
import { Empty, Failed, Loading, Problem, Wide } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { useSend } from '../parts/use-send.ts'
import { useMayWork } from '../session.ts'

/** 突合カレンダー: per shop and day, what the mall lists, what is here, and what is missing by its number. */
export default function Calendar() {
  const board = useBoard()
  const { mall } = useNames()
  const shops = board.data?.shops ?? []
  const read = useQueries({
    queries: shops.map(({ shopId }) => ({
      queryKey: ['completeness', shopId],
      queryFn: () => readOf(shopId),
      // A comparison tells no event of its own.
      refetchInterval: 60_000,
    })),
  })
  if (board.isPending) return <Loading />
  if (board.error && !board.data) return <Failed error={board.error} again={() => void board.refetch()} />
  if (shops.length === 0) return <Empty>{t('店舗はまだありません。', 'No shops yet.')}</Empty>
  return (
    <div className="desk">
      <h1>{t('突合カレンダー', 'Comparison calendar')}</h1>
      {shops.map((shop, index) => {
        const days = read[index]
        return (
          <section key={shop.shopId} className="desk-part">
            <h2>
              {shop.name} <span className="quiet">{mall(shop.marketplace)}</span>
            </h2>
            {!days || days.isPending ? (
              <Loading />
            ) : days.error ? (
              <Failed error={days.error} again={() => void days.refetch()} />
            ) : (
              <ShopDays shopId={shop.shopId} shown={days.data} />
            )}
          </section>
        )
      })}
    </div>
  )
}

type Completeness = Awaited<ReturnType<typeof readOf>>
const readOf = (id: string) => answer(api.GET('/v1/shops/{id}/completeness', { params: { path: { id } } }))

function ShopDays({ shopId, shown }: { shopId: string; shown: Completeness }) {
  const days = [...shown.days].sort((a, b) => (a.day < b.day ? 1 : -1))
  return (
    <>
      <p>
        {shown.verifiedUntil
          ? t(
              `${dateTime(shown.verifiedUntil)}までの注文を照合しました。`,
              `Compared up to ${dateTime(shown.verifiedUntil)}.`,
            )
          : t('まだ照合していません。', 'Not compared yet.')}
      </p>
      {shown.lastFailure && (
        <p className="note">
          {shown.lastFailure.message} <code>{shown.lastFailure.code}</code>
        </p>
      )}
      {shown.unverified.map((gap) => (
        <p key={gap.from} className="note">
          {dateTime(gap.from)} 〜 {dateTime(gap.to)}: {gap.message}
        </p>
      ))}
      <Wide label={t('日ごとの突合', 'Comparison by day')}>
        <table className="quota">
          <thead>
            <tr>
              <th scope="col">{t('日', 'Day')}</th>
              <th scope="col">{t('状態', 'State')}</th>
              <th scope="col" className="num">
                {t('モール', 'At the mall')}
              </th>
              <th scope="col" className="num">
                {t('取込済み', 'Here')}
              </th>
              <th scope="col" className="num">
                {t('入金待ち', 'Held back')}
              </th>
              <th scope="col" className="num">
                {t('不足', 'Missing')}
              </th>
            </tr>
          </thead>
          <tbody>
            {days.map((day) => (
              <tr key={day.day}>
                <th scope="row">{shortDay(day.day)}</th>
                <td>
                  {day.missing > 0 ? (
                    <Missing shopId={shopId} numbers={day.missingNumbers} count={day.missing} />
                  ) : day.complete ? (
                    <Sign tone="done">{t('そろっています', 'Complete')}</Sign>
                  ) : (
                    <Sign tone="unproven">{t('照合中', 'Not proven yet')}</Sign>
                  )}
                </td>
                <td className="num">{day.mall === null ? '' : number(day.mall)}</td>
                <td className="num">{number(day.here)}</td>
                <td className="num">{number(day.pending)}</td>
                <td className="num">{number(day.missing)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </>
  )
}

function Missing({ shopId, numbers, count }: { shopId: string; numbers: readonly string[]; count: number }) {
  const mayWork = useMayWork()
  const { busy, error, send } = useSend()
  const fetchNow = async () => {
    const { requested, alreadyHere } = await answer(
      api.POST('/v1/orders/import', { body: { shopId, orderNumbers: [...numbers] } }),
    )
    const here = alreadyHere.length
    toast(
      t(
        `${number(requested.length)}件の取込を受け付けました。${here > 0 ? `${number(here)}件は取込済みです。` : ''}`,
        `${requested.length} are being imported; ${here} are here.`,
      ),
    )
    void queries.invalidateQueries({ queryKey: ['completeness', shopId] })
  }
  return (
    <div>
      <Sign tone="attention">{t(`不足 ${number(count)}件`, `${count} missing`)}</Sign>{' '}
      {mayWork && (
        <button type="button" className="button" aria-disabled={busy} onClick={() => send(fetchNow)}>
          {t('今すぐ取り込む', 'Import now')}
        </button>
      )}
      <details>
        <summary>{t('受注番号と理由を見る', 'Numbers and reasons')}</summary>
        <ul className="plain">
          {numbers.map((one) => (
            <MissingOne key={one} orderNumber={one} shopId={shopId} />
          ))}
        </ul>
      </details>
      <Problem error={error} />
    </div>
  )
}

function MissingOne({ orderNumber, shopId }: { orderNumber: string; shopId: string }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <li>
      <button type="button" className="link-button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        <code>{orderNumber}</code>
      </button>
      {isOpen && <Reason orderNumber={orderNumber} shopId={shopId} />}
    </li>
  )
}
