/** Joins the parts of a name; null when there are none. */
export const wholeName = (familyName: string | null, givenName: string | null): string | null =>
  [familyName, givenName].filter(Boolean).join(' ') || null
