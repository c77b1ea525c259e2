import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api, type ImportRequest } from '../api.ts'
import { refresh, useNames } from '../data.ts'
import { t } from '../i18n.ts'
import { Reason } from '../list/why-not.tsx'
import { shortTime } from '../parts/format.ts'
import { Failed, Loading, Problem } from '../parts/states.tsx'
import { useSend } from '../parts/use-send.ts'
import { useMayWork } from '../session.ts'
import { Cause, forAll, groups, MOST, OnlyFirst, Part } from './cause.tsx'

const refreshImports = (): void => refresh('import-requests', 'board')

/** Imports that were given up, by their cause. */
export function Imports({ main }: { main: boolean }) {
  const list = useQuery({
    queryKey: ['import-requests', { state: 'failed' }],
    queryFn: async () =>
      (await answer(api.GET('/v1/import-requests', { params: { query: { state: 'failed', limit: MOST } } })))
        .importRequests,
  })
  const all = list.data ?? []
  if (list.data?.length === 0) return null
  return (
    <Part id="imports" title={t('取込失敗', 'Failed imports')}>
      {list.isPending ? (
        <Loading />
      ) : list.error && !list.data ? (
        <Failed error={list.error} again={() => void list.refetch()} />
      ) : (
        groups(all, (request) => request.outcome ?? '').map(([code, requests], index) => (
          <Cause
            key={code}
            tone="failed"
            main={main && index === 0}
            title={requests[0]?.message ?? code}
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
      <OnlyFirst count={all.length} />
    </Part>
  )
}

function ImportCard({ request }: { request: ImportRequest }) {
  const { shop } = useNames()
  const mayWork = useMayWork()
  const { busy, error, send } = useSend()
  const [isOpen, setOpen] = useState(false)
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
      <button type="button" className="link-button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {t('理由と次の予定', 'Why, and what comes next')}
      </button>
      {isOpen && <Reason orderNumber={request.orderNumber} shopId={request.shopId} />}
    </article>
  )
}
