import { z } from 'zod'
import { StaffRole } from '../generated/prisma/enums.ts'
import { AppError } from '../platform/errors.ts'
import { given } from '../platform/narrow.ts'
import { startRehearsal } from '../rehearsal/rehearsals.ts'
import { revokeApiKey } from '../shops/tenants/api-keys.ts'
import type { AuditNote } from '../shops/tenants/audit.ts'
import { changeTenant, OPEN_MOVES, TenantChange } from '../shops/tenants/tenants.ts'
import { removeIdentity } from '../staff/identities.ts'
import { changeStaff, deleteStaff } from '../staff/staff.ts'
import { eraseFor, sealerOf } from './people.ts'
import { OPS_ACTOR, type Ops } from './tools.ts'

/** An entry of an export of the audit. */
export const Line = z.object({
  id: z.uuid(),
  at: z.iso.datetime({ offset: true }),
  tenantId: z.uuid().nullable(),
  action: z.string().max(100),
  target: z.string().max(300),
  data: z.record(z.string(), z.unknown()),
})
export type Line = z.infer<typeof Line>

/** Does it once more. @returns null when it is done, else what is left for a person */
type Again = (ops: Ops, entry: Line) => Promise<string | null>

/** `passes`: nothing of it is left to bring back. `byHand`: work that the database cannot know. */
type Answer = 'passes' | Again | { readonly byHand: string }

const BY = { actor: OPS_ACTOR }
const byHand = (text: string) => ({ byHand: text })
const whose = ({ tenantId }: Pick<Line, 'tenantId'>) => (tenantId === null ? {} : { tenantId })
const Rights = z.object({
  role: z.enum(StaffRole).optional(),
  state: z.enum(['active', 'disabled']).optional(),
})
const Rotated = z.object({ endsAt: z.iso.datetime({ offset: true }) })
const Ended = z.object({ deleteAt: z.iso.datetime({ offset: true }) })
const Switched = z.object({ enabled: z.boolean() })
const PlanLimit = z.int().nullable().optional()
const TenantData = TenantChange.omit({ limits: true }).extend({
  deleteAt: z.null().optional(),
  mostShops: PlanLimit,
  mostMailboxes: PlanLimit,
  mostWebhooks: PlanLimit,
  mostApiKeys: PlanLimit,
})

const staffTools = async (ops: Ops) => ({
  ...ops,
  db: (await ops.database()).db,
  sealer: await sealerOf(ops),
})

async function useDesk(ops: Ops, { tenantId, target }: Line, closedAt: Date | null): Promise<null> {
  const { db } = await ops.database()
  if (tenantId !== null) await db.desk.updateMany({ where: { tenantId, name: target }, data: { closedAt } })
  return null
}

const Hash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform((text) => new Uint8Array(Buffer.from(text, 'hex')))
const Moved = z.object({
  move: z.uuid(),
  address: z.url(),
  wasActive: z.boolean(),
  receiptHash: Hash,
  startHash: Hash,
})

/** The tenant works elsewhere: a backup from before must not let it in here. */
async function leaveAgain(ops: Ops, { target, data }: Line): Promise<string | null> {
  const read = Moved.safeParse(data).data
  const { db } = await ops.database()
  const updatedAt = new Date(ops.clock.now())
  return db.$transaction(async (tx) => {
    const known = read && (await tx.tenantMove.findUnique({ where: { id: read.move } }))
    const isOwn = read !== undefined && (known?.tenantId ?? target) === target
    const id = isOwn ? read.move : ops.newId()
    const { address, wasActive, receiptHash, startHash } = isOwn ? read : NOTHING_KNOWN
    await tx.tenant.updateMany({ where: { id: target }, data: { status: 'suspended', updatedAt } })
    await tx.tenantMove.updateMany({
      where: { tenantId: target, state: { in: [...OPEN_MOVES] }, id: { not: id } },
      data: { state: 'replaced', updatedAt },
    })
    const gone = { state: 'gone', address, wasActive, receiptHash, startHash, updatedAt }
    await tx.tenantMove.upsert({
      where: { id },
      update: gone,
      create: { ...gone, id, tenantId: target, createdAt: updatedAt },
    })
    return isOwn ? null : 'the tenant has moved away, and stands still here: where to, nobody can read'
  })
}

const NOTHING_KNOWN = { address: null, wasActive: false, receiptHash: null, startHash: null }

