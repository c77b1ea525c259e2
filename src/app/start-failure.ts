import { ConfigError } from '../config/load.ts'
import { isUnreachable } from '../platform/db/failures.ts'
import { codeOf, StartError } from '../platform/errors.ts'
import { describeError } from '../platform/logger.ts'

/** sysexits' EX_CONFIG: a supervisor need not try again. */
const BAD_SETTINGS = 78

/** Formats a failed start for a person: one sentence for what they can fix, all known facts for the rest. */
export function startFailure(error: unknown): { message: string; exitCode: number } {
  const exitCode = error instanceof ConfigError ? BAD_SETTINGS : 1
  if (error instanceof StartError) return { message: error.message, exitCode }
  const facts = error instanceof Error ? describeError(error) : { message: 'unknown error' }
  return { message: JSON.stringify(facts, null, 2), exitCode }
}

/** An absent or refusing Postgres, told without the password of its URL; everything else as it is. */
export function databaseFailure(error: unknown, databaseUrl: string): unknown {
  const { host, pathname } = new URL(databaseUrl)
  const code = codeOf(error)
  const sentence =
    code === '28P01' || code === '28000'
      ? `the Postgres at ${host} refuses the user or the password: set DATABASE_URL to ones that it takes.`
      : code === '3D000'
        ? `the Postgres at ${host} has no database ${pathname.slice(1)}: create it, or set DATABASE_URL to another one.`
        : isUnreachable(error)
          ? `no Postgres answers at ${host} (${code ?? 'no connection'}): start it, or set DATABASE_URL to one that answers.`
          : null
  return sentence === null ? error : new StartError(sentence, { cause: error })
}
