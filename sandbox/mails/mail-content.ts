import type { SandboxOrder } from '../kit/types.ts'

/** A mall's mail before it is put into a charset and a shape. */
export interface MailContent {
  fromName: string
  from: string
  subject: string
  text: string
  /** Where the mail's link leads. */
  link: string
}

export const yen = (amount: number): string => amount.toLocaleString('ja-JP')

export const goodsTotal = (order: SandboxOrder): number =>
  order.items.reduce((sum, item) => sum + item.unitPrice * item.quantity, 0)

/** Year, month, day, hour, minute, second in Japan, zero-padded. */
export function japaneseTime(date: Date): string[] {
  return new Date(date.getTime() + 9 * 3_600_000).toISOString().slice(0, 19).split(/[-T:]/)
}
