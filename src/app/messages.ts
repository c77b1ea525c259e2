import { createSmtpMailer } from '../notices/mailer.ts'
import { createHttpClient } from '../platform/http/undici-client.ts'
import { createEmailOf } from '../staff/accounts.ts'
import type { Core } from './core.ts'

export type Messages = ReturnType<typeof createMessages>

/** Ways out to people: the operator's mail server, and the tenants' channels. */
export function createMessages({ shared, oauth }: Core) {
  const { config, sendMail } = shared
  const mailer = config.smtp && createSmtpMailer(oauth, config.smtp)
  return {
    sendMail: sendMail ?? mailer?.send ?? null,
    channels: {
      ...shared,
      mailer,
      http: createHttpClient({ allowPrivateHosts: config.webhookAllowedPrivateHosts, connectionsPerHost: 2 }),
      channelHosts: { allow: config.webhookAllowedPrivateHosts },
      emailOf: createEmailOf(shared),
    },
  }
}
