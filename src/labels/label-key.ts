import type { Random } from '../platform/random.ts'

/**
 * The key under which a label is found again. Short, because e飛伝Ⅲ takes 16 letters and ゆうプリR 15 bytes and the
 * order numbers of Rakuten and Amazon are longer; without letters that are read for others, and never a
 * number that a spreadsheet would round. Its last letter is made of the others, so that a mistyped one finds
 * no stranger's order.
 */

// 31 is a prime: with weights below it every wrong letter and every two that changed places are noticed.
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTWXYZ'
const RANDOM_LETTERS = 8
/** Bytes from here on would favour the first letters. */
const FAIR = 256 - (256 % LETTERS.length)

export const KEY_LENGTH = RANDOM_LETTERS + 2

export function newLabelKey(random: Pick<Random, 'bytes'>): string {
  let body = 'T'
  while (body.length <= RANDOM_LETTERS) {
    for (const byte of random.bytes(16)) {
      if (byte < FAIR && body.length <= RANDOM_LETTERS) body += LETTERS[byte % LETTERS.length]
    }
  }
  return body + checkLetter(body)
}

function checkLetter(body: string): string {
  const sum = [...body].reduce((total, letter, index) => total + LETTERS.indexOf(letter) * (index + 1), 0)
  return LETTERS[sum % LETTERS.length] ?? ''
}

/** Accepts lower case and full-width letters, as staff type them. Null when it is no key of ours. */
export function parseLabelKey(text: string): string | null {
  const key = text.slice(0, 40).normalize('NFKC').trim().toUpperCase()
  if (key.length !== KEY_LENGTH || !key.startsWith('T')) return null
  if ([...key].some((letter) => !LETTERS.includes(letter))) return null
  return checkLetter(key.slice(0, -1)) === key.at(-1) ? key : null
}

/** Stands for a key where a file is only checked. */
export const SAMPLE_KEY = `T${'0'.repeat(KEY_LENGTH - 1)}`
