import { useState } from 'react'
import { useMalls, useNames, useShops } from '../data.ts'
import { daysOf, fortnight, sumOf, useFigures } from '../figures/figures-data.ts'
import { InTime, OrderBars, seconds, Waits } from '../figures/home-figures.tsx'
import { Bars } from '../figures/plots.tsx'
import { t } from '../i18n.ts'
import { DownloadLink } from '../parts/download-link.tsx'
import { Choice, Field } from '../parts/field.tsx'
import { dueDay, number, shortTime, yen } from '../parts/format.ts'
import { Answered, Empty, Wide } from '../parts/states.tsx'

/** 実績: what orders came to by day, as plots and as a table of the same figures, and as a file. */
export default function FiguresScreen() {
  const [period, setPeriod] = useState(() => fortnight(Date.now()))
  const [of, setOf] = useState('')
  const shops = useShops().data ?? []
  const malls = useMalls().data ?? []
  const shop = shops.find(({ id }) => id === of)
  const mall = malls.find(({ name }) => name === of)
  const asked = {
    ...period,
    ...(shop ? { shopId: shop.id } : {}),
    ...(mall ? { marketplace: mall.name } : {}),
  }
  const query = useFigures({ ...asked, per: 'mall' })
  const file = new URLSearchParams({ ...asked, per: 'shop' })
  return (
    <div className="desk">
      <div className="page-head">
        <h1>{t('実績', 'Figures')}</h1>
        {query.data?.countedAt && (
          <span className="quiet">
            {t(
              `${shortTime(query.data.countedAt)}の集計・注文日ごと`,
              `counted ${shortTime(query.data.countedAt)}`,
            )}
          </span>
        )}
        <div className="page-acts">
          <DownloadLink href={`/v1/figures/export?${file}`}>{t('CSVに出力', 'As CSV')}</DownloadLink>
        </div>
      </div>
      <div className="row">
        <Field
          label={t('注文日（から）', 'Ordered from')}
          type="date"
          max={period.to}
          value={period.from}
          onChange={({ target }) => target.value !== '' && setPeriod({ ...period, from: target.value })}
        />
        <Field
          label={t('注文日（まで）', 'to')}
          type="date"
          min={period.from}
          value={period.to}
          onChange={({ target }) => target.value !== '' && setPeriod({ ...period, to: target.value })}
        />
        <Choice
          label={t('モール・店舗', 'Mall or shop')}
          value={of}
          onChange={setOf}
          options={[
            ['', t('すべて', 'All')],
            ...malls
              .filter(({ name }) => shops.some(({ marketplace }) => marketplace === name))
              .map(({ name, label }) => [name, label] as const),
            ...shops.map(({ id, name }) => [id, name] as const),
          ]}
        />
      </div>
      <Answered query={query}>
        {(figures) =>
          figures.figures.length === 0 ? (
            <Empty>{t('この期間の受注はありません。', 'No orders in this period.')}</Empty>
          ) : (
            <>
              <section className="panel panel-full" aria-label={t('受注数', 'Orders')}>
                <h2>
                  {t('受注数', 'Orders')}{' '}
                  <span className="quiet">
                    {t(`${number(figures.total.orders)}件`, String(figures.total.orders))}
                  </span>
                </h2>
                <OrderBars figures={figures} />
              </section>
              <section className="panel panel-full" aria-label={t('受注金額', 'Amount')}>
                <h2>
                  {t('受注金額', 'Amount')} <span className="quiet">{yen(figures.total.amount)}</span>
                </h2>
                <Bars
                  title={t(`日ごとの受注金額、合計${yen(figures.total.amount)}`, 'Amount by day')}
                  bars={daysOf(figures.from, figures.to).map((day) => {
                    const value = sumOf(
                      figures.figures.filter((row) => row.day === day),
                      ({ amount }) => amount,
                    )
                    return { day, label: short(value), parts: [{ kind: 'amount', value }] }
                  })}
                />
              </section>
              <section className="panel panel-full" aria-label={t('取込と出荷', 'Import and shipping')}>
                <div className="figure-pair">
                  <Waits figures={figures} />
                  <InTime figures={figures} />
                </div>
              </section>
              <FigureTable rows={figures.figures} />
            </>
          )
        }
      </Answered>
    </div>
  )
}

/** 12.4万 above a bar, where the whole amount has no room. */
const short = (value: number): string =>
  value < 10_000
    ? number(value)
    : t(`${number(Math.round(value / 1_000) / 10)}万`, `${number(Math.round(value / 1_000))}k`)

type Rows = NonNullable<ReturnType<typeof useFigures>['data']>['figures']

/** The same figures to be read, the newest day first. */
function FigureTable({ rows }: { rows: Rows }) {
  const { mall } = useNames()
  return (
    <section className="panel panel-table" aria-label={t('日とモールごとの表', 'Table')}>
      <Wide label={t('日とモールごとの表', 'Table by day and mall')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('注文日', 'Day')}</th>
              <th scope="col">{t('モール', 'Mall')}</th>
              <th scope="col" className="num">
                {t('受注', 'Orders')}
              </th>
              <th scope="col" className="num">
                {t('金額', 'Amount')}
              </th>
              <th scope="col" className="num">
                {t('キャンセル', 'Cancelled')}
              </th>
              <th scope="col" className="num">
                {t('期限内の出荷', 'In time')}
              </th>
              <th scope="col" className="num">
                {t('取込 中央値', 'Median')}
              </th>
              <th scope="col" className="num">
                {t('取込 95%', 'p95')}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.toReversed().map((row) => (
              <tr key={`${row.day} ${row.marketplace}`}>
                <th scope="row">{dueDay(row.day)}</th>
                <td>{row.marketplace && mall(row.marketplace)}</td>
                <td className="num">{number(row.orders)}</td>
                <td className="num">{number(row.amount)}</td>
                <td className="num">{number(row.cancelled)}</td>
                <td className="num">
                  {row.due === 0
                    ? '-'
                    : t(`${number(row.due)}件中${number(row.inTime)}件`, `${row.inTime}/${row.due}`)}
                </td>
                <td className="num">{row.waits.median === null ? '-' : seconds(row.waits.median)}</td>
                <td className="num">{row.waits.p95 === null ? '-' : seconds(row.waits.p95)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </section>
  )
}
