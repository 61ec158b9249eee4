import { describe, expect, it } from 'vitest'
import { type DomainElement, domainReach } from './jenkins-domain.ts'

const element = (name: string, children: readonly DomainElement[] | string): DomainElement =>
  typeof children === 'string' ? { name, children: [], text: children } : { name, children, text: '' }

function specification(kind: string, fields: Readonly<Record<string, string>>): DomainElement {
  const inner = Object.entries(fields).map(([name, text]) => element(name, text))
  return element(`com.cloudbees.plugins.credentials.domains.${kind}`, inner)
}

const host = (fields: Readonly<Record<string, string>>) => specification('HostnameSpecification', fields)

describe('what a domain lets through', () => {
  it.each([
    ['nothing said', [], 'bitbucket.org'],
    ['its own host', [host({ includes: 'bitbucket.org' })], 'bitbucket.org'],
    ['a list with line ends, in capitals', [host({ includes: 'github.com,\n BitBucket.ORG' })], 'bitbucket.org'],
    ['wildcards', [host({ includes: '*bucket.???' })], 'bitbucket.org'],
    ['every other host', [host({ excludes: 'github.com' })], 'bitbucket.org'],
    ['hosts below', [host({ includes: '*.bitbucket.org' })], 'api.bitbucket.org'],
    ['REST alone', [host({ includes: 'api.bitbucket.org' })], 'api.bitbucket.org'],
    ['another host', [host({ includes: 'github.com' })], 'other hosts'],
    ['a host of the same beginning', [host({ includes: 'bitbucket.org.example' })], 'other hosts'],
    ['all but this', [host({ excludes: '*bitbucket.org' })], 'other hosts'],
    ['two, one of which does not', [host({ includes: '*.org' }), host({ includes: 'github.com' })], 'other hosts'],
    ['ssh alone', [specification('SchemeSpecification', { schemes: 'ssh' })], 'other hosts'],
    ['https', [specification('SchemeSpecification', { schemes: 'ssh, https' })], 'bitbucket.org'],
    [
      'a port, which is not compared',
      [specification('HostnamePortSpecification', { includes: 'x:22' })],
      'bitbucket.org',
    ],
  ] as const)('%s', (_, specifications, reach) => {
    expect(domainReach(element('Domain', [element('name', 'd'), element('specifications', specifications)]))).toBe(
      reach,
    )
  })
})
