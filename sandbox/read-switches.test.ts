import { describe, expect, it } from 'vitest'
import { readSwitch, switchValues } from './read-switches.ts'
import { defaultSwitches } from './switches.ts'

describe('a switch as a person types it', () => {
  it('every value of every switch is read back, the default among them', () => {
    for (const [name, standard] of Object.entries(defaultSwitches)) {
      const values: readonly unknown[] = Object.entries(switchValues).find(([known]) => known === name)?.[1] ?? []
      expect(values).toContain(standard)
      expect(new Set(values).size).toBe(values.length)
      for (const value of values) expect(readSwitch(`${name}=${value}`)).toEqual({ [name]: value })
    }
    expect(Object.keys(switchValues).sort()).toEqual(Object.keys(defaultSwitches).sort())
  })

  it.each([
    ['lockOut=on', 'lockOut is one of: off, 429, 403'],
    ['lockOut', 'lockOut is one of: off, 429, 403'],
    ['constructor=true', 'there is no switch constructor; there are deprecation'],
    ['', 'there is no switch'],
  ])('%j: %s', (text, words) => {
    expect(() => readSwitch(text)).toThrow(words)
  })
})
