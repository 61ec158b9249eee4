import { expect, test } from 'vitest'
import { domainMatches } from './domain-match.ts'
import { parseXml } from './xml-element.ts'

const PACKAGE = 'com.cloudbees.plugins.credentials.domains'
const GIT_URL = 'https://bitbucket.org/acme/shop.git'

interface Case {
  readonly name: string
  readonly specification: string
  readonly fields: string
  readonly url?: string
  readonly matches: boolean
}

const CASES: readonly Case[] = [
  { name: 'the host itself', specification: 'Hostname', fields: '<includes>bitbucket.org</includes>', matches: true },
  { name: 'another case', specification: 'Hostname', fields: '<includes>BitBucket.ORG</includes>', matches: true },
  { name: 'a wildcard in a list', specification: 'Hostname', fields: '<includes>x, *.org</includes>', matches: true },
  {
    name: 'the API host only',
    specification: 'Hostname',
    fields: '<includes>api.bitbucket.org</includes>',
    matches: false,
  },
  { name: 'an exclusion', specification: 'Hostname', fields: '<excludes>bitbucket.org</excludes>', matches: false },
  {
    name: 'host and port',
    specification: 'HostnamePort',
    fields: '<includes>bitbucket.org:443</includes>',
    matches: true,
  },
  { name: 'scheme', specification: 'Scheme', fields: '<schemes>ssh,https</schemes>', matches: true },
  { name: 'another scheme', specification: 'Scheme', fields: '<schemes>ssh</schemes>', matches: false },
  { name: 'a path', specification: 'Path', fields: '<includes>/acme/*</includes>', matches: true },
  {
    name: 'a path in another case, case sensitive',
    specification: 'Path',
    fields: '<includes>/ACME/*</includes><caseSensitive>true</caseSensitive>',
    matches: false,
  },
  {
    name: 'a URL that does not parse gives no requirement',
    specification: 'Hostname',
    fields: '<includes>api.bitbucket.org</includes>',
    url: 'git@bitbucket.org:acme/shop.git',
    matches: true,
  },
]

test.each(CASES)('$name: $matches', ({ specification, fields, url, matches }) => {
  const name = `${PACKAGE}.${specification}Specification`
  const domain = parseXml(`<d><specifications><${name}>${fields}</${name}></specifications></d>`)
  expect(domainMatches(domain, url ?? GIT_URL)).toBe(matches)
})

test('the global domain matches, with and without a URL', () => {
  const domain = parseXml('<d><specifications/></d>')
  expect([domainMatches(domain, GIT_URL), domainMatches(domain, undefined)]).toEqual([true, true])
})
