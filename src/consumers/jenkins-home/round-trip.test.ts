import { createDecipheriv } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { testContext } from '../../../test/contract/connector.ts'
import {
  jenkinsKeyFiles,
  jenkinsLegacyPayload,
  jenkinsPayload,
  temporaryFolder,
  withKeys,
} from '../../../test/contract/fixtures.ts'
import { apiToken, appPassword } from '../../../test/support/synthetic-secrets.ts'
import type { Conflict, Staged } from '../../model/consumer.ts'
import type { PlaceRef } from '../../model/place.ts'
import { jenkinsHomeConnector } from './connect.ts'

const keys = jenkinsKeyFiles()
const context = testContext()
const PAIR = 'com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl'
const OTHERS = [
  'com.cloudbees.jenkins.plugins.sshcredentials.impl.BasicSSHUserPrivateKey',
  'org.jenkinsci.plugins.github__branch__source.GitHubAppCredentials',
  'org.jenkinsci.plugins.plaincredentials.impl.FileCredentialsImpl',
]

/** Written apart from the product's own. */
function opened(payload: string): string {
  const bytes = Buffer.from(payload.slice(1, -1), 'base64')
  const decipher = createDecipheriv('aes-128-cbc', keys.dataKey, bytes.subarray(9, 25))
  return Buffer.concat([decipher.update(bytes.subarray(25)), decipher.final()]).toString('utf8')
}

const space = fc.constantFrom('', ' ', '\n', '\r\n', '\n\t  ', '\n          ', '  \n\n ')
const between = fc.oneof(
  { weight: 4, arbitrary: space },
  fc.constantFrom('<!-- <id>bb</id> -->', '\n<!-- a > b & c -->\n', '<?x y?>'),
)
const prose = fc.oneof(
  fc.constantFrom(
    '',
    'Schlüssel',
    '&lt;id&gt;bb&lt;/id&gt;',
    '<![CDATA[<password>]]>',
    '&#x1b;[1m',
    'a\r\nb',
    '日本',
    '&#233;&amp;&quot;',
  ),
  fc.stringMatching(/^[a-z .{}/=+-]{0,12}$/),
)
const stored = fc
  .constantFrom(
    () => jenkinsPayload(appPassword(), keys),
    () => jenkinsLegacyPayload(appPassword(), keys),
    () => appPassword(),
  )
  .map((make) => make())

interface Piece {
  readonly text: string
  readonly id?: string
}

const field = (name: string, value: fc.Arbitrary<string>) =>
  fc.tuple(between, value).map(([before, text]) => `${before}<${name}>${text}</${name}>`)
const empty = (name: string) =>
  fc.tuple(between, fc.constantFrom(`<${name}/>`, `<${name}></${name}>`, `<${name} />`)).map((all) => all.join(''))

const pair = (id: string): fc.Arbitrary<Piece> =>
  fc
    .record({
      username: fc.oneof(field('username', prose), empty('username')),
      password: field('password', stored),
      description: fc.oneof(field('description', prose), empty('description')),
      last: between,
      swap: fc.boolean(),
    })
    .map(({ username, password, description, last, swap }) => {
      const order = swap ? [password, description, username] : [description, username, password]
      return {
        id,
        text: `<${PAIR} plugin="credentials@1502"><scope>GLOBAL</scope><id>${id}</id>${order.join('')}${last}</${PAIR}>`,
      }
    })

const other: fc.Arbitrary<Piece> = fc.tuple(fc.constantFrom(...OTHERS), stored, prose).map(([type, secret, text]) => ({
  text: `<${type}><id>other</id><password>${secret}</password><privateKey>${secret}</privateKey><description>${text}</description></${type}>`,
}))

const domain = (at: number) =>
  fc
    .tuple(
      fc.tuple(...[0, 1, 2].map((index) => fc.tuple(between, fc.oneof(pair(`bb-${at}-${index}`), other)))),
      fc.constantFrom('java.util.concurrent.CopyOnWriteArrayList', 'list'),
      fc.constantFrom(
        '<specifications/>',
        '<specifications><com.cloudbees.plugins.credentials.domains.HostnameSpecification><includes>bitbucket.org, *.example.org</includes><excludes></excludes></com.cloudbees.plugins.credentials.domains.HostnameSpecification></specifications>',
      ),
    )
    .map(([pieces, list, specifications]) => ({
      text: [
        '<entry><com.cloudbees.plugins.credentials.domains.Domain>',
        at === 0 ? '' : `<name>domain ${at}</name>`,
        `${specifications}</com.cloudbees.plugins.credentials.domains.Domain><${list}>`,
        ...pieces.flatMap(([before, piece]) => [before, piece.text]),
        `\n</${list}></entry>`,
      ].join(''),
      addresses: pieces.flatMap(([, { id }]) =>
        id === undefined ? [] : [`system/${at === 0 ? '_' : `domain%20${at}`}/${id}`],
      ),
    }))

