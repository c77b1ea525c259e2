import { type ReactNode, useEffect } from 'react'
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components'
import { Link, useLocation } from 'wouter'
import { useAlarms } from './alarms.ts'
import { queries, useBoard } from './data.ts'
import { setLanguage, t } from './i18n.ts'
import { followEvents, useLive } from './live.ts'
import { clock, span } from './parts/format.ts'
import { useNow } from './parts/now.ts'
import { SearchBox } from './parts/search-box.tsx'
import { Sign } from './parts/sign.tsx'
import { StatusBar } from './parts/status-bar.tsx'
import { screensOf } from './screens/index.ts'
import { isOperator, signOut, useSession } from './session.ts'
import { applyTheme, currentTheme } from './theme.ts'
import { roleWord } from './words.ts'

/** What stands around every screen: head, status bar, keys. */
export default function Shell({ children }: { children: ReactNode }) {
  const session = useSession()
  const account = session?.account ?? null
  const ofTenant = account !== null && !isOperator(account)
  const accountId = account?.id
  // Another session is another stream.
  useEffect(() => (ofTenant && accountId ? followEvents(queries) : undefined), [ofTenant, accountId])
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t('本文へ移動', 'Skip to the content')}
      </a>
      <Head ofTenant={ofTenant} />
      {ofTenant && <TenantBar />}
      {/* It scrolls, so keys must reach it. */}
      <main id="main" className="content" tabIndex={0}>
        {children}
      </main>
    </div>
  )
}

function TenantBar() {
  useAlarms()
  return <StatusBar />
}

function Head({ ofTenant }: { ofTenant: boolean }) {
  const account = useSession()?.account ?? null
  const [location] = useLocation()
  const screens = screensOf(account?.role ?? 'read_only').filter(({ name }) => name)
  return (
    <header className="head">
      <Link href="/" className="brand">
        <span className="brand-mark" aria-hidden="true" />
        Torikomi
      </Link>
      <nav className="menu" aria-label={t('画面', 'Screens')}>
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
      <AccountMenu />
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
  return (
    <output className="connection connection-lost" aria-live="polite">
      <Sign tone="warning">
        {seenAt === 0
          ? t('接続しています', 'Connecting')
          : t(
              `接続が切れています。${clock(seenAt)}（${span(now - seenAt)}前）の内容です`,
              `Not connected: as of ${clock(seenAt)} (${span(now - seenAt)} ago)`,
            )}
      </Sign>
    </output>
  )
}

function AccountMenu() {
  const account = useSession()?.account
  const act = (key: string) => {
    if (key === 'sign-out') void signOut()
    else if (key === 'language') setLanguage(document.documentElement.lang === 'ja' ? 'en' : 'ja')
    else if (key === 'light' || key === 'dark' || key === 'system') applyTheme(key)
  }
  const themes = [
    ['light', t('明るい画面', 'Light')],
    ['dark', t('暗い画面', 'Dark')],
    ['system', t('端末の設定に合わせる', 'As the device')],
  ] as const
  return (
    <MenuTrigger>
      <Button className="account-button">
        <span className="account-name">{account?.name ?? ''}</span> <span aria-hidden="true">▾</span>
      </Button>
      <Popover className="popover">
        <p className="popover-note">
          {account?.email}
          <br />
          {account && roleWord(account.role)} {account?.tenantName}
        </p>
        <Menu
          className="menu-list"
          aria-label={t('アカウント', 'Account')}
          onAction={(key) => act(String(key))}
        >
          <MenuItem id="language" className="menu-entry">
            {document.documentElement.lang === 'ja' ? 'English' : '日本語'}
          </MenuItem>
          {themes.map(([id, label]) => (
            <MenuItem key={id} id={id} className="menu-entry">
              {currentTheme() === id ? '✓ ' : ''}
              {label}
            </MenuItem>
          ))}
          <MenuItem id="sign-out" className="menu-entry">
            {t('ログアウト', 'Sign out')}
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}
