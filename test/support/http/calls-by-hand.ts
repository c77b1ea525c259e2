import { createHash } from 'node:crypto'
import { generate } from 'otplib'
import { Webhook } from 'standardwebhooks'
import type { RunningDemo } from '../service/demo.ts'

/**
 * The calls of the documentation that need more than a key and an id: a browser's cookie, a link that was
 * just made, a signature. Made on a running demo in an order in which each has what it needs.
 */

export interface HandAnswer {
  operationId: string
  status: number
  text: string
  headers: Headers
}

/**
 * What the demo cannot answer well, and why: nobody outside is asked by a test, and no mail server is there
 * to bring a link.
 */
export const REFUSED_BY_HAND: Readonly<Record<string, number>> = {
  askPasswordReset: 422,
  resetPassword: 404,
  endMailboxConsent: 400,
  // Browsers give no passkey to an address that is a number.
  beginPasskeySignIn: 409,
  signInByPasskey: 401,
  beginShowingPasskey: 409,
  showPasskey: 409,
  beginRecoveryCodesByPasskey: 409,
  renewRecoveryCodesByPasskey: 401,
  beginPasskey: 409,
  addPasskey: 409,
  renamePasskey: 404,
  removePasskey: 404,
}

interface Call {
  key?: string
  body?: unknown
  headers?: Record<string, string>
}

const PASSWORD = 'a long pass phrase'

type Calls = (operationId: string, line: string, call?: Call) => Promise<unknown>

/** Each by a browser that is signed in; the demo's address gets none. */
async function callPasskeys(call: Calls): Promise<void> {
  const at = '/v1/session/passkeys'
  const shown = { clientDataJSON: 'AAAA', authenticatorData: 'AAAA', signature: 'AAAA' }
  const made = { clientDataJSON: 'AAAA', attestationObject: 'AAAA' }
  const answered = (response: object) => ({ id: 'AAAA', rawId: 'AAAA', type: 'public-key', response })
  const path = `${at}/00000000-0000-7000-8000-000000000000`
  await call('listPasskeys', `GET ${at}`)
  await call('beginPasskeySignIn', 'POST /v1/session/passkey/options')
  await call('signInByPasskey', 'POST /v1/session/passkey', { body: { response: answered(shown) } })
  await call('beginShowingPasskey', 'POST /v1/session/second-factor/passkey/options')
  await call('showPasskey', 'POST /v1/session/second-factor/passkey', { body: { response: answered(shown) } })
  const codes = '/v1/session/recovery-codes/passkey'
  await call('beginRecoveryCodesByPasskey', `POST ${codes}/options`)
  await call('renewRecoveryCodesByPasskey', `POST ${codes}`, { body: { response: answered(shown) } })
  await call('beginPasskey', `POST ${at}/options`, { body: { currentPassword: PASSWORD } })
  await call('addPasskey', `POST ${at}`, { body: { name: '事務所', response: answered(made) } })
  await call('renamePasskey', `PATCH ${path}`, { body: { name: '自宅' } })
  await call('removePasskey', `DELETE ${path}`)
}

