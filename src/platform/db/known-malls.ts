import { Marketplace } from '../../generated/prisma/enums.ts'

/**
 * Each session of the service names how many malls its release knows, the first so many of the enum. By that
 * the database keeps a shop of a newer mall from older processes, which throw when they read it
 * (prisma/triggers.sql). Those up to 1.1.0 name none and know four.
 */
const KNOWN = ` malls=${Object.keys(Marketplace).length}`

/** Postgres cuts a name behind 63 bytes; the number stands at its end. */
const LONGEST = 63

/** Name of a session with the number behind it. */
export const withKnownMalls = (name: string): string =>
  name.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, LONGEST - KNOWN.length) + KNOWN

/** SQL: a session of the service, of whatever release. */
export const IS_SERVICE = `(application_name = 'torikomi' or application_name ~ ' malls=\\d+$')`

/** SQLSTATE of the triggers that hold a newer mall's shops and older processes apart. */
export const OLDER_PROCESS = 'TK002'