/** The tenant worked here: nothing else lets in what a backup from before its start holds. */
async function startAgain(ops: Ops, { target, data }: Line): Promise<string | null> {
  const id = z.uuid().safeParse(data.move).data
  if (id === undefined)
    return 'the tenant worked here: npm run ops -- tenant start <tenant id> <word of then>'
  const { db } = await ops.database()
  const updatedAt = new Date(ops.clock.now())
  return db.$transaction(async (tx) => {
    const row = await tx.tenantMove.findUnique({ where: { id } })
    if (row === null) {
      // Its file starts nothing again: the tenant may have gone on to a third installation since.
      await tx.tenantMove.create({
        data: {
          id,
          tenantId: target,
          state: 'started',
          wasActive: false,
          createdAt: updatedAt,
          updatedAt,
        },
      })
      return 'what was imported is not here: unless it has moved on since, bring it back on the side that it came from ("tenant keep <tenant id> --the-other-side-is-lost"), and move it again'
    }
    if (row.tenantId !== target || row.state !== 'arrived') return null
    await tx.tenantMove.update({ where: { id }, data: { state: 'started', updatedAt } })
    if (row.wasActive)
      await tx.tenant.updateMany({
        where: { id: target, deleteAt: null },
        data: { status: 'active', updatedAt },
      })
    return null
  })
}

async function wasKept(ops: Ops, { target }: Line): Promise<string | null> {
  const { db } = await ops.database()
  const state = { in: ['leaving', 'gone'] }
  const open = await db.tenantMove.findFirst({ where: { tenantId: target, state } })
  if (open === null) return null
  const option = open.state === 'gone' ? ' --the-other-side-is-lost' : ''
  return `the move was called off: npm run ops -- tenant keep ${target}${option}`
}

