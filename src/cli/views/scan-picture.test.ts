import { describe, expect, it } from 'vitest'
import { aMachine, madeInventory, manyPlaces, use } from '../../../test/support/made-inventory.ts'
import type { Inventory } from '../../model/inventory.ts'
import { centred, STEP, spread } from './picture-layout.ts'
import { drawPicture, type Picture, ROWS } from './scan-picture.ts'
import { byCredential, holding } from './scan-report.ts'
import { leftWords } from './scan-svg.ts'

const pictureOf = (inventory: Inventory): Picture => drawPicture(byCredential(holding(inventory)), inventory.sources)

/** Boxes of a column must not lie on each other. */
function isLegible(nodes: readonly { readonly y: number }[]): boolean {
  const ys = nodes.map((node) => node.y).sort((one, other) => one - other)
  return ys.every((y, index) => index === 0 || y - (ys[index - 1] ?? 0) >= STEP)
}

describe('the picture', () => {
  it('shows which secret sits in which place and feeds which use', () => {
    const { secrets, places, uses, sits, feeds } = pictureOf(aMachine())
    expect([secrets.length, places.length, uses.length]).toEqual([4, 6, 4])
    expect(secrets[0]).toMatchObject({ title: 'app password, alice', target: 'c1', bundles: [0, 1, 2] })
    expect(places[2]).toMatchObject({ title: 'clones/web/.git/config:7', target: 'p0000000002' })
    expect(uses[0]).toMatchObject({ title: 'acme/app', detail: 'git fetch, REST, git push', bundles: [0, 1] })
    expect(sits.map((edge) => edge.bundles)).toEqual([[0], [1], [2], [3], [4], [5]])
    expect(feeds.map((edge) => edge.bundles)).toEqual([[0], [1], [2], [3], [4]])
  })

  it('draws places in bundles where there are many, and says what it leaves out', () => {
    const picture = pictureOf(madeInventory(manyPlaces(10_000)))
    for (const column of [picture.secrets, picture.places, picture.uses]) {
      expect(column.length).toBeLessThanOrEqual(ROWS)
      expect(isLegible(column)).toBe(true)
    }
    const drawn = 10_000 - picture.left.places
    expect([picture.bundleOf.size, leftWords(picture)]).toEqual([drawn, expect.stringMatching(/^Not drawn, .* places/)])
    expect(leftWords(pictureOf(aMachine()))).toBe('')
  })

  it('draws workspaces where there are many repositories', () => {
    const uses = Array.from({ length: 300 }, (_, index) => use('rest', `team-${index % 3}/r${index}`))
    const picture = pictureOf(madeInventory([{ path: 'x', secret: 's', uses }]))
    expect(picture.uses.map((node) => node.title)).toEqual(['workspace team-0', 'workspace team-1', 'workspace team-2'])
  })

  it('of nothing is empty', () => {
    expect(pictureOf(madeInventory([]))).toMatchObject({ secrets: [], places: [], uses: [] })
  })
})

describe('a column', () => {
  it('keeps its boxes apart and as near to their wish as that allows', () => {
    const placed = centred([300, 60, 60, 310])
    expect(placed).toEqual([300, 60, 60 + STEP, 300 + STEP])
    expect(spread(3)).toEqual([60, 60 + STEP, 60 + 2 * STEP])
  })
})
