import { useInfiniteQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { ApiProblem, answer, api, type Schemas } from '../api.ts'
import { refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { ActButton } from '../parts/act-button.tsx'
import { DownloadLink } from '../parts/download-link.tsx'
import { Field } from '../parts/field.tsx'
import { FileField, noFile } from '../parts/file-field.tsx'
import { toBase64 } from '../parts/files.ts'
import { number } from '../parts/format.ts'
import { MoreButton } from '../parts/more-button.tsx'
import { Failed, Loading, Problem } from '../parts/states.tsx'
import { toast } from '../parts/toast.tsx'
import { useSend } from '../parts/use-send.ts'
import { useMayWork } from '../session.ts'

type Item = Schemas['ListedItem']
type Done = Schemas['ItemImport']

const CLASSES: Readonly<Record<Item['temperature'], () => string>> = {
  '': () => '',
  normal: () => t('常温', 'normal'),
  cool: () => t('冷蔵', 'chilled'),
  frozen: () => t('冷凍', 'frozen'),
}

/** 商品リスト: shelf codes and more of the shop's own, from a CSV. */
export function ItemList() {
  const mayWork = useMayWork()
  return (
    <div className="stack">
      <p className="support">
        {t(
          '棚番、送り状の品名、温度帯、JAN を商品コードごとに登録します。ピッキングリスト、出荷指示書、送り状、検品で使います。',
          'Shelf, goods on the label, temperature and JAN by item code.',
        )}
      </p>
      {mayWork && <Upload />}
      <Listed />
    </div>
  )
}

/** A file is looked at first: what it would do, or its faults by row. */
function Upload() {
  const id = useId()
  const [file, setFile] = useState<{ name: string; base64: string } | null>(null)
  const [replace, setReplace] = useState(false)
  const [planned, setPlanned] = useState<Done | null>(null)
  const { busy, error, send, forget } = useSend()
  const choose = (next: typeof file) => {
    setFile(next)
    setPlanned(null)
    forget()
  }
  const ask = (dryRun: boolean) =>
    send(async () => {
      if (file === null) return
      const done = await answer(
        api.POST('/v1/items/import', { body: { file: file.base64, replace, dryRun } }),
      )
      if (dryRun) return setPlanned(done)
      choose(null)
      refresh('items', 'listed-items')
      toast(t(`商品リストを取り込みました（${number(done.rows)}行）。`, `${done.rows} rows taken.`))
    })
  return (
    <section className="stack" aria-label={t('CSVを取り込む', 'Read a CSV')}>
      <div className="row">
        <label htmlFor={id}>{t('商品リストのCSV', 'CSV of the items')}</label>
        <FileField
          id={id}
          chosen={file?.name ?? null}
          accept=".csv,text/csv"
          onChange={async (event) => {
            const [chosen] = event.target.files ?? []
            choose(chosen ? { name: chosen.name, base64: await toBase64(chosen) } : null)
          }}
        />
        <DownloadLink href="/v1/items/export">
          {t('今のリストをダウンロード', 'Download the list')}
        </DownloadLink>
      </div>
      <p className="support">
        {t(
          '1行目は見出し: 商品コード（必須）、棚番、品名、温度帯、JAN。20,000行まで。Shift_JIS でも UTF-8 でもかまいません。',
          'First row: 商品コード, 棚番, 品名, 温度帯, JAN. Up to 20,000 rows.',
        )}
      </p>
      <label className="tick">
        <input
          type="checkbox"
          checked={replace}
          onChange={(event) => {
            setReplace(event.target.checked)
            setPlanned(null)
          }}
        />
        {t('全件を入れ替える（ファイルにない商品は削除）', 'Replace the whole list')}
      </label>
      <Faults error={error} />
      {planned && (
        <p role="status">
          {t(
            `追加 ${number(planned.created)}件、変更 ${number(planned.updated)}件、変更なし ${number(planned.unchanged)}件、削除 ${number(planned.removed)}件`,
            `${planned.created} new, ${planned.updated} changed, ${planned.unchanged} as before, ${planned.removed} removed`,
          )}
        </p>
      )}
      <div className="row">
        <ActButton
          className={planned ? 'button' : 'button button-main'}
          busy={busy}
          blocked={file === null ? noFile() : null}
          onClick={() => ask(true)}
        >
          {t('内容を確認する', 'Look at it')}
        </ActButton>
        {planned && (
          <button
            type="button"
            className="button button-main"
            aria-disabled={busy}
            onClick={() => ask(false)}
          >
            {t('取り込む', 'Take it')}
          </button>
        )}
      </div>
    </section>
  )
}

function Faults({ error }: { error: unknown }) {
  if (!(error instanceof ApiProblem) || error.errors.length === 0) return <Problem error={error} />
  return (
    <div role="alert" className="field-error">
      <p>
        ＊
        {t(
          '何も取り込んでいません。次の行を直して選び直してください。',
          'Nothing was taken. Mend these rows.',
        )}
      </p>
      <ul>
        {error.errors.map(({ field, message }) => (
          <li key={`${field} ${message}`}>{message}</li>
        ))}
      </ul>
    </div>
  )
}

function Listed() {
  const [part, setPart] = useState('')
  const list = useInfiniteQuery({
    queryKey: ['items', part],
    queryFn: ({ pageParam }) =>
      answer(
        api.GET('/v1/items', {
          params: { query: { limit: 100, ...(part && { part }), ...(pageParam && { cursor: pageParam }) } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  })
  const items = list.data?.pages.flatMap((page) => page.items) ?? []
  return (
    <section className="stack" aria-label={t('商品リスト', 'Items')}>
      <Field
        label={t('商品コード・棚番で探す', 'Find by code or shelf')}
        value={part}
        maxLength={100}
        onChange={(event) => setPart(event.target.value)}
      />
      {list.isPending ? (
        <Loading />
      ) : list.error && items.length === 0 ? (
        <Failed error={list.error} again={() => void list.refetch()} />
      ) : items.length === 0 ? (
        <p className="quiet">{t('該当する商品はありません。', 'No items.')}</p>
      ) : (
        <div className="results-table" tabIndex={0} role="region" aria-label={t('商品リスト', 'Items')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('商品コード', 'Code')}</th>
                <th scope="col">{t('棚番', 'Shelf')}</th>
                <th scope="col">{t('品名', 'Goods')}</th>
                <th scope="col">{t('温度帯', 'Temperature')}</th>
                <th scope="col">JAN</th>
              </tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <tr key={item.code}>
                  <td>{item.code}</td>
                  <td>{item.shelf}</td>
                  <td>{item.goodsName}</td>
                  <td>{CLASSES[item.temperature]()}</td>
                  <td className="number">{item.jan}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <MoreButton list={list} of={t('商品リスト', 'items')} />
    </section>
  )
}
