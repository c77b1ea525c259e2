import { useQuery } from '@tanstack/react-query'
import { type ReactNode, Suspense, useState } from 'react'
import { Link } from 'wouter'
import { waitingForPerson } from '../alarms.ts'
import { answer, api, type Board } from '../api.ts'
import { useBoard, useNames } from '../data.ts'
import { t } from '../i18n.ts'
import { TO_LEAVE, useDue, useDueTomorrow } from '../list/due.ts'
import { type OrderQuery, shipToday, withFilters } from '../list/order-query.ts'
import { dayBeside, dueDay, number, shortTime, today } from '../parts/format.ts'
import { Icon, type IconName } from '../parts/icon.tsx'
import { holdKeys, useKeys } from '../parts/keys.ts'
import { lazyPart } from '../parts/lazy-part.tsx'
import { MallBadge } from '../parts/mall.tsx'
import { Sign } from '../parts/sign.tsx'
import { useMayWork } from '../session.ts'
import { useLights } from '../shell/side-nav.tsx'

// After the tiles, as a part of its own.
const HomeFigures = lazyPart(() => import('../figures/home-figures.tsx'))
const HomeNext = lazyPart(() => import('../figures/home-next.tsx'))
const BulkAny = lazyPart(() => import('../bulk/bulk-any.tsx'))

/** ホーム: what is to be done now, how far today is, how the shops stand, and what comes next. */
export default function Home() {
  const board = useBoard().data
  const mayWork = useMayWork()
  const progress = useProgress()
  const [pulling, setPulling] = useState(false)
  const pull = () => {
    holdKeys()
    setPulling(true)
  }
  useKeys({ F2: mayWork ? pull : undefined })
  return (
    <div className="desk home">
      <div className="home-head">
        <div>
          <h1>{dueDay(today())}</h1>
          <p className="quiet">{sentence(board, progress)}</p>
        </div>
        {board && progress && isCalm(board, progress) && <Sunrise />}
      </div>
      <Tiles board={board} mayWork={mayWork} onPull={pull} />
      <div className="home-columns">
        <div className="stack">
          <Progress progress={progress} />
          <Suspense fallback={<section className="panel home-figures" aria-label={t('実績', 'Figures')} />}>
            <HomeFigures />
          </Suspense>
        </div>
        <div className="stack">
          <ShopLights board={board} />
          <Suspense fallback={<section className="panel home-next" aria-label={t('このあと', 'Next')} />}>
            <HomeNext board={board} />
          </Suspense>
        </div>
      </div>
      <Suspense>
        {pulling && <BulkAny bulk="pull" orders={[]} shopId={null} onClose={() => setPulling(false)} />}
      </Suspense>
    </div>
  )
}

type Progress = NonNullable<ReturnType<typeof useProgress>>

const leftOf = ({ numbered, labelled, late, left }: Progress): number => numbered + labelled + late + left

const isCalm = (board: Board, progress: Progress): boolean =>
  board.staged + board.new + board.cancelledAtMall + waitingForPerson(board) + leftOf(progress) === 0

/** One sentence about today so far. */
function sentence(board: Board | undefined, progress: Progress | undefined): string {
  // Its place is there before its words.
  if (!board || !progress) return '\u00a0'
  if (progress.done > 0 && leftOf(progress) === 0)
    return t(
      '出荷待ちのうち今日までに出す受注は、すべて発送を終えました。',
      'Of those ready to ship, all that had to leave by today has left.',
    )
  const came = t(
    `0時から${number(progress.ordered)}件の注文がありました。`,
    `${progress.ordered} orders since 0:00.`,
  )
  return [came, lastImport(board)].filter(Boolean).join(' ')
}

/** A sun over the horizon, drawn where nothing is to be done. */
const Sunrise = () => (
  <svg className="sunrise" viewBox="0 0 96 48" aria-hidden="true">
    <path d="M4 40h88M26 40a22 22 0 0 1 44 0M48 4v7M22 14l5 5M74 14l-5 5M8 30l7 2M88 30l-7 2" />
  </svg>
)

