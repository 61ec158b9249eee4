import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { VariableFlow } from '../model/variable-flow.ts'
import { type FollowedDocument, followVariables, placeKey } from './follow-variables.ts'

const nothing: VariableFlow = { held: [], derived: [], reads: [], spread: [] }
const holds = (path: string, root: string, name: string): FollowedDocument => ({
  path,
  root,
  flow: { ...nothing, held: [{ name, holder: `variables ${name}`, at: 0, keys: [] }] },
})
const reads = (path: string, root: string, ...names: readonly string[]): FollowedDocument => ({
  path,
  root,
  flow: { ...nothing, reads: [{ names, at: 50, keys: [], line: 3, uses: [{ operation: 'git-push' }] }] },
})
const derives = (path: string, root: string, name: string, ...from: readonly string[]): FollowedDocument => ({
  path,
  root,
  flow: { ...nothing, derived: [{ name, from, at: 10, keys: [] }] },
})

const found = (documents: readonly FollowedDocument[]): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(
    [...followVariables(documents).ofPlaces].map(([key, uses]) => [
      key.replace('\0', ' '),
      uses.map(({ use }) => `${use.operation} by ${use.by}`),
    ]),
  )

describe('following variables', () => {
  it('ends where names go in circles', () => {
    const documents = [
      derives('/r/a.sh', '/r', 'A', 'B'),
      derives('/r/b.sh', '/r', 'B', 'A'),
      reads('/r/c.sh', '/r', 'A'),
    ]
    expect(found(documents)).toEqual({})
  })

  it('takes three steps through other names, and not four', () => {
    const chain = (length: number): readonly FollowedDocument[] => [
      holds('/r/.env', '/r', 'N0'),
      ...Array.from({ length }, (_, step) => derives(`/r/${step}.sh`, '/r', `N${step + 1}`, `N${step}`)),
      reads('/r/x/push.sh', '/r', `N${length}`),
    ]
    expect(found(chain(3))).toEqual({ '/r/.env variables N0': ['git-push by x/push.sh line 3'] })
    expect(found(chain(4))).toEqual({})
  })

  it('links all files that set the name where none is nearer, and none where there are too many', () => {
    const services = (count: number): readonly FollowedDocument[] => [
      ...Array.from({ length: count }, (_, index) => holds(`/r/s${index}/.env`, '/r', 'BB_TOKEN')),
      reads('/r/ci/push.sh', '/r', 'BB_TOKEN'),
    ]
    expect(Object.keys(found(services(2)))).toHaveLength(2)
    expect(Object.keys(found(services(9)))).toHaveLength(0)
  })

  it('stays inside a repository, and tells names of one beginning apart', () => {
    const repository = fc.constantFrom('/a', '/b', '/a/inner')
    const name = fc.constantFrom('BB', 'BB_TOKEN', 'BB_TOKEN_2', 'BB_TOKEN_22')
    const folder = fc.constantFrom('', '/ci', '/ci/deep', '/other')
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(repository, folder, name), { selector: (one) => one.join(' '), maxLength: 12 }),
        fc.array(fc.tuple(repository, folder, name), { maxLength: 12 }),
        (held, read) => {
          const { ofPlaces } = followVariables([
            ...held.map(([root, inside, each]) => holds(`${root}${inside}/${each}.env`, root, each)),
            ...read.map(([root, inside, each], index) => reads(`${root}${inside}/r${index}.sh`, root, each)),
          ])
          for (const [root, inside, each] of held) {
            const key = placeKey(`${root}${inside}/${each}.env`, `variables ${each}`)
            for (const use of ofPlaces.get(key) ?? []) {
              expect(use.root).toBe(root)
              const reader = /r(\d+)\.sh$/.exec(use.foundIn)?.[1] ?? ''
              expect(read[Number(reader)]?.[2]).toBe(each)
            }
          }
        },
      ),
    )
  })

  it.each(['one file', 'many files'])('stays quick in %s full of one name', (kind) => {
    const count = 5000
    const path = (index: number): string => (kind === 'one file' ? '/r/all.sh' : `/r/s${index}/x.sh`)
    const documents = Array.from({ length: count }, (_, index) => [
      holds(path(index), '/r', 'BB_TOKEN'),
      derives(path(index), '/r', 'TOKEN', 'BB_TOKEN', 'OTHER'),
      reads(path(index), '/r', 'TOKEN', 'BB_TOKEN'),
    ]).flat()
    const start = performance.now()
    followVariables(documents)
    expect(performance.now() - start).toBeLessThan(4000)
  })
})
