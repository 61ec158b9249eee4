import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { testContext } from '../../../test/contract/connector.ts'
import { fixtureValues, type TemporaryFolder, temporaryFolder } from '../../../test/contract/fixtures.ts'
import { diagnosed, FETCH, madePlan } from '../../../test/support/made-plan.ts'
import type { Document } from '../../model/consumer.ts'
import type { CredentialChange } from '../../model/credential.ts'
import type { Detection, Place, PlaceRef } from '../../model/place.ts'
import type { Context } from '../../model/ports.ts'
import { isSettled } from '../../plan/verdict.ts'
import { openEnvelope, readEnvelope, sealEnvelope } from './envelope.ts'
import { consumer } from './index.ts'
import { VAULT_PASSWORD } from './inline-values.ts'

const { OLD, NEW } = fixtureValues()
const SENTINEL = 'x-bitbucket-api-token-auth'
const PASSWORD = Buffer.from('correct horse')

const { connector, detector } = consumer
if (connector === undefined || detector === undefined) throw new Error('Ansible Vault is not read')

let folder: TemporaryFolder
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

function contextOf(passwords: Buffer = PASSWORD): Context {
  const plain = testContext()
  const system = { ...plain.system, random: { bytes: (count: number) => new Uint8Array(randomBytes(count)) } }
  return { ...plain, system, given: new Map([[VAULT_PASSWORD, passwords]]) }
}
const context = contextOf()

function sealed(text: string, label?: string, password = PASSWORD): readonly string[] {
  const kind = label === undefined ? { version: '1.1' as const } : { version: '1.2' as const, label }
  return sealEnvelope({ ...kind, width: 80 }, Buffer.from(text), password, randomBytes(32))
}

const indented = (lines: readonly string[], by: string, lineEnd = '\n') => lines.join(`${lineEnd}${by}`)

function detected(path: string, text: string, given: Context = context): Detection {
  const document: Document = {
    path,
    bytes: Buffer.from(text),
    seal: given.seal,
    companion: (name) => given.given?.get(name),
  }
  return detector?.detect(document) ?? { places: [], demands: [], unread: [] }
}

function placesIn(path: string, text: string, given?: Context): readonly Place[] {
  return detected(path, text, given).places
}

async function changed(path: string, text: string, change: Partial<CredentialChange>) {
  const file = join(folder.path, path)
  writeFileSync(file, text)
  const [place] = placesIn(file, text)
  if (place === undefined || connector === undefined) throw new Error('no place')
  const state = await connector.read(place, context)
  if (state.kind === 'absent') throw new Error('absent')
  const next = { username: 'keep', secret: 'keep', ...change } as const
  const staged = await connector.stageReplace(place, state.digest, next, context)
  if (staged.kind === 'conflict') throw new Error('conflict')
  expect(readFileSync(file, 'utf8')).toBe(text)
  expect(await staged.commit()).toEqual({ kind: 'changed', now: staged.to })
  return { file, place, staged, after: readFileSync(file, 'utf8') }
}

const newPair = (): CredentialChange => ({ username: { set: SENTINEL }, secret: { set: context.seal(NEW) } })

const inline = (secret: readonly string[], by = '          ') =>
  [
    'bitbucket_user: alice',
    'other: 1 # stays',
    `bitbucket_password: !vault |\n${by}${indented(secret, by)}`,
    'last: true',
    '',
  ].join('\n')

describe('the envelope', () => {
  test('what is sealed is opened by its password alone, and by nothing that was changed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 200 }), (plain, width) => {
        const lines = sealEnvelope({ version: '1.1', width }, plain, PASSWORD, randomBytes(32))
        const envelope = readEnvelope(lines.join('\n'))
        expect(envelope && openEnvelope(envelope, PASSWORD)).toEqual(Buffer.from(plain))
        expect(envelope && openEnvelope(envelope, Buffer.from('wrong'))).toBeUndefined()
        const ciphertext = Buffer.from(envelope?.ciphertext ?? [])
        ciphertext[0] = (ciphertext[0] ?? 0) ^ 1
        expect(envelope && openEnvelope({ ...envelope, ciphertext }, PASSWORD)).toBeUndefined()
      }),
      { numRuns: 20 },
    )
  })

  test('what is cut or is another cipher is none', () => {
    const whole = sealed('text').join('\n')
    expect(readEnvelope(whole)).toBeDefined()
    expect(readEnvelope(whole.replace('AES256', 'AES'))).toBeUndefined()
    expect(readEnvelope(whole.split('\n')[0] ?? '')).toBeUndefined()
    fc.assert(
      fc.property(fc.nat(whole.length - 1), (end) => {
        const envelope = readEnvelope(whole.slice(0, end))
        expect(envelope && openEnvelope(envelope, PASSWORD)).toBeUndefined()
      }),
      { numRuns: 30 },
    )
  })
})

