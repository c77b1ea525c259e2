/** A person does not want the order here (取込対象外). Nothing brings it in until a person asks for its number. */
export const DISMISSED = 'dismissed'

/** Fault of an order of a file that staff took off. */
export const UNWANTED_ORDER = 'DISMISSED'

/** Priority of a period import's requests: a person asked for them, and named none of their numbers. */
export const PERIOD_PRIORITY = 20

/** SQL condition on a row of import_requests: a person named the number. */
export const isByHand = (request: string): string =>
  `(${request}.source = 'person' and ${request}.priority <> ${PERIOD_PRIORITY})`

/** SQL condition: a person named the period that it is in. */
export const isOfPeriod = (request: string): string =>
  `(${request}.source = 'person' and ${request}.priority = ${PERIOD_PRIORITY})`

/** SQL condition: somebody took the number off. */
export const wasDismissed = (shop: string, number: string): string => `exists (select from import_requests d
  where d.shop_id = ${shop} and d.order_number = ${number} and d.outcome = '${DISMISSED}')`
