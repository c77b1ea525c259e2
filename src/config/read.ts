import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { hasCode } from '../platform/data-dir.ts'
import { codeOf } from '../platform/errors.ts'
import { type Config, ConfigError, type Environment, loadConfig } from './load.ts'
import { FILE_SUFFIX, SECRETS } from './schema.ts'
import { findUnknownNames, type UnknownName } from './unknown-names.ts'

interface ReadConfig {
  config: Config
  /** Ignored, and worth a word. */
  unknown: readonly UnknownName[]
}

/**
 * Reads the settings of the environment, of .env and of the files of secrets.
 * @throws ConfigError with every fault and the names that are probably misspelt, since a missing setting may
 * be under one of them
 */
export function readConfig(env: Environment, envFile?: string): ReadConfig {
  const given = withEnvFile(env, envFile)
  const unknown = findUnknownNames(given, new Set(Object.keys(given).filter((name) => !(name in env))))
  try {
    return { config: loadConfig(withSecretFiles(given)), unknown }
  } catch (error) {
    if (!(error instanceof ConfigError) || unknown.length === 0) throw error
    throw new ConfigError([...error.faults, ...unknown.map(({ message }) => message)])
  }
}

/** Beside package.json, wherever the process started. An image has none: settings come from outside. */
const ENV_FILE = fileURLToPath(new URL('../../.env', import.meta.url))

const MAX_LENGTH = 100_000
const ASSIGNMENT = /^(?:export\s+)?[A-Za-z_]\w*\s*=\s*(.*)$/
const QUOTES = ['"', "'", '`']

/**
 * Adds the file's variables to the environment. A variable of the environment, even an empty one, overrides
 * the file, so that one start can do without a line of it.
 * @throws ConfigError naming lines, never their content
 */
export function withEnvFile(env: Environment, file: string = ENV_FILE): Environment {
  const text = read(file)
  if (text === null) return env
  const faults = faultsOf(text).map((fault) => `${file} ${fault}`)
  if (faults.length > 0) throw new ConfigError(faults)
  return { ...parseEnv(text), ...env }
}

function read(file: string): string | null {
  try {
    // Editors on Windows put a byte order mark in front.
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
    throw new ConfigError([`${file} cannot be read (${reason}): make it a file that this user may read`])
  }
}

/** Finds lines that Node's own parser skips silently, which would leave a setting missing. */
function faultsOf(text: string): string[] {
  if (text.length > MAX_LENGTH) return [`must have fewer than ${MAX_LENGTH} characters`]
  return text.split(/\r?\n/).flatMap((untrimmed, index) => {
    const line = untrimmed.trim()
    if (line === '' || line.startsWith('#')) return []
    const value = ASSIGNMENT.exec(line)?.[1]
    if (value === undefined) return [`line ${index + 1} must be NAME=value, a comment or empty`]
    const quote = QUOTES.find((mark) => value.startsWith(mark))
    if (quote !== undefined && !value.includes(quote, 1))
      return [`line ${index + 1} must end its value with the quotation mark it begins with`]
    return []
  })
}

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
