import picocolors from 'picocolors'
import { describe, expect, it } from 'vitest'
import { aMachine, madeInventory, manyPlaces, ROOT, use } from '../../../test/support/made-inventory.ts'
import type { Inventory } from '../../model/inventory.ts'
import { scanLines } from './scan.ts'

const paint = picocolors.createColors(false)
const screen = (inventory: Inventory, options: Parameters<typeof scanLines>[3] = {}): readonly string[] =>
  scanLines(inventory, paint, '/srv', options)

describe('the screen of a scan', () => {
  it('says how sure a place is where it is not certain, and why', () => {
    const lines = screen(aMachine())
    const at = lines.findIndex((line) => line.includes('production/.env:12'))
    expect(lines.slice(at, at + 3)).toEqual([
      '      p0000000003  deploy/production/.env:12 BITBUCKET_TOKEN',
      '                 ? likely: the name of the variable, and a valid checksum',
      '                   REST acme/infrastructure',
    ])
    expect(lines.slice(-2)).toEqual([
      'Where a place is not certain, ask Bitbucket',
      '    keyturn doctor --place p0000000003 --in home',
    ])
  })

  it('names what was asked besides, and the flags that a plan needs as well', () => {
    const inventory = madeInventory([{ path: 'a', secret: 's' }])
    const lines = screen({ ...inventory, sources: [] }, { flags: ['--helpers'] })
    expect(lines[0]).toMatch(/\(credential helpers asked\)$/)
    expect(lines).toContain('    keyturn plan --helpers')
  })

  it('sends nobody to a plan where all of it is in an archive or in history', () => {
    const inventory = madeInventory([{ path: 'a.zip!b', secret: 's' }])
    const buried = { kind: 'archive', archive: `${ROOT}/a.zip`, member: 'b' } as const
    const places = inventory.places.map((place) => ({ ...place, buried }))
    const shown = screen({ ...inventory, places }).join(' ')
    expect(shown).toContain('has to be revoked by its owner')
    expect(shown).not.toContain('keyturn plan')
  })

  it('shows what no longer works first', () => {
    const [alive, dead] = [{ path: 'a', secret: '1', kind: 'api-token' } as const, { path: 'b', secret: '2' }]
    const headings = screen(madeInventory([alive, dead])).filter((line) => line.startsWith('  #'))
    expect(headings.map((line) => line.slice(17))).toEqual(['app password  (no username)', 'API token  (no username)'])
  })

  it('cuts a long inventory, says so, and shows all of it on demand', () => {
    const inventory = madeInventory(manyPlaces(10_000))
    const [cut, whole] = [screen(inventory), screen(inventory, { all: true })]
    expect(cut.length).toBeLessThan(300)
    expect(cut.join('\n')).toMatch(
      /… 4,995 more places\n[\s\S]*… 231 more credentials in [\d,]+ places\n\nSee all of it\n {4}keyturn scan home --all\n/,
    )
    expect(whole.filter((line) => /^ {6}p/.test(line))).toHaveLength(10_000)
    expect(whole.join('\n')).not.toContain('…')
  })

  it('says a use once where a document tells it itself and a line in it does so, too', () => {
    const own = use('git-fetch', 'acme/app')
    const followed = { ...own, by: 'flux.yaml line 6', followed: true } as const
    const lines = screen(madeInventory([{ path: 'flux.yaml', secret: 's', uses: [followed, own] }]))
    expect(lines.filter((line) => line.includes('git fetch')).map((line) => line.trim())).toEqual([
      'git fetch acme/app',
    ])
  })

  it('says who was seen to read a variable, and where nothing was', () => {
    const followed = { operation: 'rest', access: 'write', by: 'ci/push.sh line 3', followed: true } as const
    const [read, unread] = [
      { path: 'a', secret: 's', uses: [followed] },
      { path: 'b', secret: 't', uses: [] },
    ]
    const { places, ...rest } = madeInventory([read, unread])
    const lines = screen({
      ...rest,
      places: places.map((place, index) => (index === 0 ? place : { ...place, unresolved: 'nothing reads it' })),
    })
    expect(lines.map((line) => line.trim())).toEqual(
      expect.arrayContaining(['REST write by ci/push.sh line 3', 'used by: not found']),
    )
  })

  it('says which workspace an organization folder asks about', () => {
    const uses = [{ operation: 'rest', workspace: 'acme', by: 'job org (Branch Source)' }] as const
    expect(screen(madeInventory([{ path: 'x', secret: 's', uses }])).join('\n')).toContain('REST workspace acme')
  })

  it('cuts the uses of one place', () => {
    const uses = Array.from({ length: 3000 }, (_, index) => use('git-fetch', `acme/r${index}`))
    expect(screen(madeInventory([{ path: 'x', secret: 's', uses }])).join('\n')).toMatch(/and\s+2,992\s+more/)
  })

  it('fits 80 columns, but for commands to copy', () => {
    const wide = {
      path: `${'deep/'.repeat(60)}.netrc`,
      secret: 's',
      confidence: { level: 'possible', reason: 'a long reason '.repeat(20) } as const,
      uses: Array.from({ length: 5 }, (_, index) => use('git-push', `workspace-${index}/repository-${index}`)),
    }
    const baseline = { file: 'f'.repeat(200), known: 3, gone: [{ id: 'p1', path: 'x'.repeat(200), address: 'y' }] }
    const lines = screen(madeInventory([wide]), { baseline })
    expect(lines.filter((line) => line.length > 80)).toEqual([])
  })

  it('counts what stands in the baseline and names what is gone', () => {
    const gone = [{ id: 'p9', path: 'old/.netrc', address: 'machine/bitbucket.org' }]
    expect(screen(madeInventory([]), { baseline: { file: 'b.json', known: 1, gone } })).toEqual([
      'No further Bitbucket credential was found (0 files read)',
      '',
      '= 1 place stands in the baseline b.json, not listed here',
      '- 1 place of the baseline not found any more',
      '      old/.netrc machine/bitbucket.org',
    ])
  })
})
