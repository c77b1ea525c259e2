import { useEffect, useState } from 'react'
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components'
import { useLocation } from 'wouter'
import { setLanguage, t } from '../i18n.ts'
import { looks } from '../looks.ts'
import { forgetTyping, hasUnsavedText } from '../parts/drafts.ts'
import { Icon } from '../parts/icon.tsx'
import { pageWindow } from '../parts/keys.ts'
import { screensOf } from '../screens/index.ts'
import { isOperator, signOut, useSession } from '../session.ts'
import { applyTheme, currentTheme } from '../theme.ts'
import { roleWord } from '../words.ts'

/** Asked before the session ends: behind it the page would stay as it is for whoever is next. */
function leave(): void {
  const question = t(
    '書きかけの内容があります。ログアウトすると消えます。ログアウトしますか。',
    'Half-written text is lost by signing out. Sign out?',
  )
  if (hasUnsavedText() && !confirm(question)) return
  forgetTyping()
  void signOut()
}

/** Replaces the button that asked for it, and opens once focused: there the focus returns. */
export default function AccountMenu() {
  const account = useSession()?.account
  const [open, setOpen] = useState(false)
  const [, navigate] = useLocation()
  const { compact, large } = looks.use()
  const screens = account ? screensOf(account.role).filter(({ inAccountMenu }) => inAccountMenu) : []
  useEffect(() => setOpen(true), [])
  const act = (key: string) => {
    if (key.startsWith('/')) navigate(key)
    else if (key === 'keys') pageWindow.set('keys')
    else if (key === 'sign-out') leave()
    else if (key === 'language') setLanguage(document.documentElement.lang === 'ja' ? 'en' : 'ja')
    else if (key === 'rows') looks.set({ compact: !compact, large })
    else if (key === 'text') looks.set({ compact, large: !large })
    else if (key === 'light' || key === 'dark' || key === 'system') applyTheme(key)
  }
  const themes = [
    ['light', t('明るい画面', 'Light')],
    ['dark', t('暗い画面', 'Dark')],
    ['system', t('端末の設定に合わせる', 'As the device')],
  ] as const
  return (
    <MenuTrigger isOpen={open} onOpenChange={setOpen}>
      <Button className="account-button" autoFocus>
        <span className="account-face" aria-hidden="true">
          {[...(account?.name ?? '')][0]}
        </span>
        <span className="account-name">{account?.name ?? ''}</span> <Icon name="down" />
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
          {screens.map(({ path, name }) => (
            <MenuItem key={path} id={path} className="menu-entry">
              {name && t(...name)}
            </MenuItem>
          ))}
          {account && !isOperator(account) && (
            <MenuItem id="keys" className="menu-entry">
              {t('使い方（キーの一覧）', 'Help: keys')}
            </MenuItem>
          )}
          <MenuItem id="rows" className="menu-entry menu-part">
            {t('行の高さ', 'Height of rows')}
            <span className="menu-value">{compact ? t('低い', 'low') : t('ふつう', 'normal')}</span>
          </MenuItem>
          <MenuItem id="text" className="menu-entry">
            {t('文字の大きさ', 'Size of text')}
            <span className="menu-value">{large ? t('大', 'large') : t('標準', 'normal')}</span>
          </MenuItem>
          <MenuItem id="language" className="menu-entry">
            {document.documentElement.lang === 'ja' ? 'English' : '日本語'}
          </MenuItem>
          {themes.map(([id, label]) => (
            <MenuItem key={id} id={id} className="menu-entry">
              {label}
              {currentTheme() === id && (
                <span className="menu-value">
                  <Icon name="check" />
                  <span className="for-reader">{t('選択中', 'chosen')}</span>
                </span>
              )}
            </MenuItem>
          ))}
          <MenuItem id="sign-out" className="menu-entry menu-part">
            {t('ログアウト', 'Sign out')}
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  )
}
