import { isUnreadable } from '../../marketplaces/kit/mail/recogniser.ts'
import type { MailMalls } from '../../marketplaces/mails.ts'
import type { ReadableMail, Recognition } from '../../marketplaces/port/mail-rules.ts'
import { rulesOf, type ShopMailRules } from './malls.ts'

/**
 * Finds the mall, kind and order numbers of a mail; null when it is no mall's. When several malls claim it,
 * the first with a number wins. A mail is only a hint and may be forged: callers check that the numbers are
 * the shop's.
 */
export function recogniseMail(
  mail: ReadableMail,
  marketplaces: MailMalls,
  shopRules: ShopMailRules = [],
): Recognition | null {
  let unreadable: Recognition | null = null
  for (const mall of marketplaces.values()) {
    const recognition = mall.recognise(mail, rulesOf(mall, shopRules))
    if (recognition && !isUnreadable(recognition)) return recognition
    unreadable ??= recognition
  }
  return unreadable
}
