import fc from 'fast-check'
import { expect, it } from 'vitest'
import { groupedBy } from './grouped-by.ts'

it('puts every item into the group of its key, keys and items in their order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), (items) => {
      const groups = groupedBy(items, (item) => item % 5)
      expect([...groups.keys()]).toEqual([...new Set(items.map((item) => item % 5))])
      for (const [key, of] of groups) expect(of).toEqual(items.filter((item) => item % 5 === key))
    }),
  )
})
