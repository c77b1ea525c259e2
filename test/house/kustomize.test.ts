import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'

/**
 * What `kubectl apply -k kubernetes/base` would send, rendered by Kustomize itself and held to the schemas that Kubernetes publishes
 * (npm: kubernetes-models): by its validators for what is required and of which form, by its types for names that nobody knows.
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

/** What the compiler says of them as literals of their types: a name that a type does not have is an error. */
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

  test('the labels of each thing find its pods, and the image and settings of an overlay reach all of them', async () => {
    await writeFile(
      join(folder, 'kustomization.yaml'),
      [
        'resources: [base]',
        'namespace: shops',
        'images: [{ name: torikomi, newName: registry.example.jp/torikomi, digest: "sha256:' +
          `${'a'.repeat(64)}" }]`,
      ].join('\n'),
    )
    await symlink(join(ROOT, 'kubernetes/base'), join(folder, 'base')).catch(() => undefined)
    const text = JSON.stringify(render(folder))
    expect(text.match(/"image":"registry\.example\.jp\/torikomi@sha256:a{64}"/g)).toHaveLength(4)
    expect(text.match(/"namespace":"shops"/g)).toHaveLength(10)
  }, 60_000)
})
