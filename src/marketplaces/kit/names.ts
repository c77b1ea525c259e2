/** A name in one text from the parts that a mall gives; null when it gives none. */
export const wholeName = (familyName: string | null, givenName: string | null): string | null =>
  [familyName, givenName].filter(Boolean).join(' ') || null
