import { useState } from 'react'
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components'
import { useLocation, useSearch } from 'wouter'
import { ItemList } from '../csv/item-list.tsx'
import { LabelExport } from '../csv/label-export.tsx'
import { LabelSettings } from '../csv/label-settings.tsx'
import { OrderFiles } from '../csv/order-files.tsx'
import { PaperSettings } from '../csv/paper-settings.tsx'
import { TrackingImport } from '../csv/tracking-import.tsx'
import { t } from '../i18n.ts'
import { ORDER_STATUSES } from '../list/order-query.ts'
import { Choice, Field } from '../parts/field.tsx'
import { statusWord } from '../words.ts'

/** CSV: 送り状 out, their numbers in, and orders for a spreadsheet. */
export default function Csv() {
  const [, navigate] = useLocation()
  const tab = new URLSearchParams(useSearch()).get('tab') ?? 'labels'
  return (
    <div className="desk">
      <h1>{t('CSV・送り状', 'CSV and labels')}</h1>
      {/* By the address, which the left list leads to from any of them. */}
      <Tabs
        selectedKey={tab}
        onSelectionChange={(key) =>
          navigate(key === 'labels' ? '/csv' : `/csv?tab=${String(key)}`, { replace: true })
        }
      >
        <TabList className="tab-list" aria-label={t('CSV・送り状', 'CSV and labels')}>
          <Tab id="labels" className="tab">
            {t('送り状を出力', 'Write labels')}
          </Tab>
          <Tab id="tracking" className="tab">
            {t('送り状番号を取り込む', 'Read tracking numbers')}
          </Tab>
          <Tab id="orders" className="tab">
            {t('受注をCSVに出力', 'Orders as CSV')}
          </Tab>
          <Tab id="files" className="tab">
            {t('注文ファイルを取り込む', 'Order files')}
          </Tab>
          <Tab id="items" className="tab">
            {t('商品リスト・棚番', 'Items and shelves')}
          </Tab>
          <Tab id="settings" className="tab">
            {t('送り状の設定', 'Label settings')}
          </Tab>
          <Tab id="papers" className="tab">
            {t('納品書の設定', 'Papers')}
          </Tab>
        </TabList>
        <TabPanel id="labels" className="tab-panel">
          <LabelExport />
        </TabPanel>
        <TabPanel id="tracking" className="tab-panel">
          <TrackingImport />
        </TabPanel>
        <TabPanel id="orders" className="tab-panel">
          <OrderExport />
        </TabPanel>
        <TabPanel id="files" className="tab-panel">
          <OrderFiles />
        </TabPanel>
        <TabPanel id="items" className="tab-panel">
          <ItemList />
        </TabPanel>
        <TabPanel id="settings" className="tab-panel">
          <LabelSettings />
        </TabPanel>
        <TabPanel id="papers" className="tab-panel">
          <PaperSettings />
        </TabPanel>
      </Tabs>
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
        <a className="button button-main" href={`/v1/orders/export?${query}`} download>
          {t('CSV をダウンロード', 'Download the CSV')}
        </a>
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
