import { describe, expect, it } from 'vitest'
import { readCredential, writeCredential } from './credential-element.ts'

const NAME = 'com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl'
const REDACTED = '<password>\n    <secret-redacted/>\n  </password>'

const xmlWith = (rest: string): string => `<${NAME} plugin="credentials@1502">
  <scope>GLOBAL</scope>
  <id>bb</id>
  <description>d</description>
  <username>alice</username>
  ${REDACTED}${rest}
</${NAME}>`

function read(xml: string) {
  const element = readCredential(xml)
  if (element === undefined || element === 'other') throw new Error('not a credential')
  return element
}

describe('the element of a credential', () => {
  it('is written whole: other username and secret, everything else as it was', () => {
    const xml = xmlWith('\n  <usernameSecret>false</usernameSecret>\n  <ofNewerPlugin a="1"><x/></ofNewerPlugin>')
    expect(writeCredential(read(xml), { username: 'b&b', secret: 'word' })).toBe(
      xml.replace('alice', 'b&amp;b').replace(REDACTED, '<password>word</password>'),
    )
  })

  it('is none of another kind where a page came in its place', () => {
    expect(readCredential('<html><body><h1>Sign in</h1></body></html>')).toBeUndefined()
    expect(readCredential('<org.example.Key><id>k</id></org.example.Key>')).toBe('other')
  })

  it('says explicitly that the username is hidden when its absence says so', () => {
    const written = writeCredential(read(xmlWith('')), { username: 'alice', secret: 'word' })
    expect(written).toContain('<usernameSecret>true</usernameSecret>')
  })

  it('takes the description from elsewhere, because this one was cut down to ISO-8859-1', () => {
    const xml = xmlWith('').replace('>d<', '>?esko<')
    expect(writeCredential(read(xml), { secret: 'w', description: 'Česko' })).toContain(
      '<description>&#x10c;esko</description>',
    )
  })

  it('gets no empty description that it did not have', () => {
    const xml = xmlWith('').replace('<description>d</description>', '')
    expect(writeCredential(read(xml), { secret: 'w', description: '' })).not.toContain('description')
  })

  it('shows a ciphertext only where one stands', () => {
    const ciphertext = '{AQAAABAAAAAQ+/==}'
    expect(read(xmlWith('').replace(REDACTED, `<password>${ciphertext}</password>`)).ciphertext).toBe(ciphertext)
    expect(read(xmlWith('')).ciphertext).toBeUndefined()
  })

  it('of another kind is left alone', () => {
    const key = 'com.cloudbees.jenkins.plugins.sshcredentials.impl.BasicSSHUserPrivateKey'
    expect(readCredential(`<${key}><id>k</id></${key}>`)).toBe('other')
  })

  it.each(['', '<html><body>Sign in</body>', `<${NAME}><scope>GLOBAL</scope></${NAME}>`])('is not %j', (xml) => {
    expect(readCredential(xml)).toBeUndefined()
  })
})
