/**
 * True of a mail `m` unless it is another shop's: its mailbox reads for other shops alone, one of them was
 * asked for that number, and this shop was not by that mail. An order that never came in is known by its
 * request only, a mailbox that served the shop once by the requests of its mails.
 */
export const mailMayBeOf = (shop: string, number: string): string => `(
  exists (select from mailbox_shops b where b.mailbox_id = m.mailbox_id and b.shop_id = ${shop})
  or exists (select from import_requests r where r.shop_id = ${shop} and r.order_number = ${number} and r.mail_id = m.id)
  or not exists (select from mailbox_shops b join import_requests r on r.shop_id = b.shop_id and r.order_number = ${number}
    where b.mailbox_id = m.mailbox_id))`
