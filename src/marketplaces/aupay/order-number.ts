/** Numbers are whole and fit 32 bits today; twelve digits leave room, and nothing shop-specific is in them. */
export const isOrderNumber = (text: string): boolean => /^\d{6,12}$/.test(text)
