import type { NormalisedOrder, OrderItem, OrderPerson, OrderRecipient } from '../marketplaces/port/order.ts'
import type { FullOrder } from './order-json.ts'

/** A line of a CSV of orders, and what several of its columns read of it. */

export interface ExportLine {
  order: FullOrder
  shopName: string
  mall: string
  /** Of files with a line for each item. */
  item: OrderItem | null
  /** Of files with a line for each recipient. */
  to: OrderRecipient | null
  markLabels: ReadonlyMap<string, string>
}

export interface ExportColumn {
  label: string
  of(line: ExportLine): string | number | null
  /** Only in files with a line for each item. */
  perItem?: true
}

export const detail = ({ order }: ExportLine): NormalisedOrder | null => order.detail
export const person = (who: OrderPerson | undefined) => ({
  name: who?.fullName ?? [who?.familyName, who?.givenName].filter(Boolean).join(' '),
  address: [who?.prefecture, who?.city, who?.address1, who?.address2].filter(Boolean).join(' '),
})

/** The recipient of the line or of its item, or the first of the order. */
export const recipient = (line: ExportLine): OrderRecipient | undefined =>
  line.to ??
  detail(line)?.recipients.find(({ id }) => line.item === null || id === line.item.recipientId) ??
  detail(line)?.recipients[0]

export const joined = (texts: (string | null | undefined)[]): string =>
  [...new Set(texts.filter(Boolean))].join(' / ')
const JST_MS = 9 * 60 * 60 * 1_000

/** 2026/11/25 14:02:09, which spreadsheets know as a time. */
export const localTime = (time: string | null): string =>
  time === null
    ? ''
    : new Date(Date.parse(time) + JST_MS).toISOString().slice(0, 19).replace('T', ' ').replaceAll('-', '/')
