import { useQueries } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api } from '../api.ts'
import { queries, useBoard, useNames } from '../data.ts'
import { t } from '../i18n.ts'
import { Reason } from '../list/why-not.tsx'
import { dueDay, number, shortTime } from '../parts/format.ts'
import { Sign, type Tone } from '../parts/sign.tsx'
import { Empty, Failed, Loading, Problem } from '../parts/states.tsx'
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
              {shop.name} <span className="quiet">{mall(shop.marketplace, shop.shopId)}</span>
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
  return (
    <>
      <p>
        {shown.verifiedUntil
          ? t(
              `${shortTime(shown.verifiedUntil)}までの注文を照合しました。`,
              `Compared up to ${shortTime(shown.verifiedUntil)}.`,
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
          {shortTime(gap.from)} 〜 {shortTime(gap.to)}: {gap.message}
        </p>
      ))}
      <Months shopId={shopId} days={shown.days} />
    </>
  )
}

type Day = Completeness['days'][number]

const stateOf = ({ missing, complete }: Day): { tone: Tone; word: string } =>
  missing > 0
    ? { tone: 'warning', word: t(`不足 ${number(missing)}件`, `${missing} missing`) }
    : complete
      ? { tone: 'staged', word: t('そろっています', 'Complete') }
      : { tone: 'unproven', word: t('照合中', 'Not proven yet') }

/**
 * Months of a shop, newest first, each day in the colour of its state; one day is open, at first the newest
 * that misses something.
 */
function Months({ shopId, days }: { shopId: string; days: readonly Day[] }) {
  const newest = days.toSorted((a, b) => (a.day < b.day ? 1 : -1))
  // What comes in meanwhile opens no other day.
  const [chosen, setChosen] = useState(() => (newest.find(({ missing }) => missing > 0) ?? newest[0])?.day)
  const open = newest.find(({ day }) => day === chosen) ?? newest[0]
  return (
    <div className="months">
      {[...Map.groupBy(newest, ({ day }) => day.slice(0, 7))].map(([month, mine]) => (
        <Month key={month} month={month} days={mine} open={open?.day ?? null} onOpen={setChosen} />
      ))}
      {open && <OpenDay shopId={shopId} day={open} />}
    </div>
  )
}

function Month(props: {
  month: string
  days: readonly Day[]
  open: string | null
  onOpen: (day: string) => void
}) {
  const { month, open } = props
  const byDay = new Map(props.days.map((day) => [day.day, day]))
  const [year = 0, of = 0] = month.split('-').map(Number)
  const name = t(`${year}年${of}月`, month)
  const first = new Date(Date.UTC(year, of - 1, 1)).getUTCDay()
  const length = new Date(Date.UTC(year, of, 0)).getUTCDate()
  return (
    <section aria-label={name}>
      <h3>{name}</h3>
      <div className="month">
        {WEEK.map(([ja, en]) => (
          <span key={en} className="quiet" aria-hidden="true">
            {t(ja, en)}
          </span>
        ))}
        {Array.from({ length }, (_, index) => {
          const day = `${month}-${String(index + 1).padStart(2, '0')}`
          const known = byDay.get(day)
          const place = index === 0 ? { gridColumnStart: first + 1 } : undefined
          if (!known)
            return (
              <span key={day} className="month-day quiet" style={place}>
                {index + 1}
              </span>
            )
          const { tone, word } = stateOf(known)
          return (
            <button
              key={day}
              type="button"
              className={`month-day sign-${tone}`}
              style={place}
              aria-pressed={day === open}
              onClick={() => props.onOpen(day)}
            >
              <span className="for-reader">{of}/</span>
              {index + 1}
              <span className="for-reader"> {word}</span>
              <small aria-hidden="true">
                {known.missing > 0 ? `−${number(known.missing)}` : number(known.here)}
              </small>
            </button>
          )
        })}
      </div>
    </section>
  )
}

const WEEK = [
  ...([['日', 'Su'] as const, ['月', 'Mo'] as const, ['火', 'Tu'] as const, ['水', 'We'] as const] as const),
  ...([['木', 'Th'] as const, ['金', 'Fr'] as const, ['土', 'Sa'] as const] as const),
]

function OpenDay({ shopId, day }: { shopId: string; day: Day }) {
  const { tone, word } = stateOf(day)
  const facts: [string, number | null][] = [
    [t('モール', 'At the mall'), day.mall],
    [t('取込済み', 'Here'), day.here],
    [t('入金待ち', 'Held back'), day.pending],
    [t('不足', 'Missing'), day.missing],
  ]
  return (
    <section className="stack" aria-label={t(`${dueDay(day.day)}の突合`, dueDay(day.day))}>
      <h3>
        {dueDay(day.day)} {day.missing === 0 && <Sign tone={tone === 'staged' ? 'done' : tone}>{word}</Sign>}
      </h3>
      <p>
        {facts.map(([name, count]) => (
          <span key={name} className="month-fact">
            {name} <strong>{count === null ? t('不明', 'unknown') : number(count)}</strong>
          </span>
        ))}
      </p>
      {day.missing > 0 && (
        <Missing key={day.day} shopId={shopId} numbers={day.missingNumbers} count={day.missing} />
      )}
    </section>
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
