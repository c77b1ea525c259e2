import type { Page } from 'playwright-core'
import { newOrders, type Rig, readApi, setSender } from './rig.ts'

/** The board's screens, and facts of their layout that hold at every width. */

export const WIDTHS = {
  360: { width: 360, height: 740 },
  768: { width: 768, height: 1024 },
  1440: { width: 1440, height: 900 },
  2560: { width: 2560, height: 1440 },
} as const

interface Screen {
  name: string
  path: string
  /** Seen once the screen is there. */
  ready: string
  /** Done before it is looked at. */
  act?: (page: Page) => Promise<void>
}

export async function screensOf(rig: Rig): Promise<Screen[]> {
  const { orders } = await readApi<{ orders: { id: string }[] }>(rig, '/orders?status=new&limit=1')
  const { shops } = await readApi<{ shops: { id: string }[] }>(rig, '/shops')
  const order = `/orders/${orders[0]?.id}`
  // Nothing keeps it from leaving: the first of a list may be cancelled, and is left out of what is sent.
  const [open] = await newOrders(rig)
  const ONE = `/orders?status=new&number=${open?.orderNumber}`
  const TODAY = '/orders?status=ready_to_ship&toShip=true&hold=false&sort=shipBy'
  const line = '.grid-line'
  const tick = async (page: Page) => {
    const ticked = page.getByRole('region', { name: '選択中の受注' })
    if (await ticked.isVisible()) return
    await page.getByRole('checkbox').nth(1).click()
    await ticked.waitFor()
  }
  /** On a phone all but the next step is in a menu. */
  const press = async (page: Page, name: RegExp) => {
    const bar = page.getByRole('region', { name: '選択中の受注' })
    const more = bar.getByRole('button', { name: /^その他/ })
    await bar.getByRole('button', { name }).or(more).first().waitFor()
    if ((await bar.getByRole('button', { name }).count()) > 0)
      return bar.getByRole('button', { name }).click()
    await more.click()
    await page.getByRole('menuitem', { name }).click()
  }
  const ship = async (page: Page) => {
    await tick(page)
    await press(page, /^発送完了/)
    await page.getByRole('dialog').locator('td input').first().waitFor()
  }
  const bulk = (name: RegExp) => async (page: Page) => {
    await tick(page)
    await press(page, name)
    await page.getByRole('dialog').getByRole('button', { name: 'やめる' }).waitFor()
  }
  const paper = (name: string) => async (page: Page) => {
    await tick(page)
    await page.getByRole('button', { name: /^印刷/ }).click()
    await page.getByRole('menuitem', { name }).click()
    await page.locator('.sheet').first().waitFor()
  }
  const pull = async (page: Page) => {
    await page.keyboard.press('F2')
    await page.getByRole('dialog').getByRole('button', { name: 'やめる' }).waitFor()
  }
  const exported = async (page: Page) => {
    await setSender(rig, 'yamato_b2', { billingCode: '0312345678', freightNumber: '01' })
    await tick(page)
    await press(page, /^送り状CSV/)
    await page.getByRole('button', { name: '事前に確認する' }).click()
    await page.getByRole('region', { name: '受注ごとの確認結果' }).waitFor()
  }
  const forms = async (page: Page) => {
    await page.getByRole('button', { name: 'APIキーを発行' }).click()
    await page.getByRole('button', { name: 'Webhookを登録' }).click()
    await page.getByRole('textbox', { name: 'URL' }).waitFor()
  }
  const edit = async (page: Page) => {
    await page.getByRole('button', { name: '店舗メモ・担当を編集' }).click()
    await page.getByRole('textbox', { name: '店舗メモ' }).waitFor()
  }
  return [
    { name: 'home', path: '', ready: '.home-progress .legend' },
    { name: 'figures', path: '/figures', ready: 'main h1' },
    { name: 'today', path: TODAY, ready: '.due-tab .badge' },
    { name: 'list', path: '/orders?status=new', ready: line },
    { name: 'list-ticked', path: ONE, ready: line, act: tick },
    { name: 'list-shipped', path: ONE, ready: line, act: ship },
    { name: 'list-moved', path: ONE, ready: line, act: bulk(/^ステータス移動/) },
    { name: 'list-reimported', path: ONE, ready: line, act: bulk(/^再取込/) },
    { name: 'list-pulled', path: ONE, ready: line, act: pull },
    { name: 'labels-checked', path: ONE, ready: line, act: exported },
    { name: 'paper-notes', path: ONE, ready: line, act: paper('納品書') },
    { name: 'paper-picking', path: ONE, ready: line, act: paper('ピッキングリスト') },
    { name: 'paper-packing', path: ONE, ready: line, act: paper('出荷指示書') },
    { name: 'list-all', path: '/orders?marketplace=rakuten&tracking=none', ready: line },
    { name: 'order', path: order, ready: '[role=tab]' },
    { name: 'order-edited', path: order, ready: '.card-pencil', act: edit },
    { name: 'order-items', path: `${order}?tab=items`, ready: '.bill' },
    { name: 'order-history', path: `${order}?tab=history`, ready: '.history li' },
    { name: 'desk', path: '/desk', ready: 'h1' },
    { name: 'labels', path: '/csv', ready: '.csv-page button' },
    { name: 'tracking', path: '/csv?tab=tracking', ready: '.csv-page button' },
    { name: 'csv-orders', path: '/csv?tab=orders', ready: '.csv-page p a' },
    { name: 'order-files', path: '/csv?tab=files', ready: '.csv-page p' },
    { name: 'shops', path: '/shops', ready: `#shop-${shops[0]?.id} td` },
    { name: 'shop', path: `/shops/${shops[0]?.id}`, ready: '.shop-parts' },
    { name: 'shops-marks', path: '/shops/marks', ready: 'main .panel' },
    { name: 'shops-sorting', path: '/shops/sorting', ready: '#sorting' },
    { name: 'calendar', path: '/calendar', ready: '.month' },
    { name: 'credentials', path: '/credentials', ready: 'main table, main h2' },
    { name: 'notices', path: '/notices', ready: 'main h1' },
    { name: 'quota', path: '/quota', ready: '.quota' },
    { name: 'account', path: '/account', ready: 'main h2' },
    { name: 'people', path: '/people', ready: 'main h2' },
    { name: 'connections', path: '/connections', ready: 'main h2' },
    { name: 'connections-forms', path: '/connections', ready: 'main h2', act: forms },
    { name: 'check', path: '/check', ready: 'main input' },
    { name: 'menu', path: '/menu', ready: '.bar-page' },
  ]
}

