import { type RefObject, useEffect, useId, useMemo, useRef, useState } from 'react'
import { Link } from 'wouter'
import { answer, api } from '../api.ts'
import { newKey } from '../bulk/bulk.ts'
import { useFollowedChanges } from '../bulk/follow-changes.ts'
import { useMalls, useNames } from '../data.ts'
import { t } from '../i18n.ts'
import { ActButton } from '../parts/act-button.tsx'
import { Choice, Field } from '../parts/field.tsx'
import { FileField, noFile } from '../parts/file-field.tsx'
import { save, toBase64 } from '../parts/files.ts'
import { dueDay, fileSize, number, today } from '../parts/format.ts'
import { Icon } from '../parts/icon.tsx'
import { MallBadge } from '../parts/mall.tsx'
import { Sign, type Tone } from '../parts/sign.tsx'
import { Problem } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { useSend } from '../parts/use-send.ts'
import { useMayWork } from '../session.ts'
import { type ChangeState, changeWord } from '../words.ts'
import { useLabelFormats } from './label-export.tsx'
import { askInParts, type FileRow, previewInParts, type SplitFile, splitFile, toPart } from './split-file.ts'
import { formatOf, type TrackingFormat, withNumber } from './tracking-file.ts'

type Read = Awaited<ReturnType<typeof readNumbers>>
type Row = Read['rows'][number]
interface Wanted {
  format: TrackingFormat
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

/**
 * A file on its way from the disk to the malls. One record, replaced whole: an answer that comes late finds
 * another one in its place, and nothing of it stands under another file.
 */
interface Work {
  name: string
  /** In bytes. */
  size: number
  /** As it was read, with the numbers that were put right. */
  file: SplitFile
  /** Lines that a person left out. */
  left: ReadonlySet<number>
  /** Lines that have gone, of a file whose others are sent again. */
  gone: ReadonlySet<number>
  /** Null: nobody has looked at it yet. */
  look: Look | null
}

/** A look at a file. What is sent is what it showed: under these options, in these parts, by this key. */
interface Look {
  options: Wanted
  parts: readonly (readonly FileRow[])[]
  /** Pressed twice, or after a lost answer, nothing is asked for twice. */
  key: string
  read: Read
  /** Line of the first parcel: before it stand titles and names of columns. */
  firstLine: number
  /** Lines that once did not go: whatever a later look says of them, they are put right or left out. */
  failed: ReadonlySet<number>
  /** Half: parts of it may have gone. The rest goes by the same press, and nothing else may change. */
  state: 'shown' | 'half' | 'sent'
}

const NONE: ReadonlySet<number> = new Set()

/** The names of the columns, also of a file that was not divided. */
const headOf = ({ head, rows }: SplitFile, firstLine: number): readonly FileRow[] =>
  head.length > 0 ? head : rows.filter(({ line }) => line < firstLine)

const linesOf = ({ file }: Work): number => file.head.length + file.rows.length

/** The rows of these lines as a file of their own. */
const fileOf = ({ file, look }: Work, lines: ReadonlySet<number>): Uint8Array<ArrayBuffer> =>
  toPart(
    headOf(file, look?.firstLine ?? 0),
    file.rows.filter(({ line }) => lines.has(line)),
  ).bytes

type Step = 'choose' | 'check' | 'done'

/** 送り状番号の取込, in three steps: the file, a look at each line, and what came of it. */
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
  const [work, setWork] = useState<Work | null>(null)
  const [progress, setProgress] = useState('')
  const { busy, error, send } = useSend()
  const look = work?.look ?? null
  const step: Step = look === null ? 'choose' : look.state === 'sent' ? 'done' : 'check'
  const head = useRef<HTMLParagraphElement>(null)
  const table = useRef<HTMLDivElement>(null)
  const stepBefore = useRef(step)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was pressed may be gone
  useEffect(() => {
    // In front of the button that sends, not on it: Enter that is held down would send unseen.
    const next = stepBefore.current === step ? table : head
    stepBefore.current = step
    if (document.activeElement === document.body) next.current?.focus()
  }, [look?.read, step])
  const change = (more: Partial<Wanted>) => setWanted({ ...wanted, ...more })
  const ask = (idempotencyKey: string | null, options: Wanted) => async (part: Uint8Array<ArrayBuffer>) =>
    readNumbers(await toBase64(new Blob([part])), options, idempotencyKey)
  const told = (done: number, of: number) =>
    setProgress(
      of > 1 ? t(`${number(done)}/${number(of)} 回目まで済みました。`, `${done} of ${of} parts done.`) : '',
    )
  const instead = (before: Work | null, next: Work) => setWork((now) => (now === before ? next : now))
  /** Looks at the file as it would be. @returns whether it was begun */
  const lookAt = (next: Work, options: Wanted, failed: readonly number[] = []): boolean =>
    send(async () => {
      const before = next.look
      const rows = next.file.rows.filter(({ line }) => !next.left.has(line) && !next.gone.has(line))
      // A file that was not divided has its heads among its rows.
      const known = new Set(before?.read.rows.map(({ line }) => line))
      // The service refuses a file without a line; what was left out is still to be written.
      const { parts, read } =
        before && !rows.some(({ line }) => known.has(line))
          ? { parts: [], read: { ...before.read, rows: [], ready: 0, refused: 0 } }
          : await previewInParts({ head: next.file.head, rows }, MOST_ROWS, ask(null, options), told)
      const refused = read.rows.flatMap(({ result, line }) => (result === 'refused' ? [line] : []))
      const made: Look = {
        options,
        parts,
        key: newKey(),
        read,
        state: 'shown',
        firstLine: before?.firstLine ?? read.rows[0]?.line ?? 0,
        failed: new Set([...(before?.failed ?? []), ...failed, ...refused]),
      }
      setWanted(options)
      instead(work, { ...next, look: made })
    })
  /** The same with other lines or numbers, while nothing of it has gone. */
  const mend = (more: Partial<Work>, options = look?.options, failed?: readonly number[]): boolean =>
    work !== null && options !== undefined && look?.state !== 'half'
      ? lookAt({ ...work, ...more }, options, failed)
      : false
  const apply = async () => {
    if (work === null || look === null) return
    const half: Work = { ...work, look: { ...look, state: look.parts.length > 1 ? 'half' : 'shown' } }
    instead(work, half)
    const read = await askInParts(half.file.head, look.parts, ask(look.key, look.options), told)
    instead(half, { ...half, look: { ...look, read, state: 'sent' } })
  }
  const take = (picked: File | undefined) => {
    if (!picked) return
    const isBegun = send(async () => {
      setWork(null)
      const bytes = new Uint8Array(await picked.arrayBuffer())
      const { name, size } = picked
      const file = splitFile(bytes, MOST_ROWS)
      instead(null, { name, size, file, left: NONE, gone: NONE, look: null })
      const format = formatOf(bytes)
      if (format) setWanted((now) => ({ ...now, format }))
    })
    if (!isBegun) toast(t('処理が終わってから選んでください。', 'Choose again once this is done.'))
  }
  /** The file is whole again: nothing left out is forgotten. */
  const back = () => setWork(work && { ...work, left: NONE, look: null })
  const leaveOut = (lines: readonly number[]) => {
    if (work) mend({ left: new Set([...work.left, ...lines]) })
  }
  /** Back to the look with what did not go: these lines may be put right. */
  const sendAgain = (lines: readonly number[]) => {
    if (work === null || look === null) return
    const gone = new Set([...work.gone, ...look.read.rows.map(({ line }) => line)])
    for (const line of lines) gone.delete(line)
    mend({ gone }, look.options, lines)
  }
  const label = formats.find(({ id }) => id === wanted.format)?.label
  return (
    <div className="stack">
      <Steps step={step} onBack={look?.state !== 'shown' || busy ? undefined : back} />
      {step === 'choose' && (
        <>
          <div className="file-drop">
            <label htmlFor={fileId}>{t('CSV ファイル', 'CSV file')}</label>
            <FileField
              id={fileId}
              chosen={
                work &&
                [
                  work.name,
                  fileSize(work.size),
                  t(`${number(linesOf(work))}行`, `${linesOf(work)} lines`),
                ].join('・')
              }
              accept=".csv,text/csv"
              onChange={(event) => take(event.target.files?.[0])}
            />
            <p className="support">
              {t(
                'ここにドロップしても選べます。形式は見出しから見分けます。確かめるまで何も送信しません。',
                'Or drop it here. Its kind is told from its heads. Nothing is sent before you looked.',
              )}
            </p>
          </div>
          <div className="row">
            <Choice
              label={t('ファイルの形式', 'Kind of file')}
              value={wanted.format}
              onChange={(format) => change({ format })}
              options={formats.map(({ id, label: words }) => [id, words] as const)}
            />
            {wanted.format === 'plain' && (
              <Choice
                label={t('配送会社', 'Carrier')}
                value={wanted.carrier}
                onChange={(carrier) => change({ carrier })}
                options={carriers.map(({ carrier, label: words }) => [carrier, words] as const)}
              />
            )}
            <Field
              label={t('発送日（ファイルにないとき）', 'Shipped on, where the file does not say')}
              type="date"
              value={wanted.shippedOn}
              onChange={(event) => change({ shippedOn: event.target.value })}
            />
            <label className="tick">
              <input
                type="checkbox"
                checked={wanted.confirmFirst}
                onChange={(event) => change({ confirmFirst: event.target.checked })}
              />
              {t('未確認の受注は注文確認をしてから', 'Confirm orders first that nobody has')}
            </label>
          </div>
        </>
      )}
      {work && look && (
        <p ref={head} tabIndex={-1}>
          <strong className="wrap">{work.name}</strong>{' '}
          <span className="quiet">
            {[
              label,
              t(`${number(look.read.rows.length)}行`, `${look.read.rows.length} lines`),
              work.left.size > 0
                ? t(`外した行 ${number(work.left.size)}行`, `${work.left.size} left out`)
                : '',
              t(`発送日 ${dueDay(look.options.shippedOn)}`, `shipped ${look.options.shippedOn}`),
            ]
              .filter(Boolean)
              .join('・')}
          </span>{' '}
          <button
            type="button"
            className="link-button"
            aria-disabled={busy}
            onClick={() => !busy && setWork(null)}
          >
            {step === 'done' ? t('次のファイルを取り込む', 'Another file') : t('選び直す', 'Choose another')}
          </button>
        </p>
      )}
      {mayWork && step !== 'done' && (
        <div className="row">
          {step === 'choose' && (
            <ActButton
              className="button button-main"
              busy={busy}
              blocked={work === null ? noFile() : null}
              onClick={() => work && lookAt(work, wanted)}
            >
              {t('内容を確認する', 'Preview')}
            </ActButton>
          )}
          {step === 'check' && look && (
            <ActButton
              className="button button-main"
              busy={busy}
              blocked={
                look.read.ready === 0
                  ? t(
                      '送れる行がありません。番号を直すか、別のファイルを選んでください。',
                      'No line can be sent: mend a number, or choose another file.',
                    )
                  : null
              }
              onClick={() => send(apply)}
            >
              {t(
                `${number(look.read.ready)}件の発送完了をモールに送る`,
                `Tell the malls of ${number(look.read.ready)} parcels`,
              )}
            </ActButton>
          )}
          {step === 'check' && look && (
            <label className="tick">
              <input
                type="checkbox"
                checked={look.options.acceptDoubtful}
                onChange={(event) => mend({}, { ...look.options, acceptDoubtful: event.target.checked })}
              />
              {t('検査数字が合わない番号も取り込む', 'Take numbers whose check digit does not fit')}
            </label>
          )}
          <span role="status">
            {busy && t('処理しています…', 'Working…')} {busy && progress}
          </span>
        </div>
      )}
      <Problem error={error} />
      {look?.state === 'half' && !busy && (
        <p className="note" role="status">
          {t(
            '途中の行まで送りました。もう一度「送る」を押すと、残りだけを送ります。',
            'Some lines were sent. Press again: only the rest is sent.',
          )}
        </p>
      )}
      {work && look && (
        <Rows
          read={look.read}
          sent={look.state === 'sent'}
          busy={busy}
          onLeaveOut={look.state === 'shown' ? leaveOut : undefined}
          onSendAgain={sendAgain}
          onSave={(lines) => save(fileOf(work, new Set(lines)), `not-sent-${work.name}`)}
          failed={look.failed}
          table={table}
          mendable={(row) => {
            const of = work.file.rows.find(({ line }) => line === row.line)
            return (
              look.state === 'shown' &&
              look.failed.has(row.line) &&
              of !== undefined &&
              withNumber(of, row.trackingNumber, '1') !== null
            )
          }}
          onMend={(row, to) => {
            const { file } = work
            const of = file.rows.find(({ line }) => line === row.line)
            const mended = of && withNumber(of, row.trackingNumber, to)
            if (!mended) return 'impossible'
            const rows = file.rows.map((one) => (one === of ? mended : one))
            return mend({ file: { ...file, rows } }) ? 'begun' : 'busy'
          }}
        />
      )}
      {work && work.left.size > 0 && (
        <p>
          <button
            type="button"
            className="button"
            onClick={() => save(fileOf(work, work.left), `left-out-${work.name}`)}
          >
            {t(`外した${number(work.left.size)}行を書き出す`, `Write the ${work.left.size} lines left out`)}
          </button>
        </p>
      )}
    </div>
  )
}

