import { describe, expect, it } from 'vitest'
import { refusedBy } from './failures.ts'
import { OAUTH_KINDS } from './providers.ts'

describe('what a provider refuses', () => {
  it.each([
    [
      'invalid_client',
      'AADSTS7000215: Invalid client secret provided.',
      'MAILBOX_OAUTH_CLIENT_REFUSED',
      'AADSTS7000215',
    ],
    [
      'invalid_client',
      'AADSTS7000222: The provided client secret keys are expired.',
      'MAILBOX_OAUTH_CLIENT_REFUSED',
      'AADSTS7000222',
    ],
    ['invalid_grant', 'AADSTS50173: The provided grant has expired.', 'MAILBOX_CONSENT_ENDED', 'AADSTS50173'],
    [
      'invalid_grant',
      'AADSTS700082: The refresh token has expired due to inactivity.',
      'MAILBOX_CONSENT_ENDED',
      'AADSTS700082',
    ],
    [
      'access_denied',
      'AADSTS90094: The grant requires admin permission.',
      'MAILBOX_OAUTH_NOT_PERMITTED',
      'AADSTS90094',
    ],
    [
      'invalid_grant',
      'AADSTS65001: The user or administrator has not consented.',
      'MAILBOX_OAUTH_NOT_PERMITTED',
      'AADSTS65001',
    ],
    ['invalid_grant', 'Token has been expired or revoked.', 'MAILBOX_CONSENT_ENDED', 'invalid_grant'],
    [
      'unauthorized_client',
      'Client is unauthorized to retrieve access tokens using this method.',
      'MAILBOX_OAUTH_NOT_PERMITTED',
      'unauthorized_client',
    ],
    ['brand_new', 'AADSTS1234567: who knows', 'MAILBOX_OAUTH_REFUSED', 'AADSTS1234567'],
  ])('%s, %s', (error, description, code, shown) => {
    const failure = refusedBy('microsoft', error, description)
    expect(failure).toMatchObject({ code, providerCode: shown, needsPerson: true })
    expect(failure.message).toContain(`（${shown}）`)
    expect(failure.message).not.toContain('{page}')
  })

  it('shows nothing of what the provider wrote but its code, however long or strange', () => {
    const failure = refusedBy('google', `<script>${'x'.repeat(10_000)}`, 'a'.repeat(100_000))
    expect(failure.providerCode?.length).toBeLessThanOrEqual(60)
    expect(failure.message).not.toContain('<')
  })

  it('does not send an application to a consent that it cannot give', () => {
    expect(refusedBy('google_service_account', 'invalid_grant', '').message).not.toContain('同意の手続き')
  })

  it('has words with a page for every kind', () => {
    for (const kind of OAUTH_KINDS) expect(refusedBy(kind, 'invalid_client', '').message).toMatch(/で確認/)
  })
})