/** Repeats each action of the audit after a restore. An action without an answer does not compile. */
const REPEATED: Readonly<Record<AuditNote['action'], Answer>> = {
  'tenant.created': byHand('the tenant is not here: make it again'),
  'tenant.updated': async (ops, { target, data }) => {
    const read = TenantData.safeParse(data)
    if (!read.success) return 'settings of the tenant are those of before'
    const { deleteAt: _, mostShops, mostMailboxes, mostWebhooks, mostApiKeys, ...change } = read.data
    const limits = {
      shops: mostShops,
      mailboxes: mostMailboxes,
      webhooks: mostWebhooks,
      apiKeys: mostApiKeys,
    }
    const { db } = await ops.database()
    const tools = { ...ops, db, onTenantChanged: () => undefined }
    await changeTenant(tools, BY, target, { ...change, limits: given(limits) })
    return null
  },
  'tenant.ended': async (ops, { target, data }) => {
    const read = Ended.safeParse(data)
    if (!read.success) return 'the contract had ended: end it again'
    const { db } = await ops.database()
    await db.tenant.updateMany({
      where: { id: target },
      data: { status: 'suspended', deleteAt: new Date(read.data.deleteAt) },
    })
    return null
  },
  // Until its release the tenant ran nowhere else: it goes on here.
  'tenant.left': 'passes',
  'tenant.kept': wasKept,
  'tenant.arrived': byHand(
    'what was imported is not here: unless it was started since, npm run ops -- tenant import <file>',
  ),
  'tenant.dropped': byHand('what was imported may be back: npm run ops -- tenant drop <tenant id>'),
  'tenant.moved': leaveAgain,
  'tenant.started': startAgain,
  // Its end is in the backup, or was done again just now: the worker deletes it by itself.
  'tenant.deleted': 'passes',
  'api_key.created': byHand('its program needs a new key'),
  'api_key.revoked': async (ops, { tenantId, target }) => {
    const tools = { ...(await staffTools(ops)), onKeyRevoked: () => undefined }
    await revokeApiKey(tools, BY, whose({ tenantId }), target)
    return null
  },
  'api_key.rotated': async (ops, { tenantId, target, data }) => {
    const read = Rotated.safeParse(data)
    if (!read.success) return 'the key of before opens again: revoke it, and give its program a new one'
    const { db } = await ops.database()
    const endsAt = new Date(read.data.endsAt)
    await db.apiKey.updateMany({
      where: { id: target, ...whose({ tenantId }), OR: [{ expiresAt: null }, { expiresAt: { gt: endsAt } }] },
      data: { expiresAt: endsAt },
    })
    return `its program needs a new key: of the one that it had nothing is here, and the one before ends at ${read.data.endsAt}`
  },
  'shop.created': byHand('the shop is not here: create it again'),
  'shop.updated': byHand('settings and credentials are those of before'),
  'shop.deleted': byHand('the shop is back: delete it'),
  'shop.consent_begun': 'passes',
  'shop.consent_ended': byHand('consent again'),
  'shop.push_secret_set': async (ops, { tenantId, target, data }) => {
    const { db } = await ops.database()
    await db.shop.updateMany({
      where: { id: target, ...whose({ tenantId }) },
      data: { sealedPushSecret: null },
    })
    return data.open === false ? null : 'the door for notifications is shut: give it a secret again'
  },
  'shop.rehearsal_begun': async (ops, { tenantId, target }) => {
    if (tenantId === null) return 'the shop rehearsed: begin it again before its changes are sent'
    const { db } = await ops.database()
    await startRehearsal({ ...ops, db }, { tenantId, ...BY }, target)
    return null
  },
  'shop.rehearsal_ended': byHand('the shop may rehearse again, and sends nothing as long: end it'),
  'mailbox.created': byHand('the mailbox is not here: create it again'),
  'mailbox.updated': byHand('settings and login are those of before'),
  'mailbox.deleted': byHand('the mailbox is back: delete it'),
  'mailbox.consent_begun': 'passes',
  'mailbox.consent_ended': byHand('consent again'),
  'mailbox.secret_rotated': byHand('the secret of before opens again: make a new one for its senders'),
  'buyer.erased': async (ops, { tenantId, data }) => {
    if (tenantId === null || typeof data.by !== 'string')
      return 'ask who was erased, and: npm run ops -- erase'
    if (data.by === 'phone' || data.by === 'email')
      return `ask the tenant for the ${data.by}, and: npm run ops -- erase ${tenantId} --${data.by} …`
    const shopId = z.uuid().safeParse(data.shopId).data
    // An entry without its shop ran over every shop that had the number.
    const one = { orderNumber: data.by, ...given({ shopId }) }
    await eraseFor(ops, tenantId, one, shopId === undefined ? 'every' : 'one')
    return null
  },
  'webhook.created': byHand('the webhook is not here: create it again'),
  'webhook.updated': async (ops, { tenantId, target, data }) => {
    const { db } = await ops.database()
    if (Switched.safeParse(data).data?.enabled === false)
      await db.webhook.updateMany({ where: { id: target, ...whose({ tenantId }) }, data: { enabled: false } })
    return 'address and kinds are those of before: look at them'
  },
  'webhook.deleted': async (ops, { tenantId, target }) => {
    const { db } = await ops.database()
    await db.webhook.deleteMany({ where: { id: target, ...whose({ tenantId }) } })
    return null
  },
  'webhook.secret_rotated': byHand('the secret of before signs again: make a new one'),
  'notice_channel.created': byHand('the channel is not here: create it again'),
  'notice_channel.updated': async (ops, { tenantId, target, data }) => {
    const { db } = await ops.database()
    if (Switched.safeParse(data).data?.enabled === false)
      await db.noticeChannel.updateMany({
        where: { id: target, ...whose({ tenantId }) },
        data: { enabled: false },
      })
    return 'address and topics are those of before: look at them'
  },
  'notice_channel.deleted': async (ops, { tenantId, target }) => {
    const { db } = await ops.database()
    await db.noticeChannel.deleteMany({ where: { id: target, ...whose({ tenantId }) } })
    return null
  },
  'label_settings.updated': byHand('the settings of labels are those of before'),
  'items.imported': byHand('the item list is the one of before'),
  // Its shop is listed until it took a file in: the newest one has what this one had.
  'order_file.received': 'passes',
  'shop.papers_updated': byHand('words and logo of papers are those of before'),
  'labels.exported': 'passes',
  'orders.exported': 'passes',
  // All invitations end.
  'staff.invited': byHand('invite again, unless it was withdrawn'),
  'staff.invitation_withdrawn': 'passes',
  'staff.joined': byHand('the account is not here: invite again'),
  'staff.updated': async (ops, { tenantId, target, data }) => {
    const change = Rights.safeParse(data)
    if (!change.success) return 'look at role and state of the account'
    if (Object.keys(change.data).length === 0) return 'the name was changed'
    await changeStaff(await staffTools(ops), BY, tenantId, target, change.data)
    return null
  },
  'staff.deleted': async (ops, { tenantId, target }) => {
    await deleteStaff(await staffTools(ops), BY, tenantId, target)
    return null
  },
  'staff.password_changed': byHand(
    'the password of before opens again: have it reset, or disable the account',
  ),
  'staff.password_reset_asked': 'passes',
  'staff.second_factor_set': byHand(
    'its second factor is the one of before, or none: have the person sign in and set it up',
  ),
  'staff.second_factor_removed': async (ops, { tenantId, target }) => {
    await changeStaff(await staffTools(ops), BY, tenantId, target, { removeSecondFactor: true })
    return null
  },
  'staff.recovery_codes_made': async (ops, { tenantId, target }) => {
    const { db } = await ops.database()
    await db.staffAccount.updateMany({ where: { id: target, tenantId }, data: { recoveryCodes: [] } })
    return 'the codes of before ended: the person makes new ones'
  },
  'staff.identity_bound': byHand('the identity is not bound: bind it again'),
  'staff.identity_removed': async (ops, { tenantId, target }) => {
    const { db } = await ops.database()
    await db.$transaction((tx) => removeIdentity(tx, ops, { id: target, tenantId }, BY))
    return null
  },
  'staff.passkey_added': byHand('the passkey is not here: have the person add it again'),
  'staff.passkey_removed': async (ops, { tenantId, target, data }) => {
    const id = z.uuid().safeParse(data.passkeyId).data
    if (id === undefined) return 'a passkey was removed: have the person look at theirs'
    const { db } = await ops.database()
    await db.passkey.deleteMany({ where: { id, accountId: target, account: { tenantId } } })
    return null
  },
  'staff.unlocked': 'passes',
  'keys.rotated': byHand('npm run ops -- keys rotate'),
  'backup.restored': 'passes',
  'session.begun': 'passes',
  'session.refused': 'passes',
  'session.ended': 'passes',
  'application.received': byHand('the application is not here: have the company apply again'),
  'application.approved': byHand('the tenant is not here: approve it again'),
  'application.refused': byHand('the application waits again: refuse it'),
  'audit.exported': 'passes',
  'order.viewed': 'passes',
  'orders.listed': 'passes',
  'orders.pulled': 'passes',
  // Its client begins it again with the next pull.
  'desk.begun': 'passes',
  'desk.history_begun': 'passes',
  'desk.put_back': 'passes',
  'desk.closed': (ops, entry) => useDesk(ops, entry, new Date(entry.at)),
  'desk.reopened': (ops, entry) => useDesk(ops, entry, null),
  'mails.viewed': 'passes',
  'applications.viewed': 'passes',
  'notifications.viewed': 'passes',
  'blocked_buyers.viewed': 'passes',
  'blocked_buyer.created': byHand('the buyer is not blocked: block again'),
  'blocked_buyer.deleted': async (ops, { tenantId, target }) => {
    const { db } = await ops.database()
    await db.blockedBuyer.deleteMany({ where: { id: target, ...whose({ tenantId }) } })
    return null
  },
  'mark_rules.updated': byHand('the rules are those of before'),
  'move_rules.updated': byHand('the rules of 自動仕分け are those of before'),
  'assistant.called': 'passes',
}

/** Entries of another release may name an action that this one does not know. */
const answerTo = (action: string): Answer =>
  (REPEATED as Readonly<Record<string, Answer | undefined>>)[action] ??
  byHand('this release does not know the action: look at it')

export const passes = (action: string): boolean => answerTo(action) === 'passes'

/** @returns null: done again; undefined: nothing to do; else what a person is to do */
export async function repeat(ops: Ops, entry: Line): Promise<string | null | undefined> {
  const answer = answerTo(entry.action)
  if (answer === 'passes') return undefined
  if (typeof answer !== 'function') return answer.byHand
  // Entries come with a tenant that moves here, from a file that somebody may have forged.
  if (entry.action.startsWith('tenant.') && entry.target !== entry.tenantId)
    return 'names another tenant than its own: look at it'
  try {
    return await answer(ops, entry)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    // Made after the backup and ended before the loss: it is not here.
    return error.code === 'NOT_FOUND' ? undefined : `could not be repeated: ${error.message}`
  }
}
