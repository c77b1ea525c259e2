import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState } from 'react'
import { useSearch } from 'wouter'
import { ApiProblem, answer, api, type ImportRequest, problemText, type SiteChange } from '../api.ts'
import { refresh, useBoard, useNames } from '../data.ts'
import { t } from '../i18n.ts'
import { dismissChange, refreshChanges, retryChange, SiteChangeCard } from '../order/site-change-card.tsx'
import { number, shortTime } from '../parts/format.ts'
import { Sign, type Tone } from '../parts/sign.tsx'
import { Failed, Loading, Problem } from '../parts/states.tsx'
import { useSend } from '../parts/use-send.ts'
import { useMayWork } from '../session.ts'
import { MailTry } from '../settings/mail-try.tsx'

const MOST = 200

/** 警告・失敗デスク: what did not go well, by its cause, with what to do. */
export default function Desk() {
  const mayWork = useMayWork()
  const part = new URLSearchParams(useSearch()).get('part')
  useEffect(() => {
    if (part) document.getElementById(part)?.scrollIntoView()
  }, [part])
  return (
    <div className="desk">
      <h1>{t('警告・失敗', 'Warnings and failures')}</h1>
      <Attention />
      <Changes state="failed" tone="failed" title={t('失敗したサイト変更', 'Failed site changes')} />
      <Changes
        state="warning"
        tone="warning"
        title={t('警告ありのサイト変更', 'Site changes with a warning')}
      />
      <Imports />
      {mayWork && (
        <section id="mails" className="desk-part">
          <h2>{t('読み取れないメールを試す', 'Try a mail that could not be read')}</h2>
          <MailTry />
        </section>
      )}
    </div>
  )
}

function Part(props: { id: string; title: string; tone: Tone; count: number; children: ReactNode }) {
  return (
    <section id={props.id} className="desk-part">
      <h2>
        {props.count > 0 ? <Sign tone={props.tone}>{props.title}</Sign> : props.title}{' '}
        <span className="quiet">{t(`${number(props.count)}件`, String(props.count))}</span>
      </h2>
      {props.children}
    </section>
  )
}

/** Shops and mailboxes that stand still until somebody does something. */
function Attention() {
  const board = useBoard().data
  const { mall } = useNames()
  const lines = [
    ...(board?.shops ?? []).map((shop) => ({
      id: shop.shopId,
      name: `${mall(shop.marketplace)} ${shop.name}`,
      attention: shop.attention,
      notices: shop.notices,
    })),
    ...(board?.mailboxes ?? []).map((box) => ({
      id: box.mailboxId,
      name: box.name,
      attention: box.attention,
      notices: box.notices,
    })),
  ]
  const standing = lines.filter((line) => line.attention !== null)
  const noticed = lines.filter((line) => line.attention === null && line.notices.length > 0)
  return (
    <Part
      id="attention"
      tone="attention"
      title={t('要対応の店舗・受信箱', 'Shops and mailboxes that stand still')}
      count={standing.length}
    >
      {standing.length + noticed.length === 0 && <p className="quiet">{t('ありません。', 'None.')}</p>}
      <ul className="plain">
        {standing.map(({ id, name, attention }) => (
          <li key={id} className="change-card change-failed">
            <strong>{name}</strong> <time className="quiet">{shortTime(attention?.since)}</time>
            <p>
              {attention?.message} <code className="quiet">{attention?.code}</code>
            </p>
          </li>
        ))}
        {noticed.map(({ id, name, notices }) => (
          <li key={id} className="change-card">
            <strong>{name}</strong>
            {notices.map((notice) => (
              <p key={notice.code}>
                {notice.message} <code className="quiet">{notice.code}</code>
              </p>
            ))}
          </li>
        ))}
      </ul>
    </Part>
  )
}

function groups<T>(all: readonly T[], cause: (one: T) => string): [string, T[]][] {
  const found = new Map<string, T[]>()
  for (const one of all) found.set(cause(one), [...(found.get(cause(one)) ?? []), one])
  return [...found].sort(([, a], [, b]) => b.length - a.length)
}

function Changes({ state, tone, title }: { state: 'failed' | 'warning'; tone: Tone; title: string }) {
  const list = useQuery({
    queryKey: ['site-changes', { state, dismissed: false }],
    queryFn: async () =>
      (
        await answer(
          api.GET('/v1/site-changes', { params: { query: { state, dismissed: 'false', limit: MOST } } }),
        )
      ).siteChanges,
  })
  const all = list.data ?? []
  return (
    <Part id={state} tone={tone} title={title} count={all.length}>
      {list.isPending ? (
        <Loading />
      ) : list.error && !list.data ? (
        <Failed error={list.error} again={() => void list.refetch()} />
      ) : all.length === 0 ? (
        <p className="quiet">{t('ありません。', 'None.')}</p>
      ) : (
        groups(all, (change) => change.code ?? change.message ?? '').map(([code, changes]) => (
          <Cause
            key={code}
            message={changes[0]?.message ?? code}
            nextStep={changes[0]?.nextStep ?? null}
            code={code}
            count={changes.length}
            actions={[
              [t('もう一度送る', 'Send again'), () => forAll(changes, retryChange, refreshChanges)],
              [t('確認済みにする', 'Mark as seen'), () => forAll(changes, dismissChange, refreshChanges)],
            ]}
          >
            {changes.map((change: SiteChange) => (
              <SiteChangeCard key={change.id} change={change} withOrder />
            ))}
          </Cause>
        ))
      )}
    </Part>
  )
}

