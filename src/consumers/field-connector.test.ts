import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fixtureValues } from '../../test/contract/fixtures.ts'
import { LITERAL_STYLES } from '../../test/support/literal-writers.ts'
import { type MemoryFiles, memoryFiles } from '../../test/support/memory-files.ts'
import type { CodeLanguage } from '../formats/literal-styles.ts'
import type { Connector, Staged } from '../model/consumer.ts'
import type { CredentialChange } from '../model/credential.ts'
import { Failure } from '../model/failure.ts'
import type { PlaceRef } from '../model/place.ts'
import type { Digest } from '../model/plan.ts'
import { consumers } from './registry.ts'

const { OLD, NEW, ACCESS, SHORT } = fixtureValues()

/** One file, and the connector of one consumer. */
interface Bench {
  readonly files: MemoryFiles
  readonly connector: Connector
  readonly text: () => string
  readonly ref: (address: string, along?: readonly string[]) => PlaceRef
  readonly digest: (ref: PlaceRef) => Promise<Digest>
  readonly stage: (ref: PlaceRef, username: string | 'keep', secret: string | 'keep') => Promise<Staged>
  readonly restore: (ref: PlaceRef, backup: Uint8Array) => Promise<void>
}

function bench(consumer: string, name: string, content: string | Buffer): Bench {
  const path = `/somewhere/${name}`
  const files = memoryFiles(new Map([[path, Buffer.from(content)]]))
  const { context } = files
  const connector = consumers.find(({ id }) => id === consumer)?.connector
  if (connector === undefined) throw new Error(`${consumer} has no connector`)
  const digest = async (ref: PlaceRef): Promise<Digest> => {
    const state = await connector.read(ref, context)
    if (state.kind === 'absent') throw new Error(`${ref.address} is absent`)
    return state.digest
  }
  return {
    files,
    connector,
    text: () => files.bytes(path).toString('utf8'),
    digest,
    ref: (address, along) => {
      const ref = { id: address, consumer, at: { kind: 'file', path }, address } as const
      return along === undefined ? ref : { ...ref, with: along }
    },
    stage: async (ref, username, secret) => {
      const change: CredentialChange = {
        username: username === 'keep' ? 'keep' : { set: username },
        secret: secret === 'keep' ? 'keep' : { set: context.seal(secret) },
      }
      return staged(await connector.stageReplace(ref, await digest(ref), change, context))
    },
    restore: async (ref, backup) => {
      await staged(await connector.stageRestore(ref, await digest(ref), backup, context)).commit()
    },
  }
}

function staged(outcome: Staged | { readonly kind: 'conflict' }): Staged {
  if (outcome.kind === 'conflict') throw new Error('a conflict where none was expected')
  return outcome
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof Failure)) throw new Error('no failure')
  expect([error.code, Object.keys(error.parts).sort()]).toEqual(['R204', ['at', 'because', 'next', 'state']])
  return error.parts.because ?? ''
}

describe('places of one file that stand between each other', () => {
  const before = `A_BITBUCKET_USER=alice\nB_BITBUCKET_USER=bob\nA_BITBUCKET_TOKEN=${OLD}\nB_BITBUCKET_TOKEN=${SHORT}\n`
  const A = 'A_BITBUCKET_TOKEN'
  const B = 'B_BITBUCKET_TOKEN'

  test('change in any order, whatever was staged first, and come back in any order', async () => {
    const { stage, ref, restore, text } = bench('variables', 'a.env', before)
    const [first, second] = [await stage(ref(A), 'a@example.com', NEW), await stage(ref(B), 'b@example.com', ACCESS)]
    expect((await second.commit()).kind).toBe('changed')
    expect(await first.commit()).toEqual({ kind: 'changed', now: first.to })
    expect(text()).toBe(
      `A_BITBUCKET_USER=a@example.com\nB_BITBUCKET_USER=b@example.com\nA_BITBUCKET_TOKEN=${NEW}\nB_BITBUCKET_TOKEN=${ACCESS}\n`,
    )
    await restore(ref(A), first.backup)
    expect(text()).toContain(`A_BITBUCKET_USER=alice\nB_BITBUCKET_USER=b@example.com\nA_BITBUCKET_TOKEN=${OLD}\n`)
    await restore(ref(B), second.backup)
    expect(text()).toBe(before)
  })

  test('a change of the username alone is noticed', async () => {
    const { stage, ref } = bench('variables', 'a.env', before)
    const mine = await stage(ref(A), 'keep', NEW)
    await (await stage(ref(A), 'carol', 'keep')).commit()
    expect((await mine.commit()).kind).toBe('conflict')
  })
})

