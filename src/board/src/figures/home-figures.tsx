import { Link } from 'wouter'
import { useNames } from '../data.ts'
import { t } from '../i18n.ts'
import { number, shortTime } from '../parts/format.ts'
import { useNow } from '../parts/now.ts'
import { daysOf, type Figures, fortnight, useFigures } from './figures-data.ts'
import { Bars, Curve, Legend } from './plots.tsx'

/** Share of orders that a shop means to ship by their deadline. */
const AIM = 98

/** Fourteen days: orders by mall, how fast they are in the list, how many left in time. */
export default function HomeFigures() {
  const period = fortnight(useNow(60_000))
  const figures = useFigures({ ...period, per: 'mall' }).data
  if (!figures) return <section className="panel home-figures" aria-label={t('実績', 'Figures')} />
  return (
    <section className="panel home-figures" aria-label={t('実績', 'Figures')}>
      <div className="card-head">
        <h2>
          {t('受注数', 'Orders')} <span className="quiet">{t('この14日・モール別', '14 days, by mall')}</span>
        </h2>
        <Link className="card-pencil" href="/figures">
          {t('実績をすべて見る', 'All figures')}
        </Link>
      </div>
      <OrderBars figures={figures} />
      <div className="figure-pair">
        <Waits figures={figures} />
        <InTime figures={figures} />
      </div>
      {figures.countedAt && (
        <p className="quiet">
          {t(`${shortTime(figures.countedAt)}の集計`, `counted ${shortTime(figures.countedAt)}`)}
        </p>
      )}
    </section>
  )
}

/** Orders of each day, by mall. */
export function OrderBars({ figures }: { figures: Figures }) {
  const { mall } = useNames()
  const malls = [...new Set(figures.figures.flatMap(({ marketplace }) => marketplace ?? []))]
  const bars = daysOf(figures.from, figures.to).map((day) => {
    const rows = figures.figures.filter((row) => row.day === day)
    const parts = malls.map((kind) => ({
      kind,
      value: rows
        .filter(({ marketplace }) => marketplace === kind)
        .reduce((sum, { orders }) => sum + orders, 0),
    }))
    return { day, parts, label: number(parts.reduce((sum, { value }) => sum + value, 0)) }
  })
  return (
    <>
      <Bars
        bars={bars}
        title={t(
          `日ごとの受注数、合計${number(figures.total.orders)}件`,
          `Orders by day, ${figures.total.orders} in all`,
        )}
      />
      <Legend kinds={malls.map((kind) => [kind, mall(kind)] as const)} />
    </>
  )
}

const byDay = <T,>(figures: Figures, of: (day: string) => T): T[] => daysOf(figures.from, figures.to).map(of)

/** Medians of a day's malls cannot be joined: the longest of them stands for the day. */
export function Waits({ figures }: { figures: Figures }) {
  const { median, longest } = figures.total.waits
  const values = byDay(figures, (day) => {
    const medians = figures.figures.flatMap((row) =>
      row.day === day && row.waits.median !== null ? [row.waits.median] : [],
    )
    return medians.length > 0 ? Math.max(...medians) : null
  })
  return (
    <div>
      <h3>{t('メールが届いてから一覧に並ぶまで', 'From the mail to the list')}</h3>
      <p>
        <span className="figure-large">{median === null ? '-' : seconds(median)}</span>{' '}
        <span className="quiet">{t('中央値', 'median')}</span>
      </p>
      <Curve values={values} title={t('日ごとの中央値', 'Median by day')} />
      {longest !== null && (
        <p className="quiet">
          {t(`いちばん長い1件は${seconds(longest)}`, `the longest ${seconds(longest)}`)}
        </p>
      )}
    </div>
  )
}

export const seconds = (value: number): string =>
  value < 60
    ? t(`${number(Math.round(value * 10) / 10)}秒`, `${value} s`)
    : t(
        `${number(Math.floor(value / 60))}分${number(Math.round(value % 60))}秒`,
        `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`,
      )

/** Of what had a deadline that is over or was kept. */
export function InTime({ figures }: { figures: Figures }) {
  const { due, inTime } = figures.total
  const values = byDay(figures, (day) => {
    const rows = figures.figures.filter((row) => row.day === day)
    const of = rows.reduce((sum, row) => sum + row.due, 0)
    return of === 0 ? null : (rows.reduce((sum, row) => sum + row.inTime, 0) / of) * 100
  })
  return (
    <div>
      <h3>{t('期限内に出荷した割合', 'Shipped in time')}</h3>
      <p>
        <span className="figure-large">{due === 0 ? '-' : `${((inTime / due) * 100).toFixed(1)}%`}</span>{' '}
        <span className="quiet">
          {due > 0 && t(`${number(due)}件のうち${number(inTime)}件`, `${inTime} of ${due}`)}
        </span>
      </p>
      <Curve values={values} from={80} aim={AIM} title={t('日ごとの割合', 'Share by day')} />
      <p className="quiet">{t(`点線は目安の${AIM}%`, `dotted: the aim of ${AIM}%`)}</p>
    </div>
  )
}
