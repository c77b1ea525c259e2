import { type ReactNode, Suspense, useEffect, useLayoutEffect, useState } from 'react'
import { createPortal } from 'react-dom'
import { Link, Redirect, Route, Switch } from 'wouter'
import { useDoor } from './door.ts'
import { t } from './i18n.ts'
import { useOrdersBegun } from './list/first-order.ts'
import { beginTyping } from './parts/drafts.ts'
import { lazyPart } from './parts/lazy-part.tsx'
import { Empty, Loading } from './parts/states.tsx'
import { Toasts } from './parts/toast.tsx'
import { screensOf } from './screens/index.ts'
import { type Account, isOperator, readSession, useSession, useSessionReason } from './session.ts'
import Shell from './shell/shell.tsx'

const HomeScreen = lazyPart(() => import('./screens/home.tsx'))
const SignIn = lazyPart(() => import('./screens/sign-in.tsx'))

export function App() {
  const session = useSession()
  const reason = useSessionReason()
  const door = useDoor()
  // A link of a mail comes first: it may be for another account than the one that is signed in.
  const signedIn = session?.state === 'signed_in' && (door === null || door.kind === 'error')
  const account = signedIn ? session.account : null
  const [last, setLast] = useState<Account | null>(null)
  useEffect(() => {
    if (account) setLast(account)
  }, [account])
  const shown = account ?? last
  const person = shown?.id
  // Effects of a screen that goes, which keep what was typed into it, come before this one.
  useEffect(() => {
    if (person !== undefined) beginTyping(person)
  }, [person])
  if (session === undefined) return <Starting unreachable={reason === 'unreachable'} />
  return (
    <Suspense fallback={<Loading />}>
      {/* It stays behind the sign-in, so that nothing typed is lost; another person's screen begins anew. */}
      {shown && (
        <div inert={!signedIn} key={shown.id}>
          <Shell>
            <Suspense fallback={<Loading />}>
              <Switch>
                {/* A list and an order beside it are two addresses of one screen, which stays as it is. */}
                {screensOf(shown.role).map(({ path, Screen }) => (
                  <Route key={path.replace(/\/:id$/, '')} path={path} component={Screen} />
                ))}
                <Route path="/">
                  <Home account={shown} />
                </Route>
                <Route>
                  <NoScreen />
                </Route>
              </Switch>
            </Suspense>
          </Shell>
        </div>
      )}
      {!signedIn &&
        (last === null ? (
          <SignIn ended={false} over={false} />
        ) : (
          <Over>
            <SignIn ended={reason === 'ended'} over />
          </Over>
        ))}
      <Toasts />
    </Suspense>
  )
}

/** Above whatever window is open: react-aria lets nothing beside its window be used but what is marked so. */
function Over({ children }: { children: ReactNode }) {
  const [place] = useState(() => {
    const made = document.createElement('div')
    made.dataset.reactAriaTopLayer = 'true'
    return made
  })
  useLayoutEffect(() => {
    document.body.append(place)
    const below = [...document.body.children].filter(
      (one): one is HTMLElement => one instanceof HTMLElement && one !== place && !one.inert,
    )
    for (const one of below) one.inert = true
    return () => {
      for (const one of below) one.inert = false
      place.remove()
    }
  }, [place])
  return createPortal(children, place)
}

/** An owner without any order yet goes where the first one is made possible. */
function Home({ account }: { account: Account }) {
  const begun = useOrdersBegun(account.id, account.role === 'owner')
  if (begun === undefined) return <Loading />
  if (begun && !isOperator(account)) return <HomeScreen />
  return <Redirect to={isOperator(account) ? '/operator' : '/shops'} replace />
}

/** An address that was mistyped, or of a screen that this role does not have. */
const NoScreen = () => (
  <Empty>
    {t(
      'このアドレスの画面はありません。アドレスが違うか、この画面を使う権限がありません。',
      'There is no such screen, or it is not for your role.',
    )}{' '}
    <Link href="/">{t('最初の画面へ', 'To the first screen')}</Link>
  </Empty>
)

function Starting({ unreachable }: { unreachable: boolean }) {
  useEffect(() => {
    if (!unreachable) return
    const again = setInterval(() => void readSession(), 3_000)
    return () => clearInterval(again)
  }, [unreachable])
  if (!unreachable) return <Loading />
  return (
    <main className="sign-in">
      <div className="sign-in-card" role="alert">
        <h1>{t('サーバーに接続できません', 'The server cannot be reached')}</h1>
        <p>
          {t(
            '回線とサーバーの状態を確認してください。接続できると自動で画面が開きます。',
            'Check the line and the server. The page opens by itself once there is a connection.',
          )}
        </p>
      </div>
    </main>
  )
}