/** Always the same four in the same places; the first that has something to do carries the filled button. */
function Tiles(props: { board: Board | undefined; mayWork: boolean; onPull: () => void }) {
  const { board, mayWork, onPull } = props
  const due = useDue()
  const tomorrow = useDueTomorrow(Boolean(due && due.late + due.today === 0 && due.later > 0)) ?? 0
  const lights = useLights()
  const staged = board?.staged ?? 0
  const leaving = due ? due.late + due.today : 0
  const cancelled = board?.cancelledAtMall ?? 0
  const waiting = board ? waitingForPerson(board) : 0
  const first = [mayWork ? staged : 0, leaving, cancelled, waiting].findIndex((count) => count > 0)
  const looks = (at: number) => (at === first ? 'button button-main' : 'button')
  return (
    <div className="tiles">
      <Tile
        title={t('取り込む', 'To pull')}
        icon="tray"
        count={board && staged}
        note={t('自動受注取込で待っている受注', 'Wait in Auto-imported')}
        calmNote={lastImport(board)}
      >
        {mayWork && staged > 0 ? (
          <button type="button" className={looks(0)} aria-keyshortcuts="F2" onClick={onPull}>
            {t('取り込む', 'Pull')} <kbd>F2</kbd>
          </button>
        ) : null}
      </Tile>
      <Tile
        title={t('今日出荷', 'To ship today')}
        icon="truck"
        count={due ? leaving : undefined}
        figures={
          due && due.late > 0 && due.today > 0
            ? [
                [t('期限切れ', 'late'), due.late, 'stop'],
                [t('今日', 'today'), due.today, 'look'],
              ]
            : undefined
        }
        note={
          due && due.late > 0 && due.today === 0
            ? t('期限切れの受注', 'Are late')
            : t('今日までに出す受注', 'Must leave by today')
        }
        calmNote={
          due &&
          (tomorrow > 0
            ? t(`明日が期限の受注 ${number(tomorrow)}件`, `${tomorrow} due tomorrow`)
            : t(`明日以降 ${number(due.later)}件`, `${due.later} later`))
        }
        tone={due && due.late > 0 ? 'stop' : 'look'}
      >
        {leaving > 0 && (
          <Link className={looks(1)} href={shipToday()}>
            {t('今日の分を開く', 'Open')}
          </Link>
        )}
      </Tile>
      <Tile
        title={t('モール取消', 'Cancelled at the mall')}
        icon="alert"
        count={board && cancelled}
        note={t('発送せずキャンセルへ移します', 'Do not ship; move to Cancelled')}
        tone="stop"
      >
        {cancelled > 0 && (
          <Link className={looks(2)} href={withFilters('sort=oldest', { cancelledAtMall: 'true' })}>
            {t('確かめる', 'Look')}
          </Link>
        )}
      </Tile>
      <Tile
        title={t('要対応', 'To mend')}
        icon="warn"
        count={board && waiting}
        note={
          board
            ? t(
                `店舗 ${board.attention}・失敗 ${board.failed + board.importFailed}・警告 ${board.warning}`,
                `${board.attention} shops, ${board.failed + board.importFailed} failed, ${board.warning} warnings`,
              )
            : ''
        }
        calmNote={
          board &&
          lights.areKnown &&
          board.shops.length > 0 &&
          board.shops.every((shop) => lights.of(shop).tone === 'done') &&
          t(`${board.shops.length}店舗とも取り込めています`, `All ${board.shops.length} shops import`)
        }
        tone="look"
      >
        {waiting > 0 && (
          <Link className={looks(3)} href="/desk">
            {t('対処を見る', 'See what to do')}
          </Link>
        )}
      </Tile>
    </div>
  )
}

/** When an order was imported last, at whichever shop. */
function lastImport(board: Board | undefined): string {
  const last = (board?.shops ?? [])
    .map(({ importedAt }) => importedAt)
    .filter((one) => one !== null)
    .sort()
    .at(-1)
  return last ? t(`最後の取込 ${shortTime(last)}`, `Last import ${shortTime(last)}`) : ''
}

function Tile(props: {
  title: string
  icon: IconName
  count: number | undefined
  /** Of which kinds the count is, in its place. */
  figures?: readonly (readonly [word: string, count: number, tone: 'stop' | 'look'])[] | undefined
  note: ReactNode
  /** One fact for a calm tile, which has nothing to be done. */
  calmNote?: ReactNode
  tone?: 'stop' | 'look'
  children: ReactNode
}) {
  const { title, icon, count, figures, note, calmNote, tone, children } = props
  const calm = count === 0
  return (
    <section className={calm ? 'tile tile-calm' : 'tile'} aria-label={title}>
      <h2>
        <Icon name={icon} />
        {title}
      </h2>
      {calm ? (
        <p className="tile-none">
          <Icon name="check" />
          {t('なし', 'none')}
        </p>
      ) : figures ? (
        <dl className="tile-figures">
          {figures.map(([word, of, its]) => (
            <div key={word}>
              <dt>{word}</dt>
              <dd className={`tile-figure tile-${its}`}>{number(of)}</dd>
            </div>
          ))}
        </dl>
      ) : (
        <p className={tone ? `tile-figure tile-${tone}` : 'tile-figure'}>
          {count === undefined ? '…' : number(count)}
          <span className="tile-unit">{t('件', '')}</span>
        </p>
      )}
      <div className="tile-note">{calm ? calmNote : note}</div>
      {children}
    </section>
  )
}

