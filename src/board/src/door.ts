import { createStore } from './store.ts'

/** Request to the sign-in by a mailed link or an identity provider. Behind the #: no log keeps it. */
export type Door = { kind: 'invitation' | 'password-reset'; token: string } | { kind: 'error'; code: string }

export function doorOf(hash: string): Door | null {
  const [, kind, token] = /^#\/(invitation|password-reset)\/([\w-]{20,100})$/.exec(hash) ?? []
  if ((kind === 'invitation' || kind === 'password-reset') && token) return { kind, token }
  const code = /^#\/sign-in\?error=([A-Z_]{1,60})$/.exec(hash)?.[1]
  return code ? { kind: 'error', code } : null
}

const door = createStore(typeof location === 'undefined' ? null : doorOf(location.hash))
export const useDoor = door.use

/** Done with it: its token leaves the address. */
export function closeDoor(): void {
  history.replaceState(null, '', '/board')
  door.set(null)
}
