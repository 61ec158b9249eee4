import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FORM, type JenkinsForTests, jenkinsForTests, XML_UTF8 } from '../jenkins-for-tests.ts'
import {
  CREDENTIALS_UPDATE,
  CREDENTIALS_VIEW,
  ITEM_CONFIGURE,
  ITEM_EXTENDED_READ,
  ITEM_READ,
  OVERALL_READ,
} from '../permissions.ts'
import { randomness } from '../randomness.ts'
import { openSecretKeys, secretCipher } from '../secret-cipher.ts'

const CLASS = 'com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl'
const SYSTEM = '/credentials/store/system'
const BB = `${SYSTEM}/domain/_/credential/bb`
const FOLDER = '/job/team/credentials/store/folder'

let stand: JenkinsForTests
beforeEach(async () => {
  stand = await jenkinsForTests()
  await stand.jenkins.addCredential({
    store: 'system',
    id: 'bb',
    username: 'alice',
    secret: 'first',
    description: 'Clé ✓',
  })
  await stand.jenkins.addFolder('team')
  await stand.jenkins.addCredential({ store: { folder: 'team' }, id: 'own', username: 'bob', secret: 'folder secret' })
})
afterEach(() => stand.end())

function file(...path: string[]): string {
  return readFileSync(join(stand.jenkins.home, ...path), 'utf8')
}

/** The stored secrets of a file, decrypted with the keys of the home. */
function secretsIn(...path: string[]): readonly string[] {
  const random = randomness('reader')
  const cipher = secretCipher(openSecretKeys(stand.jenkins.home, random), random)
  return [...file(...path).matchAll(/<(password|secret)>([^<]*)</g)].map(([, , value = '']) => cipher.reveal(value))
}

function body(id: string, password: string, username = 'carol'): string {
  return `<${CLASS}><scope>GLOBAL</scope><id>${id}</id><description>d</description><username>${username}</username><password>${password}</password><usernameSecret>false</usernameSecret></${CLASS}>`
}

const post = (xml: string, type = XML_UTF8) => ({ method: 'POST', type, body: xml })

describe('listing', () => {
  test('depth 2 shows domains and credentials, with properties in alphabetical order', async () => {
    const { text, headers } = await stand.admin(`${SYSTEM}/api/json?depth=2`)
    expect(headers.get('content-type')).toBe('application/json;charset=UTF-8')
    expect(text).toBe(
      JSON.stringify({
        _class: 'com.cloudbees.plugins.credentials.SystemCredentialsProvider$UserFacingAction',
        domains: {
          _: {
            _class: 'com.cloudbees.plugins.credentials.CredentialsStoreAction$DomainWrapper',
            credentials: [
              {
                description: 'Clé ✓',
                displayName: 'alice/****** (Clé ✓)',
                fingerprint: null,
                fullName: 'system/_/bb',
                id: 'bb',
                typeName: 'Username with password',
              },
            ],
            description: 'Credentials that should be available everywhere.',
            displayName: 'Global',
            fullDisplayName: 'System » Global',
            fullName: 'system/_',
            global: true,
            urlName: '_',
          },
        },
      }),
    )
  })

  test('depth 0 shows domain keys, depth 1 counts credentials, a tree takes what it names', async () => {
    const domains = async (query: string) =>
      JSON.parse((await stand.admin(`${SYSTEM}/api/json${query}`)).text).domains._
    expect(await domains('')).toEqual({
      _class: 'com.cloudbees.plugins.credentials.CredentialsStoreAction$DomainWrapper',
    })
    expect((await domains('?depth=1')).credentials).toEqual([{}])
    expect((await domains('?tree=domains[credentials[id]]')).credentials).toEqual([{ id: 'bb' }])
    const { text } = await stand.admin(`${SYSTEM}/domain/_/api/json?depth=1`)
    expect(JSON.parse(text).credentials[0].id).toBe('bb')
  })

  test('a folder has its own store and its own class', async () => {
    const { _class, domains } = JSON.parse((await stand.admin(`${FOLDER}/api/json?depth=2`)).text)
    expect(_class).toContain('FolderCredentialsProvider$FolderCredentialsProperty$CredentialsStoreActionImpl')
    expect(domains._.credentials.map((each: { id: string }) => each.id)).toEqual(['own'])
    const stores = JSON.parse((await stand.admin('/job/team/credentials/api/json?tree=stores[*]')).text).stores
    expect(Object.keys(stores)).toEqual(['folder'])
  })

  test('without Credentials/View a store is 404, not 403', async () => {
    const blind = stand.userWith(OVERALL_READ, ITEM_READ, ITEM_CONFIGURE)
    expect((await blind(`${SYSTEM}/api/json`)).status).toBe(404)
    expect((await blind(`${FOLDER}/api/json`)).status).toBe(404)
  })

  test('the store of a user is visible to that user only', async () => {
    const { apiToken } = stand.jenkins.addUser({
      id: 'dora',
      password: 'x',
      permissions: [OVERALL_READ, CREDENTIALS_VIEW],
    })
    await stand.jenkins.addCredential({ store: { user: 'dora' }, id: 'mine', username: 'd', secret: 's' })
    const path = '/user/dora/credentials/store/user/api/json?tree=domains[credentials[id]]'
    const own = await stand.as(`dora:${apiToken}`)(path)
    expect(JSON.parse(own.text).domains._.credentials).toEqual([{ id: 'mine' }])
    expect((await stand.admin(path)).status).toBe(404)
  })
})

