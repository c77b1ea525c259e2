import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'

/**
 * What `kubectl apply -k kubernetes/base` would send, rendered by Kustomize itself and held to the schemas
 * that Kubernetes publishes (npm: kubernetes-models): by its validators for what is required and of which
 * form, by its types for names that nobody knows.
 */

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const missing =
  spawnSync('kustomize', ['version']).status === 0 ? null : 'kustomize is not on the PATH (Debian: kustomize)'

interface Manifest {
  apiVersion: string
  kind: string
  metadata: { name: string }
}
type Model = new (manifest: Manifest) => { validate(): void }

const COMPONENTS = [
  ...['network-policy', 'autoscaling', 'monitoring', 'ingress'],
  ...['backup', 'restore-drill', 'external-secrets'],
]

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'torikomi-kustomize-'))
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function render(path = join(ROOT, 'kubernetes/base')): Manifest[] {
  const { status, stdout, stderr } = spawnSync('kustomize', ['build', path], { encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  return parseAllDocuments(stdout).map((document) => document.toJS() as Manifest)
}

const moduleOf = ({ apiVersion, kind }: Manifest) => `kubernetes-models/${apiVersion}/${kind}`

async function faultOf(manifest: Manifest): Promise<string | null> {
  const loaded = (await import(moduleOf(manifest))) as Record<string, Model>
  const Known = loaded[manifest.kind]
  if (Known === undefined) return `${manifest.kind} is unknown`
  try {
    new Known(manifest).validate()
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/**
 * What the compiler says of them as literals of their types: a name that a type does not have is an error.
 */
async function typeFaults(manifests: readonly Manifest[]): Promise<string> {
  const lines = manifests.flatMap((one, index) => [
    `import type { I${one.kind} as T${index} } from '${moduleOf(one)}'`,
    `export const m${index}: T${index} = ${JSON.stringify(one)}`,
  ])
  await writeFile(join(folder, 'manifests.ts'), lines.join('\n'))
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--ignoreConfig']
  const { stdout } = spawnSync(
    join(ROOT, 'node_modules/.bin/tsc'),
    [...options, '--module', 'nodenext', 'manifests.ts'],
    { cwd: folder, encoding: 'utf8' },
  )
  return stdout
}

describe.skipIf(missing)(`rendered by Kustomize${missing ? ` (left out: ${missing})` : ''}`, () => {
  test('each manifest is what its schema says', async () => {
    const manifests = render()
    expect(manifests.map(({ kind }) => kind).toSorted()).toEqual([
      ...['ConfigMap', 'Deployment', 'Deployment', 'Deployment', 'Job'],
      ...['PodDisruptionBudget', 'PodDisruptionBudget', 'PodDisruptionBudget', 'Service', 'ServiceAccount'],
    ])
    for (const manifest of manifests)
      expect([manifest.kind, await faultOf(manifest)]).toEqual([manifest.kind, null])
    expect(await typeFaults(manifests)).toBe('')
  }, 60_000)

  test('a wrong form and a name that nobody knows are found', async () => {
    const [deployment] = render().filter(({ kind }) => kind === 'Deployment')
    const wrong = structuredClone(deployment) as unknown as { spec: Record<string, unknown> } & Manifest
    wrong.spec.replicas = 'two'
    expect(await faultOf(wrong)).toContain('replicas')
    const unknown = structuredClone(deployment) as unknown as {
      spec: { template: { spec: Record<string, unknown> } }
    } & Manifest
    unknown.spec.template.spec.terminationGracePeriod = 90
    expect(await typeFaults([unknown])).toContain('"terminationGracePeriod"')
  }, 60_000)

  test('image, namespace and settings of an overlay reach all of it, with every component', async () => {
    await cp(join(ROOT, 'kubernetes'), join(folder, 'kubernetes'), { recursive: true })
    await writeFile(
      join(folder, 'kustomization.yaml'),
      [
        'resources: [kubernetes/base]',
        `components: [${COMPONENTS.map((name) => `kubernetes/components/${name}`).join(', ')}]`,
        'namespace: shops',
        'configMapGenerator: [{ name: torikomi, behavior: merge, literals: [TRUST_PROXY=2] }]',
        `images: [{ name: torikomi, newName: registry.example.jp/torikomi, digest: "sha256:${'a'.repeat(64)}" }]`,
      ].join('\n'),
    )
    const manifests = render(folder)
    const text = JSON.stringify(manifests)
    // Three roles, the migration, the backup and its drill.
    expect(text.match(/"image":"registry\.example\.jp\/torikomi@sha256:a{64}"/g)).toHaveLength(6)
    expect(text.match(/"namespace":"shops"/g)).toHaveLength(manifests.length)
    const settings = manifests.find(({ kind }) => kind === 'ConfigMap')?.metadata.name ?? ''
    expect(text.match(new RegExp(`"configMapRef":{"name":"${settings}"}`, 'g'))).toHaveLength(6)
    const ofPrometheus = ({ apiVersion }: Manifest) => apiVersion.startsWith('monitoring.coreos.com/')
    const ofVault = ({ apiVersion }: Manifest) => apiVersion.startsWith('external-secrets.io/')
    const known = manifests.filter((one) => !ofPrometheus(one) && !ofVault(one))
    for (const manifest of known)
      expect([manifest.kind, await faultOf(manifest)]).toEqual([manifest.kind, null])
    expect(await typeFaults(known)).toBe('')
    // Replicas of what is scaled by itself would be set back with each apply.
    const scaled = manifests.filter(({ kind }) => kind === 'HorizontalPodAutoscaler')
    for (const { spec } of scaled as unknown as { spec: { scaleTargetRef: { name: string } } }[]) {
      const target = manifests.find(
        ({ kind, metadata }) => kind === 'Deployment' && metadata.name === spec.scaleTargetRef.name,
      )
      expect(target).not.toHaveProperty('spec.replicas')
    }
    const rules = manifests.find(({ kind }) => kind === 'PrometheusRule')
    const alerts = parse(await readFile(join(ROOT, 'docs/operations/alerts.yml'), 'utf8'))
    expect(rules).toHaveProperty('spec.groups', alerts.groups)
    expect(manifests.filter(ofPrometheus)).toHaveLength(2)
    // Each secret that a pod reads comes from the vault, with each of its files.
    const secrets = manifests.filter(ofVault) as unknown as ExternalSecret[]
    const read = (pattern: RegExp) => new Set([...text.matchAll(pattern)].map(([, name]) => name))
    expect(new Set(secrets.map(({ spec }) => spec.target.name))).toEqual(
      read(/"(?:secret":\{"defaultMode":\d+,"secretName|secretRef":\{"name)":"([^"]+)"/g),
    )
    const keys = secrets.flatMap(({ spec }) => spec.data?.map(({ secretKey }) => secretKey) ?? [])
    expect(keys).toEqual(expect.arrayContaining([...read(/"value":"\/run\/secrets\/\w+\/(\w+)"/g)]))
  }, 60_000)

  test('a backup is put back by jobs beside roles that are stopped, with the settings of the overlay', async () => {
    await cp(join(ROOT, 'kubernetes'), join(folder, 'kubernetes'), { recursive: true })
    await writeFile(
      join(folder, 'kustomization.yaml'),
      [
        'resources: [kubernetes/base]',
        `components: [${[...COMPONENTS, 'restore'].map((name) => `kubernetes/components/${name}`).join(', ')}]`,
        'namespace: shops',
        'configMapGenerator: [{ name: torikomi, behavior: merge, literals: ["CONNECTIONS_WITHOUT_TLS=database,redis"] }]',
      ].join('\n'),
    )
    for (const manifests of [render(folder), render(join(ROOT, 'kubernetes/restore'))]) {
      const jobs = manifests.filter(({ kind }) => kind === 'Job')
      expect(jobs.map(({ metadata }) => metadata.name).toSorted()).toEqual([
        'torikomi-after-restore',
        'torikomi-restore',
        'torikomi-resume',
      ])
      expect(await typeFaults(jobs)).toBe('')
      for (const job of jobs)
        expect([job.metadata.name, await faultOf(job)]).toEqual([job.metadata.name, null])
      const config = manifests.find(({ kind }) => kind === 'ConfigMap')?.metadata.name ?? 'none'
      const text = JSON.stringify(jobs)
      expect(text.match(new RegExp(`"configMapRef":{"name":"${config}"}`, 'g'))).toHaveLength(3)
      expect(text).toContain('"claimName":"torikomi-backups"')
      expect(jobs.find(({ metadata }) => metadata.name === 'torikomi-resume')).toHaveProperty(
        'spec.suspend',
        true,
      )
      const roles = manifests.filter(({ kind }) => kind === 'Deployment')
      expect(roles).toHaveLength(3)
      for (const role of roles) expect(role).toHaveProperty('spec.replicas', 0)
    }
  }, 60_000)

  test('takes the newest backup, or the one that is named, and the audit where it is there', async () => {
    const jobs = render(join(ROOT, 'kubernetes/restore')) as unknown as RestoreJob[]
    const containersOf = (name: string) => {
      const { initContainers = [], containers = [] } =
        jobs.find(({ metadata }) => metadata.name === name)?.spec.template.spec ?? {}
      return [...initContainers, ...containers]
    }
    const backups = await mkdtemp(join(folder, 'backup-'))
    const run = ({ command }: { command: string[] }, env: Record<string, string> = {}) => {
      const [shell = '', flags = '', script = ''] = command
      // In place of what they would run.
      const shown = script.replaceAll('/backup', backups).replaceAll('node ', 'echo ')
      return spawnSync(shell, [flags, shown], {
        encoding: 'utf8',
        env: { PATH: process.env.PATH, RESTORE: '', AUDIT: '', ...env },
      }).stdout
    }
    const [restore, ...beside] = containersOf('torikomi-restore')
    const [after, ...others] = containersOf('torikomi-after-restore')
    // A restore that ended is never tried again because of what comes after it.
    expect([beside, others]).toEqual([[], []])
    if (restore === undefined || after === undefined) throw new Error('both are rendered')
    const bucket = { BACKUP_INTO: 's3://bucket/folder/' }
    expect(run(restore)).toBe(`src/ops/main.ts restore newest ${backups}\n`)
    expect(run(restore, { RESTORE: 'torikomi-x' })).toBe(`src/ops/main.ts restore ${backups}/torikomi-x\n`)
    expect(run(restore, bucket)).toBe('src/ops/main.ts restore newest s3://bucket/folder/\n')
    expect(run(restore, { ...bucket, RESTORE: 'x' })).toBe('src/ops/main.ts restore s3://bucket/folder/x\n')
    expect(run(after)).toBe('src/ops/main.ts after-restore\n')
    await writeFile(join(backups, 'audit.jsonl'), '')
    expect(run(after)).toContain(`after-restore ${backups}/audit.jsonl`)
    expect(run(after, { AUDIT: 's3://other/a b' })).toContain('after-restore s3://other/a b\n')
    const ends = (code: number) => {
      const [shell = '', flags = '', script = ''] = after.command
      const shown = script.replaceAll('node src/ops/main.ts', `sh -c "exit ${code}"`)
      return spawnSync(shell, [flags, shown], { env: { PATH: process.env.PATH, AUDIT: '' } }).status
    }
    // Left for a person is done; a fault is tried again.
    expect([0, 3].map(ends)).toEqual([0, 0])
    expect(ends(1)).not.toBe(0)
  }, 60_000)

  test('in a bucket no pod has the volume, and none starts without the bucket’s name', async () => {
    await cp(join(ROOT, 'kubernetes'), join(folder, 'kubernetes'), { recursive: true })
    const overlay = async (components: string[]) => {
      const paths = [...components, 'backup-bucket'].map((name) => `kubernetes/components/${name}`)
      const settings = '["BACKUP_INTO=s3://bucket/folder", BACKUP_KEEP_DAYS=forever]'
      await writeFile(
        join(folder, 'kustomization.yaml'),
        `resources: [kubernetes/base]\ncomponents: [${paths.join(', ')}]\n` +
          `configMapGenerator: [{ name: torikomi, behavior: merge, literals: ${settings} }]`,
      )
      return render(folder)
    }
    const lone = [...(await overlay(['backup'])), ...(await overlay(['restore']))]
    expect(JSON.stringify(lone)).not.toContain('torikomi-backups')
    const manifests = await overlay([...COMPONENTS, 'restore'])
    const jobs = manifests.filter(({ kind }) => kind === 'Job' || kind === 'CronJob')
    expect(await typeFaults(jobs)).toBe('')
    for (const job of jobs) expect([job.metadata.name, await faultOf(job)]).toEqual([job.metadata.name, null])
    expect(JSON.stringify(manifests)).not.toMatch(/torikomi-backups|"mountPath":"\/backup"/)
    const config = manifests.find(({ kind }) => kind === 'ConfigMap')?.metadata.name ?? 'none'
    const named = jobs.filter((job) =>
      JSON.stringify(job).includes(`"configMapKeyRef":{"key":"BACKUP_INTO","name":"${config}"}`),
    )
    expect(named.map(({ metadata }) => metadata.name).toSorted()).toEqual([
      ...['torikomi-after-restore', 'torikomi-backup', 'torikomi-restore', 'torikomi-restore-drill'],
    ])
    const commands = (job: Manifest) => JSON.stringify(job).match(/exec node[^\]]*/)?.[0] ?? ''
    const shown = (job: Manifest, env: Record<string, string>) =>
      spawnSync(
        'sh',
        ['-euc', JSON.parse(`"${commands(job).replace(/"$/, '')}"`).replaceAll('node ', 'echo ')],
        {
          encoding: 'utf8',
          env: { PATH: process.env.PATH, ...env },
        },
      ).stdout
    const of = (name: string) => named.find(({ metadata }) => metadata.name === name) as Manifest
    const set = { BACKUP_INTO: 's3://bucket/folder', BACKUP_KEEP_DAYS: 'forever' }
    expect(shown(of('torikomi-backup'), set)).toBe(
      'src/ops/main.ts backup into s3://bucket/folder --keep forever\n',
    )
    expect(shown(of('torikomi-backup'), {})).toBe('src/ops/main.ts backup into /backup --keep 30\n')
    expect(shown(of('torikomi-restore-drill'), set)).toBe('src/ops/main.ts backup drill s3://bucket/folder\n')
  }, 60_000)

  test('each pod is held by the policies, and those with the owner’s login reach names, stores and buckets alone', async () => {
    await cp(join(ROOT, 'kubernetes'), join(folder, 'kubernetes'), { recursive: true })
    const overlay = (components: string[]) =>
      writeFile(
        join(folder, 'kustomization.yaml'),
        `resources: [kubernetes/base]\ncomponents: [${components.map((name) => `kubernetes/components/${name}`).join(', ')}]`,
      )
    await overlay(COMPONENTS)
    const plain = render(folder)
    await overlay([...COMPONENTS, 'restore'])
    const manifests = [...plain, ...render(folder)]
    const pods = manifests.flatMap((one) => {
      const { spec } = one as unknown as {
        spec?: { template?: Pod; jobTemplate?: { spec: { template: Pod } } }
      }
      const template = spec?.template ?? spec?.jobTemplate?.spec.template
      return template === undefined ? [] : [template]
    })
    const policies = manifests.filter(({ kind }) => kind === 'NetworkPolicy') as unknown as Policy[]
    const egressOf = ({ metadata }: Pod) =>
      policies.flatMap(({ spec: { podSelector, egress = [] } }) => {
        const { matchLabels = {}, matchExpressions = [] } = podSelector
        const labels = metadata?.labels ?? {}
        const fits =
          Object.entries(matchLabels).every(([name, value]) => labels[name] === value) &&
          matchExpressions.every(({ key, values }) => values.includes(labels[key] ?? ''))
        return fits ? egress.flatMap(({ ports }) => ports.map(({ port }) => port)) : []
      })
    expect(pods.length).toBeGreaterThanOrEqual(10)
    for (const pod of pods) {
      const isOwner = JSON.stringify(pod).includes('"torikomi-migrate"')
      const ports = new Set(egressOf(pod))
      expect(ports.has(5432)).toBe(true)
      // Malls, mailboxes (IMAP), mail that is sent (SMTP), and the collector of traces.
      const outside = [443, 993, 143, 465, 587, 4317, 4318]
      const isBackup = ['backup', 'restore'].includes(
        pod.metadata?.labels?.['app.kubernetes.io/component'] ?? '',
      )
      const reached = isOwner ? (isBackup ? [443] : []) : outside
      expect(outside.filter((port) => ports.has(port))).toEqual(reached)
    }
    const migration = plain.find(({ metadata }) => metadata.name === 'torikomi-migrate')
    expect(migration?.metadata).toHaveProperty(
      ['annotations', 'kustomize.toolkit.fluxcd.io/force'],
      'enabled',
    )
  }, 60_000)
})

interface ExternalSecret {
  spec: { target: { name: string }; data?: { secretKey: string }[] }
}
interface Pod {
  metadata?: { labels?: Record<string, string> }
}
interface RestoreJob extends Manifest {
  spec: { template: { spec: Partial<Record<'initContainers' | 'containers', { command: string[] }[]>> } }
}
interface Policy {
  spec: {
    podSelector: {
      matchLabels?: Record<string, string>
      matchExpressions?: { key: string; values: string[] }[]
    }
    egress?: { ports: { port: number }[] }[]
  }
}
