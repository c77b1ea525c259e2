import { StartError } from '../platform/errors.ts'
import { PROVIDERS, StoredAuth } from '../shops/mailboxes/oauth/providers.ts'
import { type AskTools, aheadOf, fetchAccess, type MailToken } from '../shops/mailboxes/sign-in.ts'

import { createMailer, type ProvideToken, type SmtpMailer, type SmtpSettings } from './mailer.ts'

/**
 * Creates the mailer for the operator's mail server, with a password or OAuth.
 * @throws StartError as below
 */
export const createSmtpMailer = (tools: AskTools, smtp: SmtpSettings): SmtpMailer =>
  createMailer(smtp, smtp.oauth ? createSmtpAccess(tools, smtp.oauth) : null)

/** Scopes for sending, which differ from those for reading. */
const SMTP_SCOPES: Readonly<Record<string, string>> = {
  microsoft: 'https://outlook.office.com/SMTP.Send offline_access',
}

/**
 * Access tokens for the operator's mail server. They stay in this process: notices are few, each sending
 * process asks once an hour, and the setting (SMTP_OAUTH) is not ours to rewrite. A provider whose refresh
 * tokens work only once cannot be used.
 * @throws StartError naming the setting, never its value
 */
export function createSmtpAccess(tools: AskTools, setting: string): ProvideToken {
  const auth = authOf(setting)
  let token: MailToken | null = null
  let asking: Promise<MailToken> | null = null

  async function ask(user: string): Promise<MailToken> {
    const refreshToken = token?.refreshToken ?? auth.refreshToken
    const never = new AbortController().signal
    const fresh = await fetchAccess(tools, auth, user, refreshToken, never)
    return refreshToken === undefined ? fresh : { refreshToken, ...fresh }
  }

  return async (user, renew) => {
    const fresh = token !== null && tools.clock.now() < token.expiresAt - aheadOf(token)
    if (token === null || renew || !fresh) {
      asking ??= ask(user).finally(() => {
        asking = null
      })
      token = await asking
    }
    return token.accessToken
  }
}

function authOf(setting: string): StoredAuth {
  const parsed = StoredAuth.safeParse(json(setting))
  const fault = (what: string) => new StartError(`SMTP_OAUTH ${what}.`)
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path }) => path.join('.') || 'the whole').join(', ')
    throw fault(`must be JSON like the auth of a mailbox; to be mended: ${fields}`)
  }
  const { kind, refreshToken, scope } = parsed.data
  if (PROVIDERS[kind].consent && refreshToken === undefined)
    throw fault(`of kind ${kind} needs a refreshToken`)
  const own = scope ?? SMTP_SCOPES[kind]
  return { ...parsed.data, ...(own === undefined ? {} : { scope: own }) }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