describe('one credential', () => {
  test('is read redacted, without a prolog and in ISO-8859-1', async () => {
    const response = await fetch(`${stand.jenkins.url}${BB}/config.xml`, {
      headers: { authorization: `Basic ${Buffer.from(stand.adminPair).toString('base64')}` },
    })
    const bytes = Buffer.from(await response.arrayBuffer())
    expect(response.headers.get('content-type')).toBe('application/xml')
    expect(bytes.toString('latin1')).toBe(
      `<${CLASS} plugin="credentials@1502.v5c95e620ddfe">
  <scope>GLOBAL</scope>
  <id>bb</id>
  <description>Clé ?</description>
  <username>alice</username>
  <password>
    <secret-redacted/>
  </password>
  <usernameSecret>false</usernameSecret>
</${CLASS}>`,
    )
  })

  test('is updated with a plain secret, which the file holds encrypted', async () => {
    const answer = await stand.admin(`${BB}/config.xml`, post(body('bb', 'second')))
    expect([answer.status, answer.text]).toEqual([200, ''])
    expect(secretsIn('credentials.xml')).toEqual(['second'])
    expect(file('credentials.xml')).not.toContain('second')
  })

  test('is updated with a payload of the same instance, which stays the same string', async () => {
    const before = file('credentials.xml')
    const payload = /<password>(\{[^<]+\})</.exec(before)?.[1] ?? ''
    await stand.admin(`${BB}/config.xml`, post(body('bb', 'second')))
    await stand.admin(`${BB}/config.xml`, post(body('bb', payload)))
    expect(file('credentials.xml')).toContain(payload)
    expect(secretsIn('credentials.xml')).toEqual(['first'])
  })

  test('posted back as it was read loses its secret, with 200', async () => {
    const read = await stand.admin(`${BB}/config.xml`)
    expect((await stand.admin(`${BB}/config.xml`, post(read.text))).status).toBe(200)
    expect(secretsIn('credentials.xml')).toEqual(['\n    '])
  })

  test('the body is ISO-8859-1 unless the content type says otherwise', async () => {
    const described = (type: string) => post(body('bb', 'pässword', 'é'), type)
    await stand.admin(`${BB}/config.xml`, described('application/xml'))
    expect(secretsIn('credentials.xml')).toEqual(['pÃ¤ssword'])
    await stand.admin(`${BB}/config.xml`, described(XML_UTF8))
    expect(secretsIn('credentials.xml')).toEqual(['pässword'])
  })

  test.each([
    ['another id', body('other', 'x')],
    ['malformed XML', '<a'],
    ['an unknown class', '<com.example.Unknown><id>bb</id></com.example.Unknown>'],
    ['a byte order mark', `\ufeff${body('bb', 'x')}`],
    ['a supplementary character', body('bb', 'x', '\u{1f600}')],
  ])('%s is 500 and changes nothing', async (_name, xml) => {
    const before = file('credentials.xml')
    expect((await stand.admin(`${BB}/config.xml`, post(xml))).status).toBe(500)
    expect((await stand.admin(`${BB}/config.xml`)).text).toContain('<username>alice</username>')
    expect(file('credentials.xml')).toBe(before)
  })

  test('reading needs View, changing needs Update', async () => {
    const viewer = stand.userWith(OVERALL_READ, CREDENTIALS_VIEW)
    expect((await viewer(`${BB}/config.xml`)).status).toBe(200)
    const refused = await viewer(`${BB}/config.xml`, post(body('bb', 'x')))
    expect([refused.status, refused.headers.get('x-required-permission')]).toEqual([403, CREDENTIALS_UPDATE])
    expect((await viewer(`${BB}/config.xml`, { method: 'DELETE' })).status).toBe(403)
  })

  test('an update may change the class', async () => {
    const text = 'org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl'
    const xml = `<${text}><scope>GLOBAL</scope><id>bb</id><description>d</description><secret>access</secret></${text}>`
    expect((await stand.admin(`${BB}/config.xml`, post(xml))).status).toBe(200)
    expect(JSON.parse((await stand.admin(`${BB}/api/json`)).text).typeName).toBe('Secret text')
    expect(file('credentials.xml')).toContain(`<${text} plugin="plain-credentials@199">`)
  })

  test('is deleted; then, and for any unknown id, it is 404', async () => {
    expect((await stand.admin(`${BB}/config.xml`, { method: 'DELETE' })).status).toBe(200)
    expect((await stand.admin(`${BB}/config.xml`)).status).toBe(404)
    expect(file('credentials.xml')).not.toContain('<id>bb</id>')
  })

  test('any other method is 400', async () => {
    expect((await stand.admin(`${BB}/config.xml`, { method: 'PUT', body: 'x' })).status).toBe(400)
  })
})

