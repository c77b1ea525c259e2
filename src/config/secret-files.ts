import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { codeOf } from '../platform/errors.ts'
import { factsOf } from '../platform/narrow.ts'
import { ConfigError, type Environment } from './load.ts'
import { SETTINGS } from './schema.ts'

const MAX_LENGTH = 100_000
export const FILE_SUFFIX = '_FILE'
export const SECRETS = Object.entries(SETTINGS)
  .filter(([, schema]) => factsOf(schema.meta()).secret === true)
  .map(([name]) => name)

const COMMAND = 'ENCRYPTION_KEYS_COMMAND'
const COMMAND_MS = 30_000

const isSet = (value: string | undefined): value is string => value !== undefined && value.trim() !== ''

/**
 * Reads secret settings from files (`DATABASE_URL_FILE=/run/secrets/…`), so that they are in no environment,
 * which other processes of the machine and crash reports show. One line end at the end of the file is
 * dropped.
 * @throws ConfigError naming settings, never contents
 */
export function withSecretFiles(env: Environment): Environment {
  const faults: string[] = []
  const read: Record<string, string> = {}
  for (const name of SECRETS) {
    const file = env[name + FILE_SUFFIX]
    if (!isSet(file)) continue
    if (isSet(env[name])) {
      faults.push(`${name} and ${name}${FILE_SUFFIX} are both set: keep one of them`)
      continue
    }
    try {
      const text = readFileSync(file, 'utf8')
      if (text.length > MAX_LENGTH || text.trim() === '')
        faults.push(`${name}${FILE_SUFFIX} must name a file that holds one value`)
      read[name] = text.trim()
    } catch (error) {
      faults.push(
        `${name}${FILE_SUFFIX} cannot be read (${codeOf(error) ?? 'unknown'}): make it a file that this user may read`,
      )
    }
  }
  const command = env[COMMAND]
  if (isSet(command)) {
    if (isSet(env.ENCRYPTION_KEYS) || read.ENCRYPTION_KEYS !== undefined)
      faults.push(`ENCRYPTION_KEYS and ${COMMAND} are both set: keep one of them`)
    else {
      const { text, fault } = runForKeys(command, env)
      if (text !== undefined) read.ENCRYPTION_KEYS = text
      if (fault !== undefined) faults.push(`${COMMAND} ${fault}`)
    }
  }
  if (faults.length > 0) throw new ConfigError(faults)
  return { ...env, ...read }
}

/**
 * Runs once, before anything else. Passes its stderr through, because only the command knows why it failed.
 */
function runForKeys(
  command: string,
  env: Environment,
  timeout = COMMAND_MS,
): { text?: string; fault?: string } {
  const { error, status, signal, stdout } = spawnSync(command, {
    shell: true,
    timeout,
    killSignal: 'SIGKILL',
    maxBuffer: MAX_LENGTH,
    encoding: 'utf8',
    env: env as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const text = (stdout ?? '').trim()
  if (codeOf(error) === 'ETIMEDOUT') return { fault: `was not done after ${timeout / 1_000} s` }
  if (codeOf(error) === 'ENOBUFS') return { fault: 'wrote more than keys can be' }
  if (error || status !== 0)
    return {
      fault: `failed (${codeOf(error) ?? signal ?? `exit code ${status}`}): run it by hand as this user`,
    }
  return text === '' ? { fault: 'wrote nothing: it must print id:base64[,id:base64…]' } : { text }
}
