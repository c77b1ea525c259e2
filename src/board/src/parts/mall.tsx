/** Our letters for the malls; another mall has the first of its name. */
const LETTERS: Readonly<Record<string, string>> = { rakuten: '楽', yahoo: 'Y', amazon: 'A', aupay: 'au' }

/** A mall in the room of a letter, its name for the pointer and for readers. */
export function MallBadge({ name, label, large }: { name: string; label: string; large?: boolean }) {
  return (
    <span className={`mall mall-${name}${large ? ' mall-large' : ''}`} title={label}>
      <span aria-hidden="true">{LETTERS[name] ?? label.slice(0, 1)}</span>
      <span className="for-reader">{label}</span>
    </span>
  )
}
