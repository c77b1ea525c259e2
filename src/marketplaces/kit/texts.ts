/** @returns undefined where the text is no JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Seven digits of a Japanese postal code, however it is written; any other stays as it came. */
export function postalCodeOf(text: string | null): string | null {
  const digits = (text ?? '').normalize('NFKC').replace(/[〒\s\p{Pd}ー−]/gu, '')
  return /^\d{7}$/.test(digits) ? digits : text?.trim() || null
}
