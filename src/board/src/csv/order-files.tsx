import { useQuery } from '@tanstack/react-query'
import { useEffect, useId, useState } from 'react'
import { ApiProblem, answer, api, Refusal, type Schemas } from '../api.ts'
import { refresh, useShops } from '../data.ts'
import { t } from '../i18n.ts'
import { ActButton } from '../parts/act-button.tsx'
import { DownloadLink } from '../parts/download-link.tsx'
import { Choice, Field } from '../parts/field.tsx'
import { FileField, noFile } from '../parts/file-field.tsx'
import { toBase64 } from '../parts/files.ts'
import { number, shortTime, today } from '../parts/format.ts'
import { Sign, type Tone } from '../parts/sign.tsx'
import { Loading, Problem } from '../parts/states.tsx'
import { Table } from '../parts/table.tsx'
import { useSend } from '../parts/use-send.ts'
import { useIsOwner, useMayWork } from '../session.ts'
import { type FileHead, readHead } from './column-map.ts'
import { ColumnMap, STATES } from './column-map-form.tsx'

type Detail = Schemas['OrderFileDetail']
type Counts = NonNullable<Detail['counts']>

/** A third of the service's bound in base64, so that a slow line answers within its time. */
const PART_BYTES = 1_048_576
const LOOK_EVERY_MS = 700
/** A minute: others' files are in front, or the service is in quiet mode. */
const LONG_LOOKS = 85
const SELDOM_MS = 10_000

/** 注文ファイル of shops without a server: what each column becomes, a look at it, and then taken in. */
export function OrderFiles() {
  const shops = useShops().data?.filter(({ marketplace }) => marketplace === 'connector')
  const [chosen, setChosen] = useState('')
  if (!shops) return <Loading />
  const shop = shops.find(({ id }) => id === chosen) ?? shops[0]
  if (!shop)
    return (
      <p className="support">
        {t(
          'API のないカートや問屋のCSVから受注を取り込みます。はじめに「店舗・受信箱」で「その他の店舗」を鍵なしで追加してください。',
          'Orders from the CSV of a cart without an API: add a shop of “その他の店舗” without keys first.',
        )}
      </p>
    )
  return (
    <div className="stack">
      {shops.length > 1 && (
        <Choice
          label={t('店舗', 'Shop')}
          value={shop.id}
          onChange={setChosen}
          options={shops.map(({ id, name }) => [id, name] as const)}
        />
      )}
      <OfShop key={shop.id} shopId={shop.id} />
    </div>
  )
}

function OfShop({ shopId }: { shopId: string }) {
  const mayWork = useMayWork()
  const owner = useIsOwner()
  const path = { id: shopId }
  const form = useQuery({
    queryKey: ['order-form', shopId],
    queryFn: () => answer(api.GET('/v1/shops/{id}/order-form', { params: { path } })),
  })
  if (form.error) return <Problem error={form.error} />
  if (!form.data) return <Loading />
  return (
    <>
      {owner ? (
        <FormChoice shopId={shopId} answer={form.data} />
      ) : (
        !form.data.form && <p>{t('形式は管理者が選びます。', 'An owner chooses the kind of file.')}</p>
      )}
      {(owner || (form.data.form && mayWork)) && <Upload shopId={shopId} answer={form.data} />}
      {form.data.form && <Shipped shopId={shopId} />}
      {form.data.form && <Files shopId={shopId} />}
    </>
  )
}

