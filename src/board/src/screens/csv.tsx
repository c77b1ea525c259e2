import { type ComponentType, useState } from 'react'
import { Link, Redirect, useSearch } from 'wouter'
import { ItemList } from '../csv/item-list.tsx'
import { LabelExport } from '../csv/label-export.tsx'
import { LabelSettings } from '../csv/label-settings.tsx'
import { OrderFiles } from '../csv/order-files.tsx'
import { PaperSettings } from '../csv/paper-settings.tsx'
import { TrackingImport } from '../csv/tracking-import.tsx'
import { t } from '../i18n.ts'
import { ORDER_STATUSES } from '../list/order-query.ts'
import { DownloadLink } from '../parts/download-link.tsx'
import { Choice, Field } from '../parts/field.tsx'
import { statusWord } from '../words.ts'

interface CsvPage {
  title: () => string
  Page: ComponentType
  /** Next in the work, and pages that the left list does not name. */
  beside: readonly string[]
}

/** A map: `constructor` in the address is the name of no page. */
const PAGES: ReadonlyMap<string, CsvPage> = new Map([
  [
    'labels',
    {
      title: () => t('送り状を出力', 'Write labels'),
      Page: LabelExport,
      beside: ['tracking', 'settings', 'papers', 'orders'],
    },
  ],
  [
    'tracking',
    {
      title: () => t('送り状番号を取り込む', 'Read tracking numbers'),
      Page: TrackingImport,
      beside: ['labels'],
    },
  ],
  ['orders', { title: () => t('受注をCSVに出力', 'Orders as CSV'), Page: OrderExport, beside: ['labels'] }],
  ['files', { title: () => t('注文ファイルを取り込む', 'Order files'), Page: OrderFiles, beside: [] }],
  ['items', { title: () => t('商品リスト・棚番', 'Items and shelves'), Page: ItemList, beside: [] }],
  [
    'settings',
    { title: () => t('送り状の設定', 'Label settings'), Page: LabelSettings, beside: ['labels', 'papers'] },
  ],
  [
    'papers',
    { title: () => t('納品書の設定', 'Papers'), Page: PaperSettings, beside: ['labels', 'settings'] },
  ],
])

const csvPath = (tab: string): string => (tab === 'labels' ? '/csv' : `/csv?tab=${tab}`)

/** CSV: 送り状 out, their numbers in, and orders for a spreadsheet; each a page of its own, by its address. */
export default function Csv() {
  const tab = new URLSearchParams(useSearch()).get('tab') ?? 'labels'
  const page = PAGES.get(tab)
  if (page === undefined) return <Redirect to="/csv" replace />
  const { title, Page, beside } = page
  return (
    <div className="desk csv-page">
      <div className="page-head">
        <h1>{title()}</h1>
        {beside.length > 0 && (
          <nav className="page-acts" aria-label={t('関連する画面', 'Pages beside')}>
            {beside.map((one) => (
              <Link key={one} className="button" href={csvPath(one)}>
                {PAGES.get(one)?.title()}
              </Link>
            ))}
          </nav>
        )}
      </div>
      <Page key={tab} />
    </div>
  )
}

/** Choices of what reads the file that bring their own columns. */
const PRESETS: readonly string[] = ['next_engine', 'goq']

function OrderExport() {
  const [status, setStatus] = useState('')
  const [per, setPer] = useState('order')
  const [encoding, setEncoding] = useState('utf-8')
  const [target, setTarget] = useState('excel')
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const midnight = (day: string, days = 0) =>
    new Date(Date.parse(`${day}T00:00:00+09:00`) + days * 86_400_000).toISOString()
  const query = new URLSearchParams({
    encoding,
    ...(PRESETS.includes(target) ? { preset: target } : { per, target }),
    ...(status ? { status } : {}),
    ...(from ? { from: midnight(from) } : {}),
    ...(to ? { to: midnight(to, 1) } : {}),
  })
  return (
    <div className="stack">
      <div className="row">
        <Choice
          label={t('ステータス', 'Status')}
          value={status}
          onChange={setStatus}
          options={[
            ['', t('すべて', 'All')],
            ...ORDER_STATUSES.map((one) => [one, statusWord(one)] as const),
          ]}
        />
        <Field
          label={t('注文日（から）', 'Ordered from')}
          type="date"
          value={from}
          onChange={(event) => setFrom(event.target.value)}
        />
        <Field
          label={t('注文日（まで）', 'to')}
          type="date"
          value={to}
          onChange={(event) => setTo(event.target.value)}
        />
        <Choice
          label={t('行の単位', 'A line for each')}
          value={per}
          onChange={setPer}
          options={[
            ['order', t('受注', 'order')],
            ['item', t('商品', 'item')],
            ['recipient', t('送付先', 'recipient')],
          ]}
        />
        <Choice
          label={t('文字コード', 'Encoding')}
          value={encoding}
          onChange={setEncoding}
          options={[
            ['utf-8', 'UTF-8'],
            ['cp932', 'Shift_JIS'],
          ]}
        />
        <Choice
          label={t('読み込む先', 'Read by')}
          value={target}
          onChange={setTarget}
          options={[
            ['excel', t('Excel（先頭の0を残す）', 'Excel (keeps zeros)')],
            ['sheet', t('ほかの表計算', 'another spreadsheet')],
            ['program', t('ソフト（値をそのまま）', 'a program (values as they are)')],
            ['next_engine', t('ネクストエンジン（汎用）', 'Next Engine')],
            ['goq', t('GoQSystem の列', 'GoQSystem')],
          ]}
        />
      </div>
      <p>
        <DownloadLink className="button button-main" href={`/v1/orders/export?${query}`}>
          {t('CSV をダウンロード', 'Download the CSV')}
        </DownloadLink>
      </p>
      {target === 'next_engine' && (
        <p className="support">
          {t(
            'キャンセルの受注は含みません。取り込んだ後にキャンセルされた受注は、ネクストエンジンの画面でもキャンセルしてください。',
            'Without cancelled orders. Cancel there, too, what is cancelled after its import.',
          )}
        </p>
      )}
      <p className="support">
        {t(
          "10,000件まで。氏名・住所を含むため、出力は監査記録に残ります。数式になる文字は先頭に「'」を付けて無害にします。",
          'Up to 10,000 orders. Each export is kept in the audit trail; formulas are made harmless.',
        )}
      </p>
    </div>
  )
}
