import { type ReactNode, useId } from 'react'
import { useLocation } from 'wouter'
import type { OrderRow } from '../api.ts'
import { queries } from '../data.ts'
import { t } from '../i18n.ts'
import { Choice } from '../parts/field.tsx'
import { dayBeside, isoDay } from '../parts/format.ts'
import { filtersOf, isBounded, withFilters } from './order-query.ts'

const PREFECTURES = (
  '北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県 新潟県 富山県 石川県 福井県 山梨県 長野県 ' +
  '岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県 奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 ' +
  '福岡県 佐賀県 長崎県 熊本県 大分県 宮崎県 鹿児島県 沖縄県'
).split(' ')

const DAY_START = 'T00:00:00+09:00'

/** Day in Japan of a time in the address. */
const dayOf = (time: string | null): string => {
  const at = Date.parse(time ?? '')
  return Number.isNaN(at) ? '' : isoDay(at)
}
/** `to` stands in the address as the beginning of the day behind. */
const lastDayOf = (time: string | null): string => {
  const day = dayOf(time)
  return day === '' ? '' : dayBeside(day, -1)
}
const endOf = (day: string): string => dayBeside(day, 1) + DAY_START

/** Conditions that staff need less often: days, place, money, delivery, label. */
export default function MoreFilters(props: { search: string; isWanted: (label: string) => boolean }) {
  const { search, isWanted } = props
  const [, navigate] = useLocation()
  const params = new URLSearchParams(search)
  const bounded = isBounded(filtersOf(search))
  const set = (name: string, value: string) => navigate(withFilters(search, { [name]: value }))
  const field = (
    name: string,
    type: 'date' | 'number',
    label: string,
    value: string,
    to = (text: string) => text,
  ) =>
    isWanted(label) && (
      <Blurred
        key={`${name} ${value}`}
        type={type}
        label={label}
        value={value}
        onDone={(text) => set(name, text === '' ? '' : to(text))}
      />
    )
  const days = (label: string, from: string, to: string): ReactNode => (
    <>
      {field(from, 'date', t(`${label}（から）`, `${label} from`), params.get(from) ?? '')}
      {field(to, 'date', t(`${label}（まで）`, `${label} to`), params.get(to) ?? '')}
    </>
  )
  return (
    <>
      {field(
        'from',
        'date',
        t('注文日（から）', 'Ordered from'),
        dayOf(params.get('from')),
        (day) => day + DAY_START,
      )}
      {field('to', 'date', t('注文日（まで）', 'Ordered to'), lastDayOf(params.get('to')), endOf)}
      {bounded ? (
        <>
          {days(t('発送期限', 'Ship by'), 'shipByFrom', 'shipByTo')}
          {days(t('お届け希望日', 'Wished day'), 'wishedFrom', 'wishedTo')}
          {field('onHoldTo', 'date', t('保留の期日（まで）', 'On hold until'), params.get('onHoldTo') ?? '')}
          {isWanted(t('都道府県', 'Prefecture')) && (
            <Choice
              label={t('都道府県', 'Prefecture')}
              value={params.get('prefecture') ?? ''}
              onChange={(value) => set('prefecture', value)}
              options={[['', t('すべて', 'all')], ...PREFECTURES.map((one) => [one, one] as const)]}
            />
          )}
          {field('amountFrom', 'number', t('金額（円以上）', 'Yen at least'), params.get('amountFrom') ?? '')}
          {field('amountTo', 'number', t('金額（円以下）', 'Yen at most'), params.get('amountTo') ?? '')}
          {isWanted(t('配送方法', 'Delivery')) && (
            <Choice
              label={t('配送方法', 'Delivery')}
              value={params.get('deliveryMethod') ?? ''}
              onChange={(value) => set('deliveryMethod', value)}
              options={[
                ['', t('すべて', 'all')],
                ...methodsSeen(params.get('deliveryMethod')).map((one) => [one, one] as const),
              ]}
            />
          )}
          {isWanted(t('送り状の出力', 'Label file')) && (
            <Choice
              label={t('送り状の出力', 'Label file')}
              value={params.get('labelled') ?? ''}
              onChange={(value) => set('labelled', value)}
              options={[
                ['', t('すべて', 'all')],
                ['true', t('出力済み', 'written')],
                ['false', t('未出力', 'not yet')],
              ]}
            />
          )}
        </>
      ) : (
        <p className="quiet">
          {t(
            '発送前のステータスか31日以内の注文日を選ぶと、発送期限・希望日・都道府県・金額・配送方法・送り状の条件が使えます。',
            'With a status before shipping, or up to 31 days, there are more conditions.',
          )}
        </p>
      )}
    </>
  )
}

/** Methods of the orders that this page has read: malls name them as each shop has set them up. */
function methodsSeen(chosen: string | null): string[] {
  const lists = queries.getQueriesData<{ pages: { orders: OrderRow[] }[] }>({ queryKey: ['orders'] })
  const seen = lists.flatMap(([, data]) => data?.pages?.flatMap(({ orders }) => orders) ?? [])
  const methods = seen.map((order) => order.detail?.delivery.methodName?.trim() ?? '')
  return [...new Set([...methods, chosen ?? ''])].filter((one) => one !== '').sort()
}

/** A list for each letter that is typed would be read for nothing. */
function Blurred(props: {
  type: 'date' | 'number'
  label: string
  value: string
  onDone: (text: string) => void
}) {
  const id = useId()
  const done = (text: string) => text !== props.value && props.onDone(text)
  return (
    <span className="choice">
      <label htmlFor={id}>{props.label}</label>
      <input
        id={id}
        type={props.type}
        min={props.type === 'number' ? 0 : undefined}
        defaultValue={props.value}
        onBlur={(event) => done(event.target.value)}
        onKeyDown={(event) => event.key === 'Enter' && done(event.currentTarget.value)}
      />
    </span>
  )
}
