import { type OAuthKind, PROVIDERS } from './providers.ts'

export type MailAuthCode =
  | 'MAILBOX_CONSENT_NEEDED'
  | 'MAILBOX_CONSENT_ENDED'
  | 'MAILBOX_OAUTH_CLIENT_REFUSED'
  | 'MAILBOX_OAUTH_NOT_PERMITTED'
  | 'MAILBOX_OAUTH_REFUSED'
  | 'MAILBOX_OAUTH_LOGIN_REFUSED'
  | 'MAILBOX_OAUTH_UNAVAILABLE'

/** No access token for a mailbox. */
export class MailAuthFailure extends Error {
  readonly code: MailAuthCode
  /** The provider's own code: `AADSTS7000215`, `invalid_grant`. */
  readonly providerCode: string | null
  /** Only a person can mend it. */
  readonly needsPerson: boolean
  constructor(code: MailAuthCode, message: string, providerCode: string | null = null) {
    super(providerCode === null ? message : `${message}（${providerCode}）`)
    this.name = 'MailAuthFailure'
    this.code = code
    this.providerCode = providerCode
    this.needsPerson = code !== 'MAILBOX_OAUTH_UNAVAILABLE'
  }
}

const AGAIN = '受信箱の設定で同意の手続き（POST /v1/mailboxes/{id}/consent）をもう一度行ってください。'

export const consentNeeded = () =>
  new MailAuthFailure(
    'MAILBOX_CONSENT_NEEDED',
    'この受信箱はまだ同意されていません。受信箱の設定で同意の手続き（POST /v1/mailboxes/{id}/consent）を行ってください。',
  )

export const applicationMissing = (kind: OAuthKind) =>
  new MailAuthFailure(
    'MAILBOX_OAUTH_CLIENT_REFUSED',
    `${PROVIDERS[kind].label}のアプリケーションが設定されていません。受信箱の設定でクライアントIDとシークレットを入れるか、運営者に設定を依頼してください。`,
  )

export const keyUnusable = () =>
  new MailAuthFailure(
    'MAILBOX_OAUTH_CLIENT_REFUSED',
    'サービスアカウントの秘密鍵を読み取れません。Google Cloud コンソールで鍵（JSON）を発行し直し、private_key をそのまま入れ直してください。',
  )

export const unavailable = (why: string) =>
  new MailAuthFailure(
    'MAILBOX_OAUTH_UNAVAILABLE',
    'メール事業者の認証サーバーから正しい応答がありません。自動で再実行しますので、操作は不要です。',
    why,
  )

