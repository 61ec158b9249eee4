import { describe, expect, it } from 'vitest'
import { documentOf } from '../../test/contract/detector.ts'
import { fixtureValues } from '../../test/contract/fixtures.ts'
import { fieldsOf } from './document-fields.ts'
import { formatOf, lastName } from './document-format.ts'
import { consumers } from './registry.ts'

const { SHORT } = fixtureValues()
const PAIR = `BITBUCKET_USERNAME=alice\nBITBUCKET_APP_PASSWORD=${SHORT}\n`
const placesIn = (name: string, text: string): readonly string[] => {
  const document = documentOf(new Map([[name, Buffer.from(text, 'latin1')]]), name)
  const interested = consumers.filter(({ detector }) => detector?.matches(document.path))
  return interested.flatMap(({ detector }) => detector?.detect(document).places ?? []).map(({ consumer }) => consumer)
}

describe('what git takes for binary', () => {
  it('is no text in any format, unless its name says which', () => {
    expect(formatOf('/bin/program', '\x7fELF\0\0A=b')).toBe('binary')
    expect(formatOf('/home/.env', 'A=b\0')).toBe('dotenv')
    expect(formatOf('/notes', `${'A=b\n'.repeat(2000)}\0`)).toBe('dotenv')
  })

  it('is not read for what names and commands say, but for addresses with a user', () => {
    expect(placesIn('settings', PAIR)).not.toEqual([])
    expect(placesIn('settings', `\0${PAIR}`)).toEqual([])
    expect(placesIn('program', `\0https://alice:${SHORT}@bitbucket.org/acme/app.git\0`)).toContain('url-userinfo')
  })

  it('is told apart from text in UTF-16', () => {
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(PAIR, 'utf16le')]).toString('latin1')
    expect(placesIn('settings', wide)).not.toEqual([])
  })
})

it('a text of more than a mebibyte is for no parser', () => {
  const read = (text: string) => fieldsOf(documentOf(new Map([['run.sh', Buffer.from(text)]]), 'run.sh'))
  const [whole, larger] = [read(`A=b\n${' '.repeat(1024 * 1024 - 4)}`), read(`A=b\n${' '.repeat(1024 * 1024 - 3)}`)]
  expect([whole.isParsed, whole.fields.length]).toEqual([true, 1])
  expect([larger.isParsed, larger.fields.length]).toEqual([false, 0])
})

it('a large script is not read for the bodies of its requests either', () => {
  const request = `curl -d '{"git_provider": "bitbucketCloud", "personal_access_token": "${SHORT}", "git_username": "alice"}' https://example.org\n`
  expect(placesIn('run.sh', request)).toContain('databricks')
  expect(placesIn('run.sh', request + '#\n'.repeat(600_000))).not.toContain('databricks')
})

describe('a document that is too large to be parsed', () => {
  const filler = '# filler\n'.repeat(120_000)
  const unreadOf = (name: string, text: string) => {
    const document = documentOf(new Map([[name, Buffer.from(text)]]), name)
    const interested = consumers.filter(({ detector }) => detector?.matches(document.path))
    return interested.flatMap(({ id, detector }) =>
      (detector?.detect(document).unread ?? []).map(({ reason }) => `${id} ${reason}`),
    )
  }

  it('is told where it is known to hold credentials', () => {
    expect(unreadOf('main.tfstate', `{"bitbucket": 1}\n${filler}`)).toEqual(['terraform-state too-large'])
    expect(unreadOf('all.yaml', `kind: Secret\nx: bitbucket\n${filler}`)).toEqual(['kubernetes-secret too-large'])
    const exported = [
      ['all.json', '{"schema": "https://schema.getpostman.com/collection/v2.1.0/", "auth": {}}', 'postman'],
      ['all.json', '{"__export_format": 4, "resources": [{"authentication": {}}]}', 'postman'],
      ['all.json', '[{"name": "b", "type": "bitbucketApi"}]', 'n8n'],
      ['all.json', '{"encrypted": false, "items": [{"login": {}}]}', 'onepassword'],
      ['cruise-config.xml', '<cruise schemaVersion="139">', 'gocd'],
    ] as const
    for (const [name, text, consumer] of exported)
      expect(unreadOf(name, `${text}\nbitbucket\n${filler}`)).toEqual([`${consumer} too-large`])
  })

  it('is not where nothing says so, and one that can be parsed is not either', () => {
    expect(unreadOf('package-lock.json', `{"bitbucket": 1}\n${filler}`)).toEqual([])
    expect(unreadOf('main.tfstate', `{"other": 1}\n${filler}`)).toEqual([])
    expect(unreadOf('main.tfstate', '{"bitbucket": 1}')).toEqual([])
    expect(unreadOf('all.yaml', `kind: ConfigMap\nx: bitbucket\n${filler}`)).toEqual([])
  })
})

it('the last name of a path is what follows the last separator of either kind', () => {
  expect(['a/b.yml', 'a\\b.yml', 'b.yml', 'a/', ''].map(lastName)).toEqual(['b.yml', 'b.yml', 'b.yml', '', ''])
})
