import { expect, it } from 'vitest'
import { ChangeRequest } from '../site-changes/schemas.ts'
import { checked } from './validation.ts'

it('an unknown action is refused with the names of those there are', () => {
  const orderId = '0199c0de-0000-7000-8000-000000000003'
  const result = checked(ChangeRequest, { changes: [{ orderId, action: 'shipp' }] }, 'body')
  expect(result.ok ? [] : result.fields).toMatchObject([
    {
      field: 'changes[0].action',
      message: expect.stringMatching(/^confirm、ship、.*change_content のいずれか/),
    },
  ])
})
