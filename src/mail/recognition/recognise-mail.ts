import { isUnreadable } from '../../marketplaces/kit/mail/recogniser.ts'
import type { MailMalls } from '../../marketplaces/mails.ts'
import type { ReadableMail, Recognition } from '../../marketplaces/port/mail-rules.ts'
import { rulesOf, type ShopMailRules } from './malls.ts'

/**
 * Which mall a mail is from, what kind it is and which orders it names; null when it is no mall's. When several malls claim it,
 * the first one in which something was found. A mail is only a hint and may be forged: whoever acts on the numbers checks that
 * they are the shop's.
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
