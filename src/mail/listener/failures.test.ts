import { describe, expect, it } from 'vitest'
import { jitteredMs } from '../../platform/backoff.ts'
import { refusedBy, unavailable } from '../../shops/mailboxes/oauth/failures.ts'
import {
  ATTENTION_AFTER_FAILURES,
  describeFailure,
  isTokenRefused,
  LINK_BACKOFF,
  needsAttention,
} from './failures.ts'

const refused = (serverResponseCode: string | undefined, responseText: string) => ({
  authenticationFailed: true,
  serverResponseCode,
  responseText,
})

describe('describeFailure', () => {
  it('keeps the words of a server that refuses the login, without user name and password', () => {
    const error = refused('AUTHENTICATIONFAILED', 'Invalid login for taro with s3cret at taro@shop.example')
    const failure = describeFailure(error, ['taro', 's3cret'])
    expect(failure).toMatchObject({ code: 'MAILBOX_LOGIN_REFUSED', needsPerson: true, refused: true })
    expect(failure.message).toContain('サーバーの応答: Invalid login for ＊ with ＊ at ＊')
    expect(failure.message).not.toMatch(/taro|s3cret|@/)
  })

  it('takes a refused login without a response code for what it is', () => {
    expect(describeFailure(refused(undefined, 'LOGIN failed.'), []).code).toBe('MAILBOX_LOGIN_REFUSED')
  })

  it.each(['UNAVAILABLE', 'LIMIT', 'inuse'])(
    'does not blame the password when the server says %s',
    (code) => {
      expect(describeFailure(refused(code, 'Try later'), [])).toMatchObject({
        code: 'MAILBOX_SERVER_ERROR',
        refused: false,
      })
    },
  )

  it.each([
    [{ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'MAILBOX_CERTIFICATE'],
    [{ code: 'CERT_HAS_EXPIRED', tlsFailed: true }, 'MAILBOX_CERTIFICATE'],
    [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 'MAILBOX_CERTIFICATE'],
    [{ tlsFailed: true, message: 'Server does not support STARTTLS' }, 'MAILBOX_TLS_MISSING'],
    [{ code: 'ERR_SSL_WRONG_VERSION_NUMBER' }, 'MAILBOX_TLS_MISSING'],
    [{ mailboxMissing: true, responseText: "Mailbox doesn't exist" }, 'MAILBOX_FOLDER_MISSING'],
    [{ code: 'HOST_NOT_ALLOWED', reason: 'forbidden' }, 'MAILBOX_HOST_NOT_ALLOWED'],
    [{ name: 'SealError', reason: 'unknown_key' }, 'MAILBOX_SECRET_UNREADABLE'],
  ])('%o is for a person, at once', (error, code) => {
    const failure = describeFailure(error, [])
    expect(failure.code).toBe(code)
    expect(needsAttention(failure, 1)).toBe(true)
  })

  it.each([
    [{ code: 'UNAVAILABLE', reason: 'unresolvable' }, 'MAILBOX_HOST_UNKNOWN'],
    [{ code: 'ECONNREFUSED' }, 'MAILBOX_UNREACHABLE'],
    [{ code: 'CONNECT_TIMEOUT' }, 'MAILBOX_UNREACHABLE'],
    [{ code: 'NoConnection', reason: 'Server shutting down' }, 'MAILBOX_SERVER_ERROR'],
    [{ name: 'IntakeFailed' }, 'MAILBOX_INTAKE_FAILED'],
    [undefined, 'MAILBOX_UNREACHABLE'],
  ])('%o may pass: people hear of it after about ten minutes', (error, code) => {
    const failure = describeFailure(error, [])
    expect(failure).toMatchObject({ code, refused: false })
    expect(needsAttention(failure, 1)).toBe(false)
    expect(needsAttention(failure, ATTENTION_AFTER_FAILURES)).toBe(true)
  })

  it('says at about ten minutes of back-off that people are needed', () => {
    const waits = Array.from({ length: ATTENTION_AFTER_FAILURES - 1 }, (_, index) =>
      jitteredMs(index + 1, 0.5, LINK_BACKOFF),
    )
    const minutes = waits.reduce((sum, wait) => sum + wait, 0) / 60_000
    expect(minutes).toBeGreaterThan(8)
    expect(minutes).toBeLessThan(12)
  })
})

describe('a token that is not taken', () => {
  const refusal = (oauthError?: object, more: object = {}) =>
    Object.assign(new Error('Command failed'), {
      authenticationFailed: true,
      serverResponseCode: 'AUTHENTICATIONFAILED',
      ...(oauthError ? { oauthError } : {}),
      ...more,
    })

  it.each([
    ['expired, over OAUTHBEARER', refusal({ status: 'invalid_token' }), true],
    ['expired, over XOAUTH2', refusal({ status: '401', schemes: 'bearer' }), true],
    ['of another user', refusal(), true],
    ['while its checker is away', refusal({ status: 'internal_failure' }), false],
    ['while the server is busy', refusal(undefined, { serverResponseCode: 'UNAVAILABLE' }), false],
    ['because the link broke', new Error('socket'), false],
  ])('%s: another one may be tried: %s', (_name, error, renewed) => {
    expect(isTokenRefused(error)).toBe(renewed)
  })

  it('is no wrong password where the server could not check it', () => {
    expect(describeFailure(refusal({ status: 'internal_failure' }), [])).toMatchObject({
      code: 'MAILBOX_SERVER_ERROR',
      needsPerson: false,
      refused: false,
    })
  })

  it('says what the provider said', () => {
    const failure = refusedBy('microsoft', 'invalid_grant', 'AADSTS50173: x')
    expect(describeFailure(failure, [])).toMatchObject({
      code: 'MAILBOX_CONSENT_ENDED',
      needsPerson: true,
      refused: true,
    })
    expect(describeFailure(unavailable('HTTP 503'), [])).toMatchObject({ needsPerson: false, refused: false })
  })
})
