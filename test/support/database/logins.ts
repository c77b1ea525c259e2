import { randomBytes } from 'node:crypto'
import pg from 'pg'

export interface Logins {
  /** Owns what it migrates, may make roles, is no superuser. */
  owner: string
  /** What the service signs in as: owns nothing. */
  service: string
  /** What an operator's own reports sign in as. */
  reports: string
  /** The logins go; their database has to be gone before. */
  drop(): Promise<void>
}

/** Logins of a database as docs/operations.md has them made: none of them is a superuser. */
export async function makeLogins(url: string, admin: string = url): Promise<Logins> {
  const mark = randomBytes(4).toString('hex')
  const database = new URL(url).pathname.slice(1)
  const run = async (at: string, statements: string) => {
    const client = new pg.Client({ connectionString: at })
    await client.connect()
    await client.query(statements).finally(() => client.end())
  }
  await run(
    url,
    `create role owner_${mark} login createrole password 'x'; grant create on database ${database} to owner_${mark};
     grant create on schema public to owner_${mark};
     create role service_${mark} login password 'x'; grant create on database ${database} to service_${mark};
     create role reports_${mark} login password 'x'`,
  )
  const as = (name: string) => {
    const made = new URL(url)
    made.username = `${name}_${mark}`
    made.password = 'x'
    return made.href
  }
  return {
    owner: as('owner'),
    service: as('service'),
    reports: as('reports'),
    drop: () => run(admin, `drop role service_${mark}; drop role reports_${mark}`),
  }
}

/** The rights of the logins, once the roles are there. */
export async function grantLogins(
  url: string,
  { service, reports }: { service?: string; reports: string },
): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const name = (login: string) => new URL(login).username
  await client
    .query(
      `${service === undefined ? '' : `grant torikomi_service, torikomi_tenant to ${name(service)};`}
       grant torikomi_reports to ${name(reports)}`,
    )
    .finally(() => client.end())
}
