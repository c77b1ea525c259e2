import type { SandboxEvent, SandboxOrder } from '../kit/types.ts'
import { amazonContent } from './amazon-content.ts'
import { aupayContent } from './aupay-content.ts'
import { rakutenContent } from './rakuten-content.ts'
import { yahooContent } from './yahoo-content.ts'

/** A mall's mail before it is put into a charset and a shape. */
export interface MailContent {
  fromName: string
  from: string
  subject: string
  text: string
  /** Where the mail's link leads. */
  link: string
}

export function contentOf(event: SandboxEvent): MailContent {
  return CONTENTS[event.order.marketplace](event)
}

const CONTENTS: Record<SandboxOrder['marketplace'], (event: SandboxEvent) => MailContent> = {
  rakuten: rakutenContent,
  yahoo: yahooContent,
  amazon: amazonContent,
  aupay: aupayContent,
}

export const yen = (amount: number): string => amount.toLocaleString('ja-JP')

export const goodsTotal = (order: SandboxOrder): number =>
  order.items.reduce((sum, item) => sum + item.unitPrice * item.quantity, 0)

/** Year, month, day, hour, minute, second in Japan, zero-padded. */
export function japaneseTime(date: Date): string[] {
  return new Date(date.getTime() + 9 * 3_600_000).toISOString().slice(0, 19).split(/[-T:]/)
}
