/** @returns undefined where the text is no JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Formats a Japanese postal code of seven digits in any notation; returns any other text verbatim. */
export function postalCodeOf(text: string | null): string | null {
  const digits = (text ?? '').normalize('NFKC').replace(/[〒\s\p{Pd}ー−]/gu, '')
  return /^\d{7}$/.test(digits) ? digits : text?.trim() || null
}
