import type { Sealer } from '../platform/crypto/sealer.ts'
import type { Queries } from '../platform/db/transaction.ts'
import type { NewId } from '../platform/ids.ts'
import { attentionOf, partContext } from './reader.ts'
import { INSERT_MAILED } from './statements.ts'
import { MOST_OPEN_BYTES, MOST_PART_BYTES, TOO_MUCH_OPEN } from './uploads.ts'

/** A file attached to a mail of a sender whom the shop names (src/mail/recognition/judge.ts). */
interface MailedFile {
  tenantId: string
  shopId: string
  mailId: string
  name: string
  bytes: Uint8Array
  sentAt: Date | null
}

/**
 * Stores them as if a person had sent them. What is too much is stored as failed and told at its mail: a
 * mailbox does not wait for files.
 */
export const createMailedFiles =
  ({ sealer, newId }: { sealer: Pick<Sealer, 'of'>; newId: NewId }) =>
  async (queries: Queries, files: readonly MailedFile[], now: Date): Promise<void> => {
    for (const { tenantId, shopId, mailId, name, bytes, sentAt } of files) {
      const id = newId()
      const own = sealer.of(tenantId)
      const parts = Array.from({ length: Math.ceil(bytes.length / MOST_PART_BYTES) }, (_, index) => {
        const part = bytes.subarray(index * MOST_PART_BYTES, (index + 1) * MOST_PART_BYTES)
        const sealed = own.seal(partContext(id, index + 1), part)
        return { number: index + 1, sealed: Buffer.from(sealed).toString('hex') }
      })
      const message = bytes.length === 0 ? EMPTY : TOO_MUCH_OPEN
      const refused = `注文ファイル「${name}」を取り込みませんでした。`
      await queries.query(
        INSERT_MAILED({
          id,
          tenant: tenantId,
          shop: shopId,
          mail: mailId,
          name,
          parts,
          bytes: bytes.length,
          exportedAt: sentAt,
          mostBytes: MOST_OPEN_BYTES,
          message,
          refusal: `${refused}${message}`,
          gone: `${refused}${GONE}`,
          attention: attentionOf(name, null),
          now,
        }),
      )
    }
  }

const EMPTY = '添付ファイルが空です。'
const GONE = '店舗が注文ファイルで取り込む設定ではなくなりました。'
