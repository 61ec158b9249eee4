import { describe, expect, it } from 'vitest'
import { aMachine, madeInventory, manyPlaces, ROOT } from '../../test/support/made-inventory.ts'
import { baselineText, isBaselineFile, readBaseline, withoutKnown } from './baseline.ts'
import { countFailing, parseFailOn } from './fail-on.ts'
import { scanDocument } from './views/scan-document.ts'

const inventory = aMachine()
const complete = { ...inventory, unread: [] }
const text = baselineText(complete, [], 'seen')

describe('a baseline', () => {
  it('takes everything that it was written from out of the list', () => {
    const report = withoutKnown(complete, readBaseline(text) ?? [], 'b.json')
    expect(report).toEqual({ inventory: { ...complete, places: [] }, baseline: { file: 'b.json', known: 6, gone: [] } })
  })

  it('can be a document of scan --json', () => {
    const document = JSON.stringify(scanDocument({ inventory }))
    expect(withoutKnown(inventory, readBaseline(document) ?? [], '').inventory.places).toEqual([])
  })

  it('names what was not found any more', () => {
    const less = { ...complete, places: complete.places.slice(1) }
    expect(withoutKnown(less, readBaseline(text) ?? [], '').baseline?.gone).toEqual([
      { id: 'p0000000000', path: '.netrc', consumer: 'netrc', address: 'machine/bitbucket.org', reason: 'seen' },
    ])
  })

  it('has one place a line, by path, and is the same whatever the order of the scan', () => {
    const lines = text.split('\n').filter((line) => line.includes('"id"'))
    expect(lines).toHaveLength(6)
    expect(lines[0]).toBe(
      '    {"path":".git-credentials","consumer":"git-credentials","address":"bitbucket.org","id":"p0000000001","reason":"seen"},',
    )
    expect(baselineText({ ...complete, places: complete.places.toReversed() }, [], 'seen')).toBe(text)
  })

  it('holds no secret and no fingerprint', () => {
    for (const place of inventory.places) expect(text).not.toContain(place.secret?.value?.fingerprint)
    expect(text).not.toContain('#')
  })

  it('keeps the reasons that people wrote', () => {
    const written = text.replace('"seen"', '"moves in October"')
    expect(baselineText(complete, readBaseline(written) ?? [], 'new')).toContain('"moves in October"')
  })

  it('loses a place that is gone, but not when the scan could not read everything', () => {
    const less = { ...complete, places: complete.places.slice(1) }
    const previous = readBaseline(text) ?? []
    expect(baselineText(less, previous, '')).not.toContain('p0000000000')
    expect(baselineText({ ...less, unread: inventory.unread }, previous, '')).toContain('p0000000000')
  })

  it.each(['', '{', '[]', 'null', '{"schema":"keyturn/plan/1"}', '{"schema":"keyturn/baseline/1","places":[{}]}'])(
    'is not %j',
    (other) => expect([readBaseline(other), isBaselineFile(other)]).toEqual([undefined, false]),
  )

  it('of many places takes no time', () => {
    const many = madeInventory(manyPlaces(20_000), { sources: [ROOT] })
    const entries = readBaseline(baselineText(many, [], '')) ?? []
    expect(withoutKnown(many, entries, '').baseline).toMatchObject({ known: 20_000, gone: [] })
  })
})

describe('--fail-on', () => {
  const report = withoutKnown(complete, (readBaseline(text) ?? []).slice(0, 1), '')
  const amount = (words: string): number => countFailing(complete, report, parseFailOn(words, true))

  it('counts everything, what is new, or kinds of what is new', () => {
    expect([amount('none'), amount('any'), amount('new')]).toEqual([0, 6, 5])
    expect([amount('app-password'), amount('api-token,unknown'), amount('oauth-token')]).toEqual([2, 2, 0])
  })

  it.each(['', 'all', 'none,any', 'app-password,', 'toString'])('is not %j', (words) => {
    expect(() => parseFailOn(words, true)).toThrow('R112')
  })

  it('new needs a baseline', () => {
    expect(() => parseFailOn('new', false)).toThrow('R112')
  })
})
