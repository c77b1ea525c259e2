import { ApiProblem, callSession, onForbidden, onSignedOut, type Schemas, setCsrfToken } from './api.ts'
import { OPERATOR } from './early.ts'
import { keep } from './kept.ts'
import { createStore } from './store.ts'

export type Session = Schemas['Session']
export type Account = NonNullable<Session['account']>

interface Known {
  /** `undefined` until it was asked for, null when nobody is signed in. */
  session: Session | null | undefined
  reason: 'ended' | 'unreachable' | null
}
export const known = createStore<Known>({ session: undefined, reason: null })

function set(session: Known['session'], reason: Known['reason'] = null): void {
  setCsrfToken(session?.csrfToken ?? null)
  if (session?.account) keep(OPERATOR, isOperator(session.account) ? 'yes' : null)
  known.set({ session, reason })
}

export const takeSession = (next: Session): void => set(next)

export async function readSession(): Promise<void> {
  try {
    set(await callSession<Session>('GET', '/v1/session'))
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) end()
    else set(known.get().session, 'unreachable')
  }
}

export async function signOut(): Promise<void> {
  await callSession('DELETE', '/v1/session').catch(() => undefined)
  location.assign('/board')
}

/** Ends the session. A person who was signed in sees the reason until somebody signs in again. */
function end(): void {
  const { session, reason } = known.get()
  set(null, session?.state === 'signed_in' || reason === 'ended' ? 'ended' : null)
}

onSignedOut(() => {
  if (known.get().session?.state === 'signed_in') end()
})

const ASK_AGAIN_MS = 10_000
let askedAt = Number.NEGATIVE_INFINITY

// Another tab of this browser may have signed in as somebody else, as by an invitation's link: the page is
// theirs then.
onForbidden(() => {
  if (known.get().session?.state !== 'signed_in' || performance.now() - askedAt < ASK_AGAIN_MS) return
  askedAt = performance.now()
  void readSession()
})

export const useSession = (): Known['session'] => known.use().session
export const useSessionReason = (): Known['reason'] => known.use().reason

const WORKS = new Set(['owner', 'staff'])
/** May do the day's work: pull, move, edit, change at the malls. */
export const useMayWork = (): boolean => WORKS.has(useSession()?.account?.role ?? '')
export const useIsOwner = (): boolean => useSession()?.account?.role === 'owner'
export const isOperator = (account: Account): boolean => account.role.startsWith('operator')
