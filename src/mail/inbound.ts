import type pg from 'pg'
import { z } from 'zod'
import { anyone } from '../http/access.ts'
import { asApp, type Routes } from '../http/app-types.ts'
import { rawBodies, signatureRefused, signedHeaders } from '../http/bodies.ts'
import { EACH_AT_THE_DOOR, limitDoor } from '../http/limits.ts'
import { json, operation } from '../http/operation.ts'
import { IdParams } from '../http/schemas.ts'
import { invalid } from '../http/validation.ts'
import type { Sealer } from '../platform/crypto/sealer.ts'
import { checkSignature, type SignedHeaders } from '../platform/crypto/signed-message.ts'
import type { Db } from '../platform/db/database.ts'
import { AppError, LeaseLost } from '../platform/errors.ts'
import type { Logger } from '../platform/logger.ts'
import type { Metrics } from '../platform/metrics.ts'
import { INBOUND_OWNER, inboundSecretContext } from '../shops/mailboxes/mailboxes.ts'
import { refusePosted } from '../shops/tenants/tenants.ts'
import type { IntakeResult, SeenMail } from './intake/batch.ts'
import { createIntake, type IntakeDeps } from './intake/intake.ts'
import { readHead } from './listener/folder.ts'
import { type ListedMail, readMail, toListedMail } from './listener/mailbox-reader.ts'
import { HEAD_BYTES } from './mail-bytes.ts'
import type { MailJudge } from './recognition/judge.ts'
import { authservIdFor } from './recognition/trust.ts'
import { listMailboxShops } from './statements.ts'

/** An order mail has some ten KiB; an attached order file counts as far as 2 MiB reach. */
const TYPES = ['message/rfc822', 'application/octet-stream']

const Answer = z
  .object({
    result: z
      .enum(['recognised', 'unreadable', 'ignored', 'duplicate'])
      .describe('recognised 判別済, unreadable 判別不能, ignored 対象外, duplicate 受信済み (結果)'),
  })
  .describe('What became of the mail (メールの受付結果)')

/** POST /v1/mailboxes/{id}/mails, without an API key: the signature is the proof. */
export const inboundMailRoute =
  (door: ReturnType<typeof createInboundDoor>): Routes =>
  (app) => {
    void app.register(async (scope) => {
      limitDoor(asApp(scope))
      operation(rawBodies(scope, TYPES), {
        id: 'postMail',
        at: 'POST /v1/mailboxes/:id/mails',
        since: '1.0.0',
        tag: 'mailboxes',
        who: anyone('signature'),
        cost: 'light',
        audit: [],
        limit: EACH_AT_THE_DOOR,
        summary: 'Hand in a mail, for mailboxes of kind inbound (メールの受け渡し)',
        description:
          'The whole mail as it came, headers and all (`message/rfc822`), signed as Standard Webhooks says: `webhook-id`, ' +
          '`webhook-timestamp` (at most five minutes off) and `webhook-signature`, by the secret of `POST /v1/mailboxes/{id}/secret`. ' +
          'An id counts once. After no answer or a 5xx post it again with the same id.',
        params: IdParams,
        body: json(
          z
            .unknown()
            .meta({ type: 'string', format: 'binary', description: 'RFC 5322 message (メールのソース)' }),
          '2 MiB',
          TYPES,
        ),
        repeat: 'each time',
        answers: { 200: Answer },
        run: async (request) => {
          const { body } = request
          if (!Buffer.isBuffer(body) || body.length === 0) throw invalid([noMail])
          const headers = signedHeaders(request)
          const answer = await door({ mailboxId: request.params.id, headers, source: body })
          if ('refusal' in answer) throw refused(answer.refusal)
          return answer
        },
      })
    })
  }

const noMail = {
  field: 'body',
  message: 'メールのソース全体を Content-Type: message/rfc822 で送ってください。',
  code: 'required',
}

const FORGED =
  '署名を確認できません。受信箱の ID と署名鍵（POST /v1/mailboxes/{id}/secret）、署名の対象（id.timestamp.本文）を確認してください。'

const refused = (refusal: InboundRefusal): AppError =>
  refusal === 'replayed'
    ? new AppError('CONFLICT', 'この webhook-id のメールはすでに受け付けました。送り直す必要はありません。')
    : signatureRefused(refusal, FORGED)

// Mails that are posted to us instead of being read at a mail server: the same reading, the same intake.

interface InboundTools extends IntakeDeps {
  db: Db
  pool: pg.Pool
  sealer: Sealer
  log: Logger
  metrics: Pick<Metrics, 'mails' | 'mailsByTrust' | 'inboundMails'>
  judge: MailJudge
}

type InboundResult = 'recognised' | 'unreadable' | 'ignored' | 'duplicate'
/** Nothing is stored of a mail that was refused. */
type InboundRefusal = 'missing' | 'forged' | 'stale' | 'replayed'

