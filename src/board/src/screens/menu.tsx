import { t } from '../i18n.ts'
import { SideNav } from '../shell/side-nav.tsx'

/** The left list as a page, where there is no room for it beside another. */
export default function Menu() {
  return (
    <>
      <h1 className="for-reader">{t('メニュー', 'Menu')}</h1>
      <SideNav asPage />
    </>
  )
}
