import type { LabelFormat } from './format.ts'
import { clickPost, yupriR } from './japan-post.ts'
import { sagawaEhiden } from './sagawa-ehiden.ts'
import { yamatoB2 } from './yamato-b2.ts'

/** The only list of the carriers' tools. Each parses its settings by its own schema before it sees them. */
const LABEL_FORMATS = [yamatoB2, sagawaEhiden, yupriR, clickPost] as unknown as readonly LabelFormat[]

export const FORMAT_IDS = ['yamato_b2', 'sagawa_ehiden3', 'yupri_r', 'click_post'] as const
export type FormatId = (typeof FORMAT_IDS)[number]

export function formatOf(id: FormatId): LabelFormat {
  const format = LABEL_FORMATS.find((one) => one.id === id)
  if (!format) throw new Error(`no label format ${id}`)
  return format
}
