import type { Config } from './config.ts'
import { withEnvFile } from './env-file.ts'
import { ConfigError, type Environment, loadConfig } from './load.ts'
import { withSecretFiles } from './secret-files.ts'
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
