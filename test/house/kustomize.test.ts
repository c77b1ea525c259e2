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

const COMPONENTS = ['network-policy', 'autoscaling', 'monitoring', 'ingress', 'backup']

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
    // Three roles, the migration and the backup.
    expect(text.match(/"image":"registry\.example\.jp\/torikomi@sha256:a{64}"/g)).toHaveLength(5)
    expect(text.match(/"namespace":"shops"/g)).toHaveLength(manifests.length)
    const settings = manifests.find(({ kind }) => kind === 'ConfigMap')?.metadata.name ?? ''
    expect(text.match(new RegExp(`"configMapRef":{"name":"${settings}"}`, 'g'))).toHaveLength(5)
    const ofPrometheus = ({ apiVersion }: Manifest) => apiVersion.startsWith('monitoring.coreos.com/')
    const known = manifests.filter((one) => !ofPrometheus(one))
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
  }, 60_000)

  test('a backup is put back by a job that reads the volume of the schedule', async () => {
    const [job] = render(join(ROOT, 'kubernetes/restore'))
    if (job === undefined) throw new Error('the job is rendered')
    expect(await faultOf(job)).toBeNull()
    expect(await typeFaults([job])).toBe('')
    expect(JSON.stringify(job)).toContain('"claimName":"torikomi-backups"')
  }, 60_000)
})
