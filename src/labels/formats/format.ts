import type { z } from 'zod'
import type { Carrier } from '../../marketplaces/port/carriers.ts'
import type { Measure } from '../cells/measure.ts'
import type { CommonSettings } from '../settings-schema.ts'

/** 送り状 files for the carriers' own tools: each is a table of columns and a function that fills a row. */

export interface Column {
  name: string
  /** Absent: we always leave it empty. */
  measure?: Measure
  required: boolean
}

export interface Party {
  postalCode: string
  /** Town and number; building. */
  address: string[]
  company: string
  name: string
  phone: string
}

export interface Slot {
  /** am: 午前中. */
  from: 'am' | number
  to: number
  /** The mall's own words. */
  words: string
}

/** A parcel to send: one recipient of one order, in single-line text that CP932 can hold. */
export interface Draft {
  /** Ours, by which the tracking file finds the order again (お客様管理番号). */
  key: string
  orderNumber: string
  /** YYYY-MM-DD */
  shippedOn: string
  to: Party
  from: Party
  wish: { date: string | null; slot: Slot | null }
  temperature: 'normal' | 'cool' | 'frozen'
  cod: { amount: number; tax: number | null } | null
  /** 品名. */
  goods: string
}

export type Report = (field: string, code: string, message: string) => void

/** Cells by the number of their column, from 1. */
export type Cells = ReadonlyMap<number, string>

export interface FillTools<S> {
  settings: S
  service: string
  /** Leaves out a wished time that the carrier does not offer instead of reporting a fault. */
  dropTimeSlot: boolean
  problem: Report
  warning: Report
}

interface Service {
  code: string
  label: string
}

export interface LabelFormat<S extends CommonSettings = CommonSettings> {
  id: string
  /** Name of the tool among staff. */
  label: string
  /** Returns the carrier of a service, for the ship change that the tracking file becomes. */
  carrierOf(service: string): Carrier
  services: readonly [Service, ...Service[]]
  settings: z.ZodType<S>
  columns: readonly Column[]
  /** Number of the column with our key; 0 where the tool has none. */
  keyColumn: number
  quoting: 'needed' | 'all'
  /** Lines without the header that the tool takes in one file. */
  mostRows: number
  header: 'always' | 'by_setting'
  fill(draft: Draft, tools: FillTools<S>): Cells
}

/** `name`, or `name b32` bytes, `w16` full-width characters, `n12` digits; `*` after it: must be filled. */
export function columnsOf(lines: string): Column[] {
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const [, name = '', by, most, star] = /^\s*(\S+)(?: ([bwn])(\d+)(\*)?)?\s*$/.exec(line) ?? []
      if (!by) return { name, required: false }
      const kind = by === 'b' ? 'bytes' : by === 'w' ? 'wide' : 'digits'
      return { name, measure: { by: kind, most: Number(most) }, required: star === '*' }
    })
}
