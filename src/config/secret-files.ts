import { readFileSync } from 'node:fs'
import { codeOf } from '../platform/errors.ts'
import { ConfigError, type Environment } from './load.ts'
import { SETTINGS, type SettingNotes } from './schema.ts'

const MAX_LENGTH = 100_000
const SUFFIX = '_FILE'
const SECRETS = Object.entries(SETTINGS)
  .filter(([, schema]) => (schema.meta() as SettingNotes | undefined)?.secret)
  .map(([name]) => name)

const isSet = (value: string | undefined): value is string => value !== undefined && value.trim() !== ''

/**
 * Each secret setting may stand in a file instead (`DATABASE_URL_FILE=/run/secrets/…`), so that it is in no environment, which other
 * processes of the machine and crash reports show. One blank line at its end is not part of it.
 * @throws ConfigError naming settings, never contents
 */
export function withSecretFiles(env: Environment): Environment {
  const faults: string[] = []
  const read: Record<string, string> = {}
  for (const name of SECRETS) {
    const file = env[name + SUFFIX]
    if (!isSet(file)) continue
    if (isSet(env[name])) {
      faults.push(`${name} and ${name}${SUFFIX} are both set: keep one of them`)
      continue
    }
    try {
      const text = readFileSync(file, 'utf8')
      if (text.length > MAX_LENGTH || text.trim() === '')
        faults.push(`${name}${SUFFIX} must name a file that holds one value`)
      read[name] = text.trim()
    } catch (error) {
      faults.push(
        `${name}${SUFFIX} cannot be read (${codeOf(error) ?? 'unknown'}): make it a file that this user may read`,
      )
    }
  }
  if (faults.length > 0) throw new ConfigError(faults)
  return { ...env, ...read }
}
