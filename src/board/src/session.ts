import { useSyncExternalStore } from 'react'
import { ApiProblem, callSession, onSignedOut, setCsrfToken } from './api.ts'

export type SessionState = 'signed_in' | 'second_factor_required' | 'second_factor_setup_required'

export interface Account {
  id: string
  name: string
  email: string
  role: 'owner' | 'staff' | 'read_only' | 'operator' | 'operator_without_personal_data'
  tenantId: string | null
  tenantName: string | null
  secondFactor: boolean
}

export interface Session {
  state: SessionState
  csrfToken: string
  account: Account | null
  mayShowPersonalData?: boolean
}

/** `undefined` until it was asked for, null when nobody is signed in. */
let session: Session | null | undefined
let reason: 'ended' | 'unreachable' | null = null
const listeners = new Set<() => void>()

function set(next: Session | null | undefined, why: typeof reason = null): void {
  session = next
  reason = why
  setCsrfToken(next?.csrfToken ?? null)
  for (const tell of listeners) tell()
}

export const takeSession = (next: Session): void => set(next)

export async function readSession(): Promise<void> {
  try {
    set(await callSession<Session>('GET', '/v1/session'))
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401) set(null)
    else set(session, 'unreachable')
  }
}

export async function signOut(): Promise<void> {
  await callSession('DELETE', '/v1/session').catch(() => undefined)
  location.assign('/board')
}

onSignedOut(() => {
  if (session?.state === 'signed_in') set(null, 'ended')
})

const subscribe = (tell: () => void): (() => void) => {
  listeners.add(tell)
  return () => listeners.delete(tell)
}

export const useSession = (): Session | null | undefined => useSyncExternalStore(subscribe, () => session)
export const useSessionReason = (): typeof reason => useSyncExternalStore(subscribe, () => reason)

const WORKS = new Set(['owner', 'staff'])
/** May do the day's work: pull, move, edit, change at the malls. */
export const useMayWork = (): boolean => WORKS.has(useSession()?.account?.role ?? '')
export const useIsOwner = (): boolean => useSession()?.account?.role === 'owner'
export const isOperator = (account: Account): boolean => account.role.startsWith('operator')
