import '../styles/sheets.css'
import { useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useSearch } from 'wouter'
import { answer, api } from '../api.ts'
import { chosen } from '../chosen.ts'
import { useNames } from '../data.ts'
import { t } from '../i18n.ts'
import { number } from '../parts/format.ts'
import { Empty, Loading } from '../parts/states.tsx'
import { useIssuer } from '../print/issuer.ts'
import { useListedItems } from '../print/listed-items.ts'
import { Notes } from '../print/notes.tsx'
import { usePapers } from '../print/papers.ts'
import { PackingOrders, Picking } from '../print/picking.tsx'
import { cancellationOf } from '../words.ts'

const KINDS = {
  notes: () => t('納品書', 'Delivery notes'),
  picking: () => t('ピッキングリスト', 'Picking list'),
  orders: () => t('出荷指示書', 'Packing orders'),
}
type Kind = keyof typeof KINDS
const isKind = (text: string | null): text is Kind => text !== null && Object.hasOwn(KINDS, text)

/** Printing: 納品書, one ピッキングリスト of all, or 出荷指示書, one for each parcel. */
export default function Print() {
  const wanted = new URLSearchParams(useSearch()).get('kind')
  const kind = isKind(wanted) ? wanted : 'notes'
  const orders = useMemo(chosen, [])
  const { shop } = useNames()
  const issuer = useIssuer()
  const read = useQueries({
    queries: orders.map(({ id }) => ({
      queryKey: ['order', id],
      queryFn: () => answer(api.GET('/v1/orders/{id}', { params: { path: { id } } })),
    })),
  })
  const found = read.flatMap(({ data }) => (data?.detail ? [{ ...data, detail: data.detail }] : []))
  const listed = useListedItems(kind === 'notes' ? [] : orders.map(({ id }) => id))
  const papers = usePapers(kind === 'picking' ? [] : found.map(({ shopId }) => shopId))
  if (orders.length === 0) {
    return (
      <Empty>{t('印刷する受注を一覧で選択してから開いてください。', 'Tick orders in the list first.')}</Empty>
    )
  }
  // Nothing is picked for an order that will not leave.
  const picked = found.filter((order) => cancellationOf(order) === null)
  const left = kind === 'notes' ? 0 : found.length - picked.length
  // Not read, or no longer kept: a parcel would go without its paper.
  const missing = orders.length - found.length
  // A paper is divided into pages when it is first drawn: with all that stands on it.
  if (issuer === null || papers === null || listed.isLoading || read.some(({ isPending }) => isPending))
    return <Loading />
  const find = listed.data ?? (() => undefined)
  return (
    <div className="desk print-screen">
      <div className="row no-print">
        <h1>{KINDS[kind]()}</h1>
        <button type="button" className="button button-main" onClick={() => window.print()}>
          {t('印刷する', 'Print')}
        </button>
        <span className="quiet">
          {t(`${number(found.length - left)}件`, `${found.length - left} orders`)}
        </span>
      </div>
      {missing > 0 && (
        <p className="note no-print">
          {t(
            `${number(missing)}件は、読み込めないか保存期間が過ぎているため印刷されません。`,
            `${missing} are not printed: they could not be read, or are no longer kept.`,
          )}
        </p>
      )}
      {left > 0 && (
        <p className="note no-print">
          {t(
            `キャンセルされたか、キャンセルの手続き中の受注${number(left)}件は、${KINDS[kind]()}に載せていません。`,
            `${left} orders that are cancelled, or being cancelled, are left out.`,
          )}
        </p>
      )}
      {listed.error && (
        <p className="note no-print">
          {t(
            '商品リストを読み込めなかったため、棚番を印刷しません。画面を開き直してください。',
            'The item list could not be read: no shelves are printed.',
          )}
        </p>
      )}
      {kind === 'picking' && <Picking orders={picked} find={find} />}
      {kind === 'orders' && <PackingOrders orders={picked} find={find} papers={papers} shop={shop} />}
      {kind === 'notes' &&
        found.map((order) => (
          <Notes
            key={`${order.id} ${order.version}`}
            order={order.detail}
            cancellation={cancellationOf(order)}
            issuer={issuer(order.shopId, shop(order.shopId))}
            papers={papers.get(order.shopId)}
          />
        ))}
    </div>
  )
}
