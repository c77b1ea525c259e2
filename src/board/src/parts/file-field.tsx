import type { InputHTMLAttributes } from 'react'
import { t } from '../i18n.ts'

/** Why a button waits for the file. */
export const noFile = (): string => t('先にファイルを選んでください。', 'Choose a file first.')

/**
 * A field for one file, in the board's language: the browser's own button speaks the browser's. The field
 * lies over what is drawn, so that a click, a key and a dropped file reach it.
 * @param props.chosen name of the file that the form has, which outlives this field; null: none
 */
export function FileField(props: InputHTMLAttributes<HTMLInputElement> & { chosen: string | null }) {
  const { chosen, ...rest } = props
  return (
    <span className="file-field">
      <input
        {...rest}
        type="file"
        // The same file chosen again, as after it was mended on disk, would change nothing.
        onClick={(event) => {
          event.currentTarget.value = ''
        }}
      />
      <span className="button" aria-hidden>
        {chosen === null ? t('ファイルを選ぶ', 'Choose a file') : t('選び直す', 'Choose another')}
      </span>
      <span className="file-name" aria-hidden>
        {chosen ?? t('まだ選ばれていません', 'None chosen yet')}
      </span>
    </span>
  )
}
