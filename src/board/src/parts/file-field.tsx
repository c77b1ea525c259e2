import { type InputHTMLAttributes, useState } from 'react'
import { t } from '../i18n.ts'

/**
 * A field for one file, in the board's language: the browser's own button speaks the browser's. The field
 * lies over what is drawn, so that a click, a key and a dropped file reach it.
 */
export function FileField({ onChange, ...rest }: InputHTMLAttributes<HTMLInputElement>) {
  const [name, setName] = useState('')
  return (
    <span className="file-field">
      <input
        {...rest}
        type="file"
        onChange={(event) => {
          setName(event.target.files?.[0]?.name ?? '')
          onChange?.(event)
        }}
      />
      <span className="button" aria-hidden>
        {name ? t('選び直す', 'Choose another') : t('ファイルを選ぶ', 'Choose a file')}
      </span>
      <span className="file-name" aria-hidden>
        {name || t('まだ選ばれていません', 'None chosen yet')}
      </span>
    </span>
  )
}
