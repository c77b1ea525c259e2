import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { htmlToText } from './html-text.ts'

describe('htmlToText', () => {
  it.each([
    ['breaks and blocks', '<p>一</p><div>二<br>三</div>', '一\n\n二\n三'],
    ['table cells', '<tr><th>注文ID</th><td>store-10000001</td></tr>', '注文ID store-10000001'],
    ['a word parted by inline tags', '0123<b>45</b><wbr>67', '01234567'],
    ['entities', '&lt;A&amp;B&gt;&nbsp;&#65306;&#xFF1A;&yen;&unknown;', '<A&B> ：：¥&unknown;'],
    ['a soft hyphen', 'store&shy;-1', 'store-1'],
    ['hidden parts', '<title>t</title><style>a{}</style><SCRIPT>x<b></script>y<!-- z -->', 'y'],
    [
      'a link target',
      '<a class=x href="https://m.example/?n=1&amp;m=2">詳細</a>',
      '詳細 <https://m.example/?n=1&m=2>',
    ],
    [
      'an encoded link target',
      "<a href='https://m.example/?u=%3Fn%3D1'>x</a>",
      'x <https://m.example/?u=?n=1>',
    ],
    ['a broken link target', '<a href=https://m.example/%zz>x', 'x <https://m.example/%zz>'],
    ['source line ends', '一\n二<pre>三\n四</pre>', '一 二\n三\n四'],
    ['a lone bracket', '1 < 2', '1 < 2'],
    ['a cut tag', 'abc<table width="10', 'abc'],
    ['an unclosed comment', 'abc<!-- store-1', 'abc'],
    ['a tag called as what every object has', '<constructor>a</constructor><__proto__>b', 'a\n<__proto__>b'],
    ['an entity called as what every object has', '&valueOf;&toString;', '&valueOf;&toString;'],
  ])('turns %s into text', (_name, html, text) => {
    expect(htmlToText(html)).toBe(text)
  })

  it('reads on below a hundred thousand open elements, where a tree would end the stack', () => {
    expect(htmlToText(`${'<div><b>'.repeat(100_000)}store-10000001`)).toBe('store-10000001')
  })

  it('keeps what stands between tags, however they are nested', () => {
    const tag = fc.constantFrom(
      '<div>',
      '</div>',
      '<b>',
      '</p>',
      '<td>',
      '<a href="x">',
      '</a>',
      '<!--c-->',
      '<br/>',
    )
    fc.assert(
      fc.property(fc.array(tag), fc.array(tag), (before, after) => {
        expect(htmlToText([...before, '123456-20260519-0123456789', ...after].join(''))).toContain(
          '123456-20260519-0123456789',
        )
      }),
    )
  })
})
