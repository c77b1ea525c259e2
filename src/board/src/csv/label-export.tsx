import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { Link } from 'wouter'
import { answer, api, parts, Refusal, type Schemas } from '../api.ts'
import { pickAll } from '../bulk/bulk.ts'
import { chosen } from '../chosen.ts'
import { t } from '../i18n.ts'
import { Choice, Field } from '../parts/field.tsx'
import { fromBase64, save } from '../parts/files.ts'
import { number, today } from '../parts/format.ts'
import { takeFocus } from '../parts/keys.ts'
import { Sign } from '../parts/sign.tsx'
import { Failed, Loading, Problem } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { useSend } from '../parts/use-send.ts'
import { useMayWork } from '../session.ts'
import { type OrderStatus, statusWord } from '../words.ts'

type Answer = Pick<Schemas['LabelFile'], 'ready' | 'refused' | 'orders'>
type FormatId = NonNullable<ReturnType<typeof useLabelFormats>['data']>['formats'][number]['id']

/** 止め置き先 as it is typed: an office, or none whatever the order’s words say. */
type Hold = { office: string; postalCode?: string } | null

const TEMPERATURES = [
  ['by_order', '受注のとおり', 'As the order says'],
  ['normal', '常温', 'Uncooled'],
  ['cool', '冷蔵', 'Chilled'],
  ['frozen', '冷凍', 'Frozen'],
] as const
type Temperature = (typeof TEMPERATURES)[number][0]

function temperatureWord(code: Temperature): string {
  const [, ja, en] = TEMPERATURES.find(([one]) => one === code) ?? TEMPERATURES[0]
  return t(ja, en)
}

export const useLabelFormats = () =>
  useQuery({ queryKey: ['label-formats'], queryFn: () => answer(api.GET('/v1/labels/formats')) })

/** Orders that one call takes. */
const MOST = 500
const STATUSES: readonly OrderStatus[] = ['ready_to_ship', 'new']

async function idsOf(source: string): Promise<string[]> {
  const orders =
    source === 'chosen' ? chosen() : await pickAll({ status: source as OrderStatus }, () => undefined)
  return orders.map(({ id }) => id)
}

interface Kept {
  source: string
  format: FormatId
  service: string
  shippedOn: string
  dropTimeSlot: boolean
  replaceLetters: boolean
  shortenAddress: boolean
  testCod: boolean
  packages: Readonly<Record<string, number>>
  holds: Readonly<Record<string, Hold | undefined>>
  temperature: Temperature
  result: Answer | null
}

/** Keeps the choice and its results while somebody looks at an order and comes back. */
let kept: (Kept & { chosen: ReturnType<typeof chosen> }) | null = null

const begin = (): Kept =>
  // Other orders were ticked meanwhile: what was found says nothing about them.
  kept !== null && kept.chosen === chosen()
    ? kept
    : {
        source: chosen().length > 0 ? 'chosen' : 'ready_to_ship',
        format: 'yamato_b2',
        service: '',
        shippedOn: today(),
        dropTimeSlot: false,
        replaceLetters: false,
        shortenAddress: false,
        testCod: false,
        packages: {},
        holds: {},
        temperature: 'by_order',
        result: null,
      }