/** Meaning and remedy of each provider's own codes. {page}: where the application is registered. */
const WORDS: ReadonlyMap<string, readonly [MailAuthCode, string]> = new Map([
  [
    'AADSTS7000215',
    [
      'MAILBOX_OAUTH_CLIENT_REFUSED',
      'クライアントシークレットが違います。{page}でシークレットの「値」（ID ではありません）を確認し、入れ直してください。',
    ],
  ],
  [
    'AADSTS7000222',
    [
      'MAILBOX_OAUTH_CLIENT_REFUSED',
      'クライアントシークレットの期限が切れています。{page}で新しいシークレットを発行し、受信箱の設定に入れ直してください。',
    ],
  ],
  [
    'AADSTS700016',
    [
      'MAILBOX_OAUTH_CLIENT_REFUSED',
      'このディレクトリ（テナント）にアプリケーションがありません。クライアントIDとテナントIDを{page}で確認してください。',
    ],
  ],
  [
    'AADSTS90002',
    [
      'MAILBOX_OAUTH_CLIENT_REFUSED',
      'テナントが見つかりません。テナントID（ディレクトリID）を{page}で確認してください。',
    ],
  ],
  [
    'AADSTS50020',
    [
      'MAILBOX_OAUTH_NOT_PERMITTED',
      'このアカウントはテナントの利用者ではありません。受信箱のアカウントで同意してください。',
    ],
  ],
  [
    'AADSTS65001',
    [
      'MAILBOX_OAUTH_NOT_PERMITTED',
      `アプリケーションへの同意がありません。${AGAIN}管理者の同意が要る組織では、管理者に{page}での同意を依頼してください。`,
    ],
  ],
  [
    'AADSTS90094',
    [
      'MAILBOX_OAUTH_NOT_PERMITTED',
      '管理者の同意が必要です。管理者に{page}＞「API のアクセス許可」で「管理者の同意を与えます」を行うよう依頼してください。',
    ],
  ],
  [
    'AADSTS90095',
    [
      'MAILBOX_OAUTH_NOT_PERMITTED',
      '管理者の承認待ちです。管理者がエンタープライズ アプリケーションの「管理者の同意要求」で承認すると使えるようになります。',
    ],
  ],
  [
    'AADSTS500011',
    [
      'MAILBOX_OAUTH_NOT_PERMITTED',
      '要求したリソースがテナントにありません。{page}＞「API のアクセス許可」で Office 365 Exchange Online の IMAP を追加してください。',
    ],
  ],
  [
    'AADSTS70011',
    [
      'MAILBOX_OAUTH_NOT_PERMITTED',
      'スコープが正しくありません。{page}＞「API のアクセス許可」で IMAP のアクセス許可を確認してください。',
    ],
  ],
  [
    'AADSTS53003',
    [
      'MAILBOX_OAUTH_NOT_PERMITTED',
      '条件付きアクセスのポリシーで断られました。管理者に、このアプリケーションをポリシーで許可するよう依頼してください。',
    ],
  ],
  ['AADSTS50076', ['MAILBOX_CONSENT_ENDED', `多要素認証が必要になりました。${AGAIN}`]],
  ['AADSTS50079', ['MAILBOX_CONSENT_ENDED', `多要素認証の登録が必要になりました。${AGAIN}`]],
  ['AADSTS50173', ['MAILBOX_CONSENT_ENDED', `パスワードの変更などにより同意が無効になりました。${AGAIN}`]],
  ['AADSTS700082', ['MAILBOX_CONSENT_ENDED', `90日以上使われなかったため同意が無効になりました。${AGAIN}`]],
  [
    'AADSTS50034',
    ['MAILBOX_CONSENT_ENDED', `アカウントが見つかりません。削除または停止されていないか確認し、${AGAIN}`],
  ],
  ['AADSTS50057', ['MAILBOX_CONSENT_ENDED', `アカウントが停止されています。管理者に確認し、${AGAIN}`]],
  ['AADSTS54005', ['MAILBOX_CONSENT_NEEDED', `同意の認可コードはすでに使われています。${AGAIN}`]],
  [
    'admin_policy_enforced',
    [
      'MAILBOX_OAUTH_NOT_PERMITTED',
      'Google Workspace の管理者がこのアプリを許可していません。管理者に、管理コンソールの「API の制御」で「信頼できる」アプリにするよう依頼してください。',
    ],
  ],
  [
    'org_internal',
    [
      'MAILBOX_OAUTH_NOT_PERMITTED',
      'このアプリは組織内のアカウント専用です。組織のアカウントで同意するか、{page}で「外部」にしてください。',
    ],
  ],
  [
    'disabled_client',
    ['MAILBOX_OAUTH_CLIENT_REFUSED', 'クライアントが無効にされています。{page}で確認してください。'],
  ],
  [
    'deleted_client',
    [
      'MAILBOX_OAUTH_CLIENT_REFUSED',
      'クライアントが削除されています。{page}で新しいクライアントを作り、入れ直してください。',
    ],
  ],
  [
    'invalid_client',
    [
      'MAILBOX_OAUTH_CLIENT_REFUSED',
      'クライアントIDまたはシークレットが違います。{page}で確認し、入れ直してください。',
    ],
  ],
  [
    'unauthorized_client',
    [
      'MAILBOX_OAUTH_NOT_PERMITTED',
      'このアプリケーションには許可されていません。{page}で、クライアントIDとスコープの登録を確認してください。',
    ],
  ],
  [
    'invalid_scope',
    ['MAILBOX_OAUTH_NOT_PERMITTED', 'スコープが許可されていません。{page}で確認してください。'],
  ],
  [
    'access_denied',
    ['MAILBOX_OAUTH_NOT_PERMITTED', 'アクセスが断られました。{page}で許可を確認してください。'],
  ],
  ['invalid_grant', ['MAILBOX_CONSENT_ENDED', `同意の期限が切れたか、取り消されました。${AGAIN}`]],
  ['interaction_required', ['MAILBOX_CONSENT_ENDED', `もう一度サインインが必要です。${AGAIN}`]],
])

/** An application cannot consent: what its provider refuses is mended on the provider's page. */
const INVALID_GRANT_OF_APPLICATION =
  '認証サーバーがサービスアカウントを断りました。受信箱のユーザー名（なり代わるアカウント）が実在するか、{page}の登録とサーバーの時刻を確認してください。'

/** @param description what the provider said beside its code; Microsoft's number stands in it */
export function refusedBy(kind: OAuthKind, error: string, description: string): MailAuthFailure {
  const number = /\bAADSTS\d{4,9}\b/.exec(description.slice(0, 2_000))?.[0]
  const code = number ?? error.replace(/[^\w.-]/g, '').slice(0, 60)
  const [kindOf, words] =
    WORDS.get(code) ??
    WORDS.get(error) ??
    (['MAILBOX_OAUTH_REFUSED', '認証サーバーが断りました。{page}で確認してください。'] as const)
  const own =
    error === 'invalid_grant' && kind === 'google_service_account' ? INVALID_GRANT_OF_APPLICATION : words
  return new MailAuthFailure(kindOf, own.replaceAll('{page}', PROVIDERS[kind].page), code)
}
