import picocolors from 'picocolors'
import { describe, expect, it } from 'vitest'
import { madeInventory, ROOT } from '../../../test/support/made-inventory.ts'
import { consumers } from '../../consumers/registry.ts'
import type { Inventory } from '../../model/inventory.ts'
import type { Buried } from '../../model/place.ts'
import { buriedWords } from './buried-words.ts'
import { scanLines } from './scan.ts'
import { scanCsv } from './scan-csv.ts'
import { scanPage } from './scan-page.ts'
import { sarifLog } from './scan-sarif.ts'

const commit = (number: number): { readonly id: string; readonly authoredAt: string; readonly path: string } => ({
  id: number.toString(16).padStart(40, '0'),
  authoredAt: `${2000 + number}-05-06T07:08:09+02:00`,
  path: 'deploy/.env',
})

/** A file with so many versions, of which a report holds the first few. */
function versions(amount: number): Extract<Buried, { kind: 'history' }> {
  const paths = ['deploy/.env']
  const [commits, lastCommit] = [[1, 2].map(commit).slice(0, amount), commit(amount)]
  const counts = { versions: amount, pathCount: 1, commitCount: amount }
  return {
    kind: 'history',
    repository: `${ROOT}/.git`,
    oid: 'f'.repeat(40),
    heldBy: 'ref',
    paths,
    commits,
    lastCommit,
    ...counts,
  }
}

function inventory(buried: Buried): Inventory {
  const made = madeInventory([{ path: `.git@ffffffffff:deploy/.env`, secret: 's' }])
  return { ...made, places: made.places.map((place) => ({ ...place, buried })) }
}

describe('what is said of a place in history', () => {
  it('is the commit that brought it in, or how many there are with the first and the last', () => {
    expect(buriedWords(versions(1))).toBe('in history since 0000000000 of 2001-05-06')
    expect(buriedWords(versions(20))).toBe(
      'in 20 commits of history, first 0000000000 of 2001-05-06, last 0000000000 of 2020-05-06',
    )
    const { lastCommit, ...nameless } = versions(3)
    expect(lastCommit).toBeDefined()
    expect(buriedWords({ ...nameless, paths: [], pathCount: 0, commits: [], commitCount: 0 })).toBe(
      'in history without a commit (3 versions)',
    )
  })

  it('names further paths, a few of them', () => {
    const paths = ['deploy/.env', 'a', 'b', 'c', 'd']
    expect(buriedWords({ ...versions(1), paths, pathCount: 1200 })).toMatch(/; also as a, b, c and 1,196 more$/)
  })

  it('stands in every report, within 80 columns on the screen', () => {
    const found = inventory(versions(1000))
    const screen = scanLines(found, picocolors.createColors(false), '/srv')
    expect(screen.join(' ')).toMatch(/in 1,000 commits of history,\s+first 0000000000 .*no\s+plan changes it/)
    expect(screen.filter((line) => line.length > 80 && !line.startsWith('    keyturn'))).toEqual([])
    const first = commit(1).id
    expect(scanCsv({ inventory: found })).toContain(`history,1000,1000,${first},${commit(1000).id}\r\n`)
    expect(scanPage({ inventory: found })).toContain('in 1,000 commits of history')
    expect(JSON.stringify(sarifLog({ inventory: found }, consumers))).toMatch(
      /It stands in 1,000 commits of history.*"commitCount":1000/,
    )
  })
})
