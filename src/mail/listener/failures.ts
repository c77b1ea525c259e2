import type { BackoffLimits } from '../../platform/backoff.ts'
import { factsOf } from '../../platform/narrow.ts'
import { type MailAuthCode, MailAuthFailure } from '../../shops/mailboxes/oauth/failures.ts'
import { endedSilence, knownRefusal, OAUTH_ONLY, type RefusalCode, suggestedWait } from './server-texts.ts'

/** Why a mailbox cannot be followed, in words for staff. Pure: errors in, decisions out. */
type MailboxFailureCode =
  | MailAuthCode
  | RefusalCode
  | 'MAILBOX_LOGIN_REFUSED'
  | 'MAILBOX_FOLDER_MISSING'
  | 'MAILBOX_CERTIFICATE'
  | 'MAILBOX_HOST_NOT_ALLOWED'
  | 'MAILBOX_HOST_UNKNOWN'
  | 'MAILBOX_SECRET_UNREADABLE'
  | 'MAILBOX_UNREACHABLE'
  | 'MAILBOX_SERVER_ERROR'
  | 'MAILBOX_INTAKE_FAILED'
  | 'MAILBOX_MAILS_UNREAD'

export interface MailboxFailure {
  code: MailboxFailureCode
  /** Japanese: what happened and what to do. No password, user name or mail content. */
  message: string
  /**
   * True when only a person can fix it: shown at once, and retried ever less often. Otherwise it may pass by
   * itself.
   */
  needsPerson: boolean
  /** The account itself said no: providers lock accounts that are tried again and again. */
  refused: boolean
  /** The account is good and the server full: waited out, with a back-off of its own. */
  limit?: { waitMs: number | null }
  /** The server ended the connection for its silence; it wants to be asked sooner. */
  wasSilent?: boolean
}

/** Properties of ImapFlow, socket and TLS errors that are used here. */
interface ErrorFacts {
  code?: unknown
  name?: unknown
  reason?: unknown
  message?: unknown
  authenticationFailed?: unknown
  serverResponseCode?: unknown
  responseText?: unknown
  mailboxMissing?: unknown
  tlsFailed?: unknown
  /** Folders that exist when one is missing, and the delimiter between a folder and one in it. */
  folders?: unknown
  delimiter?: unknown
  oauthError?: { status?: unknown } | null
}

/** Response codes of a failed login that speak of the server, not of the login (RFC 5530 §3). */
const SERVER_IS_BUSY = new Set(['UNAVAILABLE', 'INUSE', 'LIMIT', 'SERVERBUG', 'OVERQUOTA'])

const CERTIFICATE = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_CERT|HOSTNAME_MISMATCH|ERR_SSL_CERT)/
const NOT_TLS = new Set(['EPROTO', 'ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG'])

/**
 * @param hide texts that must not appear in the message although the server may repeat them: user name,
 * password
 */
export function describeFailure(error: unknown, hide: readonly string[]): MailboxFailure {
  const facts: ErrorFacts = factsOf(error)
  const code = typeof facts.code === 'string' ? facts.code : ''
  const words = serverWords(facts.responseText ?? facts.reason, hide)
  if (facts.name === 'SealError') return SECRET_UNREADABLE
  if (facts.name === 'IntakeFailed') return INTAKE_FAILED
  if (facts.name === 'MailsUnread') return MAILS_UNREAD
  if (code === 'HOST_NOT_ALLOWED') return HOST_NOT_ALLOWED
  if (facts.reason === 'unresolvable' || code === 'ENOTFOUND') return HOST_UNKNOWN
  if (error instanceof MailAuthFailure) return withoutToken(error)
  const known = knownRefusal(answerOf(facts), String(facts.serverResponseCode ?? '').toUpperCase())
  if (known !== null && saysNo(facts)) return refusedFor(known, answerOf(facts), words)
  if (code === 'LOGIN_NEEDS_TLS' || code === 'PORT_SPEAKS_TLS') return WITHOUT_TLS[code]
  if (code === 'LOGIN_NEEDS_TOKEN') return { ...OAUTH_ONLY, needsPerson: true, refused: true }
  if (saysServerIsIll(facts)) return { ...SERVER_ERROR, message: SERVER_ERROR.message + words }
  if (facts.authenticationFailed === true) return { ...LOGIN_REFUSED, message: LOGIN_REFUSED.message + words }
  if (facts.mailboxMissing === true)
    return { ...FOLDER_MISSING, message: FOLDER_MISSING.message + foldersOf(facts, hide) + words }
  if (CERTIFICATE.test(code)) return certificateFailure(code)
  if (facts.tlsFailed === true || NOT_TLS.has(code)) return TLS_MISSING
  if (facts.name === 'LinkLost' && endedSilence(answerOf(facts)))
    return { ...SERVER_ERROR, message: SILENCE_ENDED + words, wasSilent: true }
  if (words !== '') return { ...SERVER_ERROR, message: SERVER_ERROR.message + words }
  if (code.startsWith('ClosedAfterConnect')) return { ...HUNG_UP, message: `${HUNG_UP.message}(${code})` }
  return { ...UNREACHABLE, message: `${UNREACHABLE.message}(${code === '' ? '切断' : code})` }
}

