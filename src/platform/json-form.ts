/** No JSON that is read here nests deeper than a handful; code that walks one calls itself for each level. */
export const DEEPEST = 64

/**
 * No list may have half as many members, and no object needs a name for more than each of a thousand orders.
 * To read 90,000 names takes the main thread for a tenth of a second.
 */
export const MOST_MEMBERS = 10_000

/** Counts a stranger's brackets, and the members between them, outside of texts, before they are parsed. */
export function findFormFault(json: string): 'too_deep' | 'too_big' | null {
  const members: number[] = []
  for (let at = 0; at < json.length; at += 1) {
    const sign = json.charCodeAt(at)
    if (sign === 0x22) at = endOfText(json, at)
    else if (sign === 0x7b || sign === 0x5b) {
      if (members.push(1) > DEEPEST) return 'too_deep'
    } else if (sign === 0x7d || sign === 0x5d) members.pop()
    else if (sign === 0x2c) {
      const count = (members.pop() ?? 0) + 1
      members.push(count)
      if (count > MOST_MEMBERS) return 'too_big'
    }
  }
  return null
}

/** Texts up to here are walked; to search in one costs as much as to walk so far. */
const SHORT_TEXT = 64

/** Returns the place of the quotation mark that closes the text which begins at `from`. */
function endOfText(json: string, from: number): number {
  let at = from + 1
  for (const end = Math.min(at + SHORT_TEXT, json.length); at < end; at += 1) {
    const sign = json.charCodeAt(at)
    if (sign === 0x22) return at
    if (sign === 0x5c) at += 1
  }
  for (let end = json.indexOf('"', at); end >= 0; end = json.indexOf('"', end + 1)) {
    let slashes = 0
    while (end - slashes > at && json.charCodeAt(end - 1 - slashes) === 0x5c) slashes += 1
    if (slashes % 2 === 0) return end
  }
  return json.length
}
