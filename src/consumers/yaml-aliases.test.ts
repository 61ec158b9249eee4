import { describe, expect, it } from 'vitest'
import { fixtureValues } from '../../test/contract/fixtures.ts'
import { Secret } from '../model/secret.ts'
import { consumer } from './settings/index.ts'

const seal = Secret.sealer(new Uint8Array(32))
const { OLD } = fixtureValues()

/** What the `settings` consumer finds in a file of settings: its uses, and what hinders a change. */
function found(yaml: string) {
  const document = { path: '/app/settings.yaml', bytes: Buffer.from(yaml), seal, companion: () => undefined }
  const { places = [] } = consumer.detector?.detect(document) ?? {}
  return places.map(({ address, uses, hindrance }) => ({
    address,
    uses: uses.map(({ operation, repository }) => `${operation} ${repository?.slug}`),
    hindrance: hindrance?.reason,
  }))
}

const block = (name: string, slug: string, username: string, password: string): string =>
  `${name}:\n  url: https://bitbucket.org/acme/${slug}.git\n  username: ${username}\n  password: ${password}\n`

describe('a secret that an alias of YAML gives to a second credential', () => {
  it('holds up the change where that has a username of its own, also the same one', () => {
    for (const other of ['bob', 'alice'])
      expect(found(block('bitbucket', 'app', 'alice', `&p ${OLD}`) + block('mirror', 'web', other, '*p'))).toEqual([
        {
          address: 'bitbucket.password',
          uses: ['git-fetch app', 'git-fetch web'],
          hindrance: 'an alias of YAML gives its secret to mirror.password as well, beside another username',
        },
      ])
  })

  it('is changed for both where the username is shared as well', () => {
    const both = block('bitbucket', 'app', '&u alice', `&p ${OLD}`) + block('mirror', 'web', '*u', '*p')
    expect(found(both)).toMatchObject([{ uses: ['git-fetch app', 'git-fetch web'], hindrance: undefined }])
  })

  it('is used for git and REST where the second one is for REST', () => {
    const api = 'rest:\n  url: https://api.bitbucket.org/2.0/repositories/acme/app\n  username: *u\n  password: *p\n'
    expect(found(block('bitbucket', 'app', '&u alice', `&p ${OLD}`) + api)).toMatchObject([
      { uses: ['git-fetch app', 'rest app'], hindrance: undefined },
    ])
  })

  it('holds up the change where a mapping is merged into one with a username of its own, and not where it has none', () => {
    const merged = (more: string): string =>
      `${block('bitbucket', 'app', 'alice', OLD).replace(':', ': &b')}copy:\n  <<: *b\n${more}`
    expect(found(merged('  branch: main\n'))).toMatchObject([{ hindrance: undefined }])
    expect(found(merged('  username: bob\n'))).toMatchObject([
      { hindrance: 'an alias of YAML gives its secret to copy.password as well, beside another username' },
    ])
  })
})

it('a username that an alias of YAML gives to a credential for another host stays', () => {
  const other = 'github:\n  url: https://github.com/acme\n  username: *u\n  password: something\n'
  expect(found(block('bitbucket', 'app', '&u alice', OLD) + other)).toMatchObject([
    { hindrance: 'an alias of YAML gives its username to github.username as well, beside another secret' },
  ])
})
