import { describe, expect, test } from 'vitest'
import { readRegistryFields } from './registry-fields.ts'

describe('an export of the Windows registry', () => {
  test('gives the strings of each section, unescaped', () => {
    const text =
      'Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\Environment]\r\n"BITBUCKET_USERNAME"="alice"\r\n"FOLDER"="C:\\\\a \\"b\\""\r\n"N"=dword:0001\r\n'
    const { fields } = readRegistryFields(text)
    expect(fields.map(({ keys, value }) => [keys.join('/'), value.text])).toEqual([
      ['Environment/BITBUCKET_USERNAME', 'alice'],
      ['Environment/FOLDER', 'C:\\a "b"'],
    ])
    expect(text.slice(...(fields[1]?.extent ?? [0, 0]))).toBe('"C:\\\\a \\"b\\""')
    expect(text.slice(...(fields[0]?.value.spanOf(0, 5) ?? [0, 0]))).toBe('alice')
  })

  test('what is no such export gives nothing', () => {
    expect(readRegistryFields('a=b\n[x').fields).toEqual([])
  })
})