function FormChoice({
  shopId,
  answer: { form, chosenPreset: chosen, presetChanges, presets },
}: {
  shopId: string
  answer: Schemas['OrderFormAnswer']
}) {
  const { busy, error, send } = useSend()
  const [preset, setPreset] = useState('')
  const known = presets.find(({ id }) => id === chosen)
  const value = preset || known?.id || ''
  const isNamedAlike = presets.some((one) => one.form.label === form?.label)
  const own = [
    '',
    !form
      ? t('選んでください', 'Choose')
      : isNamedAlike
        ? t(`${form.label}（変更した対応）`, `${form.label} (changed)`)
        : form.label,
  ] as const
  return (
    <section className="row" aria-label={t('ファイルの形式', 'Kind of file')}>
      <Choice
        label={t('ファイルの形式', 'Kind of file')}
        value={value}
        onChange={setPreset}
        options={[...(known ? [] : [own]), ...presets.map((one) => [one.id, one.form.label] as const)]}
      />
      <ActButton
        className={form ? 'button' : 'button button-main'}
        busy={busy}
        blocked={
          value === ''
            ? t('先にファイルの形式を選んでください。', 'Choose a kind of file first.')
            : value === known?.id && presetChanges.length === 0
              ? t('今この形式です。', 'It is in use.')
              : null
        }
        onClick={() =>
          send(async () => {
            const body = { preset: presets.find(({ id }) => id === value)?.id ?? null }
            await answer(api.PUT('/v1/shops/{id}/order-form', { params: { path: { id: shopId } }, body }))
            refresh('order-form', 'shops', 'marketplaces')
          })
        }
      >
        {t('この形式にする', 'Use it')}
      </ActButton>
      {presetChanges.length > 0 && value === known?.id && (
        <p role="status">
          {t(
            `この形式は新しくなりました。「この形式にする」を押すと、次のファイルから新しい形式で読み取ります（変わる項目: ${presetChanges.join('、')}）。`,
            `This kind of file was renewed: “Use it” takes the new one (${presetChanges.join(', ')}).`,
          )}
        </p>
      )}
      <Problem error={error} />
    </section>
  )
}

/**
 * Sends a file in parts and waits until it has been read.
 * @returns null when the screen was left meanwhile: it is read all the same
 */
async function sendFile(
  shopId: string,
  file: File,
  more: { dryRun: boolean; takesBack?: boolean; formRevision?: string },
  told: (text: string) => void,
  left: AbortSignal,
): Promise<Detail | null> {
  const path = { id: shopId }
  const parts = Math.max(1, Math.ceil(file.size / PART_BYTES))
  const piece = (at: number) => toBase64(file.slice(at * PART_BYTES, (at + 1) * PART_BYTES))
  const body = { fileName: file.name.slice(0, 200), parts, ...more, file: await piece(0) }
  const made = await answer(api.POST('/v1/shops/{id}/order-files', { params: { path }, body }))
  const at = { ...path, fileId: made.id }
  for (let part = 1; part < parts; part += 1) {
    told(t(`送信しています ${number(part)}/${number(parts)}`, `Sending ${part} of ${parts}`))
    const params = { path: { ...at, number: part + 1 } }
    await answer(
      api.PUT('/v1/shops/{id}/order-files/{fileId}/parts/{number}', {
        params,
        body: { part: await piece(part) },
      }),
    )
  }
  told(t('読み取っています…', 'Reading…'))
  for (let looks = 0; !left.aborted; looks += 1) {
    if (looks === LONG_LOOKS)
      told(
        t(
          '順番を待っています。この画面を離れても読み取られ、結果は下の「これまでの注文ファイル」に出ます。',
          'Waiting for its turn: it is read though you leave, and its result stands below.',
        ),
      )
    const read = await answer(api.GET('/v1/shops/{id}/order-files/{fileId}', { params: { path: at } }))
    if (read.state === 'done' || read.state === 'failed') return read
    await new Promise((resolve) => setTimeout(resolve, looks < LONG_LOOKS ? LOOK_EVERY_MS : SELDOM_MS))
  }
  return null
}

