import { expect, test } from 'vitest'
import { moveBuildingOut, shortenNumbers, splitAddress } from './address.ts'

test.each([
  // By the postcode's municipality, with and without its county.
  ['沖縄県石垣市大浜1-2-3', '9070001', ['沖縄県', '石垣市', '大浜1-2-3']],
  ['京都府京都市中京区下丸屋町403', '6048006', ['京都府', '京都市中京区', '下丸屋町403']],
  ['千葉県市川市市川1-1', '2720034', ['千葉県', '市川市', '市川1-1']],
  ['三重県四日市市諏訪町1-5', '5108601', ['三重県', '四日市市', '諏訪町1-5']],
  ['奈良県大和郡山市北郡山町248-4', '6391198', ['奈良県', '大和郡山市', '北郡山町248-4']],
  ['北海道余市郡余市町朝日町26', '0468546', ['北海道', '余市郡余市町', '朝日町26']],
  ['北海道余市町朝日町26', '0468546', ['北海道', '余市町', '朝日町26']],
  // An office's code is in no data: the prefecture's list tells.
  ['東京都町田市森野2-2-22', '1948520', ['東京都', '町田市', '森野2-2-22']],
  ['神奈川県茅が崎市茅ヶ崎1-1', '2538686', ['神奈川県', '茅が崎市', '茅ヶ崎1-1']],
  // Without a prefecture, and with a blank in the middle.
  ['石垣市 大浜1', '9070001', ['', '石垣市', '大浜1']],
  ['沖縄県 石垣市 大浜1', '9070001', ['沖縄県', '石垣市', '大浜1']],
  // A municipality of before a merger.
  ['静岡県清水市港町1-1', '0000000', ['静岡県', '清水市', '港町1-1']],
  ['どこか1-1', '0000000', null],
] as const)('%s %s', (text, code, parts) => {
  const split = splitAddress(text, code)
  expect(split && [split.prefecture, split.city, split.town]).toEqual(parts)
})

test.each([
  ['大浜1-2-3 ハイツ浜101', '大浜1-2-3', 'ハイツ浜101'],
  ['西新宿２丁目８番１号都庁４５階', '西新宿２丁目８番１号', '都庁４５階'],
  ['下丸屋町403番地FISビル8階', '下丸屋町403番地', 'FISビル8階'],
  ['北1条西2丁目3-4 大通ビル', '北1条西2丁目3-4', '大通ビル'],
  ['第3地割12番地5コーポ山', '第3地割12番地5', 'コーポ山'],
  ['大字中野12の3 メゾン5号室', '大字中野12の3', 'メゾン5号室'],
  ['西2丁目 3-4', null, null],
  ['大浜1-2-3', null, null],
  ['三番町', null, null],
] as const)('the building behind the number: %s', (text, town, building) => {
  expect(moveBuildingOut(text)).toEqual(town === null ? null : { town, building })
})

test.each([
  ['西新宿2丁目8番1号', '西新宿2-8-1'],
  ['西新宿２丁目８番地の１', '西新宿２-８-１'],
  ['大字中野12の3', '大字中野12-3'],
  ['下丸屋町403番地', '下丸屋町403'],
  ['三番町6番26号', '三番町6-26'],
  ['北1条西2丁目', '北1条西2丁目'],
  ['1番町3', '1番町3'],
])('%s as %s', (text, short) => expect(shortenNumbers(text)).toBe(short))
