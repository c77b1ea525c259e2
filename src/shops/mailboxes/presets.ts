import type { MailboxAuth } from './mailbox-schemas.ts'

/** Known settings of mail hosts that shops in Japan use, as data. */

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
  /** true: read in the host's own pages. false: not all of it could be; the connection test decides. */
  certain: boolean
  /** Japanese: where it is from, and what could not be confirmed. */
  source: string
  /** Name that it is known to write into Authentication-Results; null: none, several, or not known. */
  authservId: string | null
  /** Domains of addresses that are its own. */
  domains: readonly string[]
  /** Ends of the names of its mail exchangers: whose mail comes there is a customer. */
  exchangers: readonly string[]
}

const ADDRESS = 'メールアドレス全体（例 order@example.jp）'
const COMMON = {
  port: 993,
  security: 'tls',
  usernameHelp: ADDRESS,
  certain: false,
  domains: [],
  authservId: null,
} as const

const OWN_PAGES = '事業者自身の説明に基づきます。実際の契約では試していません。'
const COMPARED =
  '公開されているプログラムの設定と照合した値で、事業者の説明では確認できていません。接続テストで確認してください。'
const UNCONFIRMED =
  '一般的な知識による値で、事業者の説明では確認できていません。契約の案内と見比べ、接続テストで確認してください。'
