import { defineConfig } from 'vitest/config'
import { chosenPart } from './parts.ts'

const { part } = chosenPart()

export default defineConfig({
  test: {
    include: [...part.tests],
    // The first run of all tests, with coverage and beside other work, takes several times as long as usual.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    // As in the project's own configuration: most of the time of unit tests is loading.
    isolate: part.stored,
    ...(part.stored ? { globalSetup: ['./test/support/global-setup.ts'] } : {}),
  },
})
