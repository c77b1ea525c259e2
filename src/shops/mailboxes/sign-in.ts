import { SealError, type Sealer } from '../../platform/crypto/sealer.ts'
import { passwordContext, usernameContext } from './mailbox-change.ts'
import type { OAuthMailbox } from './oauth/access.ts'
import { OAUTH_KINDS, type OAuthKind } from './oauth/providers.ts'

/** Proof of a mailbox's identity: its password, or an access token of its provider. */
export type SignInBy =
  | { kind: 'password'; password: string }
  | { kind: 'oauth'; provider: OAuthKind; mailbox: OAuthMailbox }

/** Lists the login's texts that no message may repeat. */
export const hiddenOf = (username: string, by: SignInBy): string[] =>
  by.kind === 'password' ? [username, by.password] : [username]

interface SignInRow {
  id: string
  tenantId: string
  authKind: string
  sealedUsername: Uint8Array
  sealedPassword: Uint8Array | null
  sealedAuth: Uint8Array | null
  authVersion: number
}

/** Opens what is sealed in the row. @throws SealError */
export function openSignIn(sealer: Pick<Sealer, 'of'>, row: SignInRow): { username: string; by: SignInBy } {
  const { id, tenantId, sealedAuth, authVersion } = row
  const own = sealer.of(tenantId)
  const username = own.open(usernameContext(id), row.sealedUsername).toString('utf8')
  const provider = OAUTH_KINDS.find((kind) => kind === row.authKind)
  if (provider !== undefined)
    return {
      username,
      by: { kind: 'oauth', provider, mailbox: { id, tenantId, username, sealedAuth, authVersion } },
    }
  if (row.sealedPassword === null) throw new SealError('malformed', 'the mailbox has no password')
  const password = own.open(passwordContext(id), row.sealedPassword).toString('utf8')
  return { username, by: { kind: 'password', password } }
}
