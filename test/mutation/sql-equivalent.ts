/**
 * Faults in statements that nobody can notice, each with its reason. They are not counted; `npm run mutate --
 * sql PART equivalent` tries these alone and fails where a test notices one.
 */

interface Equivalent {
  /** Paths begin so. */
  file: string
  /** Part of the statement, where another one has the same condition. */
  statement?: string
  /** In what the runner prints: the kind, and the place in `⟦…⟧` with some of what is around it. */
  where: RegExp
  why: string
}

const EQUIVALENT: readonly Equivalent[] = [
  {
    file: 'src/webhooks/',
    where: /xid ⟦<⟧ edge\.oldest/,
    why: 'The oldest running transaction has not committed, so no visible row has its number.',
  },
  {
    file: 'src/marks/',
    where: /condition dropped: .*⟦[tsbanm]\.(?:tenant_id|kind) = [^⟧]*⟧/,
    why: 'The tenant and the kind are hashed with the text, so equal hashes have both in common; the condition serves the index.',
  },
  {
    file: 'src/ops/rotation/',
    where: /⟦sealed_\w+ is not null⟧|⟦request_hash is not null⟧/,
    why: 'Rows without a value are left out again by the code, or stay without one.',
  },
  {
    file: 'src/ops/rotation/',
    where: /condition dropped: .*⟦t\.(?!sealed_)\w+ = n\.\w+⟧/,
    why: 'Each seal is drawn anew, so no two rows hold the same one: what was read names its row already. The key serves the index.',
  },
  {
    file: 'src/ops/rotation/',
    where: /comparison turned: .*length\(sealed_\w+\) ⟦>⟧ 2/,
    why: 'Of two bytes nothing is left behind the second, and nothing is what shorter ones count as.',
  },
  {
    file: 'src/ops/rotation/',
    where: /condition dropped: .*⟦k\.(?:order_id|kind) = s\.\w+⟧/,
    why: 'The kind is hashed with the text; and a hash under the new key is one of the order’s own, whichever order of the batch has it too.',
  },
  {
    file: 'src/imports/requests/statements.ts',
    statement: 'known_attempts',
    where: /condition dropped: .*⟦r\.state = 'waiting'⟧/,
    why: 'It is asked twice: of the rows as they are locked, and as they are written.',
  },
  {
    file: 'src/imports/requests/statements.ts',
    statement: 'distinct on',
    where: /condition dropped: .*⟦[or]\.order_number = any\(\$3::text\[\]\)⟧/,
    why: 'Owners of numbers that nobody asks for are looked up in vain.',
  },
  {
    file: 'src/labels/',
    where: /⟦[ol]\.tenant_id = \$1⟧/,
    why: 'Row-level security refuses the same rows; the condition serves the index.',
  },
]

/** Whether the fault is listed as one that nobody can notice. */
export const isEquivalent = (file: string, statement: string, fault: string): boolean =>
  EQUIVALENT.some(
    (one) => file.startsWith(one.file) && statement.includes(one.statement ?? '') && one.where.test(fault),
  )
