import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { ApiProblem, answer, api, type Schemas } from '../api.ts'
import { t } from '../i18n.ts'
import { ActButton } from '../parts/act-button.tsx'
import { DownloadLink } from '../parts/download-link.tsx'
import { Field } from '../parts/field.tsx'
import { FileField, noFile } from '../parts/file-field.tsx'
import { toBase64 } from '../parts/files.ts'
import { number, shortTime } from '../parts/format.ts'
import { Sign, type Tone } from '../parts/sign.tsx'
import { Loading, Problem } from '../parts/states.tsx'
import { TwiceButton } from '../parts/twice-button.tsx'
import { useSend } from '../parts/use-send.ts'

type Report = Schemas['Rehearsal']

const VERDICTS: Readonly<Record<string, readonly [Tone, string, string]>> = {
  bad: ['attention', '問題あり', 'Something is wrong'],
  look: ['warning', '要確認', 'Look at it'],
  early: ['unproven', 'まだ判断できません', 'Too early to say'],
  good: ['done', '問題なし', 'Nothing found'],
}

/** リハーサル of one shop: nothing is sent to its mall, and what was found stands here. */
export function Rehearsal({ shopId, owner }: { shopId: string; owner: boolean }) {
  const params = { path: { id: shopId } }
  const read = useQuery({
    queryKey: ['rehearsal', shopId],
    queryFn: async () => {
      try {
        return await answer(api.GET('/v1/shops/{id}/rehearsal', { params }))
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 404) return null
        throw error
      }
    },
  })
  const { busy, error, send } = useSend()
  const begin = async () => {
    await answer(api.POST('/v1/shops/{id}/rehearsal', { params }))
    await read.refetch()
  }
  const end = async () => {
    await answer(api.POST('/v1/shops/{id}/rehearsal/end', { params }))
    await read.refetch()
  }
  if (read.isPending) return <Loading />
  const report = read.data ?? null
  const isOn = report !== null && report.endedAt === null
  return (
    <div className="stack">
      <p className="support">
        {t(
          'メールの読み取りと受注の取込はふだんどおり行い、モールには何も送信しません。送信されるはずだった内容と、今のシステムとの違いを確認できます。',
          'Mails are read and orders imported as ever; nothing is sent to the mall. What would have been sent is shown.',
        )}
      </p>
      {owner &&
        (isOn ? (
          <p>
            <TwiceButton
              label={t('リハーサルを終了する', 'End the rehearsal')}
              again={t(
                'もう一度押すと終了し、以後はモールに送信します',
                'Press again: changes are sent from then on',
              )}
              busy={busy}
              act={() => send(end)}
            />
          </p>
        ) : (
          <p>
            <button type="button" className="button" aria-disabled={busy} onClick={() => send(begin)}>
              {t('リハーサルを始める', 'Begin a rehearsal')}
            </button>
          </p>
        ))}
      <Problem error={error ?? read.error} />
      {report && <Found report={report} />}
      {report && owner && <Compare shopId={shopId} onDone={() => void read.refetch()} />}
    </div>
  )
}