/** 送り状: looked over first, so that nothing is found out at the carrier's tool. */
export function LabelExport() {
  const formats = useLabelFormats()
  const mayWork = useMayWork()
  const [form, setForm] = useState(begin)
  const change = (changes: Partial<Kept>) => setForm((before) => ({ ...before, ...changes }))
  useEffect(() => {
    kept = { ...form, chosen: chosen() }
  }, [form])
  const {
    source,
    format,
    service,
    shippedOn,
    dropTimeSlot,
    replaceLetters,
    shortenAddress,
    testCod,
    packages,
    holds,
    temperature,
    result,
  } = form
  const labelsOf = useRef(new Map<string, number>())
  const { busy, error, send } = useSend()
  const [again, setAgain] = useState<{ ids: string[]; already: ReadonlySet<string> } | null>(null)
  if (formats.isPending) return <Loading />
  if (formats.error) return <Failed error={formats.error} again={() => void formats.refetch()} />
  const tool = formats.data.formats.find(({ id }) => id === format)
  const services = tool?.services ?? []
  const code = service || (services[0]?.code ?? '')
  const body = (orderIds: string[], more: Mend) => ({
    format,
    orderIds,
    options: {
      service: code,
      shippedOn,
      dropTimeSlot,
      replaceLetters,
      shortenAddress,
      temperature,
      testCod,
      packages: ofThese(packages, orderIds),
      holds: ofThese(holds, orderIds),
      ...more,
    },
  })
  const run = (act: (ids: string[]) => Promise<void>) =>
    send(async () => {
      const ids = await idsOf(source)
      if (ids.length === 0) throw new Refusal(t('対象の受注がありません。', 'There are no such orders.'))
      await act(ids)
    })
  /** As many orders as their labels fill one file: an order may have several. */
  const partsOf = (ids: string[]): string[][] => {
    const all: string[][] = []
    let room = 0
    for (const id of ids) {
      const labels = labelsOf.current.get(id) ?? 1
      const last = all.at(-1)
      if (last && last.length < MOST && labels <= room) last.push(id)
      else {
        all.push([id])
        room = tool?.mostRows ?? MOST
      }
      room -= labels
    }
    return all
  }
  /** One call after the other; files are saved as they come. */
  const ask = async (ids: string[], dryRun: boolean, more: Mend = {}) => {
    const all: Answer & { rows: number; files: number } = {
      ready: 0,
      refused: 0,
      orders: [],
      rows: 0,
      files: 0,
    }
    for (const part of dryRun ? parts(ids, MOST) : partsOf(ids)) {
      const made = await answer(
        api.POST('/v1/labels', { body: { ...body(part, more), strict: false, dryRun } }),
      )
      all.ready += made.ready
      all.refused += made.refused
      all.orders.push(...made.orders)
      if (dryRun)
        for (const { orderId, ok, labels } of made.orders)
          labelsOf.current.set(orderId, ok ? labels.length : 0)
      all.rows += made.rows
      if (made.file === null || made.fileName === null) continue
      all.files += 1
      save(
        fromBase64(made.file),
        all.files === 1 ? made.fileName : made.fileName.replace(/\.csv$/, `-${all.files}.csv`),
      )
    }
    return all
  }
  const check =
    (more: Mend = {}) =>
    async (ids: string[]) => {
      setAgain(null)
      change({ ...more, result: await ask(ids, true, more) })
    }
  const write = async (ids: string[]) => {
    setAgain(null)
    const made = await ask(ids, false)
    change({ result: made })
    if (made.files === 0) return
    toast(
      t(
        `${number(made.rows)}件の送り状を${made.files > 1 ? `${made.files}つのファイルに` : ''}出力しました。`,
        `${number(made.rows)} labels were written.`,
      ),
    )
  }
  /** A second label of one order is a second parcel: asked for once more. */
  const make = async (ids: string[]) => {
    const looked = await ask(ids, true)
    const already = looked.orders.flatMap(({ orderId, ok, warnings }) =>
      ok && warnings.some(({ code }) => code === 'ALREADY_EXPORTED') ? [orderId] : [],
    )
    if (already.length === 0) return write(ids)
    change({ result: looked })
    setAgain({ ids, already: new Set(already) })
  }
  return (
    <div className="stack">
      <div className="row">
        <Choice
          label={t('対象', 'Orders')}
          value={source}
          onChange={(source) => change({ source })}
          options={[
            ...(chosen().length > 0
              ? ([
                  ['chosen', t(`選択した受注 ${chosen().length}件`, `${chosen().length} ticked orders`)],
                ] as const)
              : []),
            ...STATUSES.map((status) => [status, statusWord(status)] as const),
          ]}
        />
        <Choice
          label={t('送り状ソフト', 'Tool')}
          value={format}
          onChange={(format) => change({ format, service: '', result: null })}
          options={formats.data.formats.map(({ id, label }) => [id, label] as const)}
        />
        <Choice
          label={t('種類', 'Service')}
          value={code}
          onChange={(service) => change({ service })}
          options={services.map(({ code, label }) => [code, label] as const)}
        />
        <Choice
          label={t('温度帯', 'Temperature')}
          value={temperature}
          onChange={(temperature) => change({ temperature, result: null })}
          options={TEMPERATURES.map(([value]) => [value, temperatureWord(value)] as const)}
        />
        <Field
          label={t('出荷予定日', 'Ship on')}
          type="date"
          value={shippedOn}
          onChange={(event) => change({ shippedOn: event.target.value })}
        />
        <label className="tick">
          <input
            type="checkbox"
            checked={dropTimeSlot}
            onChange={(event) => change({ dropTimeSlot: event.target.checked })}
          />
          {t('指定できない時間帯は外す', 'Leave out times that the carrier does not offer')}
        </label>
        <label className="tick">
          <input
            type="checkbox"
            checked={replaceLetters}
            onChange={(event) => change({ replaceLetters: event.target.checked })}
          />
          {t(
            '使えない文字は置き換える（𠮷→吉。受注はそのまま）',
            'Write letters that the tool lacks in their common form',
          )}
        </label>
        <label className="tick">
          <input
            type="checkbox"
            checked={shortenAddress}
            onChange={(event) => change({ shortenAddress: event.target.checked })}
          />
          {t(
            '収まらない番地を短くする（2丁目8番1号→2-8-1。受注はそのまま）',
            'Shorten house numbers that do not fit',
          )}
        </label>
        {format === 'yupri_r' && (
          <label className="tick">
            <input
              type="checkbox"
              checked={testCod}
              onChange={(event) => change({ testCod: event.target.checked })}
            />
            {t(
              '代引の確認用に出力する（1件だけ選び、ソフトで列を確かめます）',
              'Write cash on delivery for a look in the tool',
            )}
          </label>
        )}
      </div>
      {tool && !tool.configured && (
        <p className="note">
          {t(
            `${tool.label} のご依頼主と契約コードがまだ設定されていません。「送り状の設定」で入力してください。`,
            `Sender and contract codes of ${tool.label} are not set yet: see "Label settings".`,
          )}
        </p>
      )}
      {mayWork && (
        <div className="row">
          <button
            type="button"
            className="button"
            ref={chosen().length > 0 ? takeFocus : undefined}
            aria-disabled={busy}
            onClick={() => run(check())}
          >
            {t('事前に確認する', 'Check first')}
          </button>
          <button type="button" className="button button-main" aria-disabled={busy} onClick={() => run(make)}>
            {t('送り状ファイルを出力する', 'Write the file')}
          </button>
          <span role="status">{busy && t('処理しています…', 'Working…')}</span>
        </div>
      )}
      <Problem error={error} />
      {again && (
        <div className="problem" role="alert">
          <p>
            {t(
              `${number(again.already.size)}件は送り状を出力済みです。もう一度出力すると、同じ受注の送り状が2枚になります。`,
              `${number(again.already.size)} have been written before: they would get a second label.`,
            )}
          </p>
          <div className="row">
            <button
              type="button"
              className="button button-main"
              ref={takeFocus}
              aria-disabled={busy}
              onClick={() => send(() => write(again.ids.filter((id) => !again.already.has(id))))}
            >
              {t(
                `出力済みを除いて出力する（${number(again.ids.length - again.already.size)}件）`,
                `Write the other ${number(again.ids.length - again.already.size)}`,
              )}
            </button>
            <button
              type="button"
              className="button"
              aria-disabled={busy}
              onClick={() => send(() => write(again.ids))}
            >
              {t('すべてもう一度出力する', 'Write all again')}
            </button>
          </div>
        </div>
      )}
      {result && <Causes result={result} busy={busy} mended={form} onMend={(more) => run(check(more))} />}
      {result && (
        <Checked
          result={result}
          packages={packages}
          onPackages={(id, count) => change({ packages: { ...packages, [id]: count } })}
          holds={holds}
          // No other form has a cell for the office's own postcode.
          byPost={format === 'yupri_r'}
          onHold={(id, hold) => change({ holds: { ...holds, [id]: hold } })}
        />
      )}
    </div>
  )
}

