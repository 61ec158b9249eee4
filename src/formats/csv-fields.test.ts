import { describe, expect, test } from 'vitest'
import { readCsvFields } from './csv-fields.ts'

function read(text: string) {
  return readCsvFields(text).fields.map(({ keys, value }) => [keys.join('/'), value.text])
}

describe('a table whose first row names its columns', () => {
  test('gives each cell the number of its row and the name of its column', () => {
    expect(read('host,username,password\nbitbucket.org,alice,one\nexample.com,bob,two\n')).toEqual([
      ['1/host', 'bitbucket.org'],
      ['1/username', 'alice'],
      ['1/password', 'one'],
      ['2/host', 'example.com'],
      ['2/username', 'bob'],
      ['2/password', 'two'],
    ])
  })

  test.each([
    ['semicolons', 'url;password\nx;y,z\n'],
    ['tabs', 'url\tpassword\nx\ty,z\n'],
    ['line feeds of Windows', 'url,password\r\nx,"y,z"\r\n'],
    ['a byte order mark, and no line feed at the end', '\xef\xbb\xbfurl,password\nx,"y,z"'],
  ])('may have %s', (_, text) => {
    expect(read(text)).toEqual([
      ['1/url', 'x'],
      ['1/password', 'y,z'],
    ])
  })

  test('may have quoted cells with quotes, separators and lines in them', () => {
    const text = 'name,note\n"a ""b"" c","x,\ny"\n'
    expect(read(text)).toEqual([
      ['1/name', 'a "b" c'],
      ['1/note', 'x,\ny'],
    ])
    const { value } = readCsvFields(text).fields[0] ?? {}
    expect(text.slice(...(value?.spanOf(2, 5) ?? [0, 0]))).toBe('""b""')
  })

  test('what names no columns is no table', () => {
    expect(read('one line\nof prose\n')).toEqual([])
    expect(read('1,2\n3,4\n')).toEqual([])
  })

  test('a quote that is never closed, and an empty text, are results', () => {
    expect(read('a,b\n"c,d\n')).toEqual([
      ['1/a', '"c'],
      ['1/b', 'd'],
    ])
    expect(read('')).toEqual([])
  })
})
