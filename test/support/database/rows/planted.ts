import type { Queries } from '../../../../src/platform/db/transaction.ts'

/** Row types that do not fit, for the test of the judge; the third does. */

export const countAsNumber = (db: Queries) => db.query<{ n: number }>('select count(*) as n from orders')
export const nullAsText = (db: Queries) => db.query<{ id: string; at: Date }>('select id, pulled_at as at')
export const right = (db: Queries) => db.query<{ id: string; at?: Date | null; kind: 'a' | 'b' }>('select')
export const columnTooFew = (db: Queries) => db.query<{ id: string; gone: string }>('select id from orders')
export const columnTooMany = (db: Queries) => db.query<{ id: string }>('select id, more from orders')