function Found({ report }: { report: Report }) {
  const { verdict, orders, planned, calls, unknowns, mails } = report
  const [tone, ja, en] = VERDICTS[verdict.state] ?? ['unproven', verdict.state, verdict.state]
  return (
    <div className="stack">
      <p>
        <Sign tone={tone}>{t(ja, en)}</Sign>{' '}
        <span className="quiet">
          {shortTime(report.startedAt)} 〜 {report.endedAt ? shortTime(report.endedAt) : t('実施中', 'on')}
        </span>
      </p>
      <ul>
        {verdict.reasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
      <dl className="facts">
        <dt>{t('取り込んだ受注', 'Orders imported')}</dt>
        <dd>{number(orders.imported)}</dd>
        <dt>{t('モールの呼び出し', 'Calls to the mall')}</dt>
        <dd>{number(calls.reduce((sum, { count }) => sum + count, 0))}</dd>
        <dt>{t('メール', 'Mails')}</dt>
        <dd>{number(mails.reduce((sum, { count }) => sum + count, 0))}</dd>
        <dt>{t('資料にない項目・コード', 'Unknown fields and codes')}</dt>
        <dd>{number(unknowns.length)}</dd>
      </dl>
      {planned.length > 0 && (
        <table>
          <caption>{t('送信しなかったサイト変更', 'Changes that were not sent')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('受注番号', 'Order')}</th>
              <th scope="col">{t('送信されるはずだった内容', 'Would have been sent')}</th>
            </tr>
          </thead>
          <tbody>
            {planned.map(({ id, orderNumber, message, steps }) => (
              <tr key={id}>
                <th scope="row">{orderNumber}</th>
                <td>{message ?? steps.map(({ label }) => label).join(' → ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p>
        <DownloadLink href={`/v1/shops/${report.shop.id}/rehearsal/file`}>
          {t('報告をファイルで保存', 'Save the report')}
        </DownloadLink>
      </p>
    </div>
  )
}

function Compare({ shopId, onDone }: { shopId: string; onDone: () => void }) {
  const fileId = useId()
  const [file, setFile] = useState<File | null>(null)
  const [only, setOnly] = useState({ column: '', value: '' })
  const [found, setFound] = useState<Schemas['RehearsalComparison'] | null>(null)
  const { busy, error, submit } = useSend()
  const compare = async () => {
    if (!file) return
    const body = { file: await toBase64(file), ...(only.column ? { only } : {}) }
    setFound(
      await answer(
        api.POST('/v1/shops/{id}/rehearsal/comparison', { params: { path: { id: shopId } }, body }),
      ),
    )
    onDone()
  }
  return (
    <form className="stack" onSubmit={submit(compare)} aria-label={t('今のシステムと比べる', 'Compare')}>
      <h3>{t('今のシステムの受注CSVと比べる', 'Compare with the CSV of the system in use')}</h3>
      <p>
        <label htmlFor={fileId}>{t('受注CSV', 'CSV of orders')}</label>{' '}
        <FileField
          id={fileId}
          chosen={file?.name ?? null}
          accept=".csv,.txt"
          onChange={({ target }) => {
            setFile(target.files?.[0] ?? null)
            setFound(null)
          }}
        />
      </p>
      <div className="row">
        <Field
          label={t('店舗の列名（複数店舗のファイルのとき）', 'Heading of the shop')}
          value={only.column}
          onChange={({ target }) => setOnly({ ...only, column: target.value })}
        />
        <Field
          label={t('この店舗の値', 'Its value')}
          value={only.value}
          onChange={({ target }) => setOnly({ ...only, value: target.value })}
        />
      </div>
      <p>
        <ActButton type="submit" busy={busy} blocked={file ? null : noFile()}>
          {t('比べる', 'Compare')}
        </ActButton>
      </p>
      <Problem error={error} />
      {found && <Differences found={found.comparison} />}
    </form>
  )
}

function Differences({ found }: { found: Schemas['RehearsalDifferences'] }) {
  const shown = (numbers: readonly string[]) => numbers.slice(0, 20).join('、')
  return (
    <div role="status">
      <dl className="facts">
        <dt>{t('一致', 'Here too')}</dt>
        <dd>
          {t(`${number(found.matched)}件（金額も一致 ${number(found.sameAmount)}件）`, `${found.matched}`)}
        </dd>
        <dt>{t('取り込まれていない受注', 'Missing here')}</dt>
        <dd>
          {number(found.missingHereCount)} {shown(found.missingHere)}
        </dd>
        <dt>{t('今のシステムにない受注', 'Missing there')}</dt>
        <dd>
          {number(found.missingThereCount)} {shown(found.missingThere)}
        </dd>
        <dt>{t('金額が違う受注', 'Amounts that differ')}</dt>
        <dd>
          {number(found.differingCount)} {shown(found.differing.map(({ orderNumber }) => orderNumber))}
        </dd>
      </dl>
    </div>
  )
}
