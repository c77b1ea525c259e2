import type { CredentialField } from '../../port/credentials.ts'

const WHERE = 'セラーセントラル ＞ アプリとサービス ＞ アプリの開発'

export const credentialFields: readonly CredentialField[] = [
  {
    name: 'clientId',
    label: 'LWA クライアントID',
    help: `${WHERE} の「LWA認証情報」に表示されます（amzn1.application-oa2-client. で始まります）。`,
    secret: false,
    required: true,
  },
  {
    name: 'clientSecret',
    label: 'LWA クライアントシークレット',
    help: `${WHERE} の「LWA認証情報」に表示されます。180日ごとの更新が必要です。`,
    secret: true,
    required: true,
    lifetime: '発行から180日。更新してもリフレッシュトークンはそのまま使えます。',
  },
  {
    name: 'refreshToken',
    label: 'リフレッシュトークン',
    help: `${WHERE} でアプリを認可すると表示されます（Atzr| で始まります）。ロールを追加したあとは認可し直してください。`,
    secret: true,
    required: true,
    lifetime: '自社専用アプリは期限なし、公開アプリは認可から365日。',
  },
  {
    name: 'consentedAt',
    label: '認可日時',
    help: '公開アプリを認可した日時。入力すると期限が近づいたことを知らせます。',
    secret: false,
    required: false,
    belongsTo: 'refreshToken',
  },
  {
    name: 'secretIssuedAt',
    label: 'クライアントシークレットの発行日時',
    help: 'クライアントシークレットを発行または更新した日時。入力すると期限が近づいたことを知らせます。',
    secret: false,
    required: false,
    belongsTo: 'clientSecret',
  },
  {
    name: 'applicationId',
    label: 'アプリID',
    help: `${WHERE} に表示されます（amzn1.sp.solution. で始まります）。公開アプリをブラウザーで認可するときに使います。`,
    secret: false,
    required: false,
  },
]
