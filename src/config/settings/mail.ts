import { z } from 'zod'
import { mailAddress, mallUrl, urlOf } from '../fields.ts'
import { note } from './note.ts'

/** Sign-in at the mail providers. */
export const mailboxes = {
  MICROSOFT_AUTH_URL: mallUrl('https://login.microsoftonline.com').meta({
    description: 'Microsoft’s sign-in for mailboxes: what stands before `/{tenant}/oauth2/v2.0`.',
    ...note('Mailboxes'),
  }),
  MICROSOFT_CLIENT_ID: z
    .string()
    .trim()
    .optional()
    .meta({
      description:
        'The operator’s own application at Microsoft, for mailboxes that bring none. With `<PUBLIC_URL>/oauth/mailbox/callback` as its redirect URI.',
      ...note('Mailboxes', { shownDefault: 'each mailbox brings its own' }),
    }),
  MICROSOFT_CLIENT_SECRET: z
    .string()
    .trim()
    .optional()
    .meta({
      description: 'Its secret.',
      ...note('Mailboxes', { shownDefault: 'none', secret: true }),
    }),
  GOOGLE_CONSENT_URL: mallUrl('https://accounts.google.com').meta({
    description: 'Google’s consent page for mailboxes: what stands before `/o/oauth2/v2/auth`.',
    ...note('Mailboxes'),
  }),
  GOOGLE_TOKEN_URL: mallUrl('https://oauth2.googleapis.com').meta({
    description: 'Google’s tokens for mailboxes: what stands before `/token`.',
    ...note('Mailboxes'),
  }),
  GOOGLE_CLIENT_ID: z
    .string()
    .trim()
    .optional()
    .meta({
      description:
        'The operator’s own application at Google, for mailboxes that bring none. With `<PUBLIC_URL>/oauth/mailbox/callback` as its redirect URI.',
      ...note('Mailboxes', { shownDefault: 'each mailbox brings its own' }),
    }),
  GOOGLE_CLIENT_SECRET: z
    .string()
    .trim()
    .optional()
    .meta({
      description: 'Its secret.',
      ...note('Mailboxes', { shownDefault: 'none', secret: true }),
    }),
}

/** Outgoing mail for notices. */
export const notices = {
  SMTP_URL: urlOf(['smtp', 'smtps'])
    .optional()
    .meta({
      description:
        'Mail server for notices (通知) of keys and consents that end: `smtp://user:password@host:587`, `smtps://…:465`. Not set: notices stand in `GET /v1/notices` alone.',
      ...note('Notices', { shownDefault: 'no mails', secret: true }),
    }),
  SMTP_OAUTH: z
    .string()
    .trim()
    .startsWith('{', { error: 'must be JSON like the auth of a mailbox' })
    .optional()
    .meta({
      description:
        'How SMTP_URL’s user signs in by OAuth instead of by a password: JSON like `auth` of a mailbox, e.g. `{"kind":"microsoft_application","tenant":"…","clientId":"…","clientSecret":"…"}`; kinds with consent take a `refreshToken` beside.',
      ...note('Notices', { shownDefault: 'the password of SMTP_URL', secret: true }),
    }),
  SMTP_FROM: mailAddress.optional().meta({
    description: 'Sender of notices: an address, or `Name <address>`.',
    ...note('Notices', {
      shownDefault: 'the user of SMTP_URL if that is an address, else `torikomi@` its host',
    }),
  }),
}
