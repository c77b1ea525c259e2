/**
 * Texts with which servers refuse, beside those of a wrong password. Most say it in a text alone, with the
 * same NO; a person who is told "wrong password" then changes a good one. Pure.
 */

export type RefusalCode =
  | 'MAILBOX_SERVER_LIMIT'
  | 'MAILBOX_IMAP_DISABLED'
  | 'MAILBOX_BROWSER_LOGIN'
  | 'MAILBOX_APP_PASSWORD'
  | 'MAILBOX_TLS_MISSING'
  | 'MAILBOX_OAUTH_ONLY'

interface ServerText {
  /** Linear, without anchors: providers wrap their texts. */
  text: RegExp
  code: RefusalCode
  /** Japanese: what it means and what to do. */
  message: string
}

const limit = (text: RegExp, what: string): ServerText => ({
  text,
  code: 'MAILBOX_SERVER_LIMIT',
  message: `${what}パスワードの間違いではありません。時間をおいて自動で再接続します。`,
})

const CONNECTIONS =
  'メールサーバーの同時接続数の上限に達しています。使っていないメールソフトや端末を終了してください。'

export const OAUTH_ONLY = {
  code: 'MAILBOX_OAUTH_ONLY',
  message:
    'このアカウントにはパスワードで接続できません。受信箱のサインイン方法を、事業者のもの（Microsoft、Google など）に変えてください。',
} as const

const NEEDS_TLS: ServerText = {
  text: /(?:plaintext|cleartext) authentication disallowed|must issue a starttls/i,
  code: 'MAILBOX_TLS_MISSING',
  message:
    'メールサーバーは、暗号化されていない接続でパスワードを受け付けません。受信箱の暗号化方式を TLS（993 番）か STARTTLS（143 番）にしてください。',
}

/** The first that fits counts. Those of one provider stand before what several servers say. */
const SERVER_TEXTS: readonly ServerText[] = [
  // Gmail
  limit(
    /too many simultaneous connections/i,
    'メールサーバーの同時接続数の上限（Gmail は1アカウント15まで）に達しています。使っていないメールソフトや端末を終了してください。',
  ),
  limit(
    /exceeded command or bandwidth limits/i,
    'Gmail の1日の通信量の上限に達しています。解除まで最長24時間かかります。大量のメールを読むほかのソフトがないか確認してください。',
  ),
  {
    text: /not enabled for imap use|imap access is disabled|imap is disabled/i,
    code: 'MAILBOX_IMAP_DISABLED',
    message:
      'このアカウントでは IMAP の利用が無効になっています。メール事業者の設定画面（組織のアカウントでは管理者の設定）で IMAP を有効にしてください。',
  },
  {
    text: /application-specific password required/i,
    code: 'MAILBOX_APP_PASSWORD',
    message:
      'このアカウントには通常のパスワードで接続できません。2段階認証を有効にしてアプリパスワードを発行し、受信箱の設定に入れてください。',
  },
  {
    text: /log in via your web browser|web login required/i,
    code: 'MAILBOX_BROWSER_LOGIN',
    message:
      'メール事業者が、本人の確認を求めています。ブラウザーでこのアカウントにログインして確認を済ませてください。パスワードを変える必要はありません。',
  },
  // Microsoft
  limit(
    /authenticated but not connected/i,
    'ログインはできましたが、メールボックスに接続できません。Microsoft 365 で接続が多すぎるか、このメールボックスを開く権限がありません。',
  ),
  limit(/request is throttled|suggested backoff time/i, 'Microsoft 365 が接続を一時的に制限しています。'),
  { text: /basicauthblocked|basic authentication is (?:disabled|blocked)/i, ...OAUTH_ONLY },
  limit(/server unavailable\. ?\d+/i, 'Microsoft 365 が混み合っています。'),
  // Yahoo!
  limit(/rate limit hit/i, 'メールサーバーへの接続回数の上限に達しています。'),
  {
    text: /(?:less secure|third.party) app/i,
    code: 'MAILBOX_IMAP_DISABLED',
    message:
      'このアカウントでは、事業者の公式サービス以外からの接続が無効になっています。メール事業者の設定画面で有効にしてください。',
  },
  // Dovecot, as at エックスサーバー and さくら
  limit(/maximum number of connections/i, CONNECTIONS),
  // Cyrus
  limit(/too many open connections/i, CONNECTIONS),
  // Courier
  {
    text: /imap access disabled via insecure connection/i,
    code: 'MAILBOX_TLS_MISSING',
    message:
      'このアカウントには暗号化した接続が必要です。受信箱の暗号化方式を TLS（993 番）か STARTTLS（143 番）にしてください。',
  },
  {
    text: /imap access disabled for this account/i,
    code: 'MAILBOX_IMAP_DISABLED',
    message:
      'このアカウントでは IMAP の利用が無効になっています。メール事業者の設定画面で IMAP を有効にしてください。',
  },
  limit(/account is temporarily unavailable/i, 'メール事業者がこのアカウントを一時的に止めています。'),
  // Several
  limit(
    /too many (?:\w+ )?(?:connections|logins|sessions|login attempts|bad login)|connection limit|rate.?limit|throttled/i,
    'メールサーバーの接続数か回数の上限に達しています。使っていないメールソフトや端末を終了してください。',
  ),
  limit(
    /temporary authentication failure|temporarily unavailable|try again later|please try later/i,
    'メールサーバーが一時的にログインを受け付けていません。',
  ),
  NEEDS_TLS,
]

/** Codes of RFC 5530, where the text says nothing known. */
const BY_CODE: Readonly<Record<string, ServerText | undefined>> = {
  LIMIT: limit(/./, CONNECTIONS),
  PRIVACYREQUIRED: NEEDS_TLS,
}

/** Characters of a server's answer that are looked at. */
const MOST_TEXT = 1_000

/** Null: nothing that is known. @param code response code of the answer, as LIMIT */
export function knownRefusal(text: string, code: string): Omit<ServerText, 'text'> | null {
  const some = text.slice(0, MOST_TEXT)
  return SERVER_TEXTS.find((known) => known.text.test(some)) ?? BY_CODE[code] ?? null
}

/** BYE after a silence: Dovecot and Courier, GNU mailutils, UW-IMAP, Cyrus, WildDuck, Exchange. */
const ENDED_SILENCE =
  /inactivity|(?:session|connection) timed out|autologout|idle (?:for )?too long|idle (?:time-?out|terminated)|connection is closed\. 13/i

/** True of the words with which a server ends a connection that was silent for too long. */
export const endedSilence = (text: string): boolean => ENDED_SILENCE.test(text.slice(0, MOST_TEXT))

/** Milliseconds for which a server asks to be left alone; null: it does not say. */
export function suggestedWait(text: string): number | null {
  const ms = /backoff time:? {0,3}(\d{1,9}) milliseconds/i.exec(text.slice(0, MOST_TEXT))?.[1]
  return ms === undefined ? null : Math.min(Number(ms), MOST_WAIT_MS)
}

/** An order waits for it; the server may say no once more. */
const MOST_WAIT_MS = 10 * 60_000
