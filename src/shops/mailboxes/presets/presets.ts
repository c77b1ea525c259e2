import type { MailboxAuth } from '../oauth/schemas.ts'

/** What is known of mail hosts that shops in Japan use, as data. */

export interface MailboxPreset {
  /** For programs. */
  id: string
  /** As staff know it. */
  name: string
  /** null: it differs from account to account; `hostHelp` tells where it stands. */
  host: string | null
  /** Japanese. */
  hostHelp: string
  port: number
  security: 'tls' | 'starttls'
  /** Ways to sign in that it takes, the best first. */
  auth: readonly MailboxAuth['kind'][]
  /** Japanese: what the user name is. */
  usernameHelp: string
  /** Japanese: what must be switched on there before. */
  enable: readonly string[]
  /** Japanese: what went wrong for others. */
  traps: readonly string[]
  /** true: the host says so in its own pages, and we read them. false: from general knowledge; the connection test decides. */
  certain: boolean
  /** Domains of addresses that are its own. */
  domains: readonly string[]
  /** Ends of the names of its mail exchangers: whose mail comes there is a customer. */
  exchangers: readonly string[]
}

const ADDRESS = 'メールアドレス全体（例 order@example.jp）'
const COMMON = { port: 993, security: 'tls', usernameHelp: ADDRESS, certain: false, domains: [] } as const
const ABROAD =
  '国外からの接続を制限していると、国外のサーバーで動くこのサービスからは接続できません。制限を外すか、許可する接続元を追加してください。'

export const PRESETS: readonly MailboxPreset[] = [
  {
    ...COMMON,
    id: 'microsoft',
    name: 'Microsoft 365・Outlook.com',
    host: 'outlook.office365.com',
    hostHelp: '',
    auth: ['microsoft', 'microsoft_application'],
    enable: [
      'Exchange 管理センターで、メールボックスの「メール アプリの管理」＞ IMAP を有効にします。',
      'Outlook.com は、設定 ＞ メール ＞ 転送と IMAP で IMAP アクセスを許可します。',
    ],
    traps: [
      'パスワードでは接続できません（基本認証は廃止されています）。',
      '組織の設定により、利用者の同意に管理者の承認が要ることがあります。',
      'SMTP のパスワード認証も順次無効になります。',
    ],
    certain: true,
    domains: ['outlook.com', 'outlook.jp', 'hotmail.com', 'hotmail.co.jp', 'live.jp', 'live.com', 'msn.com'],
    exchangers: ['mail.protection.outlook.com', 'olc.protection.outlook.com'],
  },
  {
    ...COMMON,
    id: 'google',
    name: 'Gmail・Google Workspace',
    host: 'imap.gmail.com',
    hostHelp: '',
    auth: ['google', 'google_service_account', 'password'],
    enable: [
      'パスワードで接続する場合は、Google アカウントで 2 段階認証を有効にし、アプリパスワードを発行します。',
      'Workspace では、管理コンソールの「Gmail」＞「エンドユーザーのアクセス」で IMAP を有効にします。',
    ],
    traps: [
      '「テスト」状態の OAuth アプリの同意は 7 日で終わります。「本番環境」にしてください。',
      'フィルタで受信トレイを迂回したメールは INBOX にありません。フォルダーに「[Gmail]/すべてのメール」を指定できます。',
    ],
    certain: true,
    domains: ['gmail.com', 'googlemail.com'],
    exchangers: ['google.com', 'googlemail.com'],
  },
  {
    ...COMMON,
    id: 'yahoo_mail',
    name: 'Yahoo!メール',
    host: 'imap.mail.yahoo.co.jp',
    hostHelp: '',
    auth: ['password'],
    usernameHelp: 'Yahoo! JAPAN ID（@ より前だけ）',
    enable: [
      'Yahoo!メールの設定 ＞ IMAP/POP/SMTPアクセスで「Yahoo! JAPAN公式サービス以外からのアクセスも有効にする」を選びます。',
    ],
    traps: ['「パスワード無効」にしている ID では、IMAP 用のパスワードの設定が必要です。'],
    domains: ['yahoo.co.jp', 'ymail.ne.jp'],
    exchangers: ['mail.yahoo.co.jp'],
  },
  {
    ...COMMON,
    id: 'icloud',
    name: 'iCloudメール',
    host: 'imap.mail.me.com',
    hostHelp: '',
    auth: ['password'],
    usernameHelp: 'iCloudメールアドレスの @ より前（接続できないときはアドレス全体）',
    enable: ['Apple Account の「サインインとセキュリティ」で、アプリ用パスワードを発行します。'],
    traps: ['Apple Account のパスワードを変えると、アプリ用パスワードはすべて無効になります。'],
    domains: ['icloud.com', 'me.com', 'mac.com'],
    exchangers: ['mail.icloud.com'],
  },
  {
    ...COMMON,
    id: 'xserver',
    name: 'エックスサーバー',
    host: null,
    hostHelp: 'サーバーパネルの「サーバー情報」にあるホスト名（例 sv12345.xserver.jp）',
    auth: ['password'],
    enable: [],
    traps: ['POP と併用すると、POP 側の設定によりサーバーからメールが消えることがあります。', ABROAD],
    certain: true,
    exchangers: ['xserver.jp'],
  },
  {
    ...COMMON,
    id: 'sakura',
    name: 'さくらのレンタルサーバ・さくらのメールボックス',
    host: null,
    hostHelp: '初期ドメイン（例 example.sakura.ne.jp）',
    auth: ['password'],
    enable: [],
    traps: ['独自ドメインのホスト名では証明書が一致しません。初期ドメインを指定してください。', ABROAD],
    exchangers: ['sakura.ne.jp'],
  },
  {
    ...COMMON,
    id: 'lolipop',
    name: 'ロリポップ！',
    host: 'imap.lolipop.jp',
    hostHelp: '',
    auth: ['password'],
    enable: [],
    traps: ['ユーザー専用ページのパスワードではなく、メールアドレスごとのパスワードを使います。'],
    exchangers: ['lolipop.jp'],
  },
  {
    ...COMMON,
    id: 'onamae',
    name: 'お名前.com（レンタルサーバー・メール）',
    host: null,
    hostHelp: '契約時の案内にあるメールサーバー名（例 mail12.onamae.ne.jp）',
    auth: ['password'],
    enable: [],
    traps: ['独自ドメインのホスト名では証明書が一致しません。案内のサーバー名を指定してください。'],
    exchangers: ['onamae.ne.jp', 'gmoserver.jp'],
  },
  {
    ...COMMON,
    id: 'heteml',
    name: 'ヘテムル',
    host: null,
    hostHelp: 'コントロールパネルの「メール」にある IMAP サーバー名',
    auth: ['password'],
    enable: [],
    traps: ['コントロールパネルのパスワードではなく、メールアドレスごとのパスワードを使います。'],
    exchangers: ['heteml.jp', 'heteml.net'],
  },
]

const isBelow = (name: string, end: string): boolean => name === end || name.endsWith(`.${end}`)

export const presetOfDomain = (domain: string): MailboxPreset | undefined =>
  PRESETS.find(({ domains }) => domains.includes(domain))

export const presetOfExchanger = (exchanger: string): MailboxPreset | undefined =>
  PRESETS.find(({ exchangers }) => exchangers.some((end) => isBelow(exchanger, end)))
