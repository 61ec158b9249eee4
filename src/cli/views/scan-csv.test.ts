import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aMachine, type MadePlace, madeInventory } from '../../../test/support/made-inventory.ts'
import { scanCsv } from './scan-csv.ts'

/** Records and fields of RFC 4180. */
function parsed(text: string): readonly (readonly string[])[] {
  const records: string[][] = []
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy
  let record: string[] = []
  for (const [, quoted, plain, end] of text.matchAll(field)) {
    record.push(quoted?.replaceAll('""', '"') ?? plain ?? '')
    if (end === ',') continue
    records.push(record)
    record = []
  }
  return records
}

const csvOf = (place: MadePlace): readonly string[] => parsed(scanCsv({ inventory: madeInventory([place]) }))[1] ?? []
const USERNAME = 8

describe('CSV', () => {
  it('has a heading and one record of as many fields for every place', () => {
    const [heading = [], ...records] = parsed(scanCsv({ inventory: aMachine() }))
    expect(heading.slice(0, 4)).toEqual(['id', 'consumer', 'root', 'path'])
    expect(records.map((record) => record.length)).toEqual(aMachine().places.map(() => heading.length))
    expect(records[3]).toEqual(expect.arrayContaining(['deploy/production/.env', 'api-token', 'likely', '40', '76']))
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', ' =1', '"=1', '\uff1d1'])(
    'makes text of %j, which a spreadsheet would run',
    (username) => {
      expect(csvOf({ path: 'x', secret: 's', username })[USERNAME]).toBe(`'${username}`)
    },
  )

  it('makes text of what stands behind a semicolon, where another system cuts the line', () => {
    expect(csvOf({ path: 'x', secret: 's', username: 'a;=1' })[USERNAME]).toBe("a;'=1")
  })

  it('keeps an e-mail address, quotes and commas as they are', () => {
    for (const username of ['ci@acme.example', 'a "b" c', 'a, b'])
      expect(csvOf({ path: 'x', secret: 's', username })[USERNAME]).toBe(username)
  })

  it('never lets a name begin a field, a record or a formula', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (username) => {
        const record = csvOf({ path: 'x', secret: 's', username })
        expect(record).toHaveLength(23)
        expect(record[USERNAME]).not.toMatch(/^\s*[=+\-@]/)
      }),
    )
  })
})
