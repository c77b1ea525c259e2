import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import pg from 'pg'
import { databaseUrl, startPostgres } from '../support/database/postgres-source.ts'

/**
 * How large each bench is. `brief` shows that all of them run and what they report, and says nothing of
 * times.
 */
export interface Extent {
  mails: number
  warmUp: number
  orders: number
  amazonOrders: number
  clients: number
  /**
   * Changes of which the clients are told, one after the other; null: the loads that docs/performance.md
   * shows.
   */
  eventChanges: number | null
  shops: number
  rounds: number
  rows: number[]
  turns: number
  /** Turns of statements, which take milliseconds. */
  statementTurns: number
  changes: number
  mailboxes: number
  /** Until a process is at rest; null: as each bench needs it. */
  restMs: number | null
  /** Roles of the idle processes, each a process of its own. */
  roles: string[]
  /** Of the whole sale. */
  share: number
  /** Of each shop, beside the sale's orders. */
  saleChanges: number
  /** How long each flood goes on. */
  floodSeconds: number
  /** Whether B is timed without the flood and beside it elsewhere, too. */
  comparesFloods: boolean
  /** In the names of the floods that are asked for: `streams`. */
  flood: string
  /** Of a file of orders. */
  fileRows: number
  /** Processes beside, each of which keeps a processor busy: a server is seldom alone on its machine. */
  busy: number
}

const BRIEF: Extent = {
  mails: 2,
  warmUp: 1,
  orders: 20,
  amazonOrders: 3,
  clients: 3,
  eventChanges: 3,
  shops: 20,
  rounds: 2,
  rows: [1_600, 1_700],
  turns: 1,
  statementTurns: 2,
  changes: 3,
  mailboxes: 3,
  restMs: 200,
  roles: ['api,listener,worker'],
  share: 0.001,
  saleChanges: 1,
  floodSeconds: 1,
  comparesFloods: false,
  flood: '',
  fileRows: 30,
  busy: 0,
}

const OPTIONS = {
  json: { type: 'boolean', default: false },
  brief: { type: 'boolean', default: false },
  mails: { type: 'string', default: '300' },
  orders: { type: 'string', default: '10000' },
  clients: { type: 'string', default: '1000' },
  shops: { type: 'string', default: '10000' },
  rows: { type: 'string', default: '10000,100000' },
  turns: { type: 'string', default: '5' },
  changes: { type: 'string', default: '500' },
  mailboxes: { type: 'string', default: '2000' },
  share: { type: 'string', default: '1' },
  seconds: { type: 'string', default: '15' },
  flood: { type: 'string', default: '' },
  'file-rows': { type: 'string', default: '200000' },
  busy: { type: 'string', default: '0' },
} as const

/** What the command line asks for. */
export function readArguments(): {
  wanted: ReadonlySet<string>
  json: boolean
  brief: boolean
  extent: Extent
} {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: OPTIONS })
  const { json, brief } = values
  const count = (
    name:
      | 'mails'
      | 'orders'
      | 'clients'
      | 'shops'
      | 'turns'
      | 'changes'
      | 'mailboxes'
      | 'share'
      | 'seconds'
      | 'busy',
  ) => Number(values[name])
  const whole: Extent = {
    mails: count('mails'),
    warmUp: 50,
    orders: count('orders'),
    amazonOrders: 1_000,
    clients: count('clients'),
    eventChanges: null,
    shops: count('shops'),
    rounds: 100,
    rows: values.rows.split(',').map(Number),
    turns: count('turns'),
    statementTurns: 21,
    changes: count('changes'),
    mailboxes: count('mailboxes'),
    restMs: null,
    roles: ['api', 'listener', 'worker', 'api,listener,worker'],
    share: count('share'),
    saleChanges: 10,
    floodSeconds: count('seconds'),
    comparesFloods: true,
    flood: values.flood,
    fileRows: Number(values['file-rows']),
    busy: count('busy'),
  }
  const wanted = new Set(positionals.length > 0 ? positionals : ['latency', 'burst'])
  return { wanted, json, brief, extent: brief ? BRIEF : whole }
}

/** Nearest-rank percentile; `share` between 0 and 1. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN
}

export const round = (value: number, digits = 1): number => Number(value.toFixed(digits))

/** One Postgres for the run, and an empty database for each contestant; the service migrates its own. */
export interface Databases {
  create(): Promise<{ url: string; drop(): Promise<void> }>
  stop(): Promise<void>
}

export async function startDatabases(): Promise<Databases> {
  const source = await startPostgres(process.env)
  const onServer = async (statement: string) => {
    const client = new pg.Client({ connectionString: source.url })
    await client.connect()
    await client.query(statement).finally(() => client.end())
  }
  return {
    async create() {
      const name = `torikomi_bench_${randomBytes(6).toString('hex')}`
      await onServer(`CREATE DATABASE ${name} TEMPLATE template0`)
      return {
        url: databaseUrl(source.url, name),
        drop: () => onServer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
      }
    },
    stop: source.stop,
  }
}
