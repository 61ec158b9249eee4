import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { CALLS } from './calls.ts'

const FIXTURES = join(import.meta.dirname, 'fixtures')
const programs = readdirSync(FIXTURES, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))

const more = [
  '"$user:$pass"',
  '`${user}:${pass}`',
  'f"{user}:{PASS}"',
  '"#{user}:#{pass}"',
  '"\\(user):\\(pass)"',
  "user + ':' + pass",
  '$user . ":" . $pass',
  "'alice:' + pass",
  '"alice:$pass"',
  "'%s:%s' % (user, pass)",
  "'{}:{}'.format(user, pass)",
  'fmt.Sprintf("%v:%v", user, pass)',
  'string.Format("{0}:{1}", user, pass)',
  "btoa('alice:x')",
  'Buffer.from(pair)',
  'new Buffer(pair)',
  'encodeToString(pair.getBytes())',
  'encodeBase64String(pair)',
  'ENCODING.GetBytes(pair)',
  'b64(pair)',
  'standard_b64encode(pair)',
  'base64_encode($pair)',
  'toBase64(pair)',
]

test('what a call needs is found wherever the call is', () => {
  const needy = CALLS.filter(({ needs }) => needs !== undefined)
  const matches = needy.map(({ pattern, needs }) => {
    const found = [...programs, ...more].flatMap((text) => [...text.matchAll(pattern)].map(({ 0: match }) => match))
    for (const match of found) expect([match, needs?.test(match)]).toEqual([match, true])
    return found.length
  })
  expect(needy.length).toBeGreaterThan(0)
  expect(Math.min(...matches)).toBeGreaterThan(0)
})