/** Each preset warns of it: an order mail in another folder is found by the sweep alone. */
const SPAM =
  '迷惑メールと判定されて別のフォルダーに移されたメールは INBOX になく、取り込まれません。モールの差出人を受信許可（ホワイトリスト）に登録してください。'
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
      'Outlook.com は初期状態で IMAP を使えません。設定 ＞ メール ＞ 転送と IMAP で、IMAP の使用を許可します。',
    ],
    traps: [
      '迷惑メールと判定されたメールは「迷惑メール」フォルダーか検疫に入り、取り込まれません。モールの差出人を差出人セーフ リスト（組織では許可リスト）に登録してください。',
      '認証結果（Authentication-Results）にサーバー名が書かれないため、「認証結果を付けるサーバー名」は空のままにします。',
      'パスワードでは接続できません（基本認証は廃止されています）。',
      '組織の設定により、利用者の同意に管理者の承認が要ることがあります。',
      'SMTP のパスワード認証も順次無効になります。',
      '複数の国や機器から接続すると、接続が一時的に拒否されることがあります。account.live.com/activity で「自分です」を選ぶと解除されます。',
    ],
    certain: true,
    source: OWN_PAGES,
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
      'Gmail の IMAP は 2025 年 1 月から常に有効で、設定は要りません。',
      'パスワードで接続する場合は、Google アカウントで 2 段階認証を有効にし、アプリパスワードを発行します。',
      'Workspace では、管理コンソールの「Gmail」＞「エンドユーザーのアクセス」で IMAP を有効にします。',
    ],
    traps: [
      '迷惑メールと判定されたメールは INBOX にも「すべてのメール」にもありません。モールの差出人に「迷惑メールにしない」フィルタを作ってください。',
      '「テスト」状態の OAuth アプリの同意は 7 日で終わります。「本番環境」にしてください。',
      'フィルタで受信トレイを迂回したメールは INBOX にありません。フォルダーに「[Gmail]/すべてのメール」を指定できます。',
      '同時接続はアカウントごとに 15 までです。ほかのメールソフトが多いと「Too many simultaneous connections」で断られます。',
      'Google アカウントのパスワードを変えると、アプリパスワードはすべて無効になります。',
    ],
    certain: true,
    source: OWN_PAGES,
    authservId: 'mx.google.com',
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
    traps: [
      '認証結果（Authentication-Results）のサーバー名は受信したサーバーごとに変わるため、「認証結果を付けるサーバー名」は空のままにします。',
      'ログインのパスワードを無効にしている ID（確認コード、パスキー）では、IMAP に使えるパスワードがあるかを同じ画面で確認してください。',
      '迷惑メールと判定されたメールは INBOX にありません。モールの差出人を救済リストに登録してください。',
    ],
    domains: ['yahoo.co.jp', 'ymail.ne.jp'],
    source: COMPARED,
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
    enable: [
      'Apple Account で 2 ファクタ認証を有効にします（ないとアプリ用パスワードを発行できません）。',
      'Apple Account の「サインインとセキュリティ」で、アプリ用パスワードを発行します。',
    ],
    traps: [
      SPAM,
      'Apple Account のパスワードでは接続できません。パスワードを変えると、アプリ用パスワードはすべて無効になります。',
      '独自ドメインやエイリアスのアドレスではなく、主要メールアドレスでサインインします。',
      'POP はありません。',
    ],
    domains: ['icloud.com', 'me.com', 'mac.com'],
    authservId: 'dmarc.icloud.com',
    source: COMPARED,
    exchangers: ['mail.icloud.com'],
  },
  {
    ...COMMON,
    id: 'xserver',
    name: 'エックスサーバー',
    host: null,
    hostHelp:
      '設定完了通知メールの「メールサーバー名」、またはサーバーパネルの「サーバー情報」にあるホスト名（例 sv12345.xserver.jp）',
    auth: ['password'],
    enable: ['サーバーパネルの「メールアカウント設定」でメールアカウントを追加します。'],
    traps: [
      'サーバーパネルの「迷惑メールフィルタ設定」で検知時の処理が「受信箱へ配信する」以外だと、迷惑メールと判定されたメールは取り込まれません。モールの差出人をホワイトリストに登録してください。',
      'POP と IMAP の併用は勧められていません。POP 側の設定によりサーバーからメールが消えることがあります。',
      'サーバーの移転（新サーバー簡単移行など）でホスト名が変わります。変わったら受信箱のホスト名も変えてください。',
      ABROAD,
    ],
    certain: true,
    source: OWN_PAGES,
    exchangers: ['xserver.jp'],
  },
  {
    ...COMMON,
    id: 'sakura',
    name: 'さくらのレンタルサーバ・さくらのメールボックス',
    host: null,
    hostHelp: '初期ドメイン（例 example.sakura.ne.jp）。コントロールパネルの「サーバー情報」にあります。',
    auth: ['password'],
    enable: [
      'ライト、スタンダード、プレミアム、さくらのメールボックスでは、コントロールパネルの「メール一覧」でメールアドレスごとにパスワードを設定します。',
      'ビジネス、ビジネスプロ、マネージドサーバでは、ユーザーのパスワード（ユーザパスワード）が受信にも使われます。',
    ],
    traps: [
      SPAM,
      '独自ドメインのホスト名では証明書が一致しません。初期ドメインを指定してください。',
      'ビジネス、ビジネスプロ、マネージドサーバのユーザー名は「ユーザ名@ドメイン名」、パスワードはユーザパスワードです。メールアドレスごとのパスワードはありません。',
      'ユーザー名はメールアドレス全体です。初期ドメインのアドレス（…@example.sakura.ne.jp）でないと入れないこともあります。',
      'メールボックスの容量の上限に達すると、新しいメールが届きません。',
      ABROAD,
    ],
    source:
      'ビジネスのユーザー名とパスワードは事業者の説明に、ほかは一般的な知識に基づきます。接続テストで確認してください。',
    exchangers: ['sakura.ne.jp'],
  },
  {
    ...COMMON,
    id: 'lolipop',
    name: 'ロリポップ！',
    host: 'imap.lolipop.jp',
    hostHelp: '',
    auth: ['password'],
    enable: ['ユーザー専用ページの「メール設定」でメールアドレスを作り、パスワードを設定します。'],
    traps: [
      'ユーザー専用ページのパスワードではなく、メールアドレスごとのパスワードを使います。',
      'メール受信設定の「受信機能停止」が「停止する」のアドレスには、メールが届きません。',
      '迷惑メールと判定され、フィルターが別フォルダーに移したメールは INBOX になく、取り込まれません。モールの差出人を受信許可にしてください。',
    ],
    source: COMPARED,
    exchangers: ['lolipop.jp'],
  },
  {
    ...COMMON,
    id: 'onamae',
    name: 'お名前.com（レンタルサーバー・メール）',
    host: null,
    hostHelp:
      '契約時の案内、またはコントロールパネルのメールの画面にあるサーバー名（例 mail12.onamae.ne.jp。レンタルサーバーでは imap12.gmoserver.jp の形のこともあります）',
    auth: ['password'],
    enable: ['コントロールパネルの「メール」でメールアドレスを作り、パスワードを設定します。'],
    traps: [
      SPAM,
      '案内にある「pop.」「smtp.」にご自分のドメインを続けた名前では、証明書が一致しません。案内のサーバー名を指定してください。',
      'メールパスワードは後から見ることができません。わからないときは、コントロールパネルで変えます。',
      'プランにより POP だけのことがあります。接続テストで確認してください。',
    ],
    source:
      '事業者の説明で確認できたのは POP の設定だけです。IMAP はプランにより異なります。接続テストで確認してください。',
    exchangers: ['onamae.ne.jp', 'gmoserver.jp'],
  },
  {
    ...COMMON,
    id: 'heteml',
    name: 'ヘテムル',
    host: null,
    hostHelp: 'コントロールパネルの「メール」で、メールアドレスごとに示される IMAP サーバー名',
    auth: ['password'],
    enable: ['コントロールパネルの「メール」でメールアドレスを作り、パスワードを設定します。'],
    traps: [
      'コントロールパネルのパスワードではなく、メールアドレスごとのパスワードを使います。',
      '迷惑メールと判定され、フィルターが別フォルダーに移したメールは INBOX になく、取り込まれません。',
    ],
    source: UNCONFIRMED,
    exchangers: ['heteml.jp', 'heteml.net'],
  },
  {
    ...COMMON,
    id: 'kagoya',
    name: 'カゴヤ（KAGOYA レンタルサーバー・メール）',
    host: null,
    hostHelp: '契約時の案内、またはコントロールパネルにある受信メールサーバーの名前',
    auth: ['password'],
    usernameHelp:
      'メールアカウント名（例 kir000000.info。メールアドレスではありません）。プランによってはメールアドレス全体',
    enable: ['コントロールパネルでメールアカウントを追加し、パスワードを設定します。'],
    traps: [
      'ユーザー名は「アカウント名.任意の文字列」の形のメールアカウント名です。メールアドレスで断られたら、こちらを試してください。',
      SPAM,
      ABROAD,
    ],
    source:
      'ユーザー名の形は事業者の説明に基づきます。サーバー名と IMAP の設定は確認できていません。接続テストで確認してください。',
    exchangers: ['kagoya.net'],
  },
  {
    ...COMMON,
    id: 'conoha_wing',
    name: 'ConoHa WING',
    host: null,
    hostHelp:
      'コントロールパネルの「メール管理」で、メールアドレスごとに示されるサーバー名（例 mail12.conoha.ne.jp）',
    auth: ['password'],
    enable: ['コントロールパネルの「メール管理」でメールアドレスを作り、パスワードを設定します。'],
    traps: [
      '「メールセキュリティ」の「フォルダ振り分け」が有効だと、迷惑メールと判定されたメールは別のフォルダーに入り、取り込まれません。モールの差出人をホワイトリストに登録してください。無効にすると、件名に [spam] が付いて INBOX に届きます。',
      'ウィルスチェックで検知されたメールは破棄されます。',
      'ご自分のドメインのサーバー名では、証明書が一致しないことがあります。案内のサーバー名を指定してください。',
    ],
    source:
      '迷惑メールの扱いは事業者の説明に、サーバー名の形は公開されているプログラムの設定に基づきます。IMAP の設定は確認できていません。接続テストで確認してください。',
    exchangers: ['conoha.ne.jp'],
  },
  {
    ...COMMON,
    id: 'muumuu_mail',
    name: 'ムームーメール',
    host: 'imap4.muumuu-mail.com',
    hostHelp: '',
    auth: ['password'],
    enable: ['コントロールパネルの「ムームーメール」でメールアドレスを作り、パスワードを設定します。'],
    traps: [
      'ムームードメインのアカウントのパスワードではなく、メールアドレスごとのパスワードを使います。',
      SPAM,
    ],
    source: COMPARED,
    exchangers: ['muumuu-mail.com'],
  },
]

const isBelow = (name: string, end: string): boolean => name === end || name.endsWith(`.${end}`)

export const presetOfDomain = (domain: string): MailboxPreset | undefined =>
  PRESETS.find(({ domains }) => domains.includes(domain))

export const presetOfExchanger = (exchanger: string): MailboxPreset | undefined =>
  PRESETS.find(({ exchangers }) => exchangers.some((end) => isBelow(exchanger, end)))