describe('the update form', () => {
  const hidden = (text: string) => /name="_\.password" type="hidden"[^>]*value="([^"]*)"/.exec(text)?.[1]

  test('holds the encrypted secret and needs Update', async () => {
    const stored = /<password>(\{[^<]+\})</.exec(file('credentials.xml'))?.[1]
    expect(
      hidden((await stand.userWith(OVERALL_READ, CREDENTIALS_VIEW, CREDENTIALS_UPDATE)(`${BB}/update`)).text),
    ).toBe(stored)
    expect((await stand.userWith(OVERALL_READ, CREDENTIALS_VIEW)(`${BB}/update`)).status).toBe(403)
  })

  test('of a folder credential shows asterisks without Item/Configure', async () => {
    const held = [OVERALL_READ, ITEM_READ, CREDENTIALS_VIEW, CREDENTIALS_UPDATE]
    const path = `${FOLDER}/domain/_/credential/own/update`
    expect(hidden((await stand.userWith(...held)(path)).text)).toBe('********')
    expect(hidden((await stand.userWith(...held, ITEM_CONFIGURE)(path)).text)).toMatch(/^\{AQAAABAAAA/)
  })

  test('is submitted as a form', async () => {
    const json = { $class: CLASS, scope: 'GLOBAL', id: 'bb', username: 'erin', password: 'third', description: '' }
    const form = new URLSearchParams({ json: JSON.stringify(json) }).toString()
    expect((await stand.admin(`${BB}/updateSubmit`, { method: 'POST', type: FORM, body: form })).status).toBe(302)
    expect(secretsIn('credentials.xml')).toEqual(['third'])
  })
})

describe('creating', () => {
  const path = `${SYSTEM}/domain/_/createCredentials`

  test('from XML: 200, then 409 for the same id', async () => {
    expect((await stand.admin(path, post(body('new', 'x')))).status).toBe(200)
    expect((await stand.admin(path, post(body('new', 'y'), 'text/xml')))?.status).toBe(409)
    expect(secretsIn('credentials.xml')).toEqual(['first', 'x'])
  })

  test('without a content type: 400', async () => {
    expect((await stand.admin(path, { method: 'POST', body: body('new', 'x') })).status).toBe(400)
  })

  test('from a form: 302 also when the id exists, and JSON when it is asked for', async () => {
    const json = { '': '0', credentials: { scope: 'GLOBAL', id: 'form', username: 'u', password: 'p', $class: CLASS } }
    const call = { method: 'POST', type: FORM, body: new URLSearchParams({ json: JSON.stringify(json) }).toString() }
    expect((await stand.admin(path, call)).status).toBe(302)
    expect((await stand.admin(path, call)).status).toBe(302)
    const asked = await stand.admin(path, { ...call, headers: { accept: 'application/json' } })
    expect(JSON.parse(asked.text)).toEqual({
      status: 'ok',
      data: { message: 'Credentials with specified ID already exist', notificationType: 'ERROR' },
    })
    expect(secretsIn('credentials.xml')).toEqual(['first', 'p'])
  })

  test('in a domain that does not exist: 404', async () => {
    expect((await stand.admin(`${SYSTEM}/domain/none/createCredentials`, post(body('a', 'b')))).status).toBe(404)
  })
})

