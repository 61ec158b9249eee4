import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { defaultSwitches } from './switches.ts'

it('DIFFERENCES.md lists every switch with its default', () => {
  const page = readFileSync(new URL('./DIFFERENCES.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `(\w+)` \| `([^`]+)` \|/gm)].map(([, name, value]) => [name, value])
  expect(rows).toEqual(Object.entries(defaultSwitches).map(([name, value]) => [name, String(value)]))
})
