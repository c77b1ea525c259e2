import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api, type Schemas } from '../api.ts'
import { refresh } from '../data.ts'
import { t } from '../i18n.ts'
import { Choice, Field, TextArea } from '../parts/field.tsx'
import { Form, FormEnd } from '../parts/form.tsx'
import { useOpened } from '../parts/opened.ts'
import { Tick, Ticks, turned } from '../parts/ticks.tsx'

type Shop = Schemas['Shop']
type Mailbox = Schemas['Mailbox']
type Security = Mailbox['security']

/** As staff call them; in the order in which they should be tried. */
const securities = (): readonly (readonly [Security, string])[] => [
  ['tls', t('TLS（ふつうはこれ。ポート993）', 'TLS (the usual; port 993)')],
  ['starttls', t('STARTTLS（ポート143）', 'STARTTLS (port 143)')],
  ['plain', t('なし（暗号化しない。同じ建物の中だけ）', 'None (only within the same building)')],
]

const AUTH_KINDS = [
  ['password', 'パスワード', 'Password'],
  ['microsoft', 'Microsoft 365・Outlook.com（同意）', 'Microsoft 365, Outlook.com (consent)'],
  ['google', 'Gmail（同意）', 'Gmail (consent)'],
  ['microsoft_application', 'Microsoft 365（アプリケーション）', 'Microsoft 365 (application)'],
  ['google_service_account', 'Google Workspace（サービスアカウント）', 'Google Workspace (service account)'],
  ['oauth', 'ほかの事業者のOAuth（同意）', 'OAuth of another provider (consent)'],
  ['oauth_application', 'ほかの事業者のOAuth（アプリケーション）', 'OAuth of another provider (application)'],
] as const
type AuthKind = (typeof AUTH_KINDS)[number][0]
export const authWord = (kind: string): string => {
  const known = AUTH_KINDS.find(([one]) => one === kind)
  return known ? t(known[1], known[2]) : kind
}

/** Fields of each way to sign in, beside the user; `!` marks a required one. */
const AUTH_NEEDS: Readonly<Record<AuthKind, readonly string[]>> = {
  password: [],
  microsoft: ['tenant', 'clientId', 'clientSecret', 'secretEndsAt'],
  google: ['clientId', 'clientSecret', 'secretEndsAt'],
  microsoft_application: ['tenant!', 'clientId!', 'clientSecret!', 'secretEndsAt'],
  google_service_account: ['clientEmail!', 'privateKey!'],
  oauth: ['authorizationUrl!', 'tokenUrl!', 'clientId!', 'clientSecret', 'scope', 'secretEndsAt'],
  oauth_application: ['tokenUrl!', 'clientId!', 'clientSecret', 'scope', 'secretEndsAt'],
}
const AUTH_FIELDS: Readonly<Record<string, readonly [ja: string, en: string, type: string]>> = {
  tenant: ['テナントID（ディレクトリID）', 'Directory id', 'text'],
  clientId: ['クライアントID', 'Client id', 'text'],
  clientSecret: ['クライアントシークレット', 'Client secret', 'password'],
  secretEndsAt: ['シークレットの期限', 'The secret ends', 'date'],
  clientEmail: ['サービスアカウントのメールアドレス', 'Address of the service account', 'email'],
  privateKey: ['秘密鍵（PEM）', 'Private key (PEM)', 'pem'],
  authorizationUrl: ['認可エンドポイントのURL', 'Consent page', 'url'],
  tokenUrl: ['トークンエンドポイントのURL', 'Token endpoint', 'url'],
  scope: ['スコープ', 'Scopes', 'text'],
}

const usualPort = (security: Security): string => (security === 'tls' ? '993' : '143')

/**
 * Makes a mailbox, or changes one. What is secret is never shown again: left empty it stays, unless the way
 * to the account changes, which the service answers with what it needs.
 */
