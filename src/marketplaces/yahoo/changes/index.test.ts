import { expect, it } from 'vitest'
import { parseXml } from '../../kit/xml.ts'
import { judge } from './index.ts'

const answered = (warnings: string) => {
  const raw = `<ResultSet><Result><Status>OK</Status>${warnings}</Result></ResultSet>`
  return judge({ kind: 'document', document: parseXml(raw), raw })
}
const warning = (code: string, detail = '') =>
  `<Warning><Code>${code}</Code><Message></Message><Detail>${detail}</Detail></Warning>`

it('a warning is an update that was done, and is told with what to do', () => {
  expect(answered('')).toMatchObject({ mallCode: 'OK', warnings: [] })
  expect(answered(warning('od91705'))).toMatchObject({ mallCode: 'od91705', warnings: [] })
  const both = answered(warning('od91115') + warning('od91130', '1,3'))
  expect(both.warnings.map(({ code }) => code)).toEqual(['od91115', 'od91130'])
  expect(both.warnings[1]?.message).toContain('1,3')
  expect(answered(warning('', 'somebody’s name')).warnings).toMatchObject([{ code: 'YAHOO_WARNING' }])
  expect(JSON.stringify(answered(warning('od99999', 'somebody’s name')))).not.toContain('somebody')
})
