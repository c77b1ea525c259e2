import { t } from '../i18n.ts'

/** The end of a form: what it does, and the way out that does nothing. */
export const FormButtons = (props: { label: string; busy: boolean; onCancel: () => void }) => (
  <>
    <button type="submit" className="button button-main" aria-disabled={props.busy}>
      {props.label}
    </button>
    <button type="button" className="button" onClick={props.onCancel}>
      {t('やめる', 'Cancel')}
    </button>
  </>
)
