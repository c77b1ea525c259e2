// By its path: vitest.config.ts gives this file to whoever imports 'fast-check'.
import fc from '../../node_modules/fast-check/lib/fast-check.js'
import { TEST_SEED } from './drawn-seed.ts'

/**
 * fast-check that draws from the run's seed where a test names none: a property that failed fails again in a
 * second try.
 */

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: TEST_SEED })

export * from '../../node_modules/fast-check/lib/fast-check.js'
export default fc