function Upload({ shopId, answer: kept }: { shopId: string; answer: Schemas['OrderFormAnswer'] }) {
  const id = useId()
  const owner = useIsOwner()
  const [file, setFile] = useState<File | null>(null)
  const [head, setHead] = useState<FileHead | null>(null)
  const [read, setRead] = useState<Detail | null>(null)
  const [progress, setProgress] = useState('')
  const { busy, error, send, forget } = useSend()
  const [left] = useState(() => new AbortController())
  useEffect(() => () => left.abort(), [left])
  const ask = (dryRun: boolean, isNewest = false) =>
    send(async () => {
      if (file === null) return
      const more = {
        dryRun,
        // As the map was when the file was looked at.
        ...(!dryRun && read ? { formRevision: read.formRevision } : {}),
        // Without a time the file is of now by the service's clock.
        ...(isNewest ? { takesBack: true } : {}),
      }
      try {
        setRead(await sendFile(shopId, file, more, setProgress, left.signal))
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 409) {
          setRead(null)
          refresh('order-form')
        }
        throw error
      }
      refresh('order-files', 'orders', 'board')
    })
  const openMap = () =>
    send(async () => {
      if (file === null) return
      const found = await readHead(file)
      if (found === null)
        throw new Refusal(
          t(
            '見出しの行を読み取れません。カートから出力したCSVを、Excelで開かずに選んでください。',
            'No heading can be read: choose the CSV of the cart.',
          ),
        )
      setHead(found)
    })
  const mayTakeBack =
    (read?.counts?.older ?? 0) > 0 ||
    read?.differences.some(({ stateStays }) => stateStays) ||
    read?.faults.some(
      ({ code }) => code === 'NEWER_UNREAD' || code === 'NEWER_UNKNOWN' || code === 'DISMISSED',
    )
  const wanted = (read?.counts?.staged ?? 0) + (read?.counts?.changed ?? 0)
  return (
    <section className="stack" aria-label={t('注文ファイルを取り込む', 'Take an order file')}>
      <div className="file-drop">
        <label htmlFor={id}>{t('カートから出力したCSV', 'CSV of the cart')}</label>
        <FileField
          id={id}
          chosen={file?.name ?? null}
          accept=".csv,.tsv,.txt,text/csv"
          onChange={(event) => {
            forget()
            setRead(null)
            setHead(null)
            setFile(event.target.files?.[0] ?? null)
          }}
        />
        <p className="support">
          {t(
            'ここにドロップしても選べます。100MB、20万行まで。確かめるまで何も取り込みません。表計算ソフトで開かずに選んでください。',
            'Or drop it here: 100 MB, 200,000 rows. Nothing is taken before you looked.',
          )}
        </p>
      </div>
      <div className="row">
        {kept.form && head === null && (read === null || read.state === 'failed') && (
          <ActButton
            className="button button-main"
            busy={busy}
            blocked={file === null ? noFile() : null}
            onClick={() => ask(true)}
          >
            {t('内容を確認する', 'Look at it')}
          </ActButton>
        )}
        {read?.state === 'done' && read.dryRun && wanted > 0 && (
          <button
            type="button"
            className="button button-main"
            aria-disabled={busy}
            onClick={() => ask(false)}
          >
            {t(`${number(wanted)}件を取り込む`, `Take ${number(wanted)}`)}
          </button>
        )}
        {read?.state === 'done' && read.dryRun && mayTakeBack && (
          <button type="button" className="button" aria-disabled={busy} onClick={() => ask(false, true)}>
            {t('最新の内容として、すべて取り込む', 'It is the newest: take all of it')}
          </button>
        )}
        {owner && head === null && (
          <ActButton
            className={kept.form ? 'button' : 'button button-main'}
            busy={busy}
            blocked={file === null ? noFile() : null}
            onClick={openMap}
          >
            {kept.form
              ? t('列の対応を変える', 'Change the columns')
              : t('列の対応を決める', 'Choose the columns')}
          </ActButton>
        )}
        <span role="status">{busy && progress}</span>
      </div>
      <Problem error={error} />
      {head && (
        <ColumnMap
          shopId={shopId}
          answer={kept}
          head={head}
          onCancel={() => setHead(null)}
          onSaved={() => {
            setHead(null)
            ask(true)
          }}
        />
      )}
      {read && head === null && <Result read={read} headings={kept.form?.columns ?? {}} />}
    </section>
  )
}

const WORDS: readonly (readonly [keyof Counts, Tone, () => string, () => string])[] = [
  ['refused', 'failed', () => t('誤り', 'Faulty'), () => t('誤り', 'Faulty')],
  ['staged', 'staged', () => t('新規', 'New'), () => t('新規に取込', 'New')],
  ['changed', 'warning', () => t('変更あり', 'Changed'), () => t('変更を反映', 'Changed')],
  [
    'older',
    'rest',
    () => t('新しい内容を取込済みのため、そのまま', 'Newer here: stays'),
    () => t('そのまま（新しい内容あり）', 'Left: newer here'),
  ],
  ['unchanged', 'done', () => t('取込済み', 'Here already'), () => t('取込済み', 'Here already')],
  [
    'done',
    'rest',
    () => t('発送・キャンセル済み、または注文前のため対象外', 'Done at the cart, or no order yet'),
    () => t('対象外', 'Left out'),
  ],
  ['emptied', 'rest', () => t('個人情報削除済み', 'Emptied'), () => t('個人情報削除済み', 'Emptied')],
]