/** The server could not find out who it was: it says so by a code, or, of a token, by the status alone. */
const saysServerIsIll = (facts: ErrorFacts): boolean =>
  facts.authenticationFailed === true &&
  (SERVER_IS_BUSY.has(String(facts.serverResponseCode ?? '').toUpperCase()) ||
    facts.oauthError?.status === 'internal_failure')

/** The account said no to the token that was shown; another one may be taken. */
export function isTokenRefused(error: unknown): boolean {
  const facts: ErrorFacts = factsOf(error)
  if (facts.authenticationFailed !== true || saysServerIsIll(facts)) return false
  return knownRefusal(answerOf(facts), '') === null
}

const answerOf = ({ responseText, reason }: ErrorFacts): string => {
  const text = responseText ?? reason
  return typeof text === 'string' ? text : ''
}

/** The server itself answered: a login refused, a command refused, or BYE. */
const saysNo = (facts: ErrorFacts): boolean =>
  facts.mailboxMissing !== true && facts.tlsFailed !== true && facts.name !== 'MailsUnread'

function refusedFor(
  { code, message }: { code: RefusalCode; message: string },
  answer: string,
  words: string,
): MailboxFailure {
  const isLimit = code === 'MAILBOX_SERVER_LIMIT'
  const failure = {
    code,
    message: message + words,
    needsPerson: !isLimit,
    refused: !isLimit && code !== 'MAILBOX_TLS_MISSING',
  }
  return isLimit ? { ...failure, limit: { waitMs: suggestedWait(answer) } } : failure
}

/** Folders named to staff, who have to choose one of them. */
const MOST_FOLDERS = 12
const LONGEST_FOLDER = 60

function foldersOf({ folders, delimiter }: ErrorFacts, hide: readonly string[]): string {
  if (!Array.isArray(folders) || folders.length === 0) return ''
  const names = folders.filter((name) => typeof name === 'string')
  const shown = names
    .slice(0, MOST_FOLDERS)
    .map((name) => withoutSecrets(name, hide).slice(0, LONGEST_FOLDER))
  const more = names.length > MOST_FOLDERS ? ` ほか${names.length - MOST_FOLDERS}件` : ''
  const separator =
    typeof delimiter === 'string' && delimiter !== '' ? `、階層の区切りは「${delimiter}」` : ''
  return `このアカウントにあるフォルダー: ${shown.map((name) => `「${name}」`).join('')}${more}${separator}。`
}

const withoutToken = ({ code, message, needsPerson }: MailAuthFailure): MailboxFailure => ({
  code,
  message,
  needsPerson,
  refused: needsPerson,
})

function certificateFailure(code: string): MailboxFailure {
  const why =
    code === 'CERT_HAS_EXPIRED'
      ? '証明書の有効期限が切れています。メールサーバーの管理者に更新を依頼してください。'
      : code === 'ERR_TLS_CERT_ALTNAME_INVALID' || code === 'HOSTNAME_MISMATCH'
        ? '証明書がこのホスト名のものではありません。受信箱の設定のホスト名を、メール事業者が案内しているものに直してください。'
        : '証明書を信頼できません（自己署名など）。ホスト名を確認し、メールサーバーの管理者に正規の証明書を依頼してください。'
  return {
    code: 'MAILBOX_CERTIFICATE',
    message: `メールサーバーの${why}(${code})`,
    needsPerson: true,
    refused: false,
  }
}

/** Returns the server's text for staff, without addresses and without the strings in `hide`. */
export function serverWords(text: unknown, hide: readonly string[]): string {
  if (typeof text !== 'string') return ''
  const words = withoutSecrets(text, hide).slice(0, 200)
  return words === '' ? '' : `サーバーの応答: ${words}`
}

