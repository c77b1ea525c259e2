/**
 * The protocol of a move between two installations, without I/O. The tenant leaves (nothing runs), its export
 * is imported, and the receipt of that import releases it: from then on it never runs here again, and the
 * word that starts it there is given out. So at every moment at most one side can run, whatever is repeated,
 * lost or restored. Reasons: docs/decisions/tenant-moves.md.
 */

/** One side, as its rows say. A move is known by the id of its export. */
export interface Side {
  state: 'absent' | 'here' | 'leaving' | 'gone' | 'arrived' | 'dropping'
  /** Null where no move is open. */
  move: string | null
  /** Moves by which the tenant was started here. */
  started: readonly string[]
  /** Whether its contract has ended here: it waits for its deletion. */
  ended: boolean
}

export type Command =
  | { name: 'export'; move: string }
  | { name: 'import'; move: string }
  /** `move`: of the export whose receipt, or start word, is shown. */
  | { name: 'release'; move: string }
  | { name: 'start'; move: string }
  /** `otherIsLost`: whoever gives it is certain that the tenant never runs there. */
  | { name: 'keep'; otherIsLost?: boolean }
  | { name: 'drop' }

type Refusal = keyof typeof REFUSALS

export type Decision =
  | { act: 'do'; next: Side }
  /** Done before: the same answer again. */
  | { act: 'repeat' }
  | { act: 'refuse'; why: Refusal }

export const REFUSALS = {
  absent: 'the tenant is not here',
  is_here: 'the tenant is here already: nothing was imported',
  old_rows:
    'rows of the tenant are here from before it left: end its contract here, and import it once they are deleted',
  ended: 'the contract of this tenant has ended: it is being deleted',
  ended_here: 'its contract was ended here after the import: "tenant drop" it, and import it again',
  has_left: 'the tenant has moved away: it never runs here again',
  on_its_way: 'the tenant came by a move and has not been started here',
  other_import: 'another export of this tenant was imported before: "tenant drop" it first',
  started_before: 'this export was started here before: an old file starts nothing again',
  not_leaving: 'the tenant is not leaving: export it first',
  not_arrived: 'nothing that was imported waits for its start here',
  wrong_receipt: 'this is not the receipt of the last export: import that one there',
  wrong_word: 'this is not the start word of what was imported',
  being_dropped: 'what was imported is being dropped: "tenant drop" goes on with it',
} as const

export function decide(side: Side, command: Command): Decision {
  const refuse = (why: Refusal): Decision => ({ act: 'refuse', why })
  const become = (next: Partial<Side>): Decision => ({ act: 'do', next: { ...side, ...next } })
  switch (command.name) {
    case 'export':
      if (side.state === 'here' && side.ended) return refuse('ended')
      if (side.state === 'here' || side.state === 'leaving')
        return become({ state: 'leaving', move: command.move })
      return refuse(notHere(side))
    case 'import':
      if (side.started.includes(command.move)) return refuse('started_before')
      if (side.state === 'absent') return become({ state: 'arrived', move: command.move })
      if (side.state === 'dropping') return refuse('being_dropped')
      if (side.state !== 'arrived') return refuse(side.state === 'gone' ? 'old_rows' : 'is_here')
      return side.move === command.move ? { act: 'repeat' } : refuse('other_import')
    case 'release':
      if (side.state !== 'leaving' && side.state !== 'gone') return refuse('not_leaving')
      if (side.move !== command.move) return refuse('wrong_receipt')
      return side.state === 'gone' ? { act: 'repeat' } : become({ state: 'gone' })
    case 'start':
      if (side.state === 'here' && side.started.includes(command.move)) return { act: 'repeat' }
      if (side.state !== 'arrived') return refuse('not_arrived')
      if (side.move !== command.move) return refuse('wrong_word')
      if (side.ended) return refuse('ended_here')
      return become({ state: 'here', move: null, started: [...side.started, command.move] })
    case 'keep':
      if (side.state === 'leaving' || (side.state === 'gone' && command.otherIsLost))
        return become({ state: 'here', move: null })
      return side.state === 'here' ? { act: 'repeat' } : refuse(notHere(side))
    case 'drop':
      if (side.state === 'arrived') return become({ state: 'dropping' })
      if (side.state === 'dropping') return become({ state: 'absent', move: null, ended: false })
      return side.state === 'absent' ? { act: 'repeat' } : refuse('not_arrived')
  }
}

function notHere({ state }: Side): Refusal {
  if (state === 'gone') return 'has_left'
  return state === 'absent' ? 'absent' : 'on_its_way'
}
