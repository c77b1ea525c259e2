import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { createMetrics } from '../../src/platform/metrics.ts'

/** A rule over a name that the service does not have never fires. */
const NAME = /\btorikomi_[a-z_]+\b/g
const read = (page: string) => readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8')

it.each(['operations/alerts.yml', 'operations/scale.md', 'operations.md'])(
  'the metrics that docs/%s names are those of the service',
  async (page) => {
    const { registry } = createMetrics({ processMetrics: true })
    const known = (await registry.getMetricsAsJSON()).map(({ name }) => name)
    const named = new Set([...read(page).matchAll(NAME)].map(([name]) => name.replace(/_bucket$/, '')))
    const foreign = /^torikomi_(queue|lanes|add_months|first_id|process_|nodejs_)/
    expect([...named].filter((name) => !known.includes(name) && !foreign.test(name))).toEqual([])
  },
)

it('a rule asks for labels that its metric has', () => {
  const { registry } = createMetrics({ processMetrics: false })
  for (const [, name = '', label = ''] of read('operations/alerts.yml').matchAll(
    /(torikomi_[a-z_]+)\{([a-z]+)=/g,
  )) {
    const metric = registry.getSingleMetric(name.replace(/_bucket$/, '')) as unknown as {
      labelNames: string[]
    }
    expect(metric.labelNames, name).toContain(label)
  }
})