describe('a value', () => {
  test('is found with the password, by its name or its checksum, and is not without', () => {
    const text = inline(sealed(OLD))
    expect(placesIn('group_vars/all.yml', text)).toMatchObject([
      {
        address: 'bitbucket_password',
        host: 'bitbucket.org',
        line: 4,
        username: { text: 'alice' },
        secret: { kind: 'app-password', encoding: 'ansible-vault' },
      },
    ])
    const [place] = placesIn('group_vars/all.yml', text)
    expect(place?.secret?.value?.equals(context.seal(OLD))).toBe(true)
    expect(placesIn('a.yml', text, { ...context, given: new Map() })).toEqual([])
    expect(placesIn('a.yml', text, contextOf(Buffer.from('wrong')))).toEqual([])
    expect(placesIn('a.yml', text, contextOf(Buffer.from('wrong\ncorrect horse')))).toHaveLength(1)
  })

  test('has its username beside it, also where that is called after the app password', () => {
    const beside = (name: string) =>
      placesIn(
        'a.yml',
        inline(sealed(OLD))
          .replaceAll('bitbucket_password', 'bitbucket_app_password')
          .replace('bitbucket_user:', `${name}:`),
      )
    for (const name of ['bitbucket_user', 'bitbucket_app_user', 'bitbucket_app_username'])
      expect(beside(name)).toMatchObject([{ username: { text: 'alice' } }])
    expect(beside('other_app_user')[0]?.username).toBeUndefined()
  })

  test('that a URL in the same file is made of is for that repository', () => {
    const task =
      '- git:\n    repo: "https://{{ bitbucket_user }}:{{ bitbucket_password | urlencode }}@bitbucket.org/team/app.git"\n'
    const text = `- vars:\n    bitbucket_user: alice\n    bitbucket_password: !vault |\n      ${indented(sealed(OLD), '      ')}\n${task}`
    const [place] = placesIn('play.yml', text)
    expect(place?.uses).toEqual([
      { operation: 'git-fetch', repository: { workspace: 'team', slug: 'app' }, by: 'a URL with bitbucket_password' },
    ])
    expect(place?.unresolved).toBeUndefined()
    expect(placesIn('all.yml', inline(sealed(OLD)))[0]?.unresolved).toBeDefined()
  })

  test('that no given password opens is said, where its name says Bitbucket or all of the file is encrypted', () => {
    const wrong = contextOf(Buffer.from('wrong'))
    const other = `db_password: !vault |\n  ${indented(sealed('hunter2hunter2'), '  ')}\n`
    const reasons = (text: string, given: Context) => detected('a.yml', text, given).unread.map(({ reason }) => reason)
    expect(reasons(inline(sealed(OLD)) + other, wrong)).toEqual(['undecryptable'])
    expect(reasons(`${sealed(OLD).join('\n')}\n`, wrong)).toEqual(['undecryptable'])
    expect(reasons(inline(sealed(OLD)), context)).toEqual([])
  })

  test('is said to need a password where none was given and its name says Bitbucket, and of a whole file nothing is known', () => {
    const none = { ...context, given: new Map() }
    const text = `${inline(sealed(OLD))}db_password: !vault |\n  ${indented(sealed('hunter2hunter2'), '  ')}\n`
    const { places, unread } = detected('a.yml', text, none)
    expect(places).toEqual([])
    expect(unread.map(({ detail }) => detail)).toEqual([
      'Ansible Vault encrypted it: give its password with --vault-password-file FILE',
    ])
    expect(detected('a.yml', `${sealed(OLD).join('\n')}\n`, none).unread).toEqual([])
  })

  test('of something else is none', () => {
    expect(placesIn('a.yml', `db_password: !vault |\n  ${indented(sealed('hunter2hunter2'), '  ')}\n`)).toEqual([])
    expect(placesIn('a.yml', `x: !vault |\n  ${indented(sealed(NEW), '  ')}\n`)).toHaveLength(1)
  })

  test.each([
    ['format 1.1', undefined, '          '],
    ['format 1.2, with the label of its vault id', 'prod', '  '],
  ])('%s: changes inside its envelope, and keeps everything else', async (_, label, by) => {
    const text = inline(sealed(OLD, label), by)
    const { after, place } = await changed('all.yml', text, newPair())
    const lines = after.split('\n')
    const [header = ''] = lines.filter((line) => line.includes('$ANSIBLE_VAULT'))
    expect(header).toBe(`${by}$ANSIBLE_VAULT;${label === undefined ? '1.1;AES256' : '1.2;AES256;prod'}`)
    const hex = lines.filter((line) => /^ +[0-9a-f]+$/.test(line))
    expect(hex.slice(0, -1).every((line) => line.length === by.length + 80 && line.startsWith(by))).toBe(true)
    expect(lines[0]).toBe(`bitbucket_user: ${SENTINEL}`)
    expect([lines[1], lines[2], ...lines.slice(-2)]).toEqual([
      'other: 1 # stays',
      'bitbucket_password: !vault |',
      'last: true',
      '',
    ])
    const state = await connector.read(place, context)
    expect(state.kind === 'present' && state.credential?.secret.equals(context.seal(NEW))).toBe(true)
  })

  test('of a username that is encrypted too changes in both', async () => {
    const user = `bitbucket_username: !vault |\n  ${indented(sealed('alice', 'dev'), '  ')}\n`
    const text = `${user}bitbucket_token: !vault |\n  ${indented(sealed(`${OLD}\n`), '  ')}\n`
    const { after } = await changed('all.yml', text, newPair())
    expect(placesIn('all.yml', after)).toMatchObject([{ username: { text: SENTINEL } }])
    expect(after).toContain(';dev\n')
    expect(after).not.toContain('alice')
  })

  test('keeps the line ends of Windows', async () => {
    const { after } = await changed('all.yml', inline(sealed(OLD)).replaceAll('\n', '\r\n'), newPair())
    expect(after.replaceAll('\r\n', '')).not.toContain('\n')
    expect(placesIn('all.yml', after)).toHaveLength(1)
  })

  test('is put back byte for byte without the password', async () => {
    const text = inline(sealed(OLD))
    const { file, place, staged } = await changed('all.yml', text, newPair())
    const without: Context = { ...context, given: new Map() }
    const state = await connector.read(place, without)
    expect(state.kind === 'present' && state.digest).toBe(staged.to)
    if (state.kind === 'absent') throw new Error('absent')
    const back = await connector.stageRestore(place, state.digest, staged.backup, without)
    if (back.kind === 'conflict') throw new Error('conflict')
    await back.commit()
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  test('without the password nothing is written', async () => {
    const file = join(folder.path, 'all.yml')
    const text = inline(sealed(OLD))
    writeFileSync(file, text)
    const [place] = placesIn(file, text)
    const without: Context = { ...context, given: new Map() }
    if (place === undefined) throw new Error('no place')
    const state = await connector.read(place, without)
    if (state.kind === 'absent') throw new Error('absent')
    await expect(connector.stageReplace(place, state.digest, newPair(), without)).rejects.toMatchObject({
      code: 'R204',
    })
    expect(readFileSync(file, 'utf8')).toBe(text)
  })
})

/** `with` as a plan writes it: addresses whose username is the same bytes. */
function sharingRef(places: readonly Place[]): PlaceRef {
  const [first, ...others] = places
  if (first === undefined) throw new Error('no place')
  return {
    id: 'p1',
    consumer: first.consumer,
    at: first.at,
    address: first.address,
    with: others.map((one) => one.address),
  }
}

describe('several values beside one username', () => {
  const both = (user = 'bitbucket_user: alice') =>
    `${user}\nbitbucket_password: !vault |\n  ${indented(sealed(OLD), '  ')}\nother: 1\nbitbucket_token: !vault |\n  ${indented(sealed(OLD, 'prod'), '  ')}\n`

  function written(text: string) {
    const file = join(folder.path, 'all.yml')
    writeFileSync(file, text)
    return { file, places: placesIn(file, text) }
  }

  test.each([
    ['plain', 'bitbucket_user: alice'],
    ['encrypted', `bitbucket_user: !vault |\n  ${indented(sealed('alice'), '  ')}`],
  ])('which is %s change in one write, and go back together', async (_, user) => {
    const text = both(user)
    const { file, places } = written(text)
    const ref = sharingRef(places)
    expect(ref.with).toEqual(['bitbucket_token'])
    const state = await connector.read(ref, context)
    if (state.kind === 'absent') throw new Error('absent')
    const staged = await connector.stageReplace(ref, state.digest, newPair(), context)
    if (staged.kind === 'conflict') throw new Error('conflict')
    expect(await staged.commit()).toEqual({ kind: 'changed', now: staged.to })
    const after = placesIn(file, readFileSync(file, 'utf8'))
    const pairs = after.map(({ username, secret }) => [username?.text, secret?.value?.equals(context.seal(NEW))])
    expect(pairs).toEqual([
      [SENTINEL, true],
      [SENTINEL, true],
    ])
    if (staged.to === 'unpredictable' || staged.to === 'absent') throw new Error('no digest')
    const back = await connector.stageRestore(ref, staged.to, staged.backup, { ...context, given: new Map() })
    if (back.kind === 'conflict') throw new Error('conflict')
    await back.commit()
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  test('change in one write with other places of their file as well', async () => {
    const text = `${both()}repo_user: bob\nbb_user: carol\nbb_token: !vault |\n  ${indented(sealed(OLD), '  ')}\n`
    const { file, places } = written(text)
    const refs = [sharingRef(places.slice(0, 2)), sharingRef(places.slice(2))]
    const states = await Promise.all(refs.map((ref) => connector.read(ref, context)))
    const asked = refs.flatMap((place, index) => {
      const state = states[index]
      return state?.kind === 'present' ? [{ place, expected: state.digest, next: newPair() }] : []
    })
    const staged = await connector.stageMany?.(asked, context)
    expect(staged?.each.filter((one) => one !== undefined)).toHaveLength(2)
    expect(await staged?.commit()).toBe('changed')
    const names = placesIn(file, readFileSync(file, 'utf8')).map(({ username }) => username?.text)
    expect(names).toEqual([SENTINEL, SENTINEL, SENTINEL])
    expect(readFileSync(file, 'utf8')).toContain('other: 1\n')
  })

  test('are not changed one without the other', async () => {
    const text = both()
    const { file, places } = written(text)
    const [first] = places
    if (first === undefined) throw new Error('no place')
    const state = await connector.read(first, context)
    if (state.kind === 'absent') throw new Error('absent')
    await expect(connector.stageReplace(first, state.digest, newPair(), context)).rejects.toMatchObject({
      code: 'R204',
      parts: { because: expect.stringContaining('bitbucket_token') },
    })
    const secretAlone = await connector.stageReplace(first, state.digest, { ...newPair(), username: 'keep' }, context)
    expect(secretAlone.kind).toBe('staged')
    const staged = await connector.stageMany?.([{ place: first, expected: state.digest, next: newPair() }], context)
    expect(staged?.each).toEqual([undefined])
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  test('one of which is not opened stay as they are', async () => {
    const closed = sealed(OLD, undefined, Buffer.from('another'))
    const text = both().replace(/(bitbucket_token: !vault \|\n {2}).*/s, `$1${indented(closed, '  ')}\n`)
    const { file, places } = written(text)
    expect(places.map(({ address }) => address)).toEqual(['bitbucket_password'])
    expect(places[0]?.hindrance).toMatchObject({
      kind: 'not writable',
      reason: 'the same username belongs to bitbucket_token, which no password that was given opens',
    })
    await expect(changed('all.yml', text, newPair())).rejects.toMatchObject({ code: 'R204' })
    expect(readFileSync(file, 'utf8')).toBe(text)
  })
})

test('values whose lines lie between one another change one after the other', async () => {
  const value = () => indented(sealed(OLD), '  ')
  const text = `bitbucket_ci_user: a\nbitbucket_cd_user: b\nbitbucket_ci_token: !vault |\n  ${value()}\nbitbucket_cd_token: !vault |\n  ${value()}\n`
  const file = join(folder.path, 'all.yml')
  writeFileSync(file, text)
  const places = placesIn(file, text)
  const states = await Promise.all(places.map((place) => connector.read(place, context)))
  for (const [index, place] of places.entries()) {
    const state = states[index]
    if (state?.kind !== 'present') throw new Error('absent')
    const staged = await connector.stageReplace(place, state.digest, newPair(), context)
    expect(staged.kind === 'staged' && (await staged.commit()).kind).toBe('changed')
  }
  expect(places).toHaveLength(2)
})

test('a value beside the username of something that is not for Bitbucket is left to a person', () => {
  const other = indented(sealed('\u00e4'), '  ')
  const text = `bitbucket_user: alice\nbitbucket_token: !vault |\n  ${indented(sealed(OLD), '  ')}\nbitbucket_key: !vault |\n  ${other}\n`
  expect(placesIn('/srv/all.yml', text)).toMatchObject([
    { address: 'bitbucket_token', hindrance: { reason: expect.stringContaining('bitbucket_key, which is not known') } },
  ])
})

describe('a username that is encrypted with another password', () => {
  const user = `bitbucket_user: !vault |\n  ${indented(sealed('alice', undefined, Buffer.from('another')), '  ')}\n`
  const text = `${user}bitbucket_token: !vault |\n  ${indented(sealed(OLD), '  ')}\n`

  test('is said to be closed, and is not written over', async () => {
    expect(detected('all.yml', text).unread.map(({ reason }) => reason)).toEqual(['undecryptable'])
    await expect(changed('all.yml', text, newPair())).rejects.toMatchObject({
      code: 'R204',
      parts: { because: expect.stringContaining('username') },
    })
    expect(readFileSync(join(folder.path, 'all.yml'), 'utf8')).toBe(text)
  })

  test.each(['api-token', 'access-token'] as const)(
    'is told by the plan, which leaves the place to a person whatever the new token is: %s',
    (kind) => {
      const places = placesIn('/srv/all.yml', text).map((place) => ({ ...place, uses: [FETCH] }))
      const own = { name: 'new', kind, fingerprint: '#000000000002', scopes: 'not reported' } as const
      const diagnoses = new Map(places.map(({ id }) => [id, diagnosed('D101')]))
      const plan = madePlan(places, { tokens: [own], policy: { token: 'new', replace: true }, diagnoses })
      expect([plan.steps, plan.requests]).toEqual([[], []])
      expect(plan.manual).toEqual([
        {
          place: expect.objectContaining({ address: 'bitbucket_token' }),
          reason: expect.stringMatching(/^[^;]+; no password that was given opens the username beside it$/),
          wayOut: expect.stringContaining('--vault-password-file'),
        },
      ])
    },
  )

  test('lets nobody say that the credential works, and nobody is asked', () => {
    const token = `${user}bitbucket_token: !vault |\n  ${indented(sealed(NEW), '  ')}\n`
    const places = placesIn('/srv/all.yml', token).map((place) => ({ ...place, uses: [FETCH] }))
    expect(places.map((place) => isSettled(place, {}))).toEqual([true])
    expect(madePlan(places).kept).toEqual([])
    expect(madePlan(places, { diagnoses: new Map(places.map(({ id }) => [id, diagnosed('D100')])) })).toMatchObject({
      kept: [],
      manual: [{ reason: 'no password that was given opens the username beside it' }],
    })
  })

  test('stays when the secret alone changes', async () => {
    const { after } = await changed('all.yml', text, { secret: { set: context.seal(NEW) } })
    expect(after.startsWith(user)).toBe(true)
  })
})

describe('a whole file', () => {
  const file = (plain: string, label?: string) => `${sealed(plain, label).join('\n')}\n`
  const PLAIN = `# comment\nbitbucket_user: alice\nbitbucket_app_password: ${OLD}\ndb_password: hunter2\n`

  test('is read as what it decrypts to', () => {
    expect(placesIn('group_vars/vault.yml', file(PLAIN))).toMatchObject([
      {
        address: 'bitbucket_app_password',
        username: { text: 'alice' },
        secret: { kind: 'app-password', encoding: 'ansible-vault' },
        line: 1,
      },
    ])
    const url = `repo: https://alice:${OLD}@bitbucket.org/team/app.git\n`
    expect(placesIn('vault.yml', file(url))).toMatchObject([
      { address: 'repo', uses: [{ operation: 'git-fetch', repository: { workspace: 'team', slug: 'app' } }] },
    ])
  })

  test('changes inside, under its label, and is put back byte for byte without the password', async () => {
    const before = file(PLAIN, 'prod')
    const { after, place, staged, file: path } = await changed('vault.yml', before, newPair())
    expect(after.split('\n')[0]).toBe('$ANSIBLE_VAULT;1.2;AES256;prod')
    const envelope = readEnvelope(after)
    const plain = envelope === undefined ? undefined : openEnvelope(envelope, PASSWORD)
    expect(Buffer.from(plain ?? []).toString()).toBe(PLAIN.replace('alice', SENTINEL).replace(OLD, NEW))
    const without: Context = { ...context, given: new Map() }
    if (staged.to === 'unpredictable' || staged.to === 'absent') throw new Error('no digest')
    const back = await connector.stageRestore(place, staged.to, staged.backup, without)
    if (back.kind === 'conflict') throw new Error('conflict')
    await back.commit()
    expect(readFileSync(path, 'utf8')).toBe(before)
  })

  test('that holds several credentials is refused before anything is written', async () => {
    const text = file(`${PLAIN}bb_token: ${NEW}\n`)
    const places = placesIn('vault.yml', text)
    expect(places.map(({ hindrance }) => hindrance?.kind)).toEqual(['not writable', 'not writable'])
    const plan = madePlan(
      places.map((place) => ({ ...place, uses: [FETCH] })),
      {
        diagnoses: new Map(places.map(({ id }, index) => [id, diagnosed(index === 0 ? 'D101' : 'D100')])),
      },
    )
    expect([plan.steps.length, plan.manual.length, plan.kept.length]).toEqual([0, 1, 1])
    await expect(changed('vault.yml', text, newPair())).rejects.toMatchObject({ code: 'R204' })
  })
})

/** What cryptography, and not keyturn, makes of the format. */
const WITNESS = `
import sys, binascii
from cryptography.hazmat.primitives import hashes, hmac, padding
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
verb, password, text = sys.argv[1], sys.argv[2].encode(), sys.stdin.read()
def keys(salt):
    d = PBKDF2HMAC(algorithm=hashes.SHA256(), length=80, salt=salt, iterations=10000).derive(password)
    return d[:32], d[32:64], d[64:]
def mac(key, data):
    h = hmac.HMAC(key, hashes.SHA256()); h.update(data); return h
if verb == 'open':
    body = binascii.unhexlify(''.join(text.split('\\n')[1:]).replace(' ', ''))
    salt, digest, data = [binascii.unhexlify(part) for part in body.split(b'\\n')]
    k1, k2, iv = keys(salt)
    mac(k2, data).verify(digest)
    d = Cipher(algorithms.AES(k1), modes.CTR(iv)).decryptor()
    u = padding.PKCS7(128).unpadder()
    sys.stdout.buffer.write(u.update(d.update(data) + d.finalize()) + u.finalize())
else:
    salt = bytes(range(32)); k1, k2, iv = keys(salt)
    p = padding.PKCS7(128).padder(); e = Cipher(algorithms.AES(k1), modes.CTR(iv)).encryptor()
    data = e.update(p.update(text.encode()) + p.finalize()) + e.finalize()
    body = binascii.hexlify(b'\\n'.join(binascii.hexlify(x) for x in (salt, mac(k2, data).finalize(), data))).decode()
    print('$ANSIBLE_VAULT;1.1;AES256')
    for i in range(0, len(body), 80): print(body[i:i+80])
`

function witness(verb: 'open' | 'seal', input: string) {
  return spawnSync('python3', ['-c', WITNESS, verb, PASSWORD.toString()], { input, encoding: 'utf8' })
}

const hasWitness = witness('seal', 'x').status === 0

describe.skipIf(!hasWitness)('another implementation of the format', () => {
  test('opens what keyturn writes', async () => {
    const { after } = await changed('all.yml', inline(sealed(OLD)), newPair())
    const envelope = after.slice(after.indexOf('$ANSIBLE_VAULT'), after.indexOf('last:')).trimEnd()
    expect(witness('open', envelope).stdout).toBe(NEW)
  })

  test('writes what keyturn reads', () => {
    const text = witness('seal', `bitbucket_user: alice\nbitbucket_password: ${OLD}\n`).stdout
    expect(placesIn('vault.yml', text)).toMatchObject([
      { username: { text: 'alice' }, secret: { kind: 'app-password' } },
    ])
  })
})
