/** Where each screen's question mark leads. Every first load has it, so the pages' reader stands apart. */

/** Which paragraph a screen's question mark opens, by the beginning of its address, the longest first. */
export const HELP_OF: readonly (readonly [path: string, title: string])[] = [
  ['/orders/:id/difference', 'モールとの差分'],
  ['/orders/:id', '受注詳細'],
  ['/orders', '受注一覧'],
  ['/shops/sorting', '自動仕分け'],
  ['/shops', '店舗・受信箱'],
  ['/csv', 'CSV・送り状'],
  ['/print', '印刷'],
  ['/check', '検品'],
  ['/calendar', '突合'],
  ['/credentials', '鍵・同意'],
  ['/desk', '警告・失敗'],
  ['/figures', '実績'],
  ['/quota', 'クォータ時計'],
  ['/waiting', 'クォータ時計'],
  ['/notices', '通知先'],
  ['/account', '自分のアカウント'],
  ['/people', 'スタッフ'],
  ['/connections', '連携（APIキー・Webhook）'],
  ['/operator', '運営者'],
]

/** Every other screen, ホーム among them, has the whole page in its paragraph. */
export const FIRST = '画面の見方'

export function helpOf(location: string): string {
  const steps = location.split('/')
  const fits = (path: string) =>
    path.split('/').every((step, at) => (step === ':id' ? steps[at] !== undefined : step === steps[at]))
  return HELP_OF.find(([path]) => fits(path))?.[1] ?? FIRST
}
