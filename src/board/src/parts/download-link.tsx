import type { AnchorHTMLAttributes } from 'react'
import { problemText, readFile } from '../api.ts'
import { t } from '../i18n.ts'
import { save } from './files.ts'
import { toast } from './toast.tsx'
import { useSend } from './use-send.ts'

/**
 * Saves a file that the service makes. A plain link that is refused (too many orders, session over, service
 * busy) ends among the browser's downloads without a reason; here the page tells it, and tries again.
 */
export function DownloadLink({
  href,
  className = 'button',
  ...rest
}: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
  const { busy, send } = useSend()
  return (
    <a
      {...rest}
      className={className}
      href={href}
      download
      aria-disabled={busy}
      onClick={(event) => {
        event.preventDefault()
        send(() => saveFrom(href))
      }}
    />
  )
}

async function saveFrom(href: string): Promise<void> {
  try {
    const { name, bytes } = await readFile(href)
    save(bytes, name)
  } catch (error) {
    const text = problemText(error)
    toast(t(`ファイルを保存できませんでした: ${text}`, `The file could not be saved: ${text}`), {
      label: t('もう一度', 'Again'),
      run: () => void saveFrom(href),
    })
  }
}
