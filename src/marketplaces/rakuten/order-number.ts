/**
 * Rakuten's order numbers: 6-digit shop id, order date, tail of 8 digits (to about 2020) or 10 (since). The suffixed
 * relatives (-r 申込番号, -sg ソーシャルギフト, -1 決済) are not order numbers.
 */
const ORDER_NUMBER = /^(\d{6})-\d{8}-\d{8,10}$/

/** The shop id an order number carries; null when the text is no order number. */
export const shopCodeOf = (orderNumber: string): string | null => ORDER_NUMBER.exec(orderNumber)?.[1] ?? null