function withoutSecrets(text: string, hide: readonly string[]): string {
  let words = text
  for (const secret of hide) if (secret !== '') words = words.replaceAll(secret, '＊')
  return words
    .replace(/[^\s<>"'()]+@[^\s<>"'()]+/g, '＊')
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
}

const byPerson = (code: MailboxFailureCode, message: string): MailboxFailure => ({
  code,
  message,
  needsPerson: true,
  refused: false,
})
const passing = (code: MailboxFailureCode, message: string): MailboxFailure => ({
  code,
  message,
  needsPerson: false,
  refused: false,
})

const LOGIN_REFUSED: MailboxFailure = {
  code: 'MAILBOX_LOGIN_REFUSED',
  message:
    'メールサーバーにログインできません。受信箱の設定でユーザー名とパスワードを入れ直してください' +
    '（2段階認証のアカウントではアプリパスワードが必要です）。',
  needsPerson: true,
  refused: true,
}
const FOLDER_MISSING = byPerson(
  'MAILBOX_FOLDER_MISSING',
  '指定されたフォルダーがありません。受信箱の設定でフォルダー名を確認してください。',
)
const TLS_MISSING = byPerson(
  'MAILBOX_TLS_MISSING',
  'メールサーバーと暗号化通信（TLS）を始められません。受信箱の設定のポート番号と暗号化方式を確認してください（993 番は TLS、143 番は STARTTLS）。',
)
const WITHOUT_TLS = {
  LOGIN_NEEDS_TLS: byPerson(
    'MAILBOX_TLS_MISSING',
    'メールサーバーは、暗号化されていない接続ではログインを受け付けません。受信箱の暗号化方式を TLS（993 番）か STARTTLS（143 番）にしてください。',
  ),
  PORT_SPEAKS_TLS: byPerson(
    'MAILBOX_TLS_MISSING',
    'このポートは最初から TLS で通信します。受信箱の暗号化方式を TLS にするか、STARTTLS のポート（通常は 143 番）を指定してください。',
  ),
}
const HOST_NOT_ALLOWED = byPerson(
  'MAILBOX_HOST_NOT_ALLOWED',
  'このホストは社内またはこのサーバー自身のアドレスのため接続できません。公開されているホスト名を指定してください。',
)
const SECRET_UNREADABLE = byPerson(
  'MAILBOX_SECRET_UNREADABLE',
  '保存されているパスワードを復号できません。受信箱の設定でユーザー名とパスワードを入れ直してください。',
)
const HOST_UNKNOWN = passing(
  'MAILBOX_HOST_UNKNOWN',
  'メールサーバーのホスト名が見つかりません。受信箱の設定のホスト名を確認してください。',
)
const UNREACHABLE = passing(
  'MAILBOX_UNREACHABLE',
  'メールサーバーに接続できません。自動で再接続します。続く場合は、ホスト名とポート番号、メール事業者の障害情報を確認してください。',
)
const HUNG_UP = passing(
  'MAILBOX_UNREACHABLE',
  'メールサーバーが、挨拶の前に接続を閉じました。同じ接続元からの接続数の上限に達しているか、接続元の制限（国外からの接続の制限など）の対象です。' +
    '自動で再接続します。続く場合は、使っていないメールソフトや端末を終了し、メール事業者の接続元の制限を確認してください。',
)
const SERVER_ERROR = passing(
  'MAILBOX_SERVER_ERROR',
  'メールサーバーがエラーを返しました。自動で再接続します。続く場合はメール事業者に問い合わせてください。',
)
const SILENCE_ENDED =
  'メールサーバーが、待機中の接続を短い間隔で切断しています。自動で再接続します。新しいメールの取り込みが少し遅れることがあります。'
const INTAKE_FAILED = passing(
  'MAILBOX_INTAKE_FAILED',
  '受信したメールを保存できませんでした。自動で再実行します。続く場合は運営者に連絡してください。',
)

/** Shown on a mailbox that is still listened to, once a new connection did not help. */
export const MAILS_UNREAD = passing(
  'MAILBOX_MAILS_UNREAD',
  '受信箱に、メールサーバーが一覧には表示されるのに本文を取得できないメールがあります。ほかのメールは通常どおり取り込んでいます。' +
    'メールソフトでこの受信箱の新しいメールが開けるか確認し、開けないメールは別のフォルダーへ移すか、メール事業者に問い合わせてください。' +
    'その受注は突合で取り込まれるか、注文番号を指定して取り込めます。',
)

/** Back-off for a failing server or network: short, since it may return any moment. */
export const LINK_BACKOFF: BackoffLimits = { firstMs: 1_000, capMs: 60_000 }
/**
 * Back-off for a refused login: providers lock accounts that are tried too often, and only a person can fix
 * it.
 */
export const REFUSED_BACKOFF: BackoffLimits = { firstMs: 60_000, capMs: 3_600_000 }

/**
 * Back-off for a server that is full: it knows the account, and the next place may be free at any time.
 * Longer than for a broken link, because attempts count towards some limits.
 */
export const LIMIT_BACKOFF: BackoffLimits = { firstMs: 5_000, capMs: 120_000 }

const REFUSALS: ReadonlySet<string> = new Set<MailboxFailureCode>([
  LOGIN_REFUSED.code,
  'MAILBOX_IMAP_DISABLED',
  'MAILBOX_BROWSER_LOGIN',
  'MAILBOX_APP_PASSWORD',
])

/** True when the account refused this mailbox; another process then continues its failure count. */
export const wasRefused = (attentionCode: string | null): boolean =>
  attentionCode !== null && (REFUSALS.has(attentionCode) || attentionCode.startsWith('MAILBOX_OAUTH_'))

/** Failures in a row before a passing fault is shown to people, about ten minutes of back-off. */
export const ATTENTION_AFTER_FAILURES = 18

export const needsAttention = (failure: MailboxFailure, failures: number): boolean =>
  failure.needsPerson || failures >= ATTENTION_AFTER_FAILURES
