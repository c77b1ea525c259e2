import { type ColumnName, ORDER_COLUMNS, type SEALED_COLUMNS } from './columns.ts'

/** Pieces of statements on `orders`, made from its list of columns. The names are ours: no quoting needed. */

type Readable = ColumnName | (typeof SEALED_COLUMNS)[number]

/** `mallSubStatus` is `mall_sub_status` in the database. */
export const sqlName = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

const isColumn = (name: Readable): name is ColumnName => Object.hasOwn(ORDER_COLUMNS, name)
const typeOf = (name: Readable): string => (isColumn(name) ? ORDER_COLUMNS[name].type : 'bytea')
/** uuid and enums go out as text, whoever the driver is. */
const AS_THEY_ARE = new Set(['text', 'text[]', 'int', 'timestamptz', 'bytea'])

/** `o.mall_status as "mallStatus", …` */
export const selected = (names: readonly Readable[], table = 'o'): string =>
  names
    .map((name) => {
      const cast = AS_THEY_ARE.has(typeOf(name)) ? '' : '::text'
      return `${table}.${sqlName(name)}${cast} as "${name}"`
    })
    .join(', ')

/** `mall_status, …`, for an insert. */
export const inserted = (names: readonly ColumnName[]): string => names.map(sqlName).join(', ')

/** `a."mallStatus", …`: the same of a record. */
export const ofRecord = (names: readonly ColumnName[], record = 'a'): string =>
  names.map((name) => `${record}."${name}"`).join(', ')

/** `"mallStatus" text, …`: what `jsonb_to_recordset` is told of the JSON that `toOrderColumns` made. */
export const recordFields = (names: readonly ColumnName[]): string =>
  names.map((name) => `"${name}" ${typeOf(name)}`).join(', ')

/** `mall_status = …, …` */
export const assigned = <N extends ColumnName>(
  names: readonly N[],
  value: (name: N, column: string, index: number) => string,
): string => names.map((name, index) => `${sqlName(name)} = ${value(name, sqlName(name), index)}`).join(', ')
