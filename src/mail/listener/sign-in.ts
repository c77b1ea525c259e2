import { factsOf } from '../../platform/narrow.ts'
import { MailAuthFailure } from '../../shops/mailboxes/oauth/failures.ts'
import { PROVIDERS } from '../../shops/mailboxes/oauth/providers.ts'
import type { MailboxAccess, MailToken, SignInBy } from '../../shops/mailboxes/sign-in.ts'
import { type ConnectTools, type Link, type MailboxAddress, openLink } from './connection.ts'
import { isTokenRefused, serverWords } from './failures.ts'

export interface SignInTools extends ConnectTools {
  access: MailboxAccess
}

export interface SignedIn {
  link: Link
  /** Null where it signed in by its password. */
  token: MailToken | null
}

/**
 * Logs in. A token that the mail server refuses is renewed once: it may have been withdrawn before its end.
 * Not when the server only could not check it, which looks alike but for its status. @throws what
 * `describeFailure` understands
 */
export async function signIn(
  address: MailboxAddress,
  by: SignInBy,
  tools: SignInTools,
  signal: AbortSignal,
): Promise<SignedIn> {
  if (by.kind === 'password') {
    const link = await openLink(address, { pass: by.password }, tools, signal)
    return { link, token: null }
  }
  for (let renewed = false; ; renewed = true) {
    const token = await tools.access.get(by.mailbox, signal)
    try {
      return { link: await openLink(address, { accessToken: token.accessToken }, tools, signal), token }
    } catch (error) {
      if (signal.aborted || !isTokenRefused(error)) throw error
      if (renewed) throw refusedWithToken(by, address.username, token, error)
      await tools.access.invalidate(by.mailbox, token)
    }
  }
}

function refusedWithToken(
  { provider }: Extract<SignInBy, { kind: 'oauth' }>,
  username: string,
  token: MailToken,
  error: unknown,
): MailAuthFailure {
  const words = serverWords(factsOf(error).responseText, [username, token.accessToken])
  return new MailAuthFailure(
    'MAILBOX_OAUTH_LOGIN_REFUSED',
    `アクセストークンは発行されましたが、メールサーバーがログインを断りました。${PROVIDERS[provider].loginRefused}${words}`,
  )
}
