import { createInterface } from 'node:readline'
import { openRefreshWorkers, type RefreshTask } from './refresh-workers.ts'

/**
 * Another process with workers: takes the task as its argument, and for each number on a line reads with as
 * many workers.
 */

const workers = await openRefreshWorkers(JSON.parse(process.argv[2] ?? '') as RefreshTask)
process.stdout.write('ready\n')
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await workers.read(Number(line)))}\n`)
}
await workers.close()
