import { expect, it } from 'vitest'
import { watchedClient } from './watched-client.ts'

// A database that became read-only ended the api process: its connections were left while one of them
// belonged to nobody yet.
it('a connection that is lost while nobody listens to it ends nothing', () => {
  const Client = watchedClient({ url: 'postgresql://127.0.0.1:1/none' })
  const client = new Client({ connectionString: 'postgresql://127.0.0.1:1/none' })
  expect(client.emit('error', new Error('Connection terminated unexpectedly'))).toBe(true)
})