interface Done {
  ok: number
  failed: string[]
}

/** A few at a time; what does not work out is named and keeps nothing else back. */
async function forAll(
  all: readonly { id: string }[],
  act: (id: string) => Promise<unknown>,
  after: () => void,
): Promise<Done> {
  const done: Done = { ok: 0, failed: [] }
  const waiting = [...all]
  const take = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      try {
        await act(one.id)
        done.ok++
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 401) throw error
        done.failed.push(problemText(error))
      }
    }
  }
  await Promise.all([take(), take(), take(), take()]).finally(after)
  return done
}

/** A cause with its next step, and what can be done for all that have it. */
function Cause(props: {
  message: string
  nextStep: string | null
  code: string
  count: number
  actions: [label: string, act: () => Promise<Done>][]
  children: ReactNode
}) {
  const mayWork = useMayWork()
  const { busy, error, send } = useSend()
  const [done, setDone] = useState<Done | null>(null)
  return (
    <article className="cause">
      <header>
        <p className="cause-text">
          {props.message} <code className="quiet">{props.code}</code>
        </p>
        {props.nextStep && (
          <p>
            <strong>{t('対処', 'Next step')}</strong>: {props.nextStep}
          </p>
        )}
      </header>
      {mayWork && (
        <div className="row">
          {props.actions.map(([label, act]) => (
            <button
              key={label}
              type="button"
              className="button"
              aria-disabled={busy}
              onClick={() => send(() => act().then(setDone))}
            >
              {t(`${label}（${number(props.count)}件すべて）`, `${label} (all ${props.count})`)}
            </button>
          ))}
          <span role="status">
            {busy && t('処理しています…', 'Working…')}
            {done &&
              t(
                `成功${done.ok}件 失敗${done.failed.length}件 ${done.failed[0] ?? ''}`,
                `${done.ok} done, ${done.failed.length} failed ${done.failed[0] ?? ''}`,
              )}
          </span>
        </div>
      )}
      <Problem error={error} />
      <details open={props.count <= 3}>
        <summary>{t(`${number(props.count)}件を見る`, `See ${props.count}`)}</summary>
        <div className="card-list">{props.children}</div>
      </details>
    </article>
  )
}

const refreshImports = (): void => refresh('import-requests', 'board')

function Imports() {
  const list = useQuery({
    queryKey: ['import-requests', { state: 'failed' }],
    queryFn: async () =>
      (await answer(api.GET('/v1/import-requests', { params: { query: { state: 'failed', limit: MOST } } })))
        .importRequests,
  })
  const all = list.data ?? []
  return (
    <Part id="imports" tone="failed" title={t('取込失敗', 'Failed imports')} count={all.length}>
      {list.isPending ? (
        <Loading />
      ) : list.error && !list.data ? (
        <Failed error={list.error} again={() => void list.refetch()} />
      ) : all.length === 0 ? (
        <p className="quiet">{t('ありません。', 'None.')}</p>
      ) : (
        groups(all, (request) => request.outcome ?? '').map(([code, requests]) => (
          <Cause
            key={code}
            message={requests[0]?.message ?? code}
            nextStep={null}
            code={code}
            count={requests.length}
            actions={[
              [
                t('もう一度取り込む', 'Import again'),
                async () => {
                  const { retried } = await answer(
                    api.POST('/v1/import-requests/retry', { body: code ? { cause: code } : {} }),
                  )
                  refreshImports()
                  return { ok: retried, failed: [] }
                },
              ],
              [
                t('確認済みにする', 'Mark as seen'),
                () =>
                  forAll(
                    requests,
                    (id) =>
                      answer(api.POST('/v1/import-requests/{id}/dismiss', { params: { path: { id } } })),
                    refreshImports,
                  ),
              ],
            ]}
          >
            {requests.map((request) => (
              <ImportCard key={request.id} request={request} />
            ))}
          </Cause>
        ))
      )}
    </Part>
  )
}

function ImportCard({ request }: { request: ImportRequest }) {
  const { shop } = useNames()
  const mayWork = useMayWork()
  const { busy, error, send } = useSend()
  const act = (path: '/v1/import-requests/{id}/retry' | '/v1/import-requests/{id}/dismiss') =>
    send(() => answer(api.POST(path, { params: { path: { id: request.id } } })).then(refreshImports))
  return (
    <article className="change-card change-failed">
      <header>
        <strong>{request.orderNumber}</strong> <span className="quiet">{shop(request.shopId)}</span>{' '}
        <time className="quiet">{shortTime(request.finishedAt ?? request.requestedAt)}</time>
      </header>
      {request.mallMessage && (
        <p className="quiet">
          {t('モールの返答', 'The mall said')}: {request.mallMessage}
        </p>
      )}
      {mayWork && (
        <div className="row">
          <button
            type="button"
            className="button"
            aria-disabled={busy}
            onClick={() => act('/v1/import-requests/{id}/retry')}
          >
            {t('もう一度取り込む', 'Import again')}
          </button>
          <button
            type="button"
            className="button"
            aria-disabled={busy}
            onClick={() => act('/v1/import-requests/{id}/dismiss')}
          >
            {t('確認済みにする', 'Mark as seen')}
          </button>
        </div>
      )}
      <Problem error={error} />
    </article>
  )
}
