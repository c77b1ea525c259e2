import { useState } from 'react'
import { useMalls } from '../data.ts'
import { t } from '../i18n.ts'
import { keep, kept } from '../kept.ts'
import { Choice, Field } from '../parts/field.tsx'
import { nameOf, number, today } from '../parts/format.ts'
import { type Picked, requestChanges } from './bulk.ts'
import { BulkDialog, MallSummary } from './bulk-dialogs.tsx'
import { nothingLeft, useFitting } from './left-out.tsx'

/**
 * Tracking numbers as they come out of a sheet: a column alone, in the order of the list; or with the order's number in front or
 * behind, in any order. Answers numbers by order id, and how many lines fit none.
 */
export function readPasted(
  text: string,
  orders: readonly Pick<Picked, 'id' | 'orderNumber'>[],
): { byId: Map<string, string>; unknown: number } {
  const byNumber = new Map(orders.map((order) => [order.orderNumber.toLowerCase(), order.id]))
  const byId = new Map<string, string>()
  let unknown = 0
  const lines = text
    .slice(0, 1_000_000)
    .split(/\r?\n/)
    .map((line) => line.split(/[\t,]/).map((cell) => cell.trim().replace(/^"|"$/g, '')))
    .filter((cells) => cells.some((cell) => cell !== ''))
  for (const [index, cells] of lines.entries()) {
    const found = cells.findIndex((cell) => byNumber.has(cell.toLowerCase()))
    const id =
      found >= 0
        ? byNumber.get((cells[found] ?? '').toLowerCase())
        : cells.length === 1
          ? orders[index]?.id
          : undefined
    const value = cells.find((cell, at) => at !== found && /^[\dA-Za-z-]{6,40}$/.test(cell))
    if (id !== undefined && value !== undefined) byId.set(id, value.replaceAll('-', ''))
    else if (index > 0 || found >= 0) unknown++
  }
  return { byId, unknown }
}

