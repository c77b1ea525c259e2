import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { SETTINGS } from '../../src/config/schema.ts'
import { createClient } from '../../src/platform/db/hosts.ts'
import { parseRedisUrl } from '../../src/platform/queue/redis-address.ts'

/**
 * The base for Kustomize, as far as it can be looked at without a cluster: that it is whole, and asks for
 * nothing that the image has not.
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const FOLDER = `${ROOT}/kubernetes/base`

interface Container {
  name: string
  image: string
  command?: string[]
  env?: { name: string; value: string }[]
  envFrom?: { secretRef?: { name: string; optional?: boolean } }[]
  volumeMounts: { name: string; mountPath: string }[]
  securityContext: Record<string, unknown>
  resources: { limits: { memory: string } }
  [probe: string]: unknown
}
interface Manifest {
  apiVersion: string
  kind: string
  metadata: { name: string }
  resources?: string[]
  spec?: {
    selector?: { matchLabels?: Record<string, string> }
    template?: {
      metadata?: { labels: Record<string, string> }
      spec: {
        containers: Container[]
        volumes: { name: string; secret?: { secretName: string } }[]
        terminationGracePeriodSeconds?: number
        securityContext: { runAsNonRoot: boolean; runAsUser: number }
      }
    }
  }
}

const read = (file: string) =>
  parseAllDocuments(readFileSync(join(FOLDER, file), 'utf8')).map((document) => {
    expect(document.errors).toEqual([])
    return document.toJS() as Manifest
  })
const [kustomization] = read('kustomization.yaml')
const files = kustomization?.resources ?? []
const manifests = files.flatMap(read)
const named = (kind: string) => manifests.filter((one) => one.kind === kind)
const settings = Object.fromEntries(
  readFileSync(`${FOLDER}/settings.env`, 'utf8')
    .split('\n')
    .filter((line) => /^\w/.test(line))
    .map((line) => line.split('=') as [string, string]),
)

test('every file is in it, and each thing has its own name', () => {
  expect([...files, 'kustomization.yaml'].toSorted()).toEqual(globSync('*.yaml', { cwd: FOLDER }).toSorted())
  const names = manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`)
  expect(new Set(names).size).toBe(names.length)
})

test('it sets what the service knows', () => {
  const set = [
    ...Object.keys(settings),
    ...manifests
      .flatMap((one) => one.spec?.template?.spec.containers.flatMap(({ env = [] }) => env) ?? [])
      .map(({ name }) => name.replace(/_FILE$/, '')),
  ]
  expect(set.filter((name) => !Object.hasOwn(SETTINGS, name))).toEqual([])
})

interface Policy {
  metadata: { name: string }
  spec: {
    podSelector: { matchExpressions?: { values: string[] }[] }
    egress?: { to?: unknown[]; ports: { port: number }[] }[]
  }
}

describe('the network policy', () => {
  const policies = read('../components/network-policy/policy.yaml') as unknown as Policy[]
  const ofName = (name: string) => policies.find(({ metadata }) => metadata.name === name)?.spec
  const portsOf = (name: string) =>
    ofName(name)?.egress?.flatMap(({ ports }) => ports.map(({ port }) => port)) ?? []

  test('lets every pod reach the stores at the ports that they have by default', () => {
    const { sentinels } = parseRedisUrl('redis-sentinel://h?sentinelMasterId=torikomi') as {
      sentinels: { port: number }[]
    }
    const named = [SETTINGS.DATABASE_URL, SETTINGS.REDIS_URL].flatMap((setting) =>
      [...(setting?.description ?? '').matchAll(/h\d:(\d+)/g)].map(([, port]) => Number(port)),
    )
    expect(named).toContain(sentinels[0]?.port)
    // What a Sentinel names listens where Redis does; 6432 is PgBouncer's.
    const stores = [createClient('postgresql://u@h/d').port, 6379, 6432, sentinels[0]?.port, ...named]
    expect(stores.filter((port) => !portsOf('torikomi').includes(port ?? 0))).toEqual([])
  })

  test('lets a backup reach its bucket, and no address at which a cloud tells its credentials', () => {
    const spec = ofName('torikomi-bucket')
    expect(spec?.podSelector.matchExpressions?.[0]?.values).toEqual(['backup', 'restore'])
    expect(portsOf('torikomi-bucket')).toEqual([443])
    expect(spec?.egress?.[0]?.to).toEqual(ofName('torikomi-outside')?.egress?.[0]?.to)
  })
})

const secretsOf = (container: Container | undefined) =>
  container?.envFrom?.flatMap(({ secretRef }) => secretRef ?? [])

describe.each(['api', 'listener', 'worker'])('%s', (role) => {
  const deployment = named('Deployment').find(({ metadata }) => metadata.name === `torikomi-${role}`)
  const pod = deployment?.spec?.template?.spec
  const [container] = pod?.containers ?? []

  test('runs its role as the image’s user, with probes that are served', () => {
    expect(container?.env?.[0]).toEqual({ name: 'ROLES', value: role })
    // Secrets are files, and neither the owner's login is one of them, which is the job's alone, nor
    // elsewhere than in the api the operator's key.
    expect(secretsOf(container)).toEqual([])
    const mounted = pod?.volumes.flatMap(({ secret }) => secret?.secretName ?? [])
    expect(mounted).toEqual(role === 'api' ? ['torikomi', 'torikomi-api'] : ['torikomi'])
    const folders = container?.volumeMounts.map(({ mountPath }) => mountPath) ?? []
    const files = container?.env?.filter(({ name }) => name.endsWith('_FILE')) ?? []
    expect(files.some(({ name }) => name.startsWith('OPERATOR_API_KEY'))).toBe(role === 'api')
    for (const { value } of files) expect(folders).toContain(value.replace(/\/[^/]+$/, ''))
    expect(pod?.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 })
    expect(readFileSync(`${ROOT}/Dockerfile`, 'utf8')).toContain('USER 1000:1000')
    expect(container?.securityContext).toMatchObject({
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
    })
    for (const [probe, path] of [
      ['startupProbe', '/healthz'],
      ['livenessProbe', '/healthz'],
      ['readinessProbe', '/readyz'],
    ] as const)
      expect(container?.[probe]).toMatchObject({ httpGet: { path } })
  })

  test('has its disruption budget and time to stop', () => {
    const budget = named('PodDisruptionBudget').find(({ metadata }) => metadata.name === `torikomi-${role}`)
    expect(budget?.spec?.selector?.matchLabels).toEqual(deployment?.spec?.selector?.matchLabels)
    expect(deployment?.spec?.template?.metadata?.labels).toEqual(deployment?.spec?.selector?.matchLabels)
    const drain = role === 'api' ? Number(settings.DRAIN_SECONDS) : 0
    expect(pod?.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(drain + 60)
  })
})

test('the migration is a command that there is', () => {
  const [job] = named('Job')
  const [container] = job?.spec?.template?.spec.containers ?? []
  expect(container?.command).toEqual(['node', 'src/ops/main.ts', 'migrate', '--login'])
  expect(secretsOf(container)).toEqual([{ name: 'torikomi-migrate', optional: true }])
  expect(
    spawnSync(process.execPath, ['src/ops/main.ts', 'help'], { cwd: ROOT, encoding: 'utf8' }).stdout,
  ).toContain('migrate [--login]')
})
