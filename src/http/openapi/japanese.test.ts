import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import recorded from './answers.json' with { type: 'json' }
import { JAPANESE } from './japanese.ts'

const document = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
  paths: Record<string, Record<string, { operationId: string }>>
}
const ids = new Set(
  Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  ),
)

test('texts and recorded answers are of operations that exist', () => {
  expect(Object.keys(JAPANESE).filter((id) => !ids.has(id))).toEqual([])
  expect(Object.keys(recorded).filter((id) => !ids.has(id))).toEqual([])
})