export function MailboxForm(props: {
  mailbox: Mailbox | null
  shops: readonly Shop[]
  onDone: (id: string) => void
  onCancel?: () => void
}) {
  const { mailbox, shops } = props
  const [values, setValues] = useState({
    name: mailbox?.name ?? '',
    host: mailbox?.host ?? '',
    port: String(mailbox?.port ?? 993),
    username: '',
    password: '',
    folder: mailbox?.folder ?? 'INBOX',
    authservId: mailbox?.authservId ?? '',
  })
  const [kind, setKind] = useState(mailbox?.kind ?? 'imap')
  const [security, setSecurity] = useState<Security>(mailbox?.security ?? 'tls')
  const [authKind, setAuthKind] = useState<AuthKind | ''>(mailbox ? '' : 'password')
  const [auth, setAuth] = useState<Readonly<Record<string, string>>>({})
  const [shopIds, setShopIds] = useState<ReadonlySet<string>>(
    new Set(mailbox?.shopIds ?? shops.map(({ id }) => id)),
  )
  const imap = kind === 'imap'
  const byPassword = (authKind || mailbox?.auth.kind) === 'password'
  const keep = useOpened<Change>(mailbox ? shownOf(mailbox) : {}, (field) => [
    t(...(FIELD_WORDS[field] ?? [field, field])),
  ])
  const save = async () => {
    const sent = { name: values.name, shopIds: [...shopIds].sort(), ...(imap ? imapPart() : {}) }
    if (mailbox === null) {
      const made = await answer(api.POST('/v1/mailboxes', { body: { kind, enabled: true, ...sent } }))
      refresh('mailboxes')
      return props.onDone(made.id)
    }
    await keep(
      sent,
      async () =>
        shownOf(await answer(api.GET('/v1/mailboxes/{id}', { params: { path: { id: mailbox.id } } }))),
      (changes) => patch(mailbox.id, changes),
    )
    refresh('mailboxes')
    props.onDone(mailbox.id)
  }
  const imapPart = () => ({
    host: values.host.trim(),
    port: Number(values.port),
    security,
    folder: values.folder,
    authservId: values.authservId.trim() || null,
    ...(values.username === '' ? {} : { username: values.username.trim() }),
    ...(byPassword && values.password !== '' ? { password: values.password } : {}),
    ...(authKind === '' ? {} : { auth: authPart(authKind, auth) }),
  })
  const field = (
    name: keyof typeof values,
    label: string,
    more: Partial<React.ComponentProps<typeof Field>> = {},
  ) => (
    <Field
      label={label}
      name={name}
      autoComplete="off"
      required
      value={values[name]}
      onChange={(event) => setValues({ ...values, [name]: event.target.value })}
      {...more}
    />
  )
  const kept = (what: string) =>
    t(`登録済み（${what}）。変えるときだけ入力してください。`, `Stored (${what}). Enter only to change.`)
  return (
    <Form
      of={mailbox?.id}
      label={mailbox ? t('受信箱の変更', 'Change the mailbox') : t('受信箱を追加', 'Add a mailbox')}
      send={save}
    >
      {mailbox === null && (
        <Choice
          label={t('注文メールの受け取り方', 'How mails come')}
          name="kind"
          value={kind}
          onChange={setKind}
          options={[
            ['imap', t('メールサーバーから読む（IMAP）', 'Read at the mail server (IMAP)')],
            ['inbound', t('メール転送サービスから送ってもらう', 'Posted by a mail service')],
          ]}
        />
      )}
      {imap && mailbox === null && (
        <Provider
          onTake={({ host, port, security: best, auth: ways }) => {
            setValues({ ...values, host: host ?? values.host, port: String(port) })
            setSecurity(best)
            setAuthKind(AUTH_KINDS.find(([one]) => one === ways[0])?.[0] ?? 'password')
          }}
        />
      )}
      {field('name', t('受信箱の名前', 'Name'), {
        support: t('この画面で見分けるための名前。例: 注文メール', 'To know it by, on this page.'),
        maxLength: 200,
      })}
      {imap && (
        <>
          {field('host', t('IMAPサーバー', 'IMAP server'), {
            support: t('例: imap.example.jp', 'Such as imap.example.jp'),
          })}
          <Choice
            label={t('暗号化方式', 'Encryption')}
            name="security"
            value={security}
            onChange={(next) => {
              // A port of one's own stays.
              if (values.port === usualPort(security)) setValues({ ...values, port: usualPort(next) })
              setSecurity(next)
            }}
            options={securities()}
          />
          {field('port', t('ポート', 'Port'), { type: 'number', min: 1, max: 65_535 })}
          <Choice
            label={t('ログインの方法', 'How it signs in')}
            name="auth"
            value={authKind}
            onChange={setAuthKind}
            options={[
              ...(mailbox
                ? [['', t(`変更しない（${authWord(mailbox.auth.kind)}）`, 'Unchanged')] as const]
                : []),
              ...AUTH_KINDS.map(([one]) => [one, authWord(one)] as const),
            ]}
          />
          {field('username', t('ユーザー名', 'User'), {
            required: mailbox === null,
            ...(mailbox ? { support: kept(mailbox.username) } : {}),
          })}
          {byPassword &&
            field('password', t('パスワード', 'Password'), {
              type: 'password',
              autoComplete: 'new-password',
              required: mailbox === null || authKind === 'password',
              ...(mailbox?.password.set
                ? {
                    support: t(
                      '登録済み。変えるとき、またはサーバー・暗号化方式・ポート・ユーザー名を変えるときに入力してください。',
                      'Stored. Enter it to change it, or with another server, encryption, port or user.',
                    ),
                  }
                : {}),
            })}
          {authKind !== '' &&
            AUTH_NEEDS[authKind].map((need) => (
              <AuthField
                key={need}
                name={need.replace('!', '')}
                required={need.endsWith('!')}
                value={auth[need.replace('!', '')] ?? ''}
                onChange={(value) => setAuth({ ...auth, [need.replace('!', '')]: value })}
              />
            ))}
          {field('folder', t('フォルダー', 'Folder'), {
            support: t('注文メールが入るフォルダー。ふつうは INBOX', 'The folder that order mails reach.'),
          })}
          {field('authservId', t('認証結果を付けるサーバー名', 'Name in Authentication-Results'), {
            required: false,
            support: t(
              'わからなければ空欄のままにしてください。届いたメールのヘッダー「Authentication-Results」の先頭の名前です。入れると、その認証結果で差出人を信じます。',
              'Leave it empty unless you know it: what the Authentication-Results of received mails begin with.',
            ),
          })}
        </>
      )}
      <Ticks name="shopIds" legend={t('この受信箱に注文メールが届く店舗', 'Shops whose mails come here')}>
        {shops.map(({ id, name }) => (
          <Tick key={id} label={name} on={shopIds.has(id)} set={() => setShopIds(turned(shopIds, id))} />
        ))}
      </Ticks>
      <FormEnd
        label={mailbox ? t('変更を保存する', 'Save') : t('受信箱を追加する', 'Add')}
        {...(props.onCancel ? { onCancel: props.onCancel } : {})}
      />
    </Form>
  )
}

