import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse, stringify } from 'yaml'

/**
 * Writes the alerts of docs/operations/alerts.yml as a resource of the Prometheus operator: Kustomize cannot
 * put a file below `spec`. test/house/kustomize.test.ts holds both alike.
 */

const path = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url))
const { groups } = parse(readFileSync(path('docs/operations/alerts.yml'), 'utf8'))
const rules = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PrometheusRule',
  metadata: { name: 'torikomi' },
  spec: { groups },
}
writeFileSync(
  path('kubernetes/components/monitoring/rules.yaml'),
  `# Made of docs/operations/alerts.yml by npm run docs.\n${stringify(rules, { lineWidth: 0 })}`,
)