/** One call takes no more than those of its orders. */
function ofThese<T>(all: Readonly<Record<string, T | undefined>>, ids: readonly string[]): Record<string, T> {
  const chosen: Record<string, T> = {}
  for (const id of ids) {
    const one = all[id]
    if (one !== undefined) chosen[id] = one
  }
  return chosen
}

/** One press mends all orders that have the cause; without one a person must look at each. */
type Mend = Partial<Pick<Kept, 'dropTimeSlot' | 'replaceLetters' | 'shortenAddress'>>
const MENDS: Readonly<Record<string, Mend>> = {
  NOT_IN_CP932: { replaceLetters: true },
  TIME_SLOT_WITHDRAWN: { dropTimeSlot: true },
  TIME_SLOT_UNKNOWN: { dropTimeSlot: true },
  ADDRESS_TOO_LONG: { shortenAddress: true },
}

/** Refused orders by what is wrong with them, the most frequent cause first. */
function Causes(props: { result: Answer; busy: boolean; mended: Mend; onMend: (more: Mend) => void }) {
  const causes = new Map<string, { code: string; field: string; message: string; orders: Set<string> }>()
  for (const { orderId, problems } of props.result.orders)
    for (const { code, field, message } of problems) {
      // The same state of an order has different words by its reason; a letter or a length differs by the
      // order.
      const key = field === '受注' ? `${code} ${message}` : `${code} ${field}`
      const cause = causes.get(key) ?? { code, field, message, orders: new Set<string>() }
      cause.orders.add(orderId)
      causes.set(key, cause)
    }
  if (causes.size === 0) return null
  const sorted = [...causes].sort(([, a], [, b]) => b.orders.size - a.orders.size)
  return (
    <section aria-label={t('出力できない原因', 'Why some are refused')}>
      <h3>{t('原因ごと', 'By cause')}</h3>
      <ul className="plain">
        {sorted.map(([key, { code, message, orders }]) => {
          const mend = code === 'ADDRESS_TOO_LONG' && props.mended.shortenAddress ? undefined : MENDS[code]
          return (
            <li key={key} className="row">
              <Sign tone="failed">{t(`${number(orders.size)}件`, `${number(orders.size)}`)}</Sign> {message}{' '}
              {mend && (
                <button
                  type="button"
                  className="button"
                  aria-disabled={props.busy}
                  onClick={() => props.onMend(mend)}
                >
                  {t(`まとめて直す（${number(orders.size)}件）`, `Mend all ${number(orders.size)}`)}
                </button>
              )}
            </li>
          )
        })}
      </ul>
    </section>
  )
}

