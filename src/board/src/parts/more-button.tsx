import { t } from '../i18n.ts'

interface Paged {
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage(): unknown
}

/** Reads the next page of a list; absent at its end. @param of for who hears the page */
export function MoreButton({ list, of }: { list: Paged; of: string }) {
  if (!list.hasNextPage) return null
  return (
    <p>
      <button
        type="button"
        className="button"
        aria-disabled={list.isFetchingNextPage}
        onClick={() => void list.fetchNextPage()}
      >
        {t('さらに表示', 'More')}
        <span className="for-reader"> {of}</span>
      </button>
    </p>
  )
}
