import { SETTINGS } from '../../../src/config/schema.ts'

/** Every setting as an empty variable, which holds against the .env that a developer's checkout may have. */
export const noEnvFile = (): Record<string, string> =>
  Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, '']))
