import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { anyone, tenant } from '../../http/access.ts'
import { clientGone } from '../../http/answers.ts'
import type { Routes } from '../../http/app-types.ts'
import { callerOf, type OpenSession, tenantOf } from '../../http/auth.ts'
import { asksOthers } from '../../http/limits.ts'
import { json, operation } from '../../http/operation.ts'
import { pageById } from '../../http/paging.ts'
import { IdParams, NextCursor, pageQuery } from '../../http/schemas.ts'
import { outside } from '../../platform/db/tenant-scope.ts'
import { keepBrowser, visitorOf } from '../consents/browser.ts'
import { CODE_FIELD } from '../consents/page.ts'
import { answerConsent, text } from '../consents/routes.ts'
import { ConsentAnswer } from '../consents/shop-consent.ts'
import {
  beginMailboxConsent,
  CALLBACK_PATH,
  finishMailboxConsent,
  type MailboxConsentTools,
} from './mailbox-consent.ts'
import {
  MailboxAnswer,
  MailboxChange,
  type MailboxRow,
  mailboxAnswer,
  NewMailbox,
} from './mailbox-schemas.ts'
import { checkMailbox, MailboxCheck, type MailboxTestTools } from './mailbox-test.ts'
import {
  changeMailbox,
  createMailbox,
  deleteMailbox,
  MAILBOX_READ,
  type MailboxTools,
  mailboxNotFound,
  rotateInboundSecret,
} from './mailboxes.ts'
import { usernameContext } from './sign-in.ts'

const MAILBOX_TERMS = { settings: '受信箱の設定', party: 'メール事業者' }

/** GET /oauth/mailbox/callback, without an API key: the state is the proof. */
export const mailboxConsentCallback =
  (tools: MailboxConsentTools & { openSession: OpenSession }): Routes =>
  (app) => {
    operation(app, {
      id: 'endMailboxConsent',
      at: `GET ${CALLBACK_PATH}`,
      since: '1.0.0',
      tag: 'mailboxes',
      who: anyone('state'),
      cost: 'light',
      audit: ['mailbox.consent_ended'],
      limit: { rateLimit: { max: 60, timeWindow: 60_000 } },
      head: false,
      summary: 'Where the mail provider sends the browser back to (同意の結果)',
      description:
        'Answers a page in Japanese (HTML). Each `state` counts once, for ten minutes; with another one nothing is stored.',
      query: z.looseObject({
        state: text('As it was given to the provider (状態)'),
        code: text('Authorisation code (認可コード)'),
        [CODE_FIELD]: text('The code that was typed (確認コード)'),
        error: text('What went wrong at the provider (エラー)'),
        error_description: text('The same in the provider’s words (エラーの説明)'),
      }),
      run: (request, reply) =>
        answerConsent(
          request,
          reply,
          'mailbox',
          async ({ [CODE_FIELD]: typed, ...query }) =>
            finishMailboxConsent(tools, query, await visitorOf(request, tools.openSession, typed)),
          MAILBOX_TERMS,
        ),
    })
  }

const EXAMPLE = {
  name: '注文メール',
  host: 'imap.example.jp',
  port: 993,
  security: 'tls',
  username: 'order@example.jp',
  password: 'example-password',
  folder: 'INBOX',
  shopIds: [],
}

