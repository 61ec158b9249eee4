import { expect, test } from 'vitest'
import { byteText } from '../formats/byte-text.ts'
import { readXmlFields } from '../formats/xml-fields.ts'
import { recordOf } from './record-fields.ts'

const { fields } = readXmlFields(
  byteText(Buffer.from('<a><git url="1" user="x" password="p"/><git url="2" password="q"/><other url="3"/></a>')),
)

function saysBeside(value: string): Record<string, string> {
  const at = fields.findIndex((field) => field.value.text === value)
  return Object.fromEntries([...recordOf(fields, at)].map(([name, field]) => [name, field.value.text]))
}

test('a record ends where a name comes for the second time', () => {
  expect(saysBeside('p')).toEqual({ '@url': '1', '@user': 'x', '@password': 'p' })
})

test('fields of another element are no part of it', () => {
  expect(saysBeside('3')).toEqual({ '@url': '3' })
})

test('there is no record where there is no field', () => {
  expect(recordOf(fields, 99).size).toBe(0)
})