const stateWord = (state: Detail['leftOut'][number]['state']): string =>
  STATES().find(([one]) => one === state)?.[1] ?? state

const lostWords = (heading: string): string =>
  t(
    `状態の見出し「${heading}」がファイルにありません。発送済みの受注も、未発送として取り込みます。`,
    `The file has no heading “${heading}”: what has left is taken as open, too.`,
  )

const WHERE_TO = [
  ...['recipientName', 'recipientFamilyName', 'recipientGivenName', 'recipientPostalCode'],
  ...['recipientPrefecture', 'recipientCity', 'recipientAddress1', 'recipientAddress2'],
]

const unaddressedWords = (headings: readonly string[], isAll: boolean): string =>
  t(
    `送付先の見出し「${headings.join('」「')}」がファイルにありません。送付先の列が別の名前なら「列の対応を変える」で選んでください。そのままでは${isAll ? '注文者へ送ることになります' : '住所の一部が欠けます'}。`,
    `The file has no ${headings.join(', ')}: ${isAll ? 'orders would go to their buyers' : 'addresses would lack a part'}.`,
  )

const unknownWords = ({ field, word, orders }: Detail['unknown'][number]): string =>
  field === 'state'
    ? t(
        `状態「${word}」は未設定のため、未発送として${number(orders)}件を扱います。意味は「列の対応を変える」で選べます。`,
        `${number(orders)} of the state “${word}”, which the map does not know, count as open.`,
      )
    : t(
        `入金状態「${word}」は未設定のため、入金がわからないものとして${number(orders)}件を扱います。`,
        `${number(orders)} of the payment state “${word}”, which the map does not know.`,
      )

const PARTS: Readonly<Record<string, () => string>> = {
  state: () => t('状態', 'state'),
  buyer: () => t('注文者', 'buyer'),
  recipients: () => t('送付先', 'recipients'),
  items: () => t('商品', 'items'),
  charges: () => t('料金', 'charges'),
  discounts: () => t('値引き', 'discounts'),
  points: () => t('ポイント', 'points'),
  totals: () => t('合計', 'totals'),
  payment: () => t('支払方法', 'payment'),
  delivery: () => t('配送方法', 'delivery'),
  gift: () => t('ギフト', 'gift'),
  notes: () => t('備考', 'notes'),
}

/** Values that may name people are not shown; the order has them. */
function valueWords({ part, here, file }: Detail['differences'][number]['values'][number]): string {
  const name = PARTS[part]?.() ?? part
  return here === null && file === null ? name : `${name}: ${here || '—'} → ${file || '—'}`
}

