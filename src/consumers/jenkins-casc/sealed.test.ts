import { describe, expect, test } from 'vitest'
import { connectorContract } from '../../../test/contract/connector.ts'
import { detectorContract, documentOf } from '../../../test/contract/detector.ts'
import { fixtureValues, jenkinsKeyFiles, jenkinsPayload, type Tree, withKeys } from '../../../test/contract/fixtures.ts'
import { memoryFiles } from '../../../test/support/memory-files.ts'
import { API_TOKEN_GIT_USERNAME } from '../../bitbucket/usernames.ts'
import type { PlaceRef } from '../../model/place.ts'
import { openSecret } from '../hudson-secret.ts'
import { consumers } from '../registry.ts'

const values = fixtureValues()
const keys = jenkinsKeyFiles()
const sealed = (text: string): string => jenkinsPayload(text, keys)
const { connector, detector } = consumers.find(({ id }) => id === 'jenkins-casc') ?? {}
if (connector === undefined || detector === undefined) throw new Error('it has no connector')

const CREDENTIALS = 'credentials.system.domainCredentials.0.credentials'
const LOGIN = `${CREDENTIALS}.0.usernamePassword.password`

interface Login {
  readonly username: string
  readonly password: string
}

/** As the export of configuration as code writes it. */
const yaml = ({ username, password }: Login, words = 'Bitbucket', id = 'bitbucket-ci'): string => `credentials:
  system:
    domainCredentials:
    - credentials:
      - usernamePassword:
          description: "${words}"
          id: "${id}"
          password: "${password}"
          scope: GLOBAL
          username: "${username}"
      - string:
          id: "chat"
          secret: "${sealed('not for Bitbucket')}"
`
const tree = (path: string, text: string): Tree => new Map([[path, Buffer.from(text)]])
const before = yaml({ username: 'alice', password: sealed(values.OLD) })
const after = yaml({ username: API_TOKEN_GIT_USERNAME, password: sealed(values.NEW) })

const place = {
  address: LOGIN,
  host: 'bitbucket.org',
  line: 8,
  username: 'alice',
  secret: { text: values.OLD, kind: 'app-password', encoding: 'jenkins-secret' },
} as const

describe('what Jenkins has encrypted is opened with the keys of its controller', () => {
  detectorContract({
    detector,
    openJenkins: (stored) => {
      const opened = openSecret(stored, { current: keys.dataKey })
      return opened.kind === 'undecryptable' ? '' : opened.text
    },
    cases: [
      {
        name: 'beside them, in jenkins.yaml',
        tree: withKeys(tree('jenkins.yaml', before), keys),
        path: 'jenkins.yaml',
        places: [place],
      },
      {
        name: 'below them, in casc_configs',
        tree: withKeys(tree('home/casc_configs/more/credentials.yaml', before), keys, 'home'),
        path: 'home/casc_configs/more/credentials.yaml',
        places: [place],
      },
      {
        name: 'under keys in other letters, which the plugin takes alike',
        tree: withKeys(
          tree(
            'jenkins.yaml',
            before
              .replace('domainCredentials', 'domaincredentials')
              .replace('usernamePassword', 'UserNamePassword')
              .replace('id:', 'ID:')
              .replace('username:', 'userName:')
              .replace('password:', 'PASSWORD:'),
          ),
          keys,
        ),
        path: 'jenkins.yaml',
        places: [
          { ...place, address: 'credentials.system.domaincredentials.0.credentials.0.UserNamePassword.PASSWORD' },
        ],
      },
      {
        name: 'of which the names do not speak of Bitbucket, but a job does',
        tree: withKeys(
          tree(
            'jenkins.yaml',
            `${yaml({ username: 'alice', password: sealed(values.OLD) }, 'CI', 'ci')}jobs:
- script: "multibranchPipelineJob('a') { branchSources { git { remote('https://bitbucket.org/acme/a.git'); credentialsId('ci') } } }"
`,
          ),
          keys,
        ),
        path: 'jenkins.yaml',
        places: [place],
      },
    ],
  })
})

describe('what no key opens is said to be unread, where it is for Bitbucket', () => {
  const unread = (text: string, found: Tree = new Map()): readonly string[] =>
    detector
      .detect(documentOf(new Map([...found, ...tree('jenkins.yaml', text)]), 'jenkins.yaml'))
      .unread.map(({ detail }) => detail)

  test('without keys', () => {
    expect(unread(before)).toEqual([
      'credential "bitbucket-ci": it is encrypted, and the keys of its controller (secrets/) are not beside this file',
    ])
  })

  test('with the keys of another controller', () => {
    expect(unread(before, withKeys(new Map(), jenkinsKeyFiles()))).toEqual([
      'credential "bitbucket-ci": it is encrypted with a key that is not in secrets/',
    ])
  })

  test('and not where nothing says whose it is', () => {
    expect(unread(yaml({ username: 'alice', password: sealed(values.OLD) }, 'CI', 'ci'))).toEqual([])
  })
})

describe('it is encrypted again when it changes', () => {
  connectorContract({
    consumer: 'jenkins-casc',
    connector,
    cases: [
      {
        name: 'in jenkins.yaml',
        before: withKeys(tree('jenkins.yaml', before), keys),
        after: withKeys(tree('jenkins.yaml', after), keys),
        path: 'jenkins.yaml',
        address: LOGIN,
        change: { username: { set: API_TOKEN_GIT_USERNAME }, secret: values.NEW },
        elsewhere: { before: '# ours\n', after: '# ours\n' },
      },
    ],
  })

  test.each([
    ['gone', new Map<string, Buffer>()],
    ['those of another controller', withKeys(new Map(), jenkinsKeyFiles(), '/home')],
  ])('and is said to be without its keys, and not to be gone, when they are %s', async (_, found) => {
    const path = '/home/jenkins.yaml'
    const { context } = memoryFiles(new Map([...found, [path, Buffer.from(before)]]))
    const ref: PlaceRef = { id: 'p', consumer: 'jenkins-casc', at: { kind: 'file', path }, address: LOGIN }
    const next = ['Put the keys back into secrets/ of the home, then repeat the command.']
    await expect(connector.read(ref, context)).rejects.toMatchObject({ code: 'R106', parts: { next } })
    expect(await connector.readAll?.([ref], context)).toMatchObject([{ code: 'R106', parts: { next } }])
    const elsewhere = { ...ref, address: `${LOGIN}s` }
    await expect(connector.read(elsewhere, context)).resolves.toEqual({ kind: 'absent' })
  })
})
