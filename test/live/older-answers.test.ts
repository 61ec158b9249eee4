import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DiagnosisCode } from '../../src/model/diagnosis.ts'
import { type Cause, ROUTE_CAUSES, TOKEN_CAUSES } from './causes.ts'
import { startWorld, type World } from './stage.ts'
import { askDoctor } from './visit.ts'

/**
 * Bitbucket as it answered in January 2026, with one generic sentence on REST, and with a 401 where the repository is out of reach.
 * The doctor names the cause all the same, or names those that remain and what would settle them.
 */
let world: World

beforeAll(async () => {
  world = await startWorld({ errorTexts: '2026-01', noRepositoryAccess: '401-text' })
})
afterAll(() => world.stop())

const EXPECTED: Readonly<Record<string, { readonly code: DiagnosisCode; readonly settledBy?: string }>> = {
  b: { code: 'D102' },
  c: { code: 'D108', settledBy: 'still in that list was made without scopes (D102) or for another app (D103)' },
  e: { code: 'D106' },
  g1: { code: 'D108' },
  g2: { code: 'D108' },
  m: { code: 'D115' },
}

const causes: readonly Cause[] = [...TOKEN_CAUSES, ...ROUTE_CAUSES].filter(({ letter }) =>
  Object.hasOwn(EXPECTED, letter),
)

describe.concurrent('with the older answers', () => {
  test.each(causes)('($letter) $cause', async ({ letter, arrange }) => {
    const { command, visit } = await arrange(world, letter)
    expect(await command()).toMatchObject({ works: false })
    const told = await askDoctor(visit)
    const { code, settledBy } = EXPECTED[letter] ?? {}
    expect(told.codes, told.screen).toEqual([code])
    if (settledBy !== undefined) expect(told.screen.replace(/\s+/g, ' ')).toContain(settledBy)
  })
})
