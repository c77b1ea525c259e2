import { expect, test } from 'vitest'
import { problemsPage } from '../../scripts/problems-doc.ts'

test('docs/problems.md is what the code says (npm run docs)', async () => {
  await expect(problemsPage()).toMatchFileSnapshot('../../docs/problems.md')
})
