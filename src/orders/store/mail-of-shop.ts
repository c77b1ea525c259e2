/**
 * True of a mail `m` unless it is another shop's: its mailbox reads for other shops alone, and one of them
 * was asked for that number. An order that never came in is known by its request only.
 */
export const mailMayBeOf = (shop: string, number: string): string => `(
  exists (select from mailbox_shops b where b.mailbox_id = m.mailbox_id and b.shop_id = ${shop})
  or not exists (select from mailbox_shops b join import_requests r on r.shop_id = b.shop_id and r.order_number = ${number}
    where b.mailbox_id = m.mailbox_id))`
