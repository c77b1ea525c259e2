import { useEffect, useId, useState } from 'react'
import { Link } from 'wouter'
import { answer, api, type SiteChange } from '../api.ts'
import { newKey } from '../bulk/bulk.ts'
import { useMalls } from '../data.ts'
import { t } from '../i18n.ts'
import { onLiveEvent } from '../live.ts'
import { Choice, Field } from '../parts/field.tsx'
import { toBase64 } from '../parts/files.ts'
import { number, today } from '../parts/format.ts'
import { Sign, type Tone } from '../parts/sign.tsx'
import { Problem } from '../parts/states.tsx'
import { useSend } from '../parts/use-send.ts'
import { useMayWork } from '../session.ts'
import { type ChangeState, changeWord } from '../words.ts'
import { useLabelFormats } from './label-export.tsx'
import { askInParts, type FileRow, previewInParts, type SplitFile, splitFile } from './split-file.ts'

type Read = Awaited<ReturnType<typeof readNumbers>>
type Row = Read['rows'][number]
interface Wanted {
  format: 'yamato_b2' | 'sagawa_ehiden3' | 'yupri_r' | 'plain'
  carrier: string
  shippedOn: string
  confirmFirst: boolean
  acceptDoubtful: boolean
}

function readNumbers(file: string, wanted: Wanted, key: string | null) {
  const { carrier, ...rest } = wanted
  return answer(
    api.POST('/v1/labels/tracking', {
      body: {
        ...rest,
        file,
        apply: key !== null,
        ...(wanted.format === 'plain' ? { carrier: carrier as 'yamato' } : {}),
      },
      params: { header: { 'Idempotency-Key': key ?? newKey() } },
    }),
  )
}

/** Rows of one call, and rows that are shown: a longer table would hold up the page. */
const MOST_ROWS = 500

/** 送り状番号の取込: shown line by line before anything is told to a mall. */
export function TrackingImport() {
  const formats = useLabelFormats().data?.tracking ?? []
  const carriers = useMalls().data?.[0]?.carriers ?? []
  const mayWork = useMayWork()
  const fileId = useId()
  const [wanted, setWanted] = useState<Wanted>({
    format: 'yamato_b2',
    carrier: 'yamato',
    shippedOn: today(),
    confirmFirst: false,
    acceptDoubtful: false,
  })
  const [file, setFile] = useState<SplitFile | null>(null)
  const [parts, setParts] = useState<readonly (readonly FileRow[])[]>([])
  const [progress, setProgress] = useState('')
  const [key, setKey] = useState('')
  const [read, setRead] = useState<Read | null>(null)
  const { busy, error, send } = useSend()
  const change = (more: Partial<Wanted>) => {
    setWanted({ ...wanted, ...more })
    setRead(null)
  }
  const run = (idempotencyKey: string | null) => {
    if (file === null) return
    const ask = async (part: Uint8Array<ArrayBuffer>) =>
      readNumbers(await toBase64(new Blob([part])), wanted, idempotencyKey)
    const told = (done: number, of: number) =>
      setProgress(
        of > 1 ? t(`${number(done)}/${number(of)} 回目まで済みました。`, `${done} of ${of} parts done.`) : '',
      )
    send(async () => {
      if (idempotencyKey !== null) return setRead(await askInParts(file.head, parts, ask, told))
      const first = await previewInParts(file, MOST_ROWS, ask, told)
      setParts(first.parts)
      setRead(first.read)
    })
  }
  const take = (chosen: File | undefined) => {
    setRead(null)
    setFile(null)
    if (!chosen) return
    void chosen.arrayBuffer().then((bytes) => {
      setFile(splitFile(new Uint8Array(bytes), MOST_ROWS))
      // One file, one key: pressed twice, or after a lost answer, nothing is asked for twice.
      setKey(newKey())
    })
  }
  return (
    <div className="stack">
      <div className="row">
        <Choice
          label={t('ファイルの形式', 'Kind of file')}
          value={wanted.format}
          onChange={(format) => change({ format })}
          options={formats.map(({ id, label }) => [id, label] as const)}
        />
        {wanted.format === 'plain' && (
          <Choice
            label={t('配送会社', 'Carrier')}
            value={wanted.carrier}
            onChange={(carrier) => change({ carrier })}
            options={carriers.map(({ carrier, label }) => [carrier, label] as const)}
          />
        )}
        <div className="field">
          <label htmlFor={fileId}>{t('CSV ファイル', 'CSV file')}</label>
          <input
            id={fileId}
            type="file"
            accept=".csv,text/csv"
            onChange={(event) => take(event.target.files?.[0])}
          />
        </div>
        <Field
          label={t('発送日（ファイルにないとき）', 'Shipped on, where the file does not say')}
          type="date"
          value={wanted.shippedOn}
          onChange={(event) => change({ shippedOn: event.target.value })}
        />
      </div>
      <div className="row">
        <label className="tick">
          <input
            type="checkbox"
            checked={wanted.confirmFirst}
            onChange={(event) => change({ confirmFirst: event.target.checked })}
          />
          {t('未確認の受注は注文確認をしてから', 'Confirm orders first that nobody has')}
        </label>
        <label className="tick">
          <input
            type="checkbox"
            checked={wanted.acceptDoubtful}
            onChange={(event) => change({ acceptDoubtful: event.target.checked })}
          />
          {t('検査数字が合わない番号も取り込む', 'Take numbers whose check digit does not fit')}
        </label>
      </div>
      {mayWork && (
        <div className="row">
          <button
            type="button"
            className="button"
            aria-disabled={busy || file === null}
            onClick={() => run(null)}
          >
            {t('内容を確認する', 'Preview')}
          </button>
          {read && read.ready > 0 && (
            <button
              type="button"
              className="button button-main"
              aria-disabled={busy}
              onClick={() => run(key)}
            >
              {t(
                `${number(read.ready)}件の発送完了をモールに送る`,
                `Tell the malls of ${number(read.ready)} parcels`,
              )}
            </button>
          )}
          <span role="status">
            {busy && t('処理しています…', 'Working…')} {busy && progress}
          </span>
        </div>
      )}
      <Problem error={error} />
      {read && <Rows read={read} />}
    </div>
  )
}