/** A count that the service makes for a list. */
async function countOf(query: OrderQuery): Promise<number> {
  const asked = { ...query, total: 'true', limit: 1 } as const
  return (await answer(api.GET('/v1/orders', { params: { query: asked } }))).total ?? 0
}

/** Orders that must leave by today, of the last month, by how far they are. */
function useProgress() {
  return useQuery({
    queryKey: ['due', 'progress'],
    refetchInterval: 60_000,
    queryFn: async () => {
      const day = today()
      const month = {
        from: `${dayBeside(day, -30)}T00:00:00+09:00`,
        to: `${dayBeside(day, 1)}T00:00:00+09:00`,
        shipByFrom: day,
        shipByTo: day,
      }
      const waits = { ...TO_LEAVE, shipByFrom: day, shipByTo: day } as const
      const [ordered, shipped, completed, numbered, labelled, all, late] = await Promise.all([
        countOf({ from: `${day}T00:00:00+09:00` }),
        countOf({ ...month, status: 'shipped' }),
        countOf({ ...month, status: 'completed' }),
        countOf({ ...waits, tracking: 'some' }),
        countOf({ ...waits, tracking: 'none', labelled: 'true' }),
        countOf(waits),
        countOf({ ...TO_LEAVE, shipByTo: dayBeside(day, -1) }),
      ])
      return {
        ordered,
        done: shipped + completed,
        numbered,
        labelled,
        late,
        left: Math.max(0, all - numbered - labelled),
      }
    },
  }).data
}

/** 今日の進み: a bar whose parts are said in words below it. */
function Progress({ progress }: { progress: Progress | undefined }) {
  if (!progress) return <section className="panel home-progress" aria-label={t('今日の進み', 'Today')} />
  const parts = [
    ['done', t('発送完了', 'Shipped'), progress.done],
    ['numbered', t('送り状番号あり', 'Numbered'), progress.numbered],
    ['labelled', t('送り状を出力', 'Label written'), progress.labelled],
    ['late', t('期限切れ', 'Late'), progress.late],
    ['left', t('まだ', 'Not yet'), progress.left],
  ] as const
  const all = parts.reduce((sum, [, , count]) => sum + count, 0)
  let from = 0
  return (
    <section className="panel home-progress" aria-label={t('今日の進み', 'Today')}>
      <h2>
        {t('今日の進み', 'Today')}{' '}
        <span className="quiet">
          {t(`今日までに出す${number(all)}件`, `${number(all)} to leave by today`)}
        </span>
      </h2>
      {all > 0 && (
        <svg className="progress" viewBox="0 0 1000 24" preserveAspectRatio="none" aria-hidden="true">
          {parts.map(([kind, , count]) => {
            const width = (count / all) * 1000
            const x = from
            from += width
            return (
              count > 0 && (
                <rect
                  key={kind}
                  className={`part-${kind}`}
                  x={x}
                  width={Math.max(0, width - 3)}
                  height="24"
                />
              )
            )
          })}
        </svg>
      )}
      <ul className="legend">
        {parts.map(([kind, label, count]) => (
          <li key={kind}>
            <svg viewBox="0 0 10 10" aria-hidden="true">
              <rect className={`part-${kind}`} width="10" height="10" rx="2" />
            </svg>
            {label} <strong>{number(count)}</strong>
          </li>
        ))}
      </ul>
      {all === 0 && (
        <p className="quiet">{t('今日までに出す受注はありません。', 'Nothing has to leave by today.')}</p>
      )}
    </section>
  )
}

function ShopLights({ board }: { board: Board | undefined }) {
  const { mall } = useNames()
  const lights = useLights()
  const held = board?.shops.filter((shop) => shop.importing > 0 && lights.isStuck(shop)) ?? []
  const waiting = held.reduce((sum, { importing }) => sum + importing, 0)
  return (
    <section className="panel">
      <h2>{t('店舗', 'Shops')}</h2>
      <ul className="plain home-shops">
        {board?.shops.map((shop) => {
          const light = lights.of(shop)
          return (
            <li key={shop.shopId}>
              <MallBadge name={shop.marketplace} label={mall(shop.marketplace, shop.shopId)} />
              <span>
                {shop.name}
                <span className="home-times quiet">
                  {t('取込', 'import')} {shortTime(shop.importedAt) || '-'}・{t('突合', 'comparison')}{' '}
                  {shortTime(shop.comparedAt) || '-'}
                </span>
              </span>
              <Sign tone={light.tone}>{light.text}</Sign>
            </li>
          )
        })}
      </ul>
      {waiting > 0 && (
        <p>
          <Sign tone="warning">
            <Link href="/quota">
              {t(
                `取込を待っている受注 ${number(waiting)}件の見込み`,
                `When ${waiting} waiting orders come in`,
              )}
            </Link>
          </Sign>
        </p>
      )}
      <Link href="/shops">{t('すべて見る', 'See all')}</Link>
    </section>
  )
}
