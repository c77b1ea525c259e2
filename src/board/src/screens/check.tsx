import '../styles/check.css'
import { useEffect, useRef, useState } from 'react'
import { ApiProblem, answer, api, problemText, type Schemas } from '../api.ts'
import {
  type Checked,
  type CheckLine,
  countLine,
  countOne,
  isWhole,
  linesOf,
  type Parcel,
  piecesOf,
  recipientOf,
  recipientsToCheck,
  scanned,
  stopOf,
  trackingOf,
} from '../check/check.ts'
import { play, type Sound } from '../check/sound.ts'
import { refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { keep, kept } from '../kept.ts'
import { Field } from '../parts/field.tsx'
import { nameOf, number } from '../parts/format.ts'
import { Icon } from '../parts/icon.tsx'
import { isEscape } from '../parts/keys.ts'
import { matchItems } from '../print/listed-items.ts'
import { holdWord, statusWord } from '../words.ts'

type Found = Schemas['FindParcelsAnswerParcel']

interface Said {
  tone: 'rest' | 'counted' | 'whole' | 'stop'
  text: string
}

interface Choice {
  label: string
  orders: Parcel['orders']
}

interface State {
  said: Said
  parcel: Parcel | null
  /** Parcels that a code may mean, where it is more than one. */
  choices: readonly Choice[]
  done: readonly { key: string; text: string }[]
}

const START: State = {
  said: { tone: 'rest', text: '' },
  parcel: null,
  choices: [],
  done: [],
}

/** Lines of the list of parcels that were checked. */
const MOST_DONE = 30

/** 検品: a scanner's code opens a parcel, those of its goods count it. */
export default function Check() {
  const [state, setState] = useState(START)
  const [sounds, setSounds] = useState(kept('check.sound') !== 'off')
  const [moves, setMoves] = useState(kept('check.move') === 'on')
  const field = useRef<HTMLInputElement>(null)
  const desk = useRef<ReturnType<typeof createDesk> | null>(null)
  desk.current ??= createDesk(setState)
  desk.current.settings = { sounds, moves }
  const { scan, press, take, leave } = desk.current
  const back = () => field.current?.focus()
  // Whatever was pressed, the next code goes into the field.
  useEffect(back, [])
  const { said, parcel, choices, done } = state
  return (
    <div className="desk check-screen">
      <h1>{t('検品', 'Scan to check')}</h1>
      <form
        className="check-form"
        aria-label={t('コードの入力', 'Code')}
        onSubmit={(event) => {
          event.preventDefault()
          const code = field.current?.value.trim() ?? ''
          if (field.current) field.current.value = ''
          if (code !== '') scan(code)
        }}
        onKeyDown={(event) => isEscape(event) && leave()}
      >
        <CodeField field={field} open={parcel !== null && !isWhole(parcel.lines)} />
      </form>
      <p
        className={`check-said check-${said.tone}`}
        role={said.tone === 'stop' ? 'alert' : 'status'}
        aria-live={said.tone === 'stop' ? 'assertive' : 'polite'}
      >
        {said.tone === 'stop' && <Icon name="alert" />}
        {said.tone === 'whole' && <Icon name="check" />}
        {said.text ||
          t(
            '送り状番号か受注番号を読み取ってください。荷物が開いたら、商品のコードを1つずつ読み取ります。',
            'Scan a tracking number or an order number. Once the parcel is open, scan each of its goods.',
          )}
      </p>
      {choices.length > 0 && (
        <div className="row" role="group" aria-label={t('荷物を選ぶ', 'Which parcel')}>
          {choices.map((choice) => (
            <button
              key={choice.label}
              type="button"
              className="button"
              onClick={() => {
                take(choice)
                back()
              }}
            >
              {choice.label}
            </button>
          ))}
        </div>
      )}
      {parcel && (
        <ParcelTable
          parcel={parcel}
          press={(key, pieces) => {
            press(key, pieces)
            back()
          }}
        />
      )}
      <fieldset className="check-settings">
        <legend>{t('この端末の設定', 'On this machine')}</legend>
        <label className="tick">
          <input
            type="checkbox"
            checked={sounds}
            onChange={(event) => {
              setSounds(event.target.checked)
              keep('check.sound', event.target.checked ? 'on' : 'off')
              back()
            }}
          />
          {t('音を出す', 'Sounds')}
        </label>
        <label className="tick">
          <input
            type="checkbox"
            checked={moves}
            onChange={(event) => {
              setMoves(event.target.checked)
              keep('check.move', event.target.checked ? 'on' : 'off')
              back()
            }}
          />
          {t(
            '検品が終わった受注を「出荷済み」へ移す（モールへの発送完了は送りません）',
            'Move checked orders to Shipped (nothing is told to the mall)',
          )}
        </label>
      </fieldset>
      {done.length > 0 && (
        <section aria-label={t('検品した荷物', 'Checked parcels')}>
          <h2>{t(`検品した荷物 ${number(done.length)}個`, `${done.length} parcels checked`)}</h2>
          <ul className="plain">
            {done.slice(0, MOST_DONE).map(({ key, text }) => (
              <li key={key}>{text}</li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}

function CodeField({ field, open }: { field: React.RefObject<HTMLInputElement | null>; open: boolean }) {
  const wrapper = useRef<HTMLDivElement>(null)
  useEffect(() => {
    field.current = wrapper.current?.querySelector('input') ?? null
    field.current?.focus()
  }, [field])
  return (
    <div ref={wrapper}>
      <Field
        label={open ? t('商品のコード', 'Code of the goods') : t('荷物のコード', 'Code of the parcel')}
        support={
          open
            ? t(
                '商品のJANか商品コードを読み取ります。Esc で、この荷物の検品をやめます。',
                'JAN or item code. Esc leaves this parcel.',
              )
            : t(
                '送り状番号、受注番号、お客様管理番号のどれかを読み取ります。',
                'Tracking number, order number or our key.',
              )
        }
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        maxLength={100}
      />
    </div>
  )
}

function ParcelTable({ parcel, press }: { parcel: Parcel; press: (key: string, pieces: number) => void }) {
  const { counted, wanted } = piecesOf(parcel.lines)
  const [first] = parcel.orders
  const to = first?.order.detail.recipients.find(({ id }) => id === first.recipientId)?.person
  return (
    <section aria-label={t('荷物の中身', 'Contents')}>
      <p className="check-parcel">
        <span>
          {t('受注', 'Orders')} {parcel.orders.map(({ order }) => order.orderNumber).join('、')}
        </span>
        {to && (
          <span>
            {nameOf(to)} {t('様', '')}
          </span>
        )}
        <strong className="check-count">
          {number(counted)} / {number(wanted)}
        </strong>
      </p>
      <div className="results-table">
        <table>
          <thead>
            <tr>
              <th scope="col" className="num">
                {t('済／数量', 'Counted')}
              </th>
              <th scope="col">{t('棚番', 'Shelf')}</th>
              <th scope="col">{t('商品コード', 'Code')}</th>
              <th scope="col">JAN</th>
              <th scope="col">{t('商品', 'Item')}</th>
              <th scope="col">{t('手で数える', 'By hand')}</th>
            </tr>
          </thead>
          <tbody>
            {parcel.lines.map((line) => (
              <LineRow key={line.key} line={line} press={press} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function LineRow({ line, press }: { line: CheckLine; press: (key: string, pieces: number) => void }) {
  const whole = line.counted >= line.wanted
  return (
    <tr className={whole ? 'check-line-done' : undefined}>
      <td className="num">
        {whole && <Icon name="check" />} <strong>{number(line.counted)}</strong> / {number(line.wanted)}
      </td>
      <td>{line.shelf}</td>
      <td>{line.code}</td>
      <td className="number">{line.jan}</td>
      <td>{line.name}</td>
      <td>
        <button
          type="button"
          className="button"
          aria-label={t(`${line.name}を1つ数える`, `Count one of ${line.name}`)}
          onClick={() => press(line.key, 1)}
        >
          ＋1
        </button>{' '}
        <button
          type="button"
          className="button"
          aria-label={t(`${line.name}を1つ減らす`, `One of ${line.name} less`)}
          onClick={() => press(line.key, -1)}
        >
          −1
        </button>
      </td>
    </tr>
  )
}

/** Null: nobody knows the code. */
async function findParcels(code: string): Promise<readonly Found[] | null> {
  try {
    return (await answer(api.GET('/v1/parcels/{code}', { params: { path: { code } } }))).parcels
  } catch (error) {
    if (error instanceof ApiProblem && error.code === 'NOT_FOUND') return null
    throw error
  }
}

const readOrder = (id: string) => answer(api.GET('/v1/orders/{id}', { params: { path: { id } } }))

/**
 * Takes one code after the other: a scanner is quicker than the service, and no code may get lost or count
 * for the parcel before.
 */
function createDesk(show: (state: State) => void) {
  let state = START
  let last: Promise<void> = Promise.resolve()
  /** Recipients whose parcels were checked here: an order leaves with the last of them. */
  const checked = new Set<string>()
  const desk = {
    settings: { sounds: true, moves: false },
    scan: (code: string) => enqueue(() => read(code)),
    press: (key: string, pieces: number) => enqueue(() => byHand(key, pieces)),
    take: (choice: Choice) => enqueue(() => open(choice.orders)),
    leave: () =>
      enqueue(async () => {
        if (state.parcel === null && state.choices.length === 0) return
        say('rest', t('この荷物の検品をやめました。', 'Left this parcel.'), { parcel: null, choices: [] })
      }),
  }

  function enqueue(work: () => Promise<void>): void {
    last = last.then(work).catch((error: unknown) => say('stop', problemText(error)))
  }

  function say(tone: Said['tone'], text: string, more: Partial<State> = {}): void {
    state = { ...state, ...more, said: { tone, text } }
    show(state)
    if (tone !== 'rest' && desk.settings.sounds) play(tone satisfies Sound)
  }

  const openLines = () => (state.parcel && !isWhole(state.parcel.lines) ? state.parcel.lines : null)

  async function read(code: string): Promise<void> {
    const lines = openLines()
    if (lines === null) return find(code)
    const { lines: now, result } = countOne(lines, code)
    if (result === 'counted') return counted(now)
    const texts = {
      'too many': t(`数量を超えています: ${code}`, `More than was ordered: ${code}`),
      several: t(
        `どの商品か決められないコードです: ${code}。JANを読み取るか、手で数えてください。`,
        `Several goods have this code: ${code}. Scan the JAN or count by hand.`,
      ),
      unknown: isOfParcel(code)
        ? t(
            'この荷物を検品中です。商品のコードを読み取ってください。',
            'This parcel is open: scan its goods.',
          )
        : t(`この荷物の商品ではありません: ${code}`, `Not of this parcel: ${code}`),
    }
    say('stop', texts[result])
  }

  const isOfParcel = (code: string): boolean =>
    state.parcel?.orders.some(
      ({ order }) =>
        scanned(order.orderNumber) === scanned(code) ||
        order.detail.recipients.some(({ parcels }) =>
          parcels.some(
            ({ trackingNumber }) => trackingNumber && trackingOf(trackingNumber) === trackingOf(code),
          ),
        ),
    ) ?? false

  async function byHand(key: string, pieces: number): Promise<void> {
    const { parcel } = state
    if (parcel === null) return
    if (isWhole(parcel.lines)) return
    await counted(countLine(parcel.lines, key, pieces))
  }

  async function counted(lines: readonly CheckLine[]): Promise<void> {
    const parcel = { orders: state.parcel?.orders ?? [], lines }
    if (isWhole(lines)) {
      state = { ...state, parcel }
      return finish(parcel)
    }
    const { counted, wanted } = piecesOf(lines)
    say('counted', t(`あと ${number(wanted - counted)}点`, `${wanted - counted} left`), { parcel })
  }

  async function find(code: string): Promise<void> {
    const parcels = await findParcels(code)
    if (parcels === null)
      return say('stop', t(`荷物が見つかりません: ${code}`, `No parcel has this code: ${code}`), {
        parcel: null,
        choices: [],
      })
    const choices = (await Promise.all(parcels.map((one) => choicesOf(one, code)))).flat()
    const [only] = choices
    if (only && choices.length === 1) return open(only.orders)
    if (choices.length === 0)
      return say(
        'stop',
        t('保存期間が過ぎたか、送る商品のない受注です。', 'No longer kept, or nothing to send.'),
        { parcel: null, choices },
      )
    say('rest', t('どの荷物か選んでください。', 'Which parcel is it?'), { parcel: null, choices })
  }

  /** One, or one for each recipient where the code does not say which. */
  async function choicesOf({ orders: found }: Found, code: string): Promise<Choice[]> {
    const orders = (await Promise.all(found.map(({ orderId }) => readOrder(orderId)))).flatMap((order) =>
      order.detail ? [{ ...order, detail: order.detail }] : [],
    )
    const named = orders.map((order) => ({
      order,
      recipientId: recipientOf(
        order,
        code,
        found.find(({ orderId }) => orderId === order.id)?.recipientId ?? null,
      ),
    }))
    const [first] = named
    if (first && named.length === 1 && first.recipientId === null)
      return recipientsToCheck(first.order).map(({ id, person }, at, all) => ({
        label: `${first.order.orderNumber} ${at + 1}/${all.length} ${nameOf(person)} ${t('様', '')}`,
        orders: [{ order: first.order, recipientId: id }],
      }))
    const parcel = named.flatMap(({ order, recipientId }) => (recipientId ? [{ order, recipientId }] : []))
    if (parcel.length === 0) return []
    return [{ label: parcel.map(({ order }) => order.orderNumber).join('、'), orders: parcel }]
  }

  async function open(all: Parcel['orders']): Promise<void> {
    const gone = all.filter(({ order }) => stopOf([order]) === 'cancelled')
    const orders = all.filter((one) => !gone.includes(one))
    const stop = orders.length === 0 ? 'cancelled' : stopOf(orders.map(({ order }) => order))
    if (stop) return refuse(stop, all)
    const lines = linesOf(orders, await matchItems(orders.map(({ order }) => order.id)))
    const parcel = { orders, lines }
    if (gone.length > 0) {
      const numbers = gone.map(({ order }) => order.orderNumber).join('、')
      return say(
        'stop',
        t(
          `同梱の受注 ${numbers} はキャンセルされています。その商品を入れないでください。`,
          `${numbers} of this parcel was cancelled: leave its goods out.`,
        ),
        { parcel, choices: [] },
      )
    }
    const left = orders.some(({ order }) => ['shipped', 'completed'].includes(order.status))
    say(
      'counted',
      left
        ? t(
            '出荷済みの受注です。二重に発送しないか確認しながら、商品を読み取ってください。',
            'Shipped already: is it sent twice? Scan its goods.',
          )
        : t(`商品を読み取ってください（${number(piecesOf(lines).wanted)}点）。`, 'Scan its goods.'),
      { parcel, choices: [] },
    )
  }

  function refuse(stop: NonNullable<ReturnType<typeof stopOf>>, orders: Parcel['orders']): void {
    const numbers = orders.map(({ order }) => order.orderNumber).join('、')
    const holds = [...new Set(orders.flatMap(({ order }) => order.holds.map(holdWord)))].join('、')
    const words = {
      cancelled: t(
        `キャンセルされた受注です。発送しないでください: ${numbers}`,
        `Cancelled, do not ship: ${numbers}`,
      ),
      cancelling: t(
        `キャンセル手続き中の受注です。終わるまで発送しないでください: ${numbers}`,
        `Being cancelled, do not ship: ${numbers}`,
      ),
      held: t(
        `保留中の受注です（${holds || statusWord('on_hold')}）。発送しないでください: ${numbers}`,
        `On hold, do not ship: ${numbers}`,
      ),
    }
    say('stop', words[stop], { parcel: null, choices: [] })
  }

  /** Looks once more: the buyer may have cancelled while the goods were counted. */
  async function finish(parcel: Parcel): Promise<void> {
    const orders = (await Promise.all(parcel.orders.map(({ order }) => readOrder(order.id)))).flatMap(
      (order) => (order.detail ? [{ ...order, detail: order.detail } satisfies Checked] : []),
    )
    const now = parcel.orders.flatMap(({ order, recipientId }) => {
      const found = orders.find(({ id }) => id === order.id)
      return found ? [{ order: found, recipientId }] : []
    })
    const stop = stopOf(orders)
    if (stop) return refuse(stop, now)
    const same = (lines: readonly CheckLine[]) =>
      lines
        .map(({ key, wanted }) => `${key} ${wanted}`)
        .toSorted()
        .join()
    if (same(linesOf(now, () => undefined)) !== same(parcel.lines))
      return say(
        'stop',
        t(
          '検品の間に受注の内容が変わりました。荷物のコードから読み取り直してください。',
          'The order changed meanwhile: begin again with the parcel’s code.',
        ),
        { parcel: null },
      )
    for (const { order, recipientId } of now) checked.add(`${order.id} ${recipientId}`)
    const moved = desk.settings.moves ? await moveWhole(orders) : []
    const waiting = orders.flatMap((order) => partOf(order) ?? [])
    const numbers = orders.map(({ orderNumber }) => orderNumber).join('、')
    const text = [
      t(`検品が終わりました: ${numbers}`, `Checked: ${numbers}`),
      ...(waiting.length > 0 ? [t(`送付先 ${waiting.join('、')}`, `Recipients ${waiting.join(', ')}`)] : []),
      ...(moved.length > 0 ? [t('「出荷済み」へ移しました', 'moved to Shipped')] : []),
    ].join('　')
    say('whole', text, {
      parcel,
      done: [{ key: `${numbers} ${state.done.length}`, text }, ...state.done],
    })
  }

  const checkedOf = (order: Checked) =>
    recipientsToCheck(order).filter(({ id }) => checked.has(`${order.id} ${id}`)).length

  /** 1/2, where a parcel of the order is left. */
  const partOf = (order: Checked): string | null => {
    const [done, all] = [checkedOf(order), recipientsToCheck(order).length]
    return done < all ? `${done}/${all}` : null
  }

  /** As they were read: an order that somebody changes at this moment stays. */
  async function moveWhole(orders: readonly Checked[]): Promise<string[]> {
    const leaving = orders.filter(
      (order) => partOf(order) === null && !['shipped', 'completed'].includes(order.status),
    )
    if (leaving.length === 0) return []
    const orderIds = leaving.map(({ id }) => id)
    const ifVersions = Object.fromEntries(leaving.map(({ id, version }) => [id, version]))
    await answer(api.POST('/v1/orders/move', { body: { orderIds, to: 'shipped', ifVersions } }))
    refresh('orders', 'order', 'board')
    return orderIds
  }

  return desk
}