/** Where one is; a step that is done leads back until something was sent. */
function Steps({ step, onBack }: { step: Step; onBack: (() => void) | undefined }) {
  const words: readonly (readonly [Step, string])[] = [
    ['choose', t('ファイルを選ぶ', 'Choose the file')],
    ['check', t('確かめる', 'Look')],
    ['done', t('結果', 'Result')],
  ]
  const at = words.findIndex(([one]) => one === step)
  return (
    <ol className="steps-line" aria-label={t('手順', 'Steps')}>
      {words.map(([one, label], index) => (
        <li
          key={one}
          className={index < at ? 'step-done' : undefined}
          aria-current={index === at ? 'step' : undefined}
        >
          <span className="step-number" aria-hidden="true">
            {index < at ? <Icon name="check" /> : index + 1}
          </span>
          {index < at && index === 0 && onBack ? (
            <button type="button" className="link-button" onClick={onBack}>
              {label}
            </button>
          ) : (
            label
          )}
        </li>
      ))}
    </ol>
  )
}

/** `again`: the mall has it as shipped, and would hear of its parcel once more. */
type Shown = Row['result'] | ChangeState | 'again'

const TONES: Partial<Record<Shown, Tone>> = {
  ready: 'done',
  again: 'warning',
  requested: 'changing',
  refused: 'failed',
  succeeded: 'done',
  warning: 'warning',
  failed: 'failed',
}