/** 発送完了 for many orders: a carrier and a day for all, a tracking number for each. */
export function ShipDialog(props: { orders: readonly Picked[]; onClose: () => void }) {
  const { onClose } = props
  // After a send that was refused in part, only what was refused; its numbers stay as they were typed.
  const [only, setOnly] = useState<ReadonlySet<string> | null>(null)
  const { fitting, panel } = useFitting(props.orders, 'ship')
  const orders = only === null ? fitting : fitting.filter((order) => only.has(order.id))
  const malls = useMalls().data ?? []
  const names = new Set(orders.map((order) => order.marketplace))
  const carriers = new Map<string, string>(
    malls
      .filter((mall) => names.has(mall.name))
      .flatMap((mall) => mall.carriers.map(({ carrier, label }) => [carrier, label] as const)),
  )
  const [carrier, setCarrier] = useState(kept('carrier') ?? 'yamato')
  const [shippedOn, setShippedOn] = useState(today)
  const [numbers, setNumbers] = useState<ReadonlyMap<string, string>>(new Map())
  const [unknown, setUnknown] = useState(0)
  const [move, setMove] = useState(true)
  const byId = new Map(orders.map((order) => [order.id, order]))
  const paste = (text: string, from: number): boolean => {
    if (!/[\n\t]/.test(text.trim())) return false
    // A column pasted into a field goes on from that field downwards.
    const read = readPasted(text, orders.slice(from))
    setNumbers(new Map([...numbers, ...read.byId]))
    setUnknown(read.unknown)
    return true
  }
  const changes = () =>
    orders.map((order) => {
      const trackingNumber = numbers.get(order.id)?.trim()
      return {
        orderId: order.id,
        action: 'ship' as const,
        shippedOn,
        parcels: [{ carrier, ...(trackingNumber ? { trackingNumber } : {}) }],
        ...(move ? { thenMoveTo: 'shipped' } : {}),
      }
    })
  const without = orders.filter((order) => !numbers.get(order.id)?.trim())
  return (
    <BulkDialog
      title={`${t('サイト変更: 発送完了', 'Site change: ship')}`}
      button={t(`${number(orders.length)}件を発送完了にする`, `Ship ${orders.length}`)}
      wide
      onClose={onClose}
      missing={nothingLeft()}
      onMend={setOnly}
      warning={without.length > 0 && <WithoutNumber orders={without} />}
      run={
        orders.length === 0
          ? null
          : (progress) => {
              keep('carrier', carrier)
              return requestChanges(byId, changes(), (done, of) =>
                progress(`${number(done)} / ${number(of)}`),
              )
            }
      }
    >
      <MallSummary orders={orders} action="ship" />
      {panel}
      <div className="row">
        <Choice
          label={t('配送会社', 'Carrier')}
          value={carrier}
          onChange={setCarrier}
          options={[...carriers]}
        />
        <Field
          label={t('発送日', 'Shipped on')}
          type="date"
          value={shippedOn}
          onChange={(event) => setShippedOn(event.target.value)}
        />
        <label className="tick">
          <input type="checkbox" checked={move} onChange={(event) => setMove(event.target.checked)} />
          {t('成功したら出荷済みに移す', 'Move to Shipped when done')}
        </label>
      </div>
      <p className="support">
        {t(
          '表計算の列をそのまま貼り付けられます（送り状番号だけ、または受注番号と送り状番号の2列）。',
          'A column of a sheet can be pasted: tracking numbers alone, or with order numbers beside them.',
        )}
        {without.length > 0 &&
          ` ${t(`送り状番号なし: ${number(without.length)}件`, `${without.length} without a number`)}`}
      </p>
      {unknown > 0 && (
        <p className="field-error" role="alert">
          ＊
          {t(
            `${unknown}行は選択中の受注に当てはまりませんでした。`,
            `${unknown} lines fit none of the chosen orders.`,
          )}
        </p>
      )}
      <div
        className="results-table"
        tabIndex={0}
        role="region"
        aria-label={t('送り状番号の入力', 'Tracking numbers')}
      >
        <table>
          <thead>
            <tr>
              <th scope="col">{t('モール', 'Mall')}</th>
              <th scope="col">{t('受注番号', 'Number')}</th>
              <th scope="col">{t('送付先', 'Recipient')}</th>
              <th scope="col">{t('送り状番号', 'Tracking number')}</th>
            </tr>
          </thead>
          <tbody>
            {orders.slice(0, 500).map((order, index) => (
              <tr key={order.id}>
                <td>{malls.find((mall) => mall.name === order.marketplace)?.label}</td>
                <td>{order.orderNumber}</td>
                <td>{nameOf(order.detail?.recipients[0]?.person)}</td>
                <td>
                  <input
                    aria-label={t(
                      `${order.orderNumber}の送り状番号`,
                      `Tracking number of ${order.orderNumber}`,
                    )}
                    value={numbers.get(order.id) ?? ''}
                    inputMode="numeric"
                    onPaste={(event) => {
                      if (paste(event.clipboardData.getData('text'), index)) event.preventDefault()
                    }}
                    onChange={(event) => setNumbers(new Map(numbers).set(order.id, event.target.value))}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </BulkDialog>
  )
}

/** Tells what each mall does with a shipment without a tracking number, by the mall's own facts. */
function WithoutNumber({ orders }: { orders: readonly Picked[] }) {
  const malls = useMalls().data ?? []
  const names = [...new Set(orders.map((order) => order.marketplace))]
  return (
    <>
      <p>
        {t(
          `送り状番号のない受注が${number(orders.length)}件あります。番号を入力するか、このまま送信してください。`,
          `${orders.length} have no tracking number. Enter them, or send all the same.`,
        )}
      </p>
      <ul>
        {names.map((name) => {
          const mall = malls.find((one) => one.name === name)
          const needed = mall?.actions
            .find((one) => one.action === 'ship')
            ?.fields.some((field) => field.name.endsWith('trackingNumber') && field.required)
          return (
            <li key={name}>
              {mall?.label ?? name}:{' '}
              {needed
                ? t('番号がないと受け付けません。', 'refuses a shipment without a number.')
                : t(
                    '番号なしの発送として購入者に通知されます。',
                    'tells the buyer of a shipment without a number.',
                  )}
            </li>
          )
        })}
      </ul>
    </>
  )
}
