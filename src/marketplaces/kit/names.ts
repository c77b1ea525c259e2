/** Joins the parts of a name; null when there are none. */
export const wholeName = (familyName: string | null, givenName: string | null): string | null =>
  [familyName, givenName].filter(Boolean).join(' ') || null

type Names<List extends string> = List extends `${infer First} ${infer Rest}` ? First | Names<Rest> : List

/** The names of a list with one blank between two, as literal types. */
export const names = <List extends string>(list: List): Names<List>[] => list.split(' ') as Names<List>[]

/** One value under several names: `each(text, 'city subAddress')` are two fields of one type in a schema. */
export const each = <T, List extends string>(value: T, list: List): Record<Names<List>, T> =>
  Object.fromEntries(names(list).map((name) => [name, value])) as Record<Names<List>, T>