export async function openScreen(page: Page, rig: Rig, { path, ready, act }: Screen): Promise<void> {
  // Windows and papers of one list are opened one after the other, without a load for each.
  const dialog = page.getByRole('dialog')
  if ((await dialog.count()) > 0) {
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  }
  if (page.url().startsWith(`${rig.url}/board/print`)) await page.goBack()
  if (page.url() !== `${rig.url}/board${path}`) await page.goto(`${rig.url}/board${path}`)
  await page.locator(ready).first().waitFor({ state: 'attached' })
  await page.locator('main[aria-busy=false]').waitFor()
  // A screen whose parts are still read has no layout to look at.
  await page.locator('main:not(:has(.loading))').waitFor()
  await act?.(page)
}

/** Faults of the layout, a sentence each: scrolled, beyond the edge, cut, overlapping, out of line. */
export const layoutFaults = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(`(() => {
    const faults = []
    const root = document.documentElement
    if (root.scrollWidth > root.clientWidth) faults.push('the page is scrolled sideways by ' + (root.scrollWidth - root.clientWidth))
    const nameOf = (one) => one.tagName.toLowerCase() + '.' + String(one.className?.baseVal ?? one.className).split(' ').join('.') + ' "' + (one.getAttribute('aria-label') ?? one.textContent).trim().slice(0, 40) + '"'
    const seen = (one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !one.closest('.for-reader, .skip, [inert]')
    const scrolls = (one) => { for (let at = one.parentElement; at; at = at.parentElement) if (/auto|scroll/.test(getComputedStyle(at).overflowX) && at.scrollWidth > at.clientWidth + 1) return true; return false }
    const box = (one) => one.getBoundingClientRect()
    const controls = [...document.querySelectorAll('button, a[href], input, select, textarea, summary, [role=tab]')].filter(seen)
    for (const one of controls) if (box(one).width > 0 && !scrolls(one) && (box(one).right > innerWidth + 1 || box(one).left < -1)) faults.push(nameOf(one) + ' is beyond the edge')
    // Words that no line ends before the edge of the page.
    for (const one of document.querySelectorAll('main :is(p, li, dd)')) if (seen(one) && !scrolls(one) && box(one).right > innerWidth + 1) faults.push(nameOf(one) + ' ends beyond the edge')
    // What may end in an ellipsis has its words in a title or in the order.
    const whole = [...document.querySelectorAll('button, h1, h2, h3, label, dt, th, .sign:not(.grid-cell .sign-hold), .badge, .count-number, .mark-stop, .date-words, .rail-place, [role=tab], [role=columnheader], .cell-amount, .cell-shipBy, .cell-mall')]
    for (const one of whole) {
      if (!seen(one)) continue
      const style = getComputedStyle(one)
      if (style.overflowX !== 'visible' && one.scrollWidth > one.clientWidth + 1) faults.push(nameOf(one) + ' is cut by ' + (one.scrollWidth - one.clientWidth))
    }
    for (const [index, one] of controls.entries()) {
      const a = box(one)
      if (a.width === 0 || a.bottom < 0 || a.top > innerHeight) continue
      for (const other of controls.slice(index + 1)) {
        if (one.contains(other) || other.contains(one)) continue
        const b = box(other)
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left)
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)
        if (b.width === 0 || across <= 2 || down <= 2) continue
        // Rows and sticky parts scroll below others: only what can be hit at one place lies on another.
        const [x, y] = [Math.max(a.left, b.left) + across / 2, Math.max(a.top, b.top) + down / 2]
        const top = document.elementFromPoint(x, y)
        if (!top || (!one.contains(top) && !other.contains(top))) continue
        const layer = (it) => it.closest('.grid-head, .head, .bar, .rail, .selection-place, .key-hints, thead, .toasts, .search-kinds, .dialog-foot, [role=dialog]')
        if (layer(one) !== layer(other)) continue
        faults.push(nameOf(one) + ' overlaps ' + nameOf(other))
      }
    }
    // A button has room beside and below each field, and each other button.
    const edged = controls.filter((one) => one.matches('.button, select, textarea, input:not([type=checkbox], [type=radio])') && box(one).width > 0)
    for (const [index, one] of edged.entries())
      for (const other of edged.slice(index + 1)) {
        const part = (it) => it.closest('.results-table, .dialog-body, .dialog-foot, main, body')
        if (part(one) !== part(other)) continue
        const [a, b] = [box(one), box(other)]
        const apart = [Math.max(a.left, b.left) - Math.min(a.right, b.right), Math.max(a.top, b.top) - Math.min(a.bottom, b.bottom)]
        if (Math.min(...apart) < -2 && Math.abs(Math.max(...apart)) < 3) faults.push(nameOf(one) + ' touches ' + nameOf(other))
      }
    const tables = innerWidth < 700 ? '' : ', main .results-table'
    for (const one of document.querySelectorAll('[role=dialog] :is(.dialog-body, .results-table)' + tables))
      if (one.scrollWidth > one.clientWidth + 1) faults.push('.' + one.className + ' is scrolled sideways by ' + (one.scrollWidth - one.clientWidth))
    // The next step is one: of the page, or of the window above it. A form has its own.
    const filled = controls.filter((one) => one.matches('.button-main') && !one.closest('form, .edit-card') && (!document.querySelector('[role=dialog]') || one.closest('[role=dialog]')))
    if (filled.length > 1) faults.push('filled: ' + filled.map(nameOf).join(', '))
    const heads = [...document.querySelectorAll('.grid-head [role=columnheader]')]
    const cells = [...(document.querySelector('.grid-line')?.querySelectorAll('[role=gridcell]') ?? [])]
    heads.forEach((head, at) => {
      const cell = cells[at]
      if (cell && Math.abs(box(head).left - box(cell).left) > 1) faults.push('column ' + head.textContent + ' is out of line')
    })
    // Titles, and what stands below them, begin at one edge.
    const main = document.querySelector('main')
    const edges = [...main.querySelectorAll('.desk > *, .list-head, .filters')].filter(seen).filter((one) => box(one).height > 0)
      .map((one) => Math.round(box(one).left + parseFloat(getComputedStyle(one).paddingLeft) * (one.matches('.list-head, .filters') ? 1 : 0)))
    if (new Set(edges).size > 1) faults.push('left edges ' + [...new Set(edges)].join(', '))
    return [...new Set(faults)]
  })()`)
