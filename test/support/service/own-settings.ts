import { SETTINGS } from '../../../src/config/schema.ts'

/**
 * Every setting as an empty variable, which holds against the .env that a developer's checkout may have; and
 * where Node.js keeps what it has compiled, if this process has such a place (vitest.config.ts).
 */
export const noEnvFile = (): Record<string, string> => ({
  ...Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, ''])),
  ...(process.env.NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE } : {}),
})