describe('places that share the bytes of a username', () => {
  const before = `BITBUCKET_USER=alice\nBITBUCKET_TOKEN=${OLD}\nBITBUCKET_PASSWORD=${SHORT}\n`

  test('are refused one by one, for the other would have a username that is not its own', async () => {
    const { stage, ref, text } = bench('variables', 'a.env', before)
    const because = await refusal(stage(ref('BITBUCKET_TOKEN'), 'a@example.com', NEW))
    expect(because).toContain('BITBUCKET_PASSWORD')
    expect(text()).toBe(before)
  })

  test('change in one write, and come back in one', async () => {
    const { stage, ref, restore, text } = bench('variables', 'a.env', before)
    const both = ref('BITBUCKET_TOKEN', ['BITBUCKET_PASSWORD'])
    const step = await stage(both, 'a@example.com', NEW)
    await step.commit()
    expect(text()).toBe(`BITBUCKET_USER=a@example.com\nBITBUCKET_TOKEN=${NEW}\nBITBUCKET_PASSWORD=${NEW}\n`)
    await restore(both, step.backup)
    expect(text()).toBe(before)
  })

  test('are one for the digest: a change of the other secret is a conflict', async () => {
    const { stage, ref } = bench('variables', 'a.env', before)
    const step = await stage(ref('BITBUCKET_TOKEN', ['BITBUCKET_PASSWORD']), 'a@example.com', NEW)
    await (await stage(ref('BITBUCKET_PASSWORD'), 'keep', ACCESS)).commit()
    expect((await step.commit()).kind).toBe('conflict')
  })

  test('a partner that is not there is no group', async () => {
    const { connector, files, ref } = bench('variables', 'a.env', before)
    expect(await connector.read(ref('BITBUCKET_TOKEN', ['NOWHERE']), files.context)).toEqual({ kind: 'absent' })
  })
})

describe('two URLs in one base64 text', () => {
  const stores = `https://alice:${OLD}@bitbucket.org\nhttps://bob:${SHORT}@bitbucket.org\n`
  const standard = Buffer.from(stores).toString('base64')
  const unpadded = standard.replace(/=+$/, '')
  const wrapped = standard.replace(/(.{40})(?=.)/g, '$1\n    ')

  test.each([
    ['padded', 'a.env', `STORE_BASE64=${standard}\n`],
    ['without padding', 'a.env', `STORE_BASE64=${unpadded}\n`],
    ['over several lines of YAML', 'a.yaml', `data:\n  store: |\n    ${wrapped}\n`],
  ])('%s: each changes without the other, and the old bytes come back', async (_, name, before) => {
    const { stage, ref, restore, text, connector, files } = bench('url-userinfo', name, before)
    const addresses = consumers
      .find(({ id }) => id === 'url-userinfo')
      ?.detector?.detect({
        path: `/somewhere/${name}`,
        bytes: Buffer.from(before),
        seal: files.context.seal,
        companion: () => undefined,
      })
      .places.map(({ address }) => address)
    expect(addresses).toHaveLength(2)
    const [one = '', two = ''] = addresses ?? []
    const [first, second] = [
      await stage(ref(one), 'x-bitbucket-api-token-auth', NEW),
      await stage(ref(two), 'keep', ACCESS),
    ]
    await second.commit()
    expect((await first.commit()).kind).toBe('changed')
    const state = await connector.read(ref(two), files.context)
    expect(state.kind === 'present' && state.credential?.secret.equals(files.context.seal(ACCESS))).toBe(true)
    await restore(ref(two), second.backup)
    await restore(ref(one), first.backup)
    expect(text()).toBe(before)
  })
})

describe('a netrc inside another document', () => {
  const netrc = (login: string, password: string) => `machine bitbucket.org login ${login} password ${password}`
  test.each([
    ['as text', (login: string, password: string) => `data:\n  .netrc: |\n    ${netrc(login, password)}\n    # end\n`],
    [
      'as base64',
      (login: string, password: string) =>
        `kind: Secret\ndata:\n  .netrc: ${Buffer.from(`${netrc(login, password)}\n`).toString('base64')}\n`,
    ],
  ])('%s is changed there, and comes back', async (_, write) => {
    const { stage, ref, restore, text, files } = bench('netrc', 'map.yaml', write('alice', OLD))
    const detect = consumers.find(({ id }) => id === 'netrc')?.detector?.detectNested
    const document = {
      path: '/somewhere/map.yaml',
      bytes: files.bytes('/somewhere/map.yaml'),
      seal: files.context.seal,
    }
    const [place] = detect?.({ ...document, companion: () => undefined }).places ?? []
    if (place === undefined) throw new Error('nothing found')
    const step = await stage(ref(place.address), 'x-bitbucket-api-token-auth', NEW)
    await step.commit()
    expect(text()).toBe(write('x-bitbucket-api-token-auth', NEW))
    await restore(ref(place.address), step.backup)
    expect(text()).toBe(write('alice', OLD))
  })
})