interface PostedMail {
  mailboxId: string
  headers: SignedHeaders
  source: Buffer
}

/** Concurrent posts take turns by the cursor; the one that loses reads it again. */
const TURNS = 20
/** Longer than a signature counts. */
const KEPT_MS = 60 * 60_000

export function createInboundDoor(tools: InboundTools) {
  const { db, clock } = tools
  const intake = createIntake(tools)

  async function take({ mailboxId, headers, source }: PostedMail) {
    const mailbox = await readMailbox(mailboxId)
    if (!mailbox?.sealedInboundSecret) return { refusal: 'forged' } as const
    const secret = tools.sealer
      .of(mailbox.tenantId)
      .open(inboundSecretContext(mailboxId), mailbox.sealedInboundSecret)
      .toString()
    const signature = checkSignature(secret, headers, source, clock.now())
    if (!signature.ok) return { refusal: signature.reason }
    if (mailbox.tenant.status !== 'active') {
      await refusePosted(db, mailbox.tenantId, '署名鍵')
      return { refusal: 'forged' } as const
    }
    const delivery = { mailboxId, deliveryId: signature.id }
    const taken = await db.mailboxDelivery.findUnique({ where: { mailboxId_deliveryId: delivery } })
    if (taken) return { refusal: 'replayed' } as const
    const result = await read(mailbox, source)
    // Stored after the intake, which recognises a repeated mail: a sender without an answer may post it
    // again.
    await db.mailboxDelivery.createMany({
      data: [{ ...delivery, takenAt: new Date(clock.now()) }],
      skipDuplicates: true,
    })
    await db.mailboxDelivery.deleteMany({
      where: { mailboxId, takenAt: { lt: new Date(clock.now() - KEPT_MS) } },
    })
    return { result }
  }

  const readMailbox = (id: string) =>
    db.mailbox.findFirst({
      where: { id, kind: 'inbound', enabled: true },
      include: { tenant: { select: { status: true } } },
    })

  type Mailbox = NonNullable<Awaited<ReturnType<typeof readMailbox>>>

  async function read(mailbox: Mailbox, source: Buffer): Promise<InboundResult> {
    const { rules, ...shops } = await listMailboxShops(tools.pool, mailbox.id)
    const settings = { authservId: authservIdFor(mailbox.host, mailbox.authservId) }
    const reading = { malls: tools.marketplaces, judge: tools.judge, rules, settings }
    const listed = await listedOf(source, reading)
    const seen = listed.candidate ? await readMail(listed, source, reading) : null
    const stored = await storeInTurn(mailbox, seen, shops)
    if (seen === null) return 'ignored'
    if (stored.duplicates > 0) return 'duplicate'
    if (stored.unreadable > 0) return 'unreadable'
    return stored.recognised > 0 ? 'recognised' : 'ignored'
  }

  async function storeInTurn(
    mailbox: Mailbox,
    seen: SeenMail | null,
    shops: Pick<Parameters<typeof intake>[0], 'shops' | 'offShops'>,
  ): Promise<IntakeResult> {
    for (let turn = 1; ; turn += 1) {
      const { uidValidity, lastUid } = await db.mailbox.findUniqueOrThrow({
        where: { id: mailbox.id },
        select: { uidValidity: true, lastUid: true },
      })
      const from = { uidValidity: uidValidity ?? 1n, lastUid: Number(lastUid ?? 0) }
      const to = { ...from, lastUid: from.lastUid + 1 }
      try {
        return await intake({
          mailbox: { id: mailbox.id, tenantId: mailbox.tenantId },
          leaseOwner: INBOUND_OWNER,
          from,
          to,
          ...shops,
          mails: seen === null ? [] : [{ ...seen, uid: to.lastUid }],
          ignored: seen === null ? 1 : 0,
        })
      } catch (error) {
        if (!(error instanceof LeaseLost) || turn >= TURNS) throw error
      }
    }
  }

  return async (mail: PostedMail): Promise<{ result: InboundResult } | { refusal: InboundRefusal }> => {
    const answer = await take(mail)
    const result = 'result' in answer ? answer.result : answer.refusal
    tools.metrics.inboundMails.inc({ result })
    if ('refusal' in answer)
      tools.log.warn({ mailboxId: mail.mailboxId, reason: result }, 'posted mail refused')
    return answer
  }
}

/** Builds the listing entry that a mail server would give for this mail. */
async function listedOf(source: Buffer, rules: Parameters<typeof toListedMail>[1]): Promise<ListedMail> {
  const head = source.subarray(0, HEAD_BYTES)
  const ends = [head.indexOf('\r\n\r\n'), head.indexOf('\n\n')].filter((at) => at >= 0)
  const envelope = await readHead(head.subarray(0, Math.min(...ends, head.length)))
  return toListedMail({ seq: 0, uid: 0, size: source.length, envelope }, rules)
}
