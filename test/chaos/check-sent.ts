import type { HistoryEntry } from './history.ts'

/** Compares what was asked to be sent with the pieces that a mall says were. Pure. */

type Change = Extract<HistoryEntry, { f: 'change' }>['value']['changes'][number]
type Sent = Extract<HistoryEntry, { f: 'sent' }>['value']

interface SentEvidence {
  /** Ship changes that were accepted. */
  asked: readonly Change[]
  /** Those of requests whose answer never came: each may have been done. */
  unanswered: readonly Change[]
  succeeded: ReadonlySet<string>
  sent: readonly Sent[]
}

/** A change that went well has sent all its pieces, and no piece was sent that no change names. */
export function checkSent({ asked, unanswered, succeeded, sent }: SentEvidence) {
  const lost: string[] = []
  const duplicated: string[] = []
  const shippings = [...new Map(asked.map((change) => [change.id, change])).values(), ...unanswered]
  const byOrder = Map.groupBy(
    shippings.filter(({ action }) => action === 'ship'),
    ({ order }) => order,
  )
  for (const { order, lines } of sent) {
    const own = byOrder.get(order) ?? []
    const done = own.filter(({ id }) => id !== undefined && succeeded.has(id))
    for (const { lineId, ordered, sent: pieces } of lines) {
      const [must, may] = [piecesOf(done, lineId, ordered), piecesOf(own, lineId, ordered)]
      const told = `${pieces} of ${ordered} pieces of ${lineId} were sent: ${order}`
      if (pieces < must) lost.push(`went well with ${must}, and ${told}`)
      if (pieces > may) duplicated.push(`asked for ${may}, and ${told}`)
    }
  }
  return { lost, duplicated }
}

/** A change that names no lines is of all that the order has. */
const piecesOf = (changes: readonly Change[], lineId: string, ordered: number): number =>
  changes.reduce((sum, { lines }) => {
    const named = lines?.reduce((own, one) => own + (one.lineId === lineId ? one.quantity : 0), 0)
    return Math.min(ordered, sum + (named ?? ordered))
  }, 0)