describe('domains', () => {
  const xml = (includes: string) =>
    `<com.cloudbees.plugins.credentials.domains.Domain><name>bitbucket</name><description>D</description><specifications><com.cloudbees.plugins.credentials.domains.HostnameSpecification><includes>${includes}</includes></com.cloudbees.plugins.credentials.domains.HostnameSpecification></specifications></com.cloudbees.plugins.credentials.domains.Domain>`

  test('are created once, read, and changed', async () => {
    expect((await stand.admin(`${SYSTEM}/createDomain`, post(xml('bitbucket.org')))).status).toBe(200)
    expect((await stand.admin(`${SYSTEM}/createDomain`, post(xml('x')))).status).toBe(409)
    expect((await stand.admin(`${SYSTEM}/domain/bitbucket/config.xml`, post(xml('*.org')))).status).toBe(200)
    expect((await stand.admin(`${SYSTEM}/domain/bitbucket/config.xml`)).text).toContain('<includes>*.org</includes>')
    expect(file('credentials.xml')).toContain('<list/>')
  })

  test('a DELETE on the global domain is accepted and takes every credential with it', async () => {
    expect((await stand.admin(`${SYSTEM}/domain/_/config.xml`, { method: 'DELETE' })).status).toBe(200)
    expect(JSON.parse((await stand.admin(`${SYSTEM}/api/json?depth=2`)).text).domains._.credentials).toEqual([])
    expect(secretsIn('credentials.xml')).toEqual([])
  })
})

describe('the configuration of a folder', () => {
  test('shows ciphertext with Configure and asterisks with ExtendedRead', async () => {
    const held = [OVERALL_READ, ITEM_READ]
    const shown = async (permission: string) =>
      /<password>([^<]*)</.exec((await stand.userWith(...held, permission)('/job/team/config.xml')).text)?.[1]
    const stored = /<password>([^<]*)</.exec(file('jobs', 'team', 'config.xml'))?.[1]
    expect([await shown(ITEM_CONFIGURE), await shown(ITEM_EXTENDED_READ)]).toEqual([stored, '********'])
    expect((await stand.userWith(...held)('/job/team/config.xml')).status).toBe(403)
  })

  test('has a prolog in double quotes over HTTP and in single quotes on disk', async () => {
    const { text } = await stand.admin('/job/team/config.xml')
    expect(text.startsWith('<?xml version="1.1" encoding="UTF-8"?>\n<com.cloudbees')).toBe(true)
    expect(file('jobs', 'team', 'config.xml').startsWith("<?xml version='1.1' encoding='UTF-8'?>\n<com")).toBe(true)
  })

  test('posted without the credentials property deletes the credentials', async () => {
    const name = 'com.cloudbees.hudson.plugins.folder.Folder'
    expect((await stand.admin('/job/team/config.xml', post(`<${name}><properties/></${name}>`))).status).toBe(200)
    expect(secretsIn('jobs', 'team', 'config.xml')).toEqual([])
    expect((await stand.admin(`${FOLDER}/domain/_/credential/own/config.xml`)).status).toBe(404)
  })

  test('posted back with another payload changes the secret', async () => {
    const { text } = await stand.admin('/job/team/config.xml')
    const changed = text.replace(/<password>[^<]*</, '<password>other<')
    expect((await stand.admin('/job/team/config.xml', post(changed))).status).toBe(200)
    expect(secretsIn('jobs', 'team', 'config.xml')).toEqual(['other'])
  })
})
