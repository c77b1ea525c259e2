import { type ReactNode, Suspense, useEffect, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { switchAlarms, useAlarms, useAlarmsOn, waitingForPerson } from '../alarms.ts'
import { queries, useBoard } from '../data.ts'
import { helpOf } from '../help/pages.ts'
import { t } from '../i18n.ts'
import { SearchBox } from '../list/search-box.tsx'
import { followEvents, useLive } from '../live.ts'
import { clock, span } from '../parts/format.ts'
import { Icon } from '../parts/icon.tsx'
import { holdKeys, pageWindow, useKeys } from '../parts/keys.ts'
import { lazyPart, loadPartsWhenIdle } from '../parts/lazy-part.tsx'
import { useNow } from '../parts/now.ts'
import { ReadingBar, useReading } from '../parts/reading.tsx'
import { Sign } from '../parts/sign.tsx'
import { screensOf } from '../screens/index.ts'
import { isOperator, useSession } from '../session.ts'
import { Rail, SideNav } from './side-nav.tsx'

// The menu of react-aria is a third of what the first load would be.
const openMenu = () => import('./account-menu.tsx')
const AccountMenu = lazyPart(openMenu)

/** Frame around every screen: head, left list, keys. */
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
    <div className={ofTenant ? 'shell' : 'shell shell-plain'}>
      <a className="skip" href="#main">
        {t('本文へ移動', 'Skip to the content')}
      </a>
      <Head ofTenant={ofTenant} />
      {ofTenant && <Tenant />}
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

function Tenant() {
  useAlarms()
  return (
    <>
      <Lost />
      <SideNav />
      <Rail />
    </>
  )
}

function Head({ ofTenant }: { ofTenant: boolean }) {
  const account = useSession()?.account ?? null
  const [location] = useLocation()
  const [searching, setSearching] = useState(false)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address is the reason
  useEffect(() => setSearching(false), [location])
  return (
    <header className={searching ? 'head head-searching' : 'head'}>
      <Link href="/" className="brand">
        <span className="brand-mark" aria-hidden="true" />
        Torikomi
      </Link>
      {account && !ofTenant && (
        <nav className="menu" aria-label={t('画面', 'Screens')}>
          {screensOf(account.role)
            .filter(({ name, inAccountMenu }) => name && !inAccountMenu)
            .map(({ path, name }) => (
              <Link
                key={path}
                href={path}
                className="menu-item"
                aria-current={location === path ? 'page' : undefined}
              >
                {name && t(...name)}
              </Link>
            ))}
        </nav>
      )}
      {/* All of them ask for a tenant's orders: an operator has none. */}
      {ofTenant && (
        <>
          <SearchBox />
          <Connection />
          <button
            type="button"
            className="icon-button head-search"
            aria-label={t('検索', 'Search')}
            aria-expanded={searching}
            onClick={() => setSearching(!searching)}
          >
            <Icon name="search" />
          </button>
          <Bell />
        </>
      )}
      <HelpMark />
      <AccountButton />
    </header>
  )
}

/** The paragraph of the handbook about the screen that is open. */
function HelpMark() {
  const [location] = useLocation()
  const title = helpOf(location)
  const label = t(`この画面の使い方: ${title}`, `Help on this screen: ${title}`)
  return (
    <Link
      className="icon-button head-help"
      href={`/help?part=${encodeURIComponent(title)}`}
      aria-label={label}
      title={label}
    >
      <Icon name="help" />
    </Link>
  )
}

/** 音と通知 on or off; the count is told to readers as it changes. */
function Bell() {
  const on = useAlarmsOn()
  const board = useBoard().data
  const label = on
    ? t('音と通知: オン', 'Sound and notices: on')
    : t('音と通知: オフ', 'Sound and notices: off')
  return (
    <>
      <button
        type="button"
        className={on ? 'icon-button bell bell-on' : 'icon-button bell'}
        aria-pressed={on}
        aria-label={label}
        title={label}
        onClick={() => void switchAlarms()}
      >
        <Icon name="bell" />
      </button>
      <output className="for-reader" aria-live="polite">
        {board
          ? t(
              `要対応と失敗は${waitingForPerson(board)}件です`,
              `${waitingForPerson(board)} wait for a person`,
            )
          : ''}
      </output>
    </>
  )
}

/** Whether what one sees is what is. */
function Connection() {
  const { state } = useLive()
  const now = useNow(1_000)
  if (state === 'open')
    return (
      <output className="connection">
        <span className="connection-dot" aria-hidden="true" />
        <span className="connection-word">{t('接続中', 'Live')}</span>{' '}
        <time className="connection-clock">{clock(now)}</time>
      </output>
    )
  // In the place of the clock: a load moves nothing.
  return (
    <output className="connection">
      {state === 'connecting' ? t('接続しています', 'Connecting') : t('未接続', 'Not connected')}
    </output>
  )
}

/** A line under the head while the connection is lost; it takes its height from the content's end. */
function Lost() {
  const { state, heardAt } = useLive()
  const { dataUpdatedAt } = useBoard()
  const now = useNow(1_000)
  const seenAt = Math.max(heardAt ?? 0, dataUpdatedAt)
  const lost = state !== 'open' && state !== 'connecting' && seenAt > 0
  return (
    <output className="lost" aria-live="polite">
      {lost && (
        <Sign tone="warning">
          {t(
            `接続が切れています。${clock(seenAt)}（${span(now - seenAt)}前）の内容です`,
            `Not connected: as of ${clock(seenAt)} (${span(now - seenAt)} ago)`,
          )}
        </Sign>
      )}
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
      <span className="account-face" aria-hidden="true">
        {[...name][0]}
      </span>
      <span className="account-name">{name}</span> <Icon name="down" />
    </button>
  )
  if (!wanted) return button
  return (
    <Suspense fallback={button}>
      <AccountMenu />
    </Suspense>
  )
}