type Change = NonNullable<Parameters<typeof patch>[1]>
const patch = (id: string, body: Schemas['UpdateMailboxPatch']) =>
  answer(api.PATCH('/v1/mailboxes/{id}', { params: { path: { id } }, body }))

/** The fields of one way to sign in, as AUTH_NEEDS says. The chosen day is the secret's last, in Japan. */
function authPart(kind: AuthKind, typed: Readonly<Record<string, string>>): NonNullable<Change['auth']> {
  const fields = AUTH_NEEDS[kind].flatMap((need) => {
    const name = need.replace('!', '')
    const value = typed[name]?.trim() ?? ''
    if (value === '') return []
    return [[name, name === 'secretEndsAt' ? `${value}T23:59:59+09:00` : value]]
  })
  return { kind, ...Object.fromEntries(fields) } as NonNullable<Change['auth']>
}

/** The fields of the form that are shown; secrets and the masked user are sent only where they were typed. */
const shownOf = (mailbox: Mailbox): Change => {
  const { name, shopIds, host, port, security, folder, authservId } = mailbox
  const imap = mailbox.kind === 'imap' ? { host, port, security, folder, authservId } : {}
  return { name, shopIds: shopIds.toSorted(), ...imap } as Change
}

const FIELD_WORDS: Readonly<Record<string, readonly [ja: string, en: string]>> = {
  name: ['受信箱の名前', 'Name'],
  shopIds: ['この受信箱に注文メールが届く店舗', 'Shops whose mails come here'],
  host: ['IMAPサーバー', 'IMAP server'],
  port: ['ポート', 'Port'],
  security: ['暗号化方式', 'Encryption'],
  folder: ['フォルダー', 'Folder'],
  authservId: ['認証結果を付けるサーバー名', 'Name in Authentication-Results'],
  auth: ['ログインの方法', 'How it signs in'],
  username: ['ユーザー名', 'User'],
  password: ['パスワード', 'Password'],
}

function AuthField(props: {
  name: string
  required: boolean
  value: string
  onChange: (value: string) => void
}) {
  const [ja, en, type] = AUTH_FIELDS[props.name] ?? ['', '', 'text']
  const own = {
    label: t(ja, en),
    name: `auth.${props.name}`,
    required: props.required,
    value: props.value,
    onChange: (event: { target: { value: string } }) => props.onChange(event.target.value),
  }
  return type === 'pem' ? (
    <TextArea {...own} autoComplete="off" spellCheck={false} />
  ) : (
    <Field {...own} type={type} autoComplete="off" />
  )
}

function Provider({ onTake }: { onTake: (preset: Schemas['MailboxPreset']) => void }) {
  const [id, setId] = useState('')
  const presets = useQuery({
    queryKey: ['mailbox-presets'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => (await answer(api.GET('/v1/mailbox-presets'))).presets,
  }).data
  const preset = presets?.find((one) => one.id === id)
  return (
    <>
      <Choice
        label={t('メール事業者', 'Mail provider')}
        value={id}
        onChange={(next) => {
          setId(next)
          const taken = presets?.find((one) => one.id === next)
          if (taken) onTake(taken)
        }}
        options={[
          ['', t('ほかの事業者', 'Another')],
          ...(presets ?? []).map((one) => [one.id, one.name] as const),
        ]}
      />
      {preset && (
        <ul className="support">
          {[
            ...preset.enable,
            preset.usernameHelp,
            ...(preset.host ? [] : [preset.hostHelp]),
            ...preset.traps,
            preset.source,
          ].map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </>
  )
}