const isShipped = ({ hints }: Row): boolean => hints.some(({ code }) => code === 'ALREADY_SHIPPED')

function Rows(props: {
  read: Read
  sent: boolean
  busy: boolean
  onLeaveOut: ((lines: readonly number[]) => void) | undefined
  onSendAgain: (lines: readonly number[]) => void
  onSave: (lines: readonly number[]) => void
  failed: ReadonlySet<number>
  table: RefObject<HTMLDivElement | null>
  mendable: (row: Row) => boolean
  onMend: OnMend
}) {
  const { read, sent, onLeaveOut } = props
  const changeIds = useMemo(() => read.rows.map(({ siteChangeId }) => siteChangeId), [read.rows])
  const changes = useFollowedChanges(changeIds)
  const words: Readonly<Record<Exclude<Shown, ChangeState>, string>> = {
    ready: t('送れます', 'Ready'),
    again: t('すでに発送済み', 'Shipped already'),
    requested: t('送信中', 'Under way'),
    refused: sent ? t('送っていません', 'Not sent') : t('直すと送れます', 'To be mended'),
  }
  const isOwn = (one: Shown): one is keyof typeof words => one in words
  const word = (one: Shown): string => (isOwn(one) ? words[one] : changeWord(one))
  const changeOf = (row: Row) => changes.get(row.siteChangeId ?? '')
  const shownOf = (row: Row): Shown => {
    const state = changeOf(row)?.state
    if (state !== undefined && state !== 'queued' && state !== 'changing') return state
    return row.result === 'ready' && isShipped(row) ? 'again' : row.result
  }
  // Of 同梱 one line is several orders: it leaves by this press only where all of them have left.
  const again = [...Map.groupBy(read.rows, ({ line }) => line)].flatMap(([line, its]) =>
    its.every((row) => shownOf(row) === 'again') ? [line] : [],
  )
  const shown = read.rows.map(shownOf)
  const sum = (state: Shown) => shown.filter((one) => one === state).length
  const rank = (row: Row) => (row.result === 'refused' ? 0 : row.hints.length > 0 ? 1 : 2)
  const rows = [...read.rows].sort((a, b) => rank(a) - rank(b) || a.line - b.line)
  return (
    <div className="results">
      <p className="results-sum" role="status">
        {(['refused', 'ready', 'again', 'failed', 'warning', 'requested', 'succeeded'] as const).map(
          (state) =>
            sum(state) > 0 && (
              <Sign key={state} tone={TONES[state] ?? 'unproven'}>
                {t(`${word(state)} ${number(sum(state))}行`, `${word(state)}: ${number(sum(state))}`)}
              </Sign>
            ),
        )}
        {read.rows.length === 0 && t('送る行がなくなりました。', 'No line is left to send.')}
        <ByShop
          rows={read.rows.filter(({ result }) => result !== 'refused')}
          isDone={sent ? (row) => shownOf(row) === 'succeeded' || shownOf(row) === 'warning' : undefined}
        />
      </p>
      {sent && <NotGone {...props} rows={read.rows} shownOf={shownOf} />}
      {again.length > 0 && onLeaveOut && (
        <p className="row">
          <button
            type="button"
            className="button"
            aria-disabled={props.busy}
            onClick={() => onLeaveOut(again)}
          >
            {t(
              `すでに発送済みの${number(again.length)}行を外す`,
              `Leave out ${again.length} shipped already`,
            )}
          </button>
          <span className="support">
            {t(
              '外さずに送ると、モールに発送完了をもう一度送ります。',
              'Not left out, the mall is told once more.',
            )}
          </span>
        </p>
      )}
      <div
        ref={props.table}
        className="results-table"
        tabIndex={0}
        role="region"
        aria-label={t('行ごとの結果', 'By line')}
      >
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
              <tr key={`${row.line} ${row.orderId}`}>
                <td className="num">{row.line}</td>
                <td>
                  <Sign tone={TONES[shownOf(row)] ?? 'unproven'}>{word(shownOf(row))}</Sign>
                </td>
                <td>
                  {row.orderId ? <Link href={`/orders/${row.orderId}`}>{row.orderNumber}</Link> : row.key}
                </td>
                <td className="number">
                  {props.mendable(row) ? (
                    <NumberField key={row.trackingNumber} row={row} busy={props.busy} onMend={props.onMend} />
                  ) : (
                    row.trackingNumber
                  )}
                </td>
                <td>
                  {row.carrierName} {row.mallCode && <span className="quiet">({row.mallCode})</span>}
                </td>
                <td className="number">{dueDay(row.shippedOn)}</td>
                <td>
                  {[...row.problems, ...row.hints].map(({ code, message }) => (
                    <p key={code}>{message}</p>
                  ))}
                  {(shownOf(row) === 'again' || props.failed.has(row.line)) && onLeaveOut && (
                    <button
                      type="button"
                      className="link-button"
                      aria-disabled={props.busy}
                      onClick={() => onLeaveOut([row.line])}
                    >
                      {t('外す', 'Leave out')}
                      <span className="for-reader">{t(`${row.line}行目`, ` line ${row.line}`)}</span>
                    </button>
                  )}
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

/** After sending: what is still under way, and the lines that did not go, to be put right. */
function NotGone(props: {
  rows: readonly Row[]
  shownOf: (row: Row) => Shown
  busy: boolean
  onSendAgain: (lines: readonly number[]) => void
  onSave: (lines: readonly number[]) => void
}) {
  const { rows, shownOf, busy, onSendAgain, onSave } = props
  const failed = rows.filter((row) => shownOf(row) === 'failed')
  // The twin of a line stands for a parcel that went with the other.
  const isTwin = ({ problems }: Row) => problems.some(({ code }) => code === 'LINE_TWICE')
  const again = rows.filter(
    (row) => (shownOf(row) === 'refused' && !isTwin(row)) || shownOf(row) === 'failed',
  )
  const isUnderWay = rows.some((row) => shownOf(row) === 'requested')
  return (
    <>
      {isUnderWay && (
        <p className="support">
          {t(
            'この画面を閉じても、送信は続きます。失敗したときは「警告・失敗」に出ます。',
            'Sending goes on when this page is closed; what fails stands under warnings.',
          )}
        </p>
      )}
      {again.length > 0 && (
        <p className="row">
          <button
            type="button"
            className="button button-main"
            aria-disabled={busy}
            onClick={() => onSendAgain(again.map(({ line }) => line))}
          >
            {t(
              `送れなかった${number(again.length)}行を直して送り直す`,
              `Mend and send ${again.length} again`,
            )}
          </button>
          <button type="button" className="button" onClick={() => onSave(again.map(({ line }) => line))}>
            {t(`送れなかった${number(again.length)}行を書き出す`, `Write the ${again.length} lines`)}
          </button>
          {failed.length > 0 && (
            <Link href="/desk?part=failed">{t('警告・失敗で対処を見る', 'See what to do')}</Link>
          )}
        </p>
      )}
    </>
  )
}

/** Lines by shop, the most first; after sending, how many of them the mall has. */
function ByShop({ rows, isDone }: { rows: readonly Row[]; isDone: ((row: Row) => boolean) | undefined }) {
  const { mall, shop } = useNames()
  const known = rows.flatMap((row) => (row.marketplace && row.shopId ? [{ ...row, shopId: row.shopId }] : []))
  const shops = [...Map.groupBy(known, ({ shopId }) => shopId)].sort(([, a], [, b]) => b.length - a.length)
  if (shops.length === 0) return null
  return (
    <span className="row">
      <span className="quiet">{t('店舗別', 'By shop')}</span>
      {shops.map(([shopId, its]) => (
        <span key={shopId}>
          <MallBadge name={its[0]?.marketplace ?? ''} label={mall(its[0]?.marketplace ?? '', shopId)} />{' '}
          <span className="quiet">{shop(shopId)}</span> {isDone && `${number(its.filter(isDone).length)} / `}
          {number(its.length)}
        </span>
      ))}
    </span>
  )
}

/** Puts another number into a row of the file, and begins to look at it. */
type OnMend = (row: Row, to: string) => 'begun' | 'busy' | 'impossible'

/**
 * The number in its place, to be put right from the slip; the file is looked at again with it. What stands in
 * the field after that is what the file has.
 */
function NumberField({ row, busy, onMend }: { row: Row; busy: boolean; onMend: OnMend }) {
  const [typed, setTyped] = useState(row.trackingNumber)
  const [state, setState] = useState<'typed' | 'left' | 'begun' | 'looked'>('typed')
  useEffect(() => {
    if (state === 'begun' && busy) setState('looked')
    // Where the look went well, the row has its new number, and a field of its own.
    if (state === 'looked' && !busy) {
      setTyped(row.trackingNumber)
      setState('typed')
    }
    // A number that was typed during a look waits for its end.
    if (state !== 'left' || busy) return
    const to = typed.normalize('NFKC').replace(/\s/g, '')
    const done = to === '' || to === row.trackingNumber ? 'impossible' : onMend(row, to)
    if (done === 'busy') return
    if (done === 'impossible') setTyped(row.trackingNumber)
    if (done === 'impossible' && to !== '' && to !== row.trackingNumber)
      toast(t('送り状番号は数字とハイフンで入力してください。', 'Digits and hyphens alone.'))
    setState(done === 'begun' ? 'begun' : 'typed')
  }, [state, busy, typed, row, onMend])
  const leave = () => setState('left')
  return (
    <input
      aria-label={t(`${row.line}行目の送り状番号`, `Number of line ${row.line}`)}
      inputMode="numeric"
      maxLength={30}
      value={typed}
      onChange={(event) => {
        setState('typed')
        setTyped(event.target.value)
      }}
      onBlur={leave}
      onKeyDown={(event) => event.key === 'Enter' && leave()}
    />
  )
}
