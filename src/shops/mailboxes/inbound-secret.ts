import { dateNow } from '../../platform/clock.ts'
import { signingSecret } from '../../platform/crypto/signed-message.ts'
import { AppError } from '../../platform/errors.ts'
import { audit, type Caller, noteOf } from '../tenants/audit.ts'
import { type MailboxTools, mailboxNotFound } from './mailboxes.ts'

export const inboundSecretContext = (id: string) => `mailbox:${id}:inbound-secret`

/**
 * Replaces an inbound mailbox's signing secret, shown this once. Refuses the old one from now on.
 * @throws AppError NOT_FOUND, CONFLICT for a mailbox that is read at a mail server
 */
export async function rotateInboundSecret(tools: MailboxTools, caller: Caller, id: string): Promise<string> {
  const secret = signingSecret(tools.random)
  await tools.db.$transaction(async (tx) => {
    const row = await tx.mailbox.findFirst({
      where: { id, tenantId: caller.tenantId },
      select: { kind: true },
    })
    if (!row) throw mailboxNotFound()
    if (row.kind !== 'inbound') throw notInbound()
    const sealedInboundSecret = tools.sealer.of(caller.tenantId).seal(inboundSecretContext(id), secret)
    await tx.mailbox.update({
      where: { id },
      data: { sealedInboundSecret, updatedAt: dateNow(tools.clock) },
      select: { id: true },
    })
    await audit(tx, tools, noteOf(caller, 'mailbox.secret_rotated', id, {}))
  })
  return secret
}

const notInbound = () =>
  new AppError(
    'CONFLICT',
    'この受信箱はメールサーバーから受信するため、署名鍵を使いません。kind が inbound の受信箱を登録してください。',
  )