export async function callByHand(demo: RunningDemo): Promise<HandAnswer[]> {
  const answers: HandAnswer[] = []
  const jar = new Map<string, string>()
  let csrf = ''
  async function call(
    operationId: string,
    line: string,
    { key, body, headers = {} }: Call = {},
    // biome-ignore lint/suspicious/noExplicitAny: answers of thirty shapes, each looked at once
  ): Promise<any> {
    const [method = 'GET', path = '/'] = line.split(' ')
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(new URL(path, demo.url), {
      method,
      redirect: 'manual',
      headers: {
        ...(key === undefined ? { cookie, 'x-csrf-token': csrf } : { authorization: `Bearer ${key}` }),
        ...(body === undefined || typeof body === 'string' ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      jar.set(name, value)
    }
    const text = await answer.text()
    answers.push({ operationId, status: answer.status, text, headers: answer.headers })
    const isJson = /^application\/(?:problem\+)?json(?:;|$)/.test(answer.headers.get('content-type') ?? '')
    const json = isJson && text !== '' ? JSON.parse(text) : null
    if (key === undefined && json?.csrfToken) csrf = json.csrfToken
    return json
  }
  const operator = { key: demo.operatorKey }
  const client = { key: demo.apiKey }

  await call('getSignInWays', 'GET /v1/session/ways')
  const first = { operatorKey: demo.operatorKey, email: 'operator@example.jp', name: '運営 太郎' }
  await call('makeFirstOperator', 'POST /v1/session/first', { body: { ...first, password: PASSWORD } })
  const { secret } = await call('beginSecondFactorSetup', 'POST /v1/session/second-factor/setup', {
    body: {},
  })
  await call('confirmSecondFactor', 'POST /v1/session/second-factor/confirm', {
    body: { code: await generate({ secret }) },
  })
  // Each step of 30 s counts once; a clock may be one step ahead.
  const next = await generate({ secret, epoch: Math.floor(Date.now() / 1000) + 30 })
  const renewed = await call('renewRecoveryCodes', 'POST /v1/session/recovery-codes', {
    body: { code: next },
  })
  await call('getSession', 'GET /v1/session')
  await call('changePassword', 'POST /v1/session/password', {
    body: { currentPassword: PASSWORD, newPassword: `${PASSWORD}, longer` },
  })
  await call('signOut', 'DELETE /v1/session')
  await call('signIn', 'POST /v1/session', { body: { email: first.email, password: `${PASSWORD}, longer` } })
  await call('showSecondFactor', 'POST /v1/session/second-factor', {
    body: { recoveryCode: renewed?.recoveryCodes[0] },
  })
  const { sessions } = await call('listSessions', 'GET /v1/sessions')
  await call('removeIdentity', 'DELETE /v1/session/oidc')
  await callPasskeys(call)
  await call('endSession', `DELETE /v1/sessions/${sessions[0].id}`)
  jar.clear()

  for (const [who, key, path, role] of [
    ['Operators', operator, '/v1/admin/staff', 'operator'],
    ['Staff', client, '/v1/staff', 'staff'],
  ] as const) {
    const invite = (n: number) =>
      call(`invite${who}`, `POST ${path}/invitations`, {
        ...key,
        body: { email: `${who.toLowerCase()}${n}@example.jp`, role },
      })
    const token = new URL((await invite(1)).url).hash.split('/').at(-1)
    await call('getInvitation', `GET /v1/invitations/${token}`)
    await call('acceptInvitation', `POST /v1/invitations/${token}/accept`, {
      body: { name: '山田 花子', password: PASSWORD },
    })
    jar.clear()
    const { id } = await invite(2)
    await call(`list${who}Invitations`, `GET ${path}/invitations`, key)
    await call(`withdraw${who}Invitation`, `DELETE ${path}/invitations/${id}`, key)
    const { staff } = await call(`list${who}`, `GET ${path}`, key)
    const added = staff.find(({ name }: { name: string }) => name === '山田 花子')
    await call(`list${who}Made`, `GET ${path}/made/${added.id}`, key)
    await call(`update${who}`, `PATCH ${path}/${added.id}`, { ...key, body: { state: 'disabled' } })
    await call(`delete${who}`, `DELETE ${path}/${added.id}`, key)
  }

  for (const email of ['first@example.jp', 'second@example.jp'])
    await call('apply', 'POST /v1/applications', {
      body: { company: '株式会社とりこみ商店', name: '山田 花子', email },
    })
  const { applications } = await call('listApplications', 'GET /v1/admin/applications', operator)
  const [one, other] = applications
  const approved = await call('approveApplication', `POST /v1/admin/applications/${one.id}/approve`, operator)
  await call('refuseApplication', `POST /v1/admin/applications/${other.id}/refuse`, operator)
  const tenantId = approved.tenantId ?? approved.tenant?.id ?? approved.application?.tenantId
  await call('endTenant', `POST /v1/admin/tenants/${tenantId}/end`, {
    ...operator,
    body: { deleteAfterDays: 30 },
  })
  await call('listTenantDeletions', 'GET /v1/admin/tenant-deletions', operator)
  await call('askPasswordReset', 'POST /v1/password-resets', { body: { email: 'owner@example.jp' } })
  const nobody = createHash('sha256').update('nobody').digest('base64url')
  await call('resetPassword', `POST /v1/password-resets/${nobody}`, { body: { password: PASSWORD } })

  const own = await call('createOwnApiKey', 'POST /v1/api-keys', {
    ...client,
    body: { name: '出荷用PC', role: 'staff' },
  })
  await call('exportOwnAudit', 'GET /v1/audit/export?format=csv', client)
  await call('exportOwnAudit', 'GET /v1/audit/export', client)
  await call('exportAudit', 'GET /v1/admin/audit/export?format=csv', operator)
  await call('exportAudit', 'GET /v1/admin/audit/export', operator)
  await call('listOwnApiKeys', 'GET /v1/api-keys', client)
  const rotate = { body: { overlapHours: 24 } }
  const after = await call('rotateOwnApiKey', `POST /v1/api-keys/${own.id}/rotate`, { ...client, ...rotate })
  await call('rotateApiKey', `POST /v1/admin/api-keys/${after.id}/rotate`, { ...operator, ...rotate })
  await call('revokeOwnApiKey', `DELETE /v1/api-keys/${own.id}`, client)
  const blocked = await call('createBlockedBuyer', 'POST /v1/blocked-buyers', {
    ...client,
    body: { kind: 'phone', value: '090-0000-0000', reason: '受取拒否' },
  })
  await call('listBlockedBuyers', 'GET /v1/blocked-buyers', client)
  await call('deleteBlockedBuyer', `DELETE /v1/blocked-buyers/${blocked.id}`, client)

  const inbound = await call('createMailbox', 'POST /v1/mailboxes', {
    ...client,
    body: { name: '転送メール', kind: 'inbound', shopIds: [] },
  })
  const door = await call('rotateMailboxSecret', `POST /v1/mailboxes/${inbound.id}/secret`, client)
  await call('postMail', `POST /v1/mailboxes/${inbound.id}/mails`, {
    body: MAIL,
    headers: { 'content-type': 'message/rfc822', ...signed(door.secret, 'mail-1', MAIL) },
  })
  const microsoft = await call('createMailbox', 'POST /v1/mailboxes', {
    ...client,
    body: {
      name: '注文メール（Microsoft 365）',
      host: '127.0.0.1',
      port: 993,
      username: 'order@example.jp',
      auth: { kind: 'microsoft', tenant: 'example.jp', clientId: 'app', clientSecret: 'secret' },
      enabled: false,
      shopIds: [],
    },
  })
  if (microsoft?.id) await call('beginMailboxConsent', `POST /v1/mailboxes/${microsoft.id}/consent`, client)
  await call('endMailboxConsent', 'GET /oauth/mailbox/callback?state=unknown&code=x')
  // A desk whose client goes back behind what it had, and which then goes out of use.
  const pull = (after: string | null) =>
    call('pullOrders', 'POST /v1/orders/pull', { ...client, body: { after, desk: 'レジ１', limit: 1 } })
  const batch = await pull(null)
  await pull(batch.position)
  await pull(null)
  const { desks } = await call('listDesks', 'GET /v1/desks', client)
  const till = desks.find(({ desk }: { desk: string }) => desk === 'レジ１')
  for (const inUse of [true, false])
    await call('updateDesk', `PATCH /v1/desks/${till.id}`, { ...client, body: { inUse } })
  const view = await call('saveView', 'PUT /v1/views', {
    ...client,
    body: { name: '番号なし', shared: true, query: { status: 'new', tracking: 'none' } },
  })
  await call('listViews', 'GET /v1/views', client)
  await call('deleteView', `DELETE /v1/views/${view.id}`, client)
  const { shops } = await call('listShops', 'GET /v1/shops', client)
  const shop = shops.find(({ marketplace }: { marketplace: string }) => marketplace === 'yahoo')
  const push = await call('setPushSecret', `POST /v1/shops/${shop.id}/push-secret`, { ...client, body: {} })
  const pushed = JSON.stringify({ orderNumbers: [`${shop.code}-10000001`] })
  await call('pushOrders', `POST /v1/shops/${shop.id}/pushed-orders`, {
    body: pushed,
    headers: { 'content-type': 'application/json', ...signed(push.secret, 'push-1', pushed) },
  })
  return answers
}

const MAIL = [
  'From: shop@example.jp',
  'To: order@example.jp',
  'Subject: hello',
  'Message-ID: <1@example.jp>',
  '',
  'text',
  '',
].join('\r\n')

function signed(secret: string, id: string, body: string): Record<string, string> {
  const at = new Date()
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  }
}

// Calls an operation as the documentation page would: with the values that the document itself gives as
// examples.

export interface DocumentedOperation {
  operationId: string
  method: string
  path: string
  parameters: {
    name: string
    in: string
    required?: boolean
    example?: unknown
    schema?: { default?: unknown }
  }[]
  bodies: unknown[]
  /** Statuses that the document names. */
  statuses: string[]
}

interface Operation {
  operationId: string
  parameters?: DocumentedOperation['parameters']
  requestBody?: {
    content: Record<string, { example?: unknown; examples?: Record<string, { value: unknown }> }>
  }
  responses: Record<string, unknown>
}

export async function readOperations(baseUrl: string): Promise<DocumentedOperation[]> {
  const answer = await fetch(`${baseUrl}/openapi.json`)
  const document = (await answer.json()) as { paths: Record<string, Record<string, Operation>> }
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operationId: operation.operationId,
      parameters: operation.parameters ?? [],
      bodies: bodiesOf(operation),
      statuses: Object.keys(operation.responses),
    })),
  )
}

