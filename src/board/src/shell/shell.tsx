import { type ReactNode, Suspense, useEffect, useRef, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { useAlarms } from '../alarms.ts'
import { queries, useBoard } from '../data.ts'
import { t } from '../i18n.ts'
import { SearchBox } from '../list/search-box.tsx'
import { followEvents, useLive } from '../live.ts'
import { clock, span } from '../parts/format.ts'
import { holdKeys, pageWindow, useKeys } from '../parts/keys.ts'
import { lazyPart, loadPartsWhenIdle } from '../parts/lazy-part.tsx'
import { useNow } from '../parts/now.ts'
import { ReadingBar, useReading } from '../parts/reading.tsx'
import { Sign } from '../parts/sign.tsx'
import { screensOf } from '../screens/index.ts'
import { isOperator, useSession } from '../session.ts'
import { StatusBar } from './status-bar.tsx'

// The menu of react-aria is a third of what the first load would be.
const openMenu = () => import('./account-menu.tsx')
const AccountMenu = lazyPart(openMenu)

/** Frame around every screen: head, status bar, keys. */
export default function Shell({ children }: { children: ReactNode }) {
  const session = useSession()
  const account = session?.account ?? null
  const ofTenant = account !== null && !isOperator(account)
  const accountId = account?.id
  const reading = useReading()
  // Another session is another stream.
  useEffect(() => (ofTenant && accountId ? followEvents(queries) : undefined), [ofTenant, accountId])
  useEffect(loadPartsWhenIdle, [])
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t('本文へ移動', 'Skip to the content')}
      </a>
      <Head ofTenant={ofTenant} />
      {ofTenant && <TenantBar />}
      {ofTenant && <PageKeys />}
      <ReadingBar reading={reading} />
      {/* It scrolls, so keys must reach it. */}
      <main id="main" className="content" tabIndex={0} aria-busy={reading}>
        {children}
      </main>
    </div>
  )
}

const Palette = lazyPart(() => import('./palette.tsx'))
const KeyList = lazyPart(() => import('./key-list.tsx'))

/** Ctrl+K and `?`, on every screen. */
function PageKeys() {
  const open = pageWindow.use()
  const close = () => pageWindow.set(null)
  useKeys({ '?': () => pageWindow.set('keys') })
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
      if (document.querySelector('[role=dialog], [role=alertdialog]')) return
      event.preventDefault()
      holdKeys()
      pageWindow.set('palette')
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [])
  return (
    <Suspense>
      {open === 'palette' && <Palette onClose={close} />}
      {open === 'keys' && <KeyList onClose={close} />}
    </Suspense>
  )
}

function TenantBar() {
  useAlarms()
  return <StatusBar />
}

function Head({ ofTenant }: { ofTenant: boolean }) {
  const account = useSession()?.account ?? null
  const [location] = useLocation()
  const menu = useRef<HTMLElement>(null)
  // On a phone the menu is wider than the screen. One step at a time: `scrollIntoView` would move the page as
  // well.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address is the reason
  useEffect(() => {
    const here = menu.current?.querySelector<HTMLElement>('[aria-current=page]')
    if (menu.current && here)
      menu.current.scrollLeft = here.offsetLeft - (menu.current.clientWidth - here.offsetWidth) / 2
  }, [location])
  const screens = screensOf(account?.role ?? 'read_only').filter(
    ({ name, inAccountMenu }) => name && !inAccountMenu,
  )
  return (
    <header className="head">
      <Link href="/" className="brand">
        <span className="brand-mark" aria-hidden="true" />
        Torikomi
      </Link>
      <nav ref={menu} className="menu" aria-label={t('画面', 'Screens')}>
        {screens.map(({ path, name }) => (
          <Link
            key={path}
            href={path}
            className="menu-item"
            aria-current={location === path || location.startsWith(`${path}/`) ? 'page' : undefined}
          >
            {name && t(...name)}
          </Link>
        ))}
      </nav>
      {/* Both ask for a tenant's orders: an operator has none. */}
      {ofTenant && <SearchBox />}
      {ofTenant && <Connection />}
      <AccountButton />
    </header>
  )
}

/** Green light is for shops; here one is told whether what one sees is what is. */
function Connection() {
  const { state, heardAt } = useLive()
  const { dataUpdatedAt } = useBoard()
  const now = useNow(1_000)
  const seenAt = Math.max(heardAt ?? 0, dataUpdatedAt)
  if (state === 'open')
    return (
      <output className="connection">
        <span className="connection-dot" aria-hidden="true" />
        {t('接続中', 'Live')} <time className="connection-clock">{clock(now)}</time>
      </output>
    )
  // In the place of the clock: a load moves nothing.
  if (state === 'connecting' || seenAt === 0)
    return <output className="connection">{t('接続しています', 'Connecting')}</output>
  return (
    <output className="connection connection-lost" aria-live="polite">
      <Sign tone="warning">
        {t(
          `接続が切れています。${clock(seenAt)}（${span(now - seenAt)}前）の内容です`,
          `Not connected: as of ${clock(seenAt)} (${span(now - seenAt)} ago)`,
        )}
      </Sign>
    </output>
  )
}

/** The menu itself comes when somebody reaches for it. */
function AccountButton() {
  const name = useSession()?.account?.name ?? ''
  const [wanted, setWanted] = useState(false)
  const button = (
    <button
      type="button"
      className="account-button"
      aria-haspopup="menu"
      aria-expanded={false}
      onPointerEnter={() => void openMenu().catch(() => undefined)}
      onClick={() => setWanted(true)}
    >
      <span className="account-name">{name}</span> <span aria-hidden="true">▾</span>
    </button>
  )
  if (!wanted) return button
  return (
    <Suspense fallback={button}>
      <AccountMenu />
    </Suspense>
  )
}