const store = fc
  .tuple(
    fc.constantFrom(
      "<?xml version='1.1' encoding='UTF-8'?>\n",
      '<?xml version="1.1" encoding="UTF-8"?>\r\n',
      '<?xml version="1.1"?>',
    ),
    between,
    ...[0, 1, 2].map(domain),
  )
  .map(([prolog, before, ...domains]) => ({
    xml: `${prolog}<com.cloudbees.plugins.credentials.SystemCredentialsProvider plugin="credentials@1502">${before}<domainCredentialsMap class="hudson.util.CopyOnWriteMap$Hash">${domains.map(({ text }) => text).join('\n')}</domainCredentialsMap></com.cloudbees.plugins.credentials.SystemCredentialsProvider>`,
    addresses: domains.flatMap(({ addresses }) => addresses),
  }))
  .filter(({ addresses }) => addresses.length > 0)

const username = fc.oneof(
  fc.constantFrom('x-bitbucket-api-token-auth', "d'é <v>@example.org", 'a&b"c]]>', '\u0085\u001b日'),
  fc.stringMatching(/^[a-z.@-]{1,20}$/),
)

function staged(outcome: Staged | Conflict | undefined): Staged {
  if (outcome?.kind !== 'staged') throw new Error('a conflict where none was expected')
  return outcome
}

async function digestOf(place: PlaceRef) {
  const state = await jenkinsHomeConnector.read(place, context)
  if (state.kind === 'absent') throw new Error(`${place.address} is absent`)
  return { digest: state.digest, state }
}

/** Where two texts differ: what is before and behind is the same. */
function changed(before: Buffer, after: Buffer): { readonly from: number; readonly old: string; readonly now: string } {
  let from = 0
  while (from < Math.min(before.length, after.length) && before[from] === after[from]) from++
  let end = 0
  const most = Math.min(before.length, after.length) - from
  while (end < most && before[before.length - 1 - end] === after[after.length - 1 - end]) end++
  return {
    from,
    old: before.subarray(from, before.length - end).toString('utf8'),
    now: after.subarray(from, after.length - end).toString('utf8'),
  }
}

test('in any store one element changes and nothing else, and the bytes come back', async () => {
  await fc.assert(
    fc.asyncProperty(store, fc.nat(), username, async ({ xml, addresses }, which, name) => {
      const folder = temporaryFolder(withKeys(new Map([['credentials.xml', Buffer.from(xml)]]), keys))
      try {
        const path = join(folder.path, 'credentials.xml')
        const before = readFileSync(path)
        const address = addresses[which % addresses.length] ?? ''
        const place: PlaceRef = { id: 'p1', consumer: 'jenkins-home', at: { kind: 'file', path }, address }
        const token = apiToken()
        const next = { username: { set: name }, secret: { set: context.seal(token) } }
        const step = staged(
          await jenkinsHomeConnector.stageReplace(place, (await digestOf(place)).digest, next, context),
        )
        await step.commit()
        const after = readFileSync(path)
        const element = before.indexOf(`<id>${address.split('/').at(-1)}</id>`)
        const difference = changed(before, after)
        expect(difference.from).toBeGreaterThan(element)
        expect(difference.old).not.toContain(`</${PAIR}>`)
        const payload = [...after.toString('latin1').matchAll(/<password>(\{[^<]+\})<\/password>/g)].map(
          ([, text = '']) => opened(text),
        )
        expect(payload.filter((text) => text === token)).toHaveLength(1)
        expect((await digestOf(place)).state.place.username?.text).toBe(name)
        await staged(
          await jenkinsHomeConnector.stageRestore(place, (await digestOf(place)).digest, step.backup, context),
        ).commit()
        expect(readFileSync(path).equals(before)).toBe(true)
      } finally {
        folder.remove()
      }
    }),
    { numRuns: 60 },
  )
})

test('in any store a credential is made and taken out again, and every byte around it stays', async () => {
  await fc.assert(
    fc.asyncProperty(store, fc.nat(), username, async ({ xml, addresses }, which, name) => {
      const folder = temporaryFolder(withKeys(new Map([['credentials.xml', Buffer.from(xml)]]), keys))
      try {
        const path = join(folder.path, 'credentials.xml')
        const before = readFileSync(path)
        const at = { kind: 'file', path } as const
        const like = { id: 'p1', consumer: 'jenkins-home', at, address: addresses[which % addresses.length] ?? '' }
        const place = { ...like, id: 'p2', address: `${like.address}-git` }
        const token = apiToken()
        const next = { username: { set: name }, secret: { set: context.seal(token) } }
        await staged(await jenkinsHomeConnector.stageCreate?.(place, like, next, context)).commit()
        const after = readFileSync(path)
        const { from, old } = changed(before, after)
        expect(old).toBe('')
        expect(
          Buffer.concat([
            before.subarray(0, from),
            after.subarray(from, from + after.length - before.length),
            before.subarray(from),
          ]).equals(after),
        ).toBe(true)
        const { digest, state } = await digestOf(place)
        expect([state.place.username?.text, state.credential?.secret.equals(context.seal(token))]).toEqual([name, true])
        // Someone may write elsewhere before it is taken out.
        writeFileSync(path, Buffer.concat([after, Buffer.from('<!-- later -->')]))
        await staged(await jenkinsHomeConnector.stageRestore(place, digest, new Uint8Array(), context)).commit()
        expect(readFileSync(path).equals(Buffer.concat([before, Buffer.from('<!-- later -->')]))).toBe(true)
      } finally {
        folder.remove()
      }
    }),
    { numRuns: 60 },
  )
})
