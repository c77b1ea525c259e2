import { expect, test } from 'vitest'
import { problemsBesideFields } from './field-problems.ts'

test('errors stand at the field that holds them, and at the end of the form where there is none', () => {
  const names = new Set(['shopIds', 'credentials.licenseKey', 'password'])
  expect(
    problemsBesideFields(
      [
        { field: 'shopIds[2]', message: '店舗が見つかりません。' },
        {
          field: 'credentials.licenseKey',
          message: '必須の項目です。文字列を指定してください。',
          code: 'required',
        },
        { field: 'password', message: 'パスワードを入力してください。', code: 'required' },
        { field: 'password', message: '一つの項目には一つだけ出ます。' },
        { field: 'auth.clientId', message: '形が違います。' },
      ],
      names,
    ),
  ).toEqual({
    problems: new Map([
      ['shopIds', '店舗が見つかりません。'],
      ['credentials.licenseKey', '入力内容を確認してください。'],
      ['password', 'パスワードを入力してください。'],
    ]),
    rest: ['形が違います。'],
  })
})
