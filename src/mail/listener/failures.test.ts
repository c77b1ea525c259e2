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

  it.each(['UNAVAILABLE', 'inuse'])('does not blame the password when the server says %s', (code) => {
    expect(describeFailure(refused(code, 'Try later'), [])).toMatchObject({
      code: 'MAILBOX_SERVER_ERROR',
      refused: false,
    })
  })

  it.each([
    // Gmail
    ['Too many simultaneous connections. (Failure)', 'ALERT', 'MAILBOX_SERVER_LIMIT'],
    ['Account exceeded command or bandwidth limits. (Failure)', 'OVERQUOTA', 'MAILBOX_SERVER_LIMIT'],
    [
      'Your account is not enabled for IMAP use. Please visit your settings',
      'ALERT',
      'MAILBOX_IMAP_DISABLED',
    ],
    ['IMAP access is disabled for your domain. (Failure)', 'ALERT', 'MAILBOX_IMAP_DISABLED'],
    ['Application-specific password required: https://support.google.com', 'ALERT', 'MAILBOX_APP_PASSWORD'],
    ['Please log in via your web browser: https://support.google.com', 'ALERT', 'MAILBOX_BROWSER_LOGIN'],
    ['Web login required.', 'WEBALERT', 'MAILBOX_BROWSER_LOGIN'],
    ['Invalid credentials (Failure)', 'AUTHENTICATIONFAILED', 'MAILBOX_LOGIN_REFUSED'],
    // Microsoft
    ['LogonDenied-BasicAuthBlocked', undefined, 'MAILBOX_OAUTH_ONLY'],
    ['Server Unavailable. 15', undefined, 'MAILBOX_SERVER_LIMIT'],
    ['AUTHENTICATE failed.', undefined, 'MAILBOX_LOGIN_REFUSED'],
    // Yahoo!
    ['LOGIN Rate limit hit.', 'LIMIT', 'MAILBOX_SERVER_LIMIT'],
    ['Incorrect username or password.', 'AUTHENTICATIONFAILED', 'MAILBOX_LOGIN_REFUSED'],
    // Dovecot, as at エックスサーバー and さくら
    [
      'Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)',
      'UNAVAILABLE',
      'MAILBOX_SERVER_LIMIT',
    ],
    ['Temporary authentication failure. [mail:2026-11-30 10:00:00]', 'UNAVAILABLE', 'MAILBOX_SERVER_LIMIT'],
    [
      'Plaintext authentication disallowed on non-secure connections.',
      'PRIVACYREQUIRED',
      'MAILBOX_TLS_MISSING',
    ],
    ['Authentication failed.', 'AUTHENTICATIONFAILED', 'MAILBOX_LOGIN_REFUSED'],
    // Courier, Cyrus
    ['Login failed.', undefined, 'MAILBOX_LOGIN_REFUSED'],
    ['Too many open connections (2 of 2 for orders)', undefined, 'MAILBOX_SERVER_LIMIT'],
    ['Try later', 'LIMIT', 'MAILBOX_SERVER_LIMIT'],
  ])('%s [%s] is %s', (text, responseCode, code) => {
    const failure = describeFailure(refused(responseCode, text), [])
    expect(failure.code).toBe(code)
    // A limit is no reason to wait an hour, and none to change a password.
    const isLimit = code === 'MAILBOX_SERVER_LIMIT'
    expect(failure).toMatchObject({
      needsPerson: !isLimit,
      refused: !isLimit && code !== 'MAILBOX_TLS_MISSING',
    })
    if (isLimit) expect(failure.message).toContain('パスワードの間違いではありません')
  })

  it('waits for as long as the server asks, and ten minutes at most', () => {
    const asks = (ms: number) => ({
      responseText: `Request is throttled. Suggested Backoff Time: ${ms} milliseconds`,
      responseStatus: 'BAD',
    })
    expect(describeFailure(asks(92_415), [])).toMatchObject({
      code: 'MAILBOX_SERVER_LIMIT',
      limit: { waitMs: 92_415 },
    })
    expect(describeFailure(asks(999_999_999), []).limit?.waitMs).toBe(600_000)
  })

  it('takes what a server says at its BYE, and after a good login', () => {
    const bye = { code: 'NoConnection', reason: 'Account exceeded command or bandwidth limits.' }
    expect(describeFailure(bye, []).code).toBe('MAILBOX_SERVER_LIMIT')
    const opened = { responseStatus: 'BAD', responseText: 'User is authenticated but not connected.' }
    expect(describeFailure(opened, []).code).toBe('MAILBOX_SERVER_LIMIT')
    expect(describeFailure({ code: 'ClosedAfterConnectTLS' }, []).message).toContain('接続数の上限')
  })

  it.each([
    ['Dovecot, Courier', 'Disconnected for inactivity.'],
    ['GNU mailutils', 'Session timed out'],
    ['Exchange', 'Connection is closed. 13'],
    ['UW-IMAP', 'Autologout; idle for too long'],
    ['WildDuck', 'IDLE terminated'],
    ['others', 'Idle timeout, closing connection'],
    ['others', 'Connection timed out.'],
  ])('knows the end of a silent connection at %s', (_server, reason) => {
    const lost = Object.assign(new Error('ended'), { name: 'LinkLost', code: 'NoConnection', reason })
    expect(describeFailure(lost, [])).toMatchObject({ code: 'MAILBOX_SERVER_ERROR', wasSilent: true })
    const other = Object.assign(lost, { reason: 'Server shutting down.' })
    expect(describeFailure(other, []).wasSilent).toBeUndefined()
  })

  it('says that a server without passwords wants a token', () => {
    expect(describeFailure({ code: 'LOGIN_NEEDS_TOKEN' }, []).code).toBe('MAILBOX_OAUTH_ONLY')
  })

  it('names the folders that are there, without the user’s name', () => {
    const folders = Array.from({ length: 20 }, (_, n) => `INBOX.taro${n}`)
    const { message } = describeFailure({ mailboxMissing: true, folders, delimiter: '.' }, ['taro'])
    expect(message).toContain('「INBOX.＊0」')
    expect(message).toContain('ほか8件、階層の区切りは「.」')
    expect(message).not.toContain('taro')
  })

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
