import { createImportJob, type ImportJobDeps } from '../../../src/imports/import-job.ts'
import { createPeriodJob } from '../../../src/imports/period/period-job.ts'
import type { ShopJob } from '../../../src/worker/shop-job.ts'
import { createShopWorker, type ShopWorker, type ShopWorkerDeps } from '../../../src/worker/shop-worker.ts'

export type WorkTools = ImportJobDeps & Omit<ShopWorkerDeps, 'jobs'> & { moreJobs?: readonly ShopJob[] }

/** Imports by number and by period, and what a test adds to them; in the order of src/app/compose.ts. */
export const jobsOf = (tools: ImportJobDeps & { moreJobs?: readonly ShopJob[] }): ShopJob[] => [
  createImportJob(tools),
  createPeriodJob(tools),
  ...(tools.moreJobs ?? []),
]

export const shopWorkerOf = (tools: WorkTools): ShopWorker =>
  createShopWorker({ ...tools, jobs: jobsOf(tools) })
