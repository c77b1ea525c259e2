import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { answer, api, type Schemas } from '../api.ts'
import { refresh, useNames } from '../data.ts'
import { t } from '../i18n.ts'
import { shortTime } from '../parts/format.ts'
import { Answered, Problem } from '../parts/states.tsx'
import { useSend } from '../parts/use-send.ts'
import { useMayWork } from '../session.ts'

type Action = Schemas['Why']['actions'][number]

/** Short enough that an order that comes meanwhile is seen at once. */
const ASK_AGAIN_MS = 5_000

/** 「この注文はなぜ来ていないのか」: in place of an empty list that was searched by number. */
export default function WhyNot({
  orderNumber,
  shopId,
}: {
  orderNumber: string
  shopId?: string | undefined
}) {
  const params = { query: { number: orderNumber, ...(shopId === undefined ? {} : { shopId }) } }
  const query = useQuery({
    queryKey: ['why', orderNumber, shopId],
    queryFn: () => answer(api.GET('/v1/why', { params })),
    refetchInterval: ASK_AGAIN_MS,
    staleTime: 0,
  })
  const { shop } = useNames()
  return (
    <section className="why-not" aria-label={t('この注文が来ていない理由', 'Why this order is not here')}>
      <h2>{t(`「${orderNumber}」が一覧にない理由`, `Why “${orderNumber}” is not in the list`)}</h2>
      <Answered query={query}>
        {(why) => (
          <>
            <p role="status">
              <strong>{why.message}</strong>{' '}
              <span className="quiet">
                {why.shopId === null ? '' : `${shop(why.shopId)} `}
                {why.since === null
                  ? ''
                  : t(`${shortTime(why.since)}から `, `since ${shortTime(why.since)} `)}
                {why.verdict}
              </span>
            </p>
            <p>
              {why.next === null
                ? t('自動で行う予定はありません。', 'Nothing happens by itself.')
                : t(
                    `次の予定：${shortTime(why.next.at)} ${why.next.message}`,
                    `Next: ${shortTime(why.next.at)} ${why.next.message}`,
                  )}
            </p>
            <Actions actions={why.actions} />
            <ol className="quiet">
              {why.evidence.map(({ at, message }) => (
                <li key={`${at} ${message}`}>
                  <time>{shortTime(at)}</time> {message}
                </li>
              ))}
            </ol>
          </>
        )}
      </Answered>
    </section>
  )
}

function Actions({ actions }: { actions: readonly Action[] }) {
  const mayWork = useMayWork()
  const { busy, error, send } = useSend()
  const run = (action: Action) =>
    send(async () => {
      await askMall(action)
      refresh('why', 'orders', 'board')
    })
  return (
    <div className="row">
      {actions.map((action) =>
        action.method !== 'POST' ? (
          <Link key={action.path} className="button" href={screenOf(action.path)}>
            {action.label}
          </Link>
        ) : mayWork ? (
          <button
            key={`${action.path} ${action.label}`}
            type="button"
            className="button"
            disabled={busy}
            onClick={() => run(action)}
          >
            {action.label}
          </button>
        ) : null,
      )}
      <Problem error={error} />
    </div>
  )
}

/** With a body an order is asked for anew, without one a request that waits is asked at once. */
const askMall = ({ path, body }: Action): Promise<unknown> =>
  body
    ? answer(api.POST('/v1/orders/import', { body }))
    : answer(
        api.POST('/v1/import-requests/{id}/retry', { params: { path: { id: path.split('/')[3] ?? '' } } }),
      )

/** Where staff do what a call does that needs more than a press: an order opens, keys and settings of a shop are filled in. */
const screenOf = (path: string): string =>
  path.startsWith('/v1/orders/') ? path.slice('/v1'.length) : '/shops'
