import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Place } from '../model/place.ts'
import { Secret } from '../model/secret.ts'
import type { BlobOrigin } from './blob-origins.ts'
import { MOST_TOLD, newFoundPlaces } from './history-places.ts'

const seal = Secret.sealer(new Uint8Array(32))

const placeIn = (oid: string, secret: string, address = 'a'): Place => ({
  id: '',
  consumer: 'netrc',
  at: { kind: 'file', path: `/r/.git@${oid}` },
  address,
  host: 'bitbucket.org',
  secret: { kind: 'app-password', encoding: 'plain', value: seal(secret) },
  uses: [],
})

/** A blob that lay under these paths, one commit a second from `second` on. */
function originOf(oid: string, second: number, paths: readonly string[]): BlobOrigin {
  const commits = paths.map((path, index) => ({
    id: `${oid}-${index}`,
    authoredAt: new Date(1000 * (second + index)).toISOString(),
    path,
    order: 0,
  }))
  return { oid, heldBy: paths.length === 0 ? 'nothing' : 'ref', paths: [...new Set(paths)].sort(), commits }
}

type Met = readonly [Place, BlobOrigin]

function groupsOf(met: readonly Met[]) {
  const found = newFoundPlaces('/r/.git')
  for (const [place, origin] of met) found.add(place, origin)
  return found.all()
}

const someBlobs = fc.uniqueArray(
  fc.record({
    oid: fc.integer({ min: 0, max: 400 }).map((number) => `o${number}`),
    second: fc.nat(20),
    paths: fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 3 }),
    secret: fc.constantFrom('one', 'two'),
  }),
  { selector: ({ oid }) => oid, maxLength: 12 },
)

describe('places of a history', () => {
  it('are the same in whatever order the blobs are met, and every blob is in one of them', () => {
    fc.assert(
      fc.property(someBlobs, fc.integer(), (blobs, turn) => {
        const met = blobs.map(
          ({ oid, second, paths, secret }): Met => [placeIn(oid, secret), originOf(oid, second, paths)],
        )
        const cut = met.length === 0 ? 0 : Math.abs(turn) % met.length
        const other = [...met.slice(cut), ...met.slice(0, cut)].reverse()
        const groups = groupsOf(met)
        expect(groupsOf(other)).toEqual(groups)
        const versions = groups.map(({ buried }) => (buried.kind === 'history' ? buried.versions : 0))
        expect(versions.reduce((sum, count) => sum + count, 0)).toBe(blobs.length)
      }),
    )
  })

  it('join when a later version shows that two names are of one file', () => {
    const apart: readonly Met[] = [
      [placeIn('1', 's'), originOf('1', 1, ['old'])],
      [placeIn('3', 's'), originOf('3', 3, ['new'])],
    ]
    expect(groupsOf(apart)).toHaveLength(2)
    const [joined, ...others] = groupsOf([...apart, [placeIn('2', 's'), originOf('2', 2, ['old', 'new'])]])
    expect([others, joined?.buried]).toEqual([
      [],
      expect.objectContaining({ oid: '1', versions: 3, paths: ['new', 'old'], commitCount: 4 }),
    ])
  })

  it('list so many commits and paths, and count all of them', () => {
    const many = Array.from({ length: 5000 }, (_, number): Met => {
      const paths = [`p${number}`, `p${number + 1}`]
      return [placeIn(`o${number}`, 's'), originOf(`o${number}`, number, paths)]
    })
    const [group, ...others] = groupsOf(many)
    expect(others).toEqual([])
    expect(group?.buried).toMatchObject({ versions: 5000, commitCount: 10_000, pathCount: 5001 })
    expect(group?.buried).toMatchObject({
      lastCommit: { path: 'p5000' },
      commits: { length: MOST_TOLD },
      paths: { length: MOST_TOLD },
    })
  })
})
