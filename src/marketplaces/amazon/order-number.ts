/** AmazonOrderId is 3, 7 and 7 digits. The first three vary and tell nothing; D01-… and S01-… are digital and off-Amazon orders. */
const ORDER_NUMBER = /^\d{3}-\d{7}-\d{7}$/

export const isOrderNumber = (text: string): boolean => ORDER_NUMBER.test(text)
