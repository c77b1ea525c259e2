/**
 * Text that a mall itself writes into the buyer's comment: Rakuten's headings (`[配送日時指定:]`, a shop's own ones
 * too) and the wish under them. A heading ends in a colon; other brackets are the buyer's.
 */
const DAY = String.raw`\d{4}(?:-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2}|年\d{1,2}月\d{1,2}日)(?:\s?[(（][日月火水木金土][)）])?`
const HOUR = String.raw`\d{1,2}(?:[:：]\d{2}|時)`
const WORDS = '午前中?|午後|終日|指定なし|指定無し|希望なし|希望しない|なし'
const NOT_THE_BUYERS = new RegExp(
  String.raw`^(?:\[[^\]\n]{1,40}[:：]\]|${DAY}|${HOUR}(?:\s?[-~～〜]\s?(?:${HOUR})?)?|${WORDS})$`,
)

/** True when the buyer wrote something: the mark 備考あり and the condition 備考なし of automatic changes. */
export const hasBuyerNote = (note: string | null): boolean =>
  (note ?? '').split(/\r?\n/).some((line) => {
    const text = line.trim()
    return text !== '' && (text.length > 60 || !NOT_THE_BUYERS.test(text))
  })
