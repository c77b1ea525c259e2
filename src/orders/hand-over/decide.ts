import { historyOf, type Path, type Position, partingOf } from './position.ts'

/** A desk as its row and the present history make it ({@link pathIn}). */
export interface Desk {
  /** A desk that was never asked has no row: it gets a new id, and is at 0. */
  id: string
  /** Of its last batch. */
  number: number
  path: Path
  /** An owner has taken it out of use: nothing is handed over to it until it is taken into use again. */
  isClosed: boolean
}

export type Decision =
  /** Return this batch again, as it was made. */
  | { act: 'repeat'; number: number }
  /** Make the batch behind the last one, or answer that there is nothing and keep nothing. */
  | { act: 'make'; number: number }
  /** The client names a batch that this desk never made in this history. */
  | { act: 'refuse'; last: number }
  /** The desk is out of use. A late copy of a request must make no batch that nobody asks for. */
  | { act: 'closed' }

/**
 * Decides a pull by what its client has stored. Holds for one state of the desk: the statement that makes a
 * batch compares number and history under the lock of the desk's row.
 *
 * A late copy of a request can only make the batch that its client asks for next, or repeat an older one. So
 * nothing has to be remembered of requests, and no answer is lost for good.
 */
export function decide(desk: Desk, after: Position | null): Decision {
  if (desk.isClosed) return { act: 'closed' }
  const stored = after === null ? 0 : storedOf(desk, after)
  if (stored === null || stored > desk.number) return { act: 'refuse', last: desk.number }
  return { act: stored < desk.number ? 'repeat' : 'make', number: stored + 1 }
}

/**
 * Whether a client comes from behind what this desk's client was seen to have: it was put back, or two
 * clients share the desk.
 * @param confirmed the last batch that a client of the desk was seen to have stored
 */
export const goesBack = (confirmed: number, decision: Decision): boolean =>
  decision.act === 'repeat' && decision.number <= confirmed

/** The last batch of the desk's present path that a client at this position has; null: it never was here. */
function storedOf(desk: Desk, after: Position): number | null {
  if (after.desk === desk.id) return Math.min(after.number, partingOf(after.path, desk.path))
  // A restore to a point before the desk began makes another desk under its name, in another history.
  // Within one history a foreign id is another database's.
  return after.number > 0 && historyOf(after.path) === historyOf(desk.path) ? null : 0
}

/**
 * Whether a client stores the orders and the position of an answer that begins behind `since`. A client that
 * takes only the answer of the request that it waits for has no need of it; one that also reads late answers
 * ignores those that would leave a gap.
 */
export function follows(stored: Position | null, since: Position): boolean {
  if (stored === null || stored.desk !== since.desk) return since.number === 0
  const history = historyOf(since.path)
  if (historyOf(stored.path) === history) return since.number === stored.number
  // Ignores an answer from before the restore that this client has already heard of.
  if (stored.path.some(([known]) => known === history)) return false
  return since.number <= Math.min(stored.number, partingOf(stored.path, since.path))
}
