import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { hasCode } from '../platform/data-dir.ts'
import { ConfigError, type Environment } from './load.ts'

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
