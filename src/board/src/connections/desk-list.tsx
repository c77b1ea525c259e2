import { useQuery } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../api.ts'
import { deskName, refresh, useDesks } from '../data.ts'
import { t } from '../i18n.ts'
import { number, shortTime, span } from '../parts/format.ts'
import { useNow } from '../parts/now.ts'
import { Pair } from '../parts/pair.tsx'
import { Sign } from '../parts/sign.tsx'
import { Empty, Failed, Loading, Problem } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { TwiceButton } from '../parts/twice-button.tsx'
import { useSend } from '../parts/use-send.ts'

type Desk = Schemas['Desk']

/** A program that has not asked for so long may have been given up. */
const SILENT_MS = 7 * 86_400_000

const useClosedDesks = () =>
  useQuery({
    queryKey: ['desks', 'closed'],
    queryFn: async () =>
      (await answer(api.GET('/v1/desks', { params: { query: { inUse: 'false' } } }))).desks,
  })

export function DeskList() {
  const list = useDesks()
  const closed = useClosedDesks().data ?? []
  return (
    <section className="desk-part" aria-label={t('取込先', 'Desks')}>
      <h2>{t('取込先', 'Desks')}</h2>
      <p className="support">
        {t(
          '受注取込で受注を受け取るプログラムです。使わなくなったものは使用停止にしてください。',
          'Programs that take orders over. Take one out of use when it is no longer there.',
        )}
      </p>
      {list.isPending ? (
        <Loading />
      ) : !list.data ? (
        <Failed error={list.error} again={() => void list.refetch()} />
      ) : list.data.length === 0 ? (
        <Empty>{t('受注を受け取るプログラムはありません。', 'No program takes orders over.')}</Empty>
      ) : (
        <div className="card-list">
          {list.data.map((desk) => (
            <DeskCard key={desk.id} desk={desk} />
          ))}
        </div>
      )}
      {closed.length > 0 && (
        <details>
          <summary>
            {t(`使用停止中の取込先 ${number(closed.length)}件`, `${closed.length} out of use`)}
          </summary>
          <div className="card-list">
            {closed.map((desk) => (
              <DeskCard key={desk.id} desk={desk} />
            ))}
          </div>
        </details>
      )}
    </section>
  )
}

function DeskCard({ desk }: { desk: Desk }) {
  const now = useNow(30_000)
  const { busy, error, send } = useSend()
  const name = deskName(desk)
  const silent = now - Date.parse(desk.lastAskedAt)
  const use = async (inUse: boolean) => {
    await answer(api.PATCH('/v1/desks/{id}', { params: { path: { id: desk.id } }, body: { inUse } }))
    refresh('desks')
    toast(
      inUse
        ? t(`「${name}」の使用を再開しました。`, `${name} is in use again.`)
        : t(`「${name}」を使用停止にしました。`, `${name} is out of use.`),
    )
  }
  return (
    <article className="change-card card-split" aria-label={name}>
      <header>
        <strong>{name}</strong>
        {desk.closedAt === null && silent > SILENT_MS && (
          <Sign tone="hold">{t(`${span(silent)}受注取込がありません`, `Silent for ${span(silent)}`)}</Sign>
        )}
        {desk.mayBeShared && (
          <Sign tone="warning">{t('2つのプログラムで共用の可能性', 'Two programs may share it')}</Sign>
        )}
      </header>
      <dl className="facts">
        <Pair label={t('最後の取込番号', 'Last batch')}>{desk.number}</Pair>
        <Pair label={t('受け取りの確認', 'Confirmed')}>
          {desk.confirmed === desk.number
            ? t('すべて確認済み', 'All')
            : t(`${desk.confirmed}番まで`, `Up to ${desk.confirmed}`)}
        </Pair>
        <Pair label={t('最後の受注取込', 'Last pull')}>{shortTime(desk.lastAskedAt)}</Pair>
        {desk.closedAt && <Pair label={t('使用停止', 'Out of use since')}>{shortTime(desk.closedAt)}</Pair>}
      </dl>
      {desk.mayBeShared && (
        <p>
          {t(
            '同じ受注が両方に届き、二重に発送されるおそれがあります。プログラムごとに別のAPIキーか desk を設定してください。',
            'Both get each order and may ship it twice. Give each program its own API key or desk.',
          )}
        </p>
      )}
      <div className="row">
        {desk.closedAt ? (
          <button type="button" className="button" aria-disabled={busy} onClick={() => send(() => use(true))}>
            {t('使用を再開', 'Use again')}
            <span className="for-reader"> {name}</span>
          </button>
        ) : (
          <TwiceButton
            label={t('使用停止', 'Take out of use')}
            again={
              desk.confirmed === desk.number
                ? t('もう一度押すと受注を渡さなくなります', 'Press again: it gets no more orders')
                : t(
                    `${desk.number}番の受け取りを確認できていません。もう一度押すと受注を渡さなくなります`,
                    `Batch ${desk.number} is not confirmed. Press again: it gets no more orders`,
                  )
            }
            of={name}
            busy={busy}
            act={() => send(() => use(false))}
          />
        )}
      </div>
      <Problem error={error} />
    </article>
  )
}