describe('UTF-16', () => {
  test.each([
    ['little', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['big', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
  ])('%s-endian text stays so', async (_, write) => {
    const made = (user: string, secret: string) => write(`BITBUCKET_USERNAME=${user}\r\nBITBUCKET_TOKEN=${secret}\r\n`)
    const { stage, ref, restore, files } = bench('variables', 'a.env', made('alice', OLD))
    const step = await stage(ref('BITBUCKET_TOKEN'), 'ålice@example.com', NEW)
    await step.commit()
    expect(files.bytes('/somewhere/a.env').equals(made('ålice@example.com', NEW))).toBe(true)
    await restore(ref('BITBUCKET_TOKEN'), step.backup)
    expect(files.bytes('/somewhere/a.env').equals(made('alice', OLD))).toBe(true)
  })
})

describe('what is refused, and nothing is written', () => {
  test('text that would end an unquoted value', async () => {
    const { stage, ref, text } = bench('variables', 'a.yaml', `BITBUCKET_USERNAME: alice\nBITBUCKET_TOKEN: ${OLD}\n`)
    const before = text()
    expect(await refusal(stage(ref('BITBUCKET_TOKEN'), 'a: b', NEW))).toContain('username')
    expect(await refusal(stage(ref('BITBUCKET_TOKEN'), '12345', NEW))).toContain('username')
    expect(text()).toBe(before)
  })

  test('a colon in the username of a pair', async () => {
    const { stage, ref } = bench('bundler', 'config', `---\nBUNDLE_BITBUCKET__ORG: "alice:${OLD}"\n`)
    await refusal(stage(ref('BUNDLE_BITBUCKET__ORG'), 'a:b', NEW))
  })

  test('a username where there is none', async () => {
    const { stage, ref } = bench('token', 'notes.txt', `${OLD}\n`)
    expect(await refusal(stage(ref('token'), 'alice', NEW))).toBe('there is no username beside the secret')
  })

  test('files that a program writes itself', async () => {
    const { stage, ref } = bench(
      'url-userinfo',
      '.bash_history',
      `git clone https://alice:${OLD}@bitbucket.org/a/b.git\n`,
    )
    expect(await refusal(stage(ref('text'), 'keep', NEW))).toContain('delete the line')
  })
})

/** Names of files in which a language is read. */
const FILES: Partial<Readonly<Record<CodeLanguage, string>>> = {
  php: 'a.php',
  python: 'a.py',
  javascript: 'a.js',
  groovy: 'a.groovy',
  ruby: 'a.rb',
  go: 'a.go',
  java: 'A.java',
  kotlin: 'a.kts',
  csharp: 'a.cs',
  rust: 'a.rs',
  hcl: 'a.tf',
}

/** The text of a heredoc of HCL ends with its line end, and no secret does. */
const STYLES = LITERAL_STYLES.filter(({ language, name }) => FILES[language] !== undefined && name !== 'hcl heredoc')
const USERNAME = fc.string({ unit: fc.constantFrom(...'ab01.+_-\'"\\`$#%{}()<>&;,! é😀'), minLength: 1, maxLength: 10 })

describe.each(STYLES)('$name', ({ language, write }) => {
  test('any username is written so that it reads back, or refused, and the old bytes come back', async () => {
    await fc.assert(
      fc.asyncProperty(USERNAME, fc.constantFrom(OLD, SHORT), async (name, secret) => {
        const [user, stored] = [write('alice'), write(secret)]
        fc.pre(user !== undefined && stored !== undefined)
        const head = language === 'php' ? '<?php\n' : language === 'hcl' ? 'locals {\n' : ''
        const before = `${head}BITBUCKET_USERNAME = ${user}\nBITBUCKET_PASSWORD = ${stored}\n${language === 'hcl' ? '}\n' : ''}`
        const { stage, ref, restore, text, connector, files } = bench('variables', FILES[language] ?? '', before)
        const address = language === 'hcl' ? 'locals.BITBUCKET_PASSWORD' : 'BITBUCKET_PASSWORD'
        const username = `${name}@example.com`
        const step = await stage(ref(address), username, NEW).catch((error: unknown) => {
          if (error instanceof Failure && error.code === 'R204') return undefined
          throw error
        })
        if (step === undefined) {
          expect(text()).toBe(before)
          return
        }
        await step.commit()
        const state = await connector.read(ref(address), files.context)
        expect(state.kind === 'present' && state.credential?.username).toBe(username)
        await restore(ref(address), step.backup)
        expect(text()).toBe(before)
      }),
      { numRuns: 25 },
    )
  })
})

describe('a document that its changes make larger than what a scan reads in full', () => {
  test('is changed to its end, and every byte comes back', async () => {
    const entry = (name: string): string =>
      `  - title: ${name}\n    hoster: bitbucket\n    type: user\n    name: ${name}\n    authName: ${name}\n    password: ${OLD}\n`
    const list = `localFolder: /backup\nsources:\n${['a', 'b', 'c'].map(entry).join('')}`
    const before = list + '#\n'.repeat(Math.floor((1024 * 1024 - list.length) / 2))
    const { text, ref, stage, restore } = bench('scm-backup', 'settings.yml', before)
    const refs = [0, 1, 2].map((at) => ref(`sources.${at}.password`))
    const backups: Uint8Array[] = []
    for (const one of refs) {
      const change = await stage(one, 'alice@example.com', NEW)
      await change.commit()
      backups.push(change.backup)
    }
    expect([text().split(NEW).length - 1, text().length > 1024 * 1024]).toEqual([3, true])
    for (const [at, one] of [...refs.entries()].reverse()) await restore(one, backups[at] ?? new Uint8Array())
    expect(text() === before).toBe(true)
  })
})
