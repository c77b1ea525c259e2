/** A plain letter or digit alone finds nearly every order, and white space finds nothing. */
const ALONE = /[^a-z0-9\s]/

/**
 * Lists the parts by which the item search finds an order: two neighbouring letters of its items' text, each sign that is no
 * plain letter or digit, and the last two, three and four characters of its number behind a `#`. STAGE hashes them with tenant
 * and month. `torikomi_item_tokens` and `torikomi_number_tokens` find the same parts in SQL, for searches and updates; a
 * property test compares both (test/integration/orders/item-parts.test.ts).
 * @returns the parts joined by line breaks, which no part holds
 */
export function toItemParts(itemsText: string, orderNumber: string): string {
  const parts = new Set<string>()
  let before = '\n'
  for (const letter of itemsText) {
    if (letter !== '\n' && before !== '\n') parts.add(before + letter)
    if (ALONE.test(letter)) parts.add(letter)
    before = letter
  }
  const number = [...orderNumber.toLowerCase()]
  for (const length of [2, 3, 4]) parts.add(`#${number.slice(-length).join('')}`)
  return [...parts].join('\n')
}
