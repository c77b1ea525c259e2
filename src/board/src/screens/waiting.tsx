import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSearch } from 'wouter'
import { answer, api } from '../api.ts'
import { useNames } from '../data.ts'
import { t } from '../i18n.ts'
import { NextTime, PastedMail, Reason } from '../list/why-not.tsx'
import { shortTime } from '../parts/format.ts'
import { Empty, Failed, Loading, Wide } from '../parts/states.tsx'

const AGAIN_MS = 10_000

/** 取込待ち: every order that the shops, or one of them, wait for, why, and when it is asked for next. */
export default function Waiting() {
  const shopId = new URLSearchParams(useSearch()).get('shopId') ?? ''
  const { shop } = useNames()
  const list = useInfiniteQuery({
    queryKey: ['waiting', shopId],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/v1/why/waiting', {
          params: {
            query: {
              ...(shopId === '' ? {} : { shopId }),
              ...(pageParam === '' ? {} : { cursor: pageParam }),
            },
          },
        }),
      ),
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: AGAIN_MS,
  })
  const [chosen, setChosen] = useState<string | null>(null)
  const orders = list.data?.pages.flatMap((page) => page.orders) ?? []
  return (
    <div className="desk">
      <h1>
        {shopId === ''
          ? t('取込待ち', 'Waiting')
          : t(`取込待ち：${shop(shopId)}`, `Waiting: ${shop(shopId)}`)}
      </h1>
      <p className="support">
        {t(
          'モールからまだ取り込まれていない受注と、その理由、次に照会する時刻です。',
          'Orders that are not here yet, why, and when the mall is asked next.',
        )}
      </p>
      {list.error ? (
        <Failed error={list.error} again={() => void list.refetch()} />
      ) : list.isPending ? (
        <Loading />
      ) : orders.length === 0 ? (
        <Empty>{t('取込待ちの受注はありません。', 'No order waits.')}</Empty>
      ) : (
        <Wide label={t('取込待ち', 'Waiting')}>
          <table className="quota">
            <thead>
              <tr>
                <th scope="col">{t('受注番号', 'Order')}</th>
                <th scope="col">{t('理由', 'Why')}</th>
                <th scope="col">{t('次の予定', 'Next')}</th>
              </tr>
            </thead>
            <tbody>
              {orders.map(({ orderNumber, shopId: ofShop, message, since, next }) => (
                <tr key={`${ofShop} ${orderNumber}`}>
                  <th scope="row">
                    <button
                      type="button"
                      className="link-button"
                      aria-expanded={chosen === orderNumber}
                      onClick={() => setChosen(chosen === orderNumber ? null : orderNumber)}
                    >
                      {orderNumber}
                    </button>
                    {shopId === '' && <span className="quiet"> {shop(ofShop)}</span>}
                  </th>
                  <td>
                    {chosen === orderNumber ? <Reason orderNumber={orderNumber} shopId={ofShop} /> : message}{' '}
                    <span className="quiet">
                      {since === null ? '' : t(`${shortTime(since)}から`, `since ${shortTime(since)}`)}
                    </span>
                  </td>
                  <td>
                    <NextTime next={next} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
      {list.hasNextPage && (
        <p>
          <button type="button" className="button" onClick={() => void list.fetchNextPage()}>
            {t('続きを見る', 'More')}
          </button>
        </p>
      )}
      <PastedMail />
    </div>
  )
}