/** Lists refused orders first: they are the work to do. */
function Checked({
  result,
  packages,
  onPackages,
  holds,
  byPost,
  onHold,
}: {
  result: Answer
  packages: Kept['packages']
  onPackages: (orderId: string, count: number) => void
  holds: Kept['holds']
  byPost: boolean
  onHold: (orderId: string, hold: Hold | undefined) => void
}) {
  const rank = (order: Answer['orders'][number]) => (order.ok ? (order.warnings.length > 0 ? 1 : 2) : 0)
  const sorted = [...result.orders].sort((a, b) => rank(a) - rank(b))
  const cooled = (order: Answer['orders'][number]) =>
    [...new Set(order.labels.map(({ temperature }) => temperature))].filter((one) => one !== 'normal')
  const passing = result.orders.filter(({ ok }) => ok)
  return (
    <div className="results">
      <p className="results-sum" role="status">
        <Sign tone="done">{t(`出力できます ${number(result.ready)}件`, `${number(result.ready)} pass`)}</Sign>
        {result.refused > 0 && (
          <Sign tone="failed">
            {t(`出力できません ${number(result.refused)}件`, `${number(result.refused)} do not`)}
          </Sign>
        )}
        {(['cool', 'frozen'] as const).map((one) => {
          const count = passing.filter((order) => cooled(order).includes(one)).length
          return (
            count > 0 && (
              <Sign key={one} tone="unproven">
                {temperatureWord(one)} {t(`${number(count)}件`, number(count))}
              </Sign>
            )
          )
        })}
      </p>
      <div
        className="results-table"
        tabIndex={0}
        role="region"
        aria-label={t('受注ごとの確認結果', 'By order')}
      >
        <table>
          <thead>
            <tr>
              <th scope="col">{t('結果', 'Result')}</th>
              <th scope="col">{t('受注番号', 'Number')}</th>
              <th scope="col">{t('温度帯', 'Temperature')}</th>
              <th scope="col">{t('個口', 'Parcels')}</th>
              <th scope="col">{t('止め置き先', 'Held at')}</th>
            </tr>
          </thead>
          {sorted.map((order) => {
            const found = [...order.problems, ...order.warnings]
            return (
              <tbody key={order.orderId}>
                <tr>
                  <td>
                    <Sign tone={order.ok ? (found.length > 0 ? 'warning' : 'done') : 'failed'}>
                      {order.ok
                        ? found.length > 0
                          ? t('注意', 'Look')
                          : t('出力可', 'Passes')
                        : t('不可', 'Refused')}
                    </Sign>
                  </td>
                  <td>
                    <Link href={`/orders/${order.orderId}`}>{order.orderNumber ?? order.orderId}</Link>
                  </td>
                  <td>{cooled(order).map(temperatureWord).join('、')}</td>
                  <td>
                    <input
                      type="number"
                      min={1}
                      max={99}
                      aria-label={t(`${order.orderNumber}の個口数`, `Parcels of ${order.orderNumber}`)}
                      value={packages[order.orderId] ?? 1}
                      onChange={(event) =>
                        onPackages(order.orderId, Math.min(99, Math.max(1, Number(event.target.value) || 1)))
                      }
                    />
                  </td>
                  <td className="cell-hold">
                    <HoldField
                      order={order}
                      hold={holds[order.orderId]}
                      byPost={byPost}
                      onHold={(hold) => onHold(order.orderId, hold)}
                    />
                  </td>
                </tr>
                {found.length > 0 && (
                  <tr className="row-findings">
                    <td colSpan={5}>
                      {found.map(({ code, field, message, recipientId }) => (
                        <p key={`${code} ${recipientId} ${message}`}>
                          {field && <b>{field}</b>} <span>{message}</span>
                        </p>
                      ))}
                    </td>
                  </tr>
                )}
              </tbody>
            )
          })}
        </table>
      </div>
    </div>
  )
}