function Result({ read, headings }: { read: Detail; headings: Readonly<Record<string, readonly string[]>> }) {
  const { counts, columns, missing, faults, differences, unknown, leftOut } = read
  const missingOf = (fields: readonly string[]) =>
    fields.flatMap((field) => headings[field] ?? []).filter((heading) => missing.includes(heading))
  const unaddressed = missingOf(WHERE_TO)
  const addressed = WHERE_TO.flatMap((field) => headings[field] ?? [])
  if (read.state === 'failed')
    return (
      <p role="alert" className="field-error">
        ＊{read.message}
      </p>
    )
  return (
    <div className="results">
      {counts && (
        <p className="results-sum" role="status">
          {t(
            `${number(counts.rows)}行、受注${number(counts.orders)}件: `,
            `${number(counts.rows)} rows, ${number(counts.orders)} orders: `,
          )}
          {WORDS.map(
            ([name, tone, planned, done]) =>
              counts[name] > 0 && (
                <Sign key={name} tone={tone}>
                  {t(
                    `${(read.dryRun ? planned : done)()} ${number(counts[name])}件`,
                    `${(read.dryRun ? planned : done)()} ${number(counts[name])}`,
                  )}
                </Sign>
              ),
          )}
        </p>
      )}
      {[
        ...missingOf(['state', 'cancelledAt']).map(lostWords),
        ...(unaddressed.length > 0
          ? [unaddressedWords(unaddressed, unaddressed.length === addressed.length)]
          : []),
        ...unknown.map(unknownWords),
      ].map((text) => (
        <p key={text} role="alert" className="field-error">
          ＊{text}
        </p>
      ))}
      {faults.length > 0 && (
        <Table
          label={t('行ごとの誤り', 'Faults by row')}
          heads={[t('行', 'Row'), t('項目', 'Column'), t('内容', 'What')]}
          rows={faults.map((one) => [String(one.line), one.column, one.message])}
        />
      )}
      {differences.length > 0 && (
        <Table
          label={t('変更された受注', 'Changed orders')}
          heads={[
            t('行', 'Row'),
            t('受注番号', 'Number'),
            t('違う部分（取込済み → ファイル）', 'Here → file'),
          ]}
          rows={differences.map((one) => [
            String(one.line),
            one.isOlder
              ? t(`${one.orderNumber}（そのまま）`, `${one.orderNumber} (stays)`)
              : one.stateStays
                ? t(`${one.orderNumber}（状態はそのまま）`, `${one.orderNumber} (its state stays)`)
                : one.orderNumber,
            one.values.map(valueWords).join('、'),
          ])}
        />
      )}
      {leftOut.length > 0 && (
        <Table
          label={t('対象外の受注', 'Orders left out')}
          heads={[
            t('ファイルの状態', 'State in the file'),
            t('意味', 'Meaning'),
            t('件数', 'Orders'),
            t('受注番号', 'Numbers'),
          ]}
          rows={leftOut.map((one) => [
            one.word,
            stateWord(one.state),
            number(one.orders),
            one.numbers.join('、') + (one.orders > one.numbers.length ? t(' ほか', ', …') : ''),
          ])}
        />
      )}
      {missing.length > 0 && (
        <p>
          {t('ファイルにない見出し: ', 'Headings that the file lacks: ')}
          {missing.join('、')}
        </p>
      )}
      <details>
        <summary>{t('列がどの項目になるか', 'What each column becomes')}</summary>
        <Table
          label={t('列の対応', 'Columns')}
          heads={[t('ファイルの列', 'Column'), t('受注の項目', 'Field'), t('1行目の値', 'First row')]}
          rows={columns.map((one) => [one.heading, one.label ?? t('取り込まない', 'not read'), one.example])}
        />
      </details>
    </div>
  )
}

/** Tracking numbers as the cart reads them. */
function Shipped({ shopId }: { shopId: string }) {
  const [from, setFrom] = useState(today())
  const since = encodeURIComponent(`${from}T00:00:00+09:00`)
  return (
    <section className="row" aria-label={t('追跡番号CSV', 'Tracking numbers')}>
      <Field
        label={t('発送完了の日（から）', 'Shipped from')}
        type="date"
        value={from}
        onChange={(event) => setFrom(event.target.value)}
      />
      <DownloadLink href={`/v1/shops/${shopId}/shipped-orders?from=${since}`}>
        {t('追跡番号CSVをダウンロード', 'Tracking numbers for the cart')}
      </DownloadLink>
    </section>
  )
}

/** Completeness by file. */
function Files({ shopId }: { shopId: string }) {
  const params = { path: { id: shopId }, query: { limit: 20 } }
  const list = useQuery({
    queryKey: ['order-files', shopId],
    queryFn: () => answer(api.GET('/v1/shops/{id}/order-files', { params })),
  })
  const files = list.data?.files ?? []
  if (files.length === 0) return null
  return (
    <Table
      label={t('これまでの注文ファイル', 'Files so far')}
      heads={[t('日時', 'When'), t('ファイル', 'File'), t('結果', 'Result')]}
      rows={files.map((file) => [
        shortTime(file.createdAt),
        file.dryRun
          ? t(`${file.fileName}（確認のみ）`, `${file.fileName} (looked at)`)
          : file.source === 'mail'
            ? t(`${file.fileName}（メールの添付）`, `${file.fileName} (by mail)`)
            : file.fileName,
        file.counts
          ? WORDS.flatMap(([name, , , word]) => {
              const count = file.counts?.[name] ?? 0
              return count > 0 ? [`${word()} ${number(count)}`] : []
            }).join('、')
          : (file.message ?? t('読み取り待ち', 'waiting')),
      ])}
    />
  )
}
