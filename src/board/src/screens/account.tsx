import { t } from '../i18n.ts'
import { Pair } from '../parts/pair.tsx'
import { OwnIdentity } from '../people/own-identity.tsx'
import { OwnPasskeys } from '../people/own-passkeys.tsx'
import { OwnPassword } from '../people/own-password.tsx'
import { OwnSecondFactor } from '../people/own-second-factor.tsx'
import { OwnSessions } from '../people/own-sessions.tsx'
import { useSession } from '../session.ts'
import { roleWord } from '../words.ts'

/** 自分のアカウント: what each person looks after for themselves. */
export default function OwnAccount() {
  const session = useSession()
  const account = session?.account
  if (!account) return null
  return (
    <div className="desk">
      <h1>{t('自分のアカウント', 'Your account')}</h1>
      <dl className="facts facts-own">
        <Pair label={t('氏名', 'Name')}>{account.name}</Pair>
        <Pair label={t('メールアドレス', 'Mail address')}>{account.email}</Pair>
        <Pair label={t('権限', 'Role')}>{roleWord(account.role)}</Pair>
        {account.tenantName && <Pair label={t('契約店', 'Tenant')}>{account.tenantName}</Pair>}
      </dl>
      <section className="panel">
        <h2>{t('ログイン中の端末', 'Where you are signed in')}</h2>
        <OwnSessions />
      </section>
      <section className="panel">
        <h2>{t('パスキー', 'Passkeys')}</h2>
        <OwnPasskeys email={account.email} />
      </section>
      <section className="panel">
        <h2>{t('2段階認証', 'Second factor')}</h2>
        <OwnSecondFactor
          on={session.factors?.includes('authenticator_app') ?? account.secondFactor}
          byPasskey={session.factors?.includes('passkey') ?? false}
        />
      </section>
      <section className="panel">
        <h2>{t('パスワード', 'Password')}</h2>
        <OwnPassword email={account.email} />
      </section>
      <OwnIdentity email={account.email} bound={account.identityProvider} />
      <p className="quiet">
        <a href={licences()} target="_blank" rel="noreferrer">
          {t('この画面に含まれるソフトウェアのライセンス', 'Licences of the software in this page')}
        </a>
      </p>
    </div>
  )
}

/** The build writes the file, and names it in the page's head. */
const licences = () => document.querySelector<HTMLLinkElement>('link[rel=license]')?.href