type Shown = Row['result'] | ChangeState

const TONES: Partial<Record<Shown, Tone>> = {
  ready: 'done',
  requested: 'changing',
  refused: 'failed',
  succeeded: 'done',
  warning: 'warning',
  failed: 'failed',
}

/** How the ship changes of the file's rows stand, followed until each has ended. */
function useChanges(rows: readonly Row[]): ReadonlyMap<string, SiteChange> {
  const [changes, setChanges] = useState<ReadonlyMap<string, SiteChange>>(new Map())
  useEffect(() => {
    const mine = new Set(rows.flatMap(({ siteChangeId }) => siteChangeId ?? []))
    setChanges(new Map())
    return onLiveEvent(({ kind, data }) => {
      if (kind !== 'change' || !mine.has(data.changeId)) return
      const params = { path: { id: data.changeId } }
      void answer(api.GET('/v1/site-changes/{id}', { params })).then(
        (change) => setChanges((all) => new Map(all).set(change.id, change)),
        () => undefined,
      )
    })
  }, [rows])
  return changes
}

function Rows({ read }: { read: Read }) {
  const changes = useChanges(read.rows)
  const word = (shown: Shown): string =>
    shown === 'ready'
      ? t('取り込めます', 'Ready')
      : shown === 'requested'
        ? t('送信しています', 'Under way')
        : shown === 'refused'
          ? t('取り込みません', 'Refused')
          : changeWord(shown)
  const changeOf = (row: Row) => changes.get(row.siteChangeId ?? '')
  const shownOf = (row: Row): Shown => {
    const state = changeOf(row)?.state
    return state === undefined || state === 'queued' || state === 'changing' ? row.result : state
  }
  const shown = read.rows.map(shownOf)
  const sum = (state: Shown) => shown.filter((one) => one === state).length
  const rank = (row: Row) => (row.result === 'refused' ? 0 : row.hints.length > 0 ? 1 : 2)
  const rows = [...read.rows].sort((a, b) => rank(a) - rank(b) || a.line - b.line)
  return (
    <div className="results">
      <p className="results-sum" role="status">
        {(['refused', 'ready', 'failed', 'warning', 'requested', 'succeeded'] as const).map(
          (state) =>
            sum(state) > 0 && (
              <Sign key={state} tone={TONES[state] ?? 'unproven'}>
                {t(`${word(state)} ${number(sum(state))}行`, `${word(state)}: ${number(sum(state))}`)}
              </Sign>
            ),
        )}
      </p>
      <div className="results-table" tabIndex={0} role="region" aria-label={t('行ごとの結果', 'By line')}>
        <table>
          <thead>
            <tr>
              <th scope="col" className="num">
                {t('行', 'Line')}
              </th>
              <th scope="col">{t('結果', 'Result')}</th>
              <th scope="col">{t('受注番号', 'Number')}</th>
              <th scope="col">{t('送り状番号', 'Tracking number')}</th>
              <th scope="col">{t('配送会社（モールのコード）', 'Carrier (code of the mall)')}</th>
              <th scope="col">{t('発送日', 'Shipped on')}</th>
              <th scope="col">{t('内容', 'What')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, MOST_ROWS).map((row) => (
              <tr key={row.line}>
                <td className="num">{row.line}</td>
                <td>
                  <Sign tone={TONES[shownOf(row)] ?? 'unproven'}>{word(shownOf(row))}</Sign>
                </td>
                <td>
                  {row.orderId ? <Link href={`/orders/${row.orderId}`}>{row.orderNumber}</Link> : row.key}
                </td>
                <td className="number">{row.trackingNumber}</td>
                <td>
                  {row.carrierName} {row.mallCode && <span className="quiet">({row.mallCode})</span>}
                </td>
                <td className="number">{row.shippedOn}</td>
                <td>
                  {[...row.problems, ...row.hints].map(({ code, message }) => (
                    <p key={code}>{message}</p>
                  ))}
                  {changeOf(row)?.message && (
                    <p>
                      {changeOf(row)?.message} {changeOf(row)?.nextStep}
                    </p>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > MOST_ROWS && (
        <p className="support">
          {t(
            `先頭の${number(MOST_ROWS)}行を表示しています（取り込まない行、注意のある行から順に、全${number(rows.length)}行）。`,
            `The first ${number(MOST_ROWS)} of ${number(rows.length)} lines, refused ones first.`,
          )}
        </p>
      )}
    </div>
  )
}
