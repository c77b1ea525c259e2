import { t } from '../i18n.ts'
import { Dialog } from '../parts/dialog.tsx'
import { allColumns, keepColumns } from './order-columns.tsx'

export default function ColumnDialog(props: {
  chosen: readonly string[]
  /** Null: as they are without a choice. */
  onChoose: (ids: string[] | null) => void
  onClose: () => void
}) {
  const plain = (text: string) => text
  const all = allColumns(plain, plain)
  const label = (id: string) => all.find((column) => column.id === id)?.label ?? id
  const choose = (ids: string[]) => {
    keepColumns(ids)
    props.onChoose(ids)
  }
  const move = (index: number, by: number) => {
    const ids = [...props.chosen]
    const [id] = ids.splice(index, 1)
    if (id !== undefined) ids.splice(index + by, 0, id)
    choose(ids)
  }
  return (
    <Dialog
      title={t('列の表示と順序', 'Columns')}
      onClose={props.onClose}
      buttons={
        <>
          <button
            type="button"
            className="button"
            onClick={() => {
              keepColumns(null)
              props.onChoose(null)
            }}
          >
            {t('初期設定に戻す', 'Back to the default')}
          </button>
          <button type="button" className="button button-main" onClick={props.onClose}>
            {t('閉じる', 'Close')}
          </button>
        </>
      }
    >
      <ol className="column-list">
        {props.chosen.map((id, index) => (
          <li key={id}>
            <label className="tick">
              <input
                type="checkbox"
                checked
                onChange={() => choose(props.chosen.filter((one) => one !== id))}
              />
              {label(id)}
            </label>
            <button
              type="button"
              className="icon-button"
              disabled={index === 0}
              aria-label={t(`${label(id)}を前へ`, `${label(id)} forward`)}
              onClick={() => move(index, -1)}
            >
              ↑
            </button>
            <button
              type="button"
              className="icon-button"
              disabled={index === props.chosen.length - 1}
              aria-label={t(`${label(id)}を後ろへ`, `${label(id)} back`)}
              onClick={() => move(index, 1)}
            >
              ↓
            </button>
          </li>
        ))}
      </ol>
      <ul className="column-list">
        {all
          .filter(({ id }) => !props.chosen.includes(id))
          .map(({ id }) => (
            <li key={id}>
              <label className="tick">
                <input type="checkbox" checked={false} onChange={() => choose([...props.chosen, id])} />
                {label(id)}
              </label>
            </li>
          ))}
      </ul>
    </Dialog>
  )
}
