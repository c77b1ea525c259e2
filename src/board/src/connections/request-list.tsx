import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api, type Schemas } from '../api.ts'
import { t } from '../i18n.ts'
import { Choice } from '../parts/field.tsx'
import { number, shortTime } from '../parts/format.ts'
import { MoreButton } from '../parts/more-button.tsx'
import { Sign } from '../parts/sign.tsx'
import { Empty, Failed, Loading, Wide } from '../parts/states.tsx'

const PAGE = 20
const AGAIN_MS = 10_000

/** APIリクエストの記録: how the requests of programs ended, to find one by the id in the program's own log. */
export function RequestList() {
  const [which, setWhich] = useState<'failed' | ''>('')
  const list = useInfiniteQuery({
    queryKey: ['requests', which],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/v1/requests', {
          params: {
            query: {
              limit: PAGE,
              ...(which === 'failed' ? { failed: 'true' as const } : {}),
              ...(pageParam ? { cursor: pageParam } : {}),
            },
          },
        }),
      ),
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    refetchInterval: AGAIN_MS,
  })
  const rows = list.data?.pages.flatMap(({ requests }) => requests) ?? []
  return (
    <section className="desk-part" aria-label={t('APIリクエスト', 'API requests')}>
      <h2>{t('APIリクエストの記録（30日分）', 'API requests of 30 days')}</h2>
      <p className="support">
        {t(
          'プログラムからのリクエストの結果です。内容は保存しません。リクエストIDは応答の X-Request-Id です。',
          'How requests of programs ended, and nothing of what they said. The id is X-Request-Id of the answer.',
        )}
      </p>
      <div className="row">
        <Choice
          label={t('結果', 'Result')}
          value={which}
          onChange={setWhich}
          options={[
            ['', t('すべて', 'All')],
            ['failed', t('エラーのみ', 'Errors')],
          ]}
        />
      </div>
      {list.isPending ? (
        <Loading />
      ) : !list.data ? (
        <Failed error={list.error} again={() => void list.refetch()} />
      ) : rows.length === 0 ? (
        <Empty>
          {which
            ? t('エラーになったリクエストはありません。', 'None ended in an error.')
            : t('リクエストはまだありません。', 'No program has asked yet.')}
        </Empty>
      ) : (
        <Wide label={t('APIリクエスト', 'API requests')}>
          <table className="deliveries">
            <thead>
              <tr>
                <th scope="col">{t('日時', 'When')}</th>
                <th scope="col">{t('リクエスト', 'Request')}</th>
                <th scope="col">{t('結果', 'Result')}</th>
                <th scope="col" className="num">
                  {t('所要時間', 'Took')}
                </th>
                <th scope="col">{t('APIキー', 'API key')}</th>
                <th scope="col">{t('リクエストID', 'Request id')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((one) => (
                <Line key={one.id} request={one} />
              ))}
            </tbody>
          </table>
        </Wide>
      )}
      <MoreButton list={list} of={t('APIリクエスト', 'API requests')} />
    </section>
  )
}

function Line({ request }: { request: Schemas['LoggedRequest'] }) {
  const { id, at, method, path, status, code, ms, apiKeyName } = request
  return (
    <tr>
      <td className="number">{shortTime(at)}</td>
      <th scope="row">
        <code>
          {method} {path}
        </code>
      </th>
      <td>
        <Sign tone={status < 400 ? 'done' : 'warning'}>{String(status)}</Sign> {code && <code>{code}</code>}
      </td>
      <td className="num">{t(`${number(ms)}ミリ秒`, `${number(ms)} ms`)}</td>
      <td>{apiKeyName}</td>
      <td>
        <code>{id}</code>
      </td>
    </tr>
  )
}