function bodiesOf({ requestBody }: Operation): unknown[] {
  const media = requestBody?.content['application/json']
  if (!media) return []
  return media.examples ? Object.values(media.examples).map(({ value }) => value) : [media.example]
}

/** Raises when the document leaves a value open that the call cannot do without. */
export async function callExample(
  baseUrl: string,
  key: string,
  operation: DocumentedOperation,
  body: unknown,
): Promise<{ status: number; text: string; headers: Headers }> {
  const url = new URL(baseUrl)
  url.pathname = operation.path
  const headers: Record<string, string> = { authorization: `Bearer ${key}` }
  for (const parameter of operation.parameters) {
    const value = parameter.example ?? parameter.schema?.default
    if (value === undefined) {
      if (parameter.required) throw new Error(`${operation.operationId}: no example of ${parameter.name}`)
    } else if (parameter.in === 'path') {
      url.pathname = url.pathname.replace(`%7B${parameter.name}%7D`, encodeURIComponent(String(value)))
    } else if (parameter.in === 'query') url.searchParams.set(parameter.name, String(value))
    else headers[parameter.name] = String(value)
  }
  if (body !== undefined) headers['content-type'] = 'application/json'
  const answer = await fetch(url, {
    method: operation.method,
    headers,
    redirect: 'manual',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, text: await answer.text(), headers: answer.headers }
}

// Calls as a client makes them that gets things wrong: any key, any body, and every answer is looked at.

interface RawAnswer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: what a test looks into
  json: any
  headers: Headers
}

export interface RawCall {
  key?: string
  /** Sent as it is. */
  text?: string
  body?: unknown
  headers?: Record<string, string>
}

export async function rawCall(
  baseUrl: string,
  method: string,
  path: string,
  { key, text, body, headers = {} }: RawCall = {},
): Promise<RawAnswer> {
  const sent = text ?? (body === undefined ? undefined : JSON.stringify(body))
  const answer = await fetch(`${baseUrl}/v1${path}`, {
    method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(sent === undefined ? {} : { body: sent }),
  })
  const got = await answer.text()
  return { status: answer.status, json: got === '' ? null : JSON.parse(got), headers: answer.headers }
}