export const mailboxRoutes =
  (tools: MailboxTools & MailboxTestTools & MailboxConsentTools): Routes =>
  (app) => {
    const answer = (row: MailboxRow, auth: FastifyRequest['auth']) =>
      mailboxAnswer(
        row,
        tools.sealer.of(row.tenantId).open(usernameContext(row.id), row.sealedUsername).toString('utf8'),
        auth.kind === 'client' && auth.role === 'owner',
      )

    operation(app, {
      id: 'listMailboxes',
      at: 'GET /v1/mailboxes',
      since: '1.0.0',
      tag: 'mailboxes',
      who: tenant('read_only', 'refused'),
      cost: 'light',
      summary: 'Mailboxes (受信箱の一覧)',
      description: 'Oldest first.',
      query: z.strictObject(pageQuery()),
      answers: { 200: z.object({ mailboxes: z.array(MailboxAnswer), nextCursor: NextCursor }) },
      run: async (request) => {
        const { rows, nextCursor } = await pageById('asc', request.query, ({ id, orderBy, take }) =>
          tools.db.mailbox.findMany({
            where: { tenantId: tenantOf(request), id },
            ...MAILBOX_READ,
            orderBy,
            take,
          }),
        )
        return { mailboxes: rows.map((row) => answer(row, request.auth)), nextCursor }
      },
    })

    operation(app, {
      id: 'createMailbox',
      at: 'POST /v1/mailboxes',
      since: '1.0.0',
      tag: 'mailboxes',
      who: tenant('owner', 'refused'),
      cost: 'waits',
      audit: ['mailbox.created'],
      summary: 'Add a mailbox (受信箱の登録)',
      description:
        'The mailbox is only read: no mail is marked, moved or deleted. A host inside the operator’s network is refused with ' +
        '`HOST_NOT_ALLOWED` unless the operator allows it.',
      body: json(NewMailbox.meta({ examples: [EXAMPLE] }), '1 MiB'),
      repeat: { key: 'same answer' },
      answers: { 201: MailboxAnswer },
      run: async (request, reply) => {
        const caller = callerOf(request)
        const mailbox = await createMailbox(tools, caller, request.body)
        reply.header('location', `/v1/mailboxes/${mailbox.id}`)
        return answer(mailbox, request.auth)
      },
    })

    operation(app, {
      id: 'getMailbox',
      at: 'GET /v1/mailboxes/:id',
      since: '1.0.0',
      tag: 'mailboxes',
      who: tenant('read_only', 'refused'),
      cost: 'light',
      summary: 'One mailbox (受信箱)',
      description: 'Its password is never shown.',
      params: IdParams,
      answers: { 200: MailboxAnswer },
      run: async (request) => {
        const where = { id: request.params.id, tenantId: tenantOf(request) }
        const mailbox = await tools.db.mailbox.findFirst({ where, ...MAILBOX_READ })
        if (!mailbox) throw mailboxNotFound()
        return answer(mailbox, request.auth)
      },
    })

    operation(app, {
      id: 'updateMailbox',
      at: 'PATCH /v1/mailboxes/:id',
      since: '1.0.0',
      tag: 'mailboxes',
      who: tenant('owner', 'refused'),
      cost: 'waits',
      audit: ['mailbox.updated'],
      summary: 'Change a mailbox (受信箱の変更)',
      description:
        'Only what is given changes; `shopIds` is replaced whole. A new password clears attention (要対応) and is tried at once. ' +
        'Another host, user or folder is read from its last days on.',
      params: IdParams,
      body: json(MailboxChange.meta({ examples: [{ name: '注文メール（本店）', enabled: true }] }), '1 MiB'),
      answers: { 200: MailboxAnswer },
      run: async (request) => {
        const caller = callerOf(request)
        return answer(await changeMailbox(tools, caller, request.params.id, request.body), request.auth)
      },
    })

    operation(app, {
      id: 'deleteMailbox',
      at: 'DELETE /v1/mailboxes/:id',
      since: '1.0.0',
      tag: 'mailboxes',
      who: tenant('owner', 'refused'),
      cost: 'light',
      audit: ['mailbox.deleted'],
      summary: 'Remove a mailbox and its login (受信箱の削除)',
      description: 'What was imported from its mails stays.',
      params: IdParams,
      answers: { 204: z.undefined().describe('Removed (削除済)') },
      run: async (request) => {
        const caller = callerOf(request)
        await deleteMailbox(tools, caller, request.params.id)
      },
    })

    operation(app, {
      id: 'beginMailboxConsent',
      at: 'POST /v1/mailboxes/:id/consent',
      since: '1.0.0',
      tag: 'mailboxes',
      who: tenant('owner', 'refused'),
      cost: 'light',
      audit: ['mailbox.consent_begun'],
      limit: asksOthers(),
      summary: 'Begin a consent in the browser (同意の開始)',
      description:
        'For `auth.kind` microsoft, google and oauth. Open `url` in a browser and consent there within ten minutes, as the account ' +
        'of the mailbox; the provider sends the browser to `/oauth/mailbox/callback`, which stores the consent and lets the ' +
        'mailbox be read at once. Needs the setting PUBLIC_URL, and that address registered with the provider. A consent that a signed-in browser began ends in that browser alone; of another the person types `code` at the end, unless an owner is signed in there.',
      params: IdParams,
      repeat: { key: 'no answer kept', work: 'several steps' },
      answers: { 200: ConsentAnswer },
      run: async (request, reply) => {
        const browser = keepBrowser(tools, request, reply)
        return beginMailboxConsent(tools, callerOf(request), request.params.id, browser)
      },
    })

    operation(app, {
      id: 'rotateMailboxSecret',
      at: 'POST /v1/mailboxes/:id/secret',
      since: '1.0.0',
      tag: 'mailboxes',
      who: tenant('owner', 'refused'),
      cost: 'light',
      audit: ['mailbox.secret_rotated'],
      summary: 'New signing secret of an inbound mailbox (署名鍵の発行)',
      description: 'For `kind` inbound. Shown this once; the one before does not count any more.',
      params: IdParams,
      repeat: { key: 'no answer kept' },
      answers: {
        200: z.object({ secret: z.string().describe('`whsec_…`, shown this once (署名鍵)') }),
      },
      run: async (request) => {
        const caller = callerOf(request)
        return { secret: await rotateInboundSecret(tools, caller, request.params.id) }
      },
    })

    operation(app, {
      id: 'testMailbox',
      at: 'POST /v1/mailboxes/:id/test',
      since: '1.0.0',
      tag: 'mailboxes',
      who: tenant('owner', 'refused'),
      cost: 'waits',
      audit: [],
      limit: asksOthers(),
      summary: 'Log in at the mail server and tell what was found (接続テスト)',
      description:
        'Answers 200 with `ok: false` when the server refuses. A good answer clears attention (要対応).',
      params: IdParams,
      repeat: 'each time',
      answers: { 200: MailboxCheck },
      run: (request, reply) =>
        outside(() => checkMailbox(tools, tenantOf(request), request.params.id, clientGone(reply))),
    })
  }
