import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { answer, api, type Schemas } from '../api.ts'
import { refresh, useNames } from '../data.ts'
import { t } from '../i18n.ts'
import { shortTime } from '../parts/format.ts'
import { Answered, Problem } from '../parts/states.tsx'
import { useSend } from '../parts/use-send.ts'
import { useMayWork } from '../session.ts'

type Why = Schemas['Why']
type Action = Why['actions'][number]

/** Short enough that an order that comes meanwhile is seen at once; what the stream tells comes before it. */
const ASK_AGAIN_MS = 5_000

/** 「この注文はなぜ来ていないのか」: in place of an empty list that was searched by number. */
export default function WhyNot({
  orderNumber,
  shopId,
}: {
  orderNumber: string
  shopId?: string | undefined
}) {
  return (
    <section className="why-not" aria-label={t('この注文が来ていない理由', 'Why this order is not here')}>
      <h2>{t(`「${orderNumber}」が一覧にない理由`, `Why “${orderNumber}” is not in the list`)}</h2>
      <Reason orderNumber={orderNumber} shopId={shopId} />
      <PastedMail />
    </section>
  )
}

/** The same of one number anywhere on the page. */
export function Reason({ orderNumber, shopId }: { orderNumber: string; shopId?: string | undefined }) {
  const params = { query: { number: orderNumber, ...(shopId === undefined ? {} : { shopId }) } }
  const query = useQuery({
    queryKey: ['why', orderNumber, shopId],
    queryFn: () => answer(api.GET('/v1/why', { params })),
    refetchInterval: ASK_AGAIN_MS,
    staleTime: 0,
  })
  return <Answered query={query}>{(why) => <Told why={why} />}</Answered>
}

function Told({ why }: { why: Why }) {
  const { shop } = useNames()
  const [chosen, setChosen] = useState<Why['candidates'][number] | null>(null)
  return (
    <>
      <p role="status">
        <strong>{why.message}</strong>{' '}
        <span className="quiet">
          {why.shopId === null ? '' : `${shop(why.shopId)} `}
          {why.since === null ? '' : t(`${shortTime(why.since)}から `, `since ${shortTime(why.since)} `)}
          <code>{why.verdict}</code>
        </span>
      </p>
      {why.verdict !== 'several' && <NextTime next={why.next} />}
      {why.live.message && <p className="quiet">{why.live.message}</p>}
      <Actions actions={why.actions} />
      <ul className="plain">
        {why.candidates.map((one) => (
          <li key={`${one.orderNumber} ${one.shopId}`}>
            {one.orderId === null ? (
              <button type="button" className="link-button" onClick={() => setChosen(one)}>
                {one.orderNumber}
              </button>
            ) : (
              <Link href={`/orders/${one.orderId}`}>{one.orderNumber}</Link>
            )}{' '}
            <span className="quiet">{one.shopId === null ? '' : shop(one.shopId)}</span> {one.message}
          </li>
        ))}
      </ul>
      {chosen !== null && <Reason orderNumber={chosen.orderNumber} shopId={chosen.shopId ?? undefined} />}
      <ol className="quiet">
        {why.evidence.map(({ at, message }) => (
          <li key={`${at} ${message}`}>
            <time>{shortTime(at)}</time> {message}
          </li>
        ))}
      </ol>
    </>
  )
}

export function NextTime({ next }: { next: Why['next'] }) {
  return (
    <p>
      {next === null
        ? t('自動で行う予定はありません。', 'Nothing happens by itself.')
        : t(`次の予定：${shortTime(next.at)} ${next.message}`, `Next: ${shortTime(next.at)} ${next.message}`)}
    </p>
  )
}

/** Explains an order by a mail that a person has at hand. */
export function PastedMail() {
  const [source, setSource] = useState('')
  const [why, setWhy] = useState<Why | null>(null)
  const { busy, error, submit } = useSend()
  const ask = async () => {
    setWhy(null)
    // With headers and all, or the text alone.
    const body = /^[\w-]+:/m.test(source.slice(0, 2_000)) ? { source } : { text: source }
    setWhy(await answer(api.POST('/v1/why', { body })))
  }
  return (
    <details>
      <summary>{t('注文のメールを貼り付けて調べる', 'Look by a mail')}</summary>
      <form className="stack" onSubmit={submit(ask)}>
        <textarea
          rows={6}
          required
          value={source}
          aria-label={t('メールのソースまたは本文', 'Source or text of the mail')}
          onChange={(event) => setSource(event.target.value)}
        />
        <Problem error={error} />
        <p>
          <button type="submit" className="button" aria-disabled={busy}>
            {t('調べる', 'Look')}
          </button>
        </p>
      </form>
      {why &&
        (why.orderNumber === null ? (
          <Told why={why} />
        ) : (
          <>
            <p>{t(`受注番号 ${why.orderNumber}`, `Order ${why.orderNumber}`)}</p>
            <Reason orderNumber={why.orderNumber} />
          </>
        ))}
    </details>
  )
}

/** Actions of `POST /v1/why/actions`; the others open a screen. */
const RUN_HERE = ['import_now', 'reread', 'look_at_day'] as const

function Actions({ actions }: { actions: readonly Action[] }) {
  const mayWork = useMayWork()
  const { busy, error, send } = useSend()
  const [begun, setBegun] = useState<string | null>(null)
  const run = (body: NonNullable<Action['body']>) =>
    send(async () => {
      const action = RUN_HERE.find((one) => one === body.action)
      if (action === undefined) return
      const { message } = await answer(api.POST('/v1/why/actions', { body: { ...body, action } }))
      setBegun(message)
      refresh('why', 'waiting', 'orders', 'board')
    })
  return (
    <div className="row">
      {actions.map(({ method, path, label, body }) =>
        body === null || method !== 'POST' ? (
          <Link key={path} className="button" href={screenOf(path)}>
            {label}
          </Link>
        ) : mayWork ? (
          <button
            key={`${body.action} ${label}`}
            type="button"
            className="button"
            disabled={busy}
            onClick={() => run(body)}
          >
            {label}
          </button>
        ) : null,
      )}
      <span role="status">{begun}</span>
      <Problem error={error} />
    </div>
  )
}

/** Screen for a call that needs more than a press: an order to open, or a shop's keys and settings. */
const screenOf = (path: string): string =>
  path.startsWith('/v1/orders/') ? path.slice('/v1'.length) : '/shops'
