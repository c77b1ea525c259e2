import { defineConfig } from 'vitest/config'
import { chosenPart } from './parts.ts'

const { part } = chosenPart()

export default defineConfig({
  test: {
    include: [...part.tests],
    testTimeout: 30_000,
    hookTimeout: 120_000,
    ...(part.stored ? { globalSetup: ['./test/support/global-setup.ts'] } : {}),
  },
})
