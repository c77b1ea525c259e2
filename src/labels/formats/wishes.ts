import type { FillTools, Slot } from './format.ts'

/**
 * Requested dates and times in the carriers' terms. A slot that a carrier has withdrawn is reported, never
 * replaced by another.
 */

/** The carrier's slots: `am`, or from and to, with its code. */
export type SlotCodes = readonly { from: 'am' | number; to: number; code: string }[]

/** Slots that a carrier had once; older orders and shops' own settings still name them. */
export type Withdrawn = readonly { from: number; to: number }[]

export function slotCode(
  slot: Slot | null,
  codes: SlotCodes,
  withdrawn: Withdrawn,
  tools: Pick<FillTools<unknown>, 'dropTimeSlot' | 'problem' | 'warning'>,
): string {
  if (slot === null) return ''
  const found = codes.find(({ from, to }) => from === slot.from && (from === 'am' || to === slot.to))
  if (found) return found.code
  const offered = codes.map(({ from, to }) => (from === 'am' ? '午前中' : `${from}-${to}時`)).join('、')
  if (tools.dropTimeSlot) {
    tools.warning('希望時間帯', 'TIME_SLOT_LEFT_OUT', `希望時間帯「${slot.words}」は指定せずに出力します。`)
    return ''
  }
  const gone = withdrawn.some(({ from, to }) => from === slot.from && to === slot.to)
  const why = gone ? 'は廃止されました' : 'はこの配送会社にありません'
  tools.problem(
    '希望時間帯',
    gone ? 'TIME_SLOT_WITHDRAWN' : 'TIME_SLOT_UNKNOWN',
    `希望時間帯「${slot.words}」${why}。受注の希望時間帯を直すか、「指定できない時間帯は外す」を選んでください（指定できる時間帯: ${offered || 'なし'}）。`,
  )
  return ''
}

export const withoutHyphens = (date: string | null): string => (date ?? '').replaceAll('-', '')
export const withSlashes = (date: string | null): string => (date ?? '').replaceAll('-', '/')
export const hyphenated = (postalCode: string): string =>
  postalCode === '' ? '' : `${postalCode.slice(0, 3)}-${postalCode.slice(3)}`