/** Shown where an order asks for an office, or somebody named one; else a word opens it. */
function HoldField(props: {
  order: Answer['orders'][number]
  hold: Hold | undefined
  byPost: boolean
  onHold: (hold: Hold | undefined) => void
}) {
  const { order, hold, byPost, onHold } = props
  const [open, setOpen] = useState(false)
  const asks = [...order.problems, ...order.warnings].some(({ code }) =>
    /^(?:HOLD_|BUNDLE_HOLD|PICKUP)/.test(code),
  )
  if (!asks && hold === undefined && !open)
    return (
      <button type="button" className="link-button" onClick={() => setOpen(true)}>
        {t('止め置く', 'Hold')}
        <span className="for-reader">{t(`（${order.orderNumber}）`, ` ${order.orderNumber}`)}</span>
      </button>
    )
  return (
    <>
      <input
        type="text"
        maxLength={30}
        aria-label={t(`${order.orderNumber}の営業所コードか名称`, `Office of ${order.orderNumber}`)}
        value={hold?.office ?? ''}
        onChange={(event) =>
          onHold(event.target.value.trim() === '' ? undefined : { ...hold, office: event.target.value })
        }
      />
      {byPost && hold && (
        <input
          type="text"
          inputMode="numeric"
          maxLength={8}
          aria-label={t(
            `${order.orderNumber}の郵便局の郵便番号`,
            `Postcode of the office of ${order.orderNumber}`,
          )}
          placeholder={t('郵便番号（空欄はお届け先と同じ）', 'Postcode, if another')}
          value={hold.postalCode ?? ''}
          onChange={(event) => {
            const postalCode = event.target.value.normalize('NFKC').replace(/\D/g, '')
            onHold({ office: hold.office, ...(postalCode === '' ? {} : { postalCode }) })
          }}
        />
      )}
      <label className="tick">
        <input
          type="checkbox"
          checked={hold === null}
          onChange={(event) => onHold(event.target.checked ? null : undefined)}
        />
        {t('お届け先へ配達', 'To the door')}
      </label>
    </>
  )
}
