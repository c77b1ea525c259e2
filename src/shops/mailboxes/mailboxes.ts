import type { z } from 'zod'
import type { Mailbox } from '../../generated/prisma/client.ts'
import { invalid } from '../../http/validation.ts'
import { type Clock, dateNow } from '../../platform/clock.ts'
import type { Sealer } from '../../platform/crypto/sealer.ts'
import type { Db, Tx } from '../../platform/db/database.ts'
import { AppError } from '../../platform/errors.ts'
import { AddressError, type AddressRules, assertPublicHost } from '../../platform/http/address-guard.ts'
import type { NewId } from '../../platform/ids.ts'
import { MOST_PER_TENANT, needRoom, type PerTenant } from '../room-for.ts'
import { lockMailboxRow } from '../sql.ts'
import { audit, type Caller, noteOf } from '../tenants/audit.ts'
import { auditData, mailboxUpdate, passwordContext, usernameContext } from './mailbox-change.ts'
import type { MailboxChange, MailboxRow, NewMailbox } from './mailbox-schemas.ts'

export interface MailboxTools {
  db: Db
  clock: Clock
  newId: NewId
  sealer: Pick<Sealer, 'seal' | 'open'>
  addressRules: AddressRules
  perTenant?: PerTenant
  /** Listeners must look at the mailboxes again. Called after the change is committed. */
  onMailboxChanged: () => Promise<void> | void
}

/** Read instead of the whole row, so that the password never leaves the database without need. */
export const MAILBOX_READ = {
  omit: { sealedPassword: true },
  include: { shops: { select: { shopId: true } } },
} as const

export const mailboxNotFound = () =>
  new AppError('NOT_FOUND', '受信箱が見つかりません。ID を確認してください。')

/** Raises HOST_NOT_ALLOWED for a private host, VALIDATION_FAILED for shops that are not the tenant's. */
export async function createMailbox(
  tools: MailboxTools,
  caller: Caller,
  input: z.infer<typeof NewMailbox>,
): Promise<MailboxRow> {
  const { username, password, port, shopIds: given, ...plain } = input
  const shopIds = [...new Set(given)]
  await checkMailHost(tools.addressRules, input.host)
  const id = tools.newId()
  const now = dateNow(tools.clock)
  const mailbox = await tools.db.$transaction(async (tx) => {
    await needOwnShops(tx, caller.tenantId, given)
    await needRoom(tx, caller.tenantId, 'mailbox', tools.perTenant?.mailboxes ?? MOST_PER_TENANT)
    const created = await tx.mailbox.create({
      data: {
        ...plain,
        id,
        tenantId: caller.tenantId,
        port: port ?? usualPort(input.security),
        sealedUsername: tools.sealer.seal(usernameContext(id), username),
        sealedPassword: tools.sealer.seal(passwordContext(id), password),
        passwordSetAt: now,
        state: input.enabled ? 'waiting' : 'disabled',
        createdAt: now,
        updatedAt: now,
        shops: { create: shopIds.map((shopId) => ({ shopId })) },
      },
      ...MAILBOX_READ,
    })
    const data = {
      name: created.name,
      host: created.host,
      port: created.port,
      security: created.security,
      shopIds,
    }
    await audit(tx, tools, noteOf(caller, 'mailbox.created', id, data))
    return created
  })
  await tools.onMailboxChanged()
  return mailbox
}

export async function changeMailbox(
  tools: MailboxTools,
  caller: Caller,
  id: string,
  change: z.infer<typeof MailboxChange>,
): Promise<MailboxRow> {
  if (change.host !== undefined) await checkMailHost(tools.addressRules, change.host)
  const mailbox = await tools.db.$transaction(async (tx) => {
    const before = await lockMailbox(tx, caller.tenantId, id)
    if (Object.keys(change).length === 0)
      return tx.mailbox.findUniqueOrThrow({ where: { id }, ...MAILBOX_READ })
    const data = mailboxUpdate(tools, before, change)
    await needOwnShops(tx, caller.tenantId, change.shopIds ?? [])
    const updated = await tx.mailbox.update({ where: { id }, data, ...MAILBOX_READ })
    await audit(tx, tools, noteOf(caller, 'mailbox.updated', id, auditData(change)))
    return updated
  })
  await tools.onMailboxChanged()
  return mailbox
}

export async function deleteMailbox(tools: MailboxTools, caller: Caller, id: string): Promise<void> {
  await tools.db.$transaction(async (tx) => {
    const { name, host } = await lockMailbox(tx, caller.tenantId, id)
    await tx.mailbox.delete({ where: { id }, select: { id: true } })
    await audit(tx, tools, noteOf(caller, 'mailbox.deleted', id, { name, host }))
  })
  await tools.onMailboxChanged()
}

async function lockMailbox(tx: Tx, tenantId: string, id: string): Promise<Mailbox> {
  await tx.$queryRaw(lockMailboxRow(tenantId, id))
  const mailbox = await tx.mailbox.findFirst({ where: { id, tenantId } })
  if (!mailbox) throw mailboxNotFound()
  return mailbox
}

async function needOwnShops(tx: Tx, tenantId: string, shopIds: readonly string[]): Promise<void> {
  if (shopIds.length === 0) return
  const own = await tx.shop.findMany({ where: { tenantId, id: { in: [...shopIds] } }, select: { id: true } })
  const known = new Set(own.map((shop) => shop.id))
  const fields = shopIds.flatMap((id, index) =>
    known.has(id)
      ? []
      : [
          {
            field: `shopIds[${index}]`,
            message: '店舗が見つかりません。店舗の一覧で ID を確認してください。',
            code: 'not_found',
          },
        ],
  )
  if (fields.length > 0) throw invalid(fields)
}

const usualPort = (security: 'tls' | 'starttls' | 'plain') => (security === 'tls' ? 993 : 143)

/** Refuses hosts inside the operator's network, and names that do not exist, before they are stored; both name `host`. */
async function checkMailHost(rules: AddressRules, host: string): Promise<void> {
  try {
    await assertPublicHost(host, rules)
  } catch (error) {
    if (!(error instanceof AddressError)) throw error
    const { message } = error
    if (error.reason === 'unresolvable') throw invalid([{ field: 'host', message, code: 'host_not_found' }])
    throw new AppError('HOST_NOT_ALLOWED', message, {
      fields: [{ field: 'host', message, code: 'private_address' }],
    })
  }
}
