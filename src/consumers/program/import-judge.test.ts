import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fixtureValues } from '../../../test/contract/fixtures.ts'
import { inventories } from '../../../test/support/judged-scan.ts'
import { openPrefilter } from '../../scan/prefilter/prefilter.ts'
import { goImportJudge } from './import-judge.ts'

const values = fixtureValues()
const prefilter = openPrefilter()
const GO = `package store

import "bitbucket.org/acme/platform/pkg/clock"

import (
	"fmt"

	"bitbucket.org/acme/platform/pkg/errors" // wraps
	log "bitbucket.org/acme/platform/pkg/log/v2"
	_ "bitbucket.org/acme/platform/pkg/metrics"
)

func Load(id string) error {
	return errors.Wrap(clock.Now(), fmt.Sprintf("order %s", id))
}
`

function isJudged(text: string, path = '/src/store.go'): boolean {
  const bytes = Buffer.from(text)
  prefilter.buffer.set(bytes)
  return goImportJudge(path, bytes, (from) => prefilter.nextHit(from, bytes.length)) !== undefined
}

const withLine = (line: string) => GO.replace('	return errors', `	${line}\n	return errors`)

test('a file of Go that imports modules from Bitbucket, and no more, says nothing', () => {
  expect(isJudged(GO)).toBe(true)
  expect(isJudged(GO.replaceAll('\n', '\r\n'))).toBe(true)
  expect(isJudged(withLine('http.Get("https://git.example.org")'))).toBe(true)
})

test.each([
  ['an address', 'http.Get("https://api.bitbucket.org/2.0/user")'],
  ['a comment', '// see bitbucket.org/acme/app'],
  ['a literal that looks like an import', 'clone("bitbucket.org/acme/app")'],
  ['a variable', 'os.Getenv("APP_PW")'],
  ['a login', 'req.SetBasicAuth("alice", pw)'],
  ['a password by a short name', 'login("alice", pass)'],
  ['a secret of another host', 'clone("https://alice:pw@git.example.org/app")'],
  ['a token', `use("${values.OLD}")`],
])('one with %s is for the detectors', (_, line) => {
  expect(isJudged(withLine(line))).toBe(false)
})

test('files of other languages are for the detectors', () => {
  expect(isJudged(GO, '/src/store.txt')).toBe(false)
})

test('the judge changes nothing of what is found', { timeout: 120_000 }, async () => {
  const line = fc.constantFrom(
    `req.SetBasicAuth("alice", "${values.OLD}")`,
    `req.SetBasicAuth("alice", "${values.SHORT}")`,
    `auth := &http.BasicAuth{Username: "x-token-auth", Password: os.Getenv("GIT_TOKEN")}`,
    `pw := "${values.SHORT}"`,
    `PASSWORD = "${values.SHORT}"`,
    `pass, pwd := "${values.SHORT}", "${values.SHORT}"`,
    `login(User: "alice", Pass: "${values.SHORT}")`,
    `url := "https://alice:${values.SHORT}@bitbucket.org/acme/app.git"`,
    'client := bitbucket.NewBasicAuth("alice", pw)',
    'exec.Command("git", "clone", "https://git.example.org/app.git")',
    `exec.Command("curl", "-u", "alice:${values.SHORT}", host)`,
    '_ "github.com/ktrysmt/go-bitbucket"',
  )
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat({ max: 16 }), line), { maxLength: 2 }), async (inserts) => {
      const lines = GO.split('\n')
      for (const [at, text] of inserts) lines.splice(at, 0, text)
      const [without, judged] = await inventories('store.go', lines.join('\n'), goImportJudge)
      expect(judged).toEqual(without)
    }),
    { numRuns: 150 },
  )
})
