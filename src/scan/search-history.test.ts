import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { jenkinsKeyFiles, jenkinsPayload } from '../../test/contract/fixtures.ts'
import { apiToken, appPassword } from '../../test/support/synthetic-secrets.ts'
import { consumers } from '../consumers/registry.ts'
import type { Inventory } from '../model/inventory.ts'
import type { Context } from '../model/ports.ts'
import { Secret } from '../model/secret.ts'
import { nodeSystem } from '../system/node-system.ts'
import { scan } from './scan.ts'
import { openScanCache } from './scan-cache.ts'

const context: Context = {
  system: nodeSystem({ environment: process.env }),
  seal: Secret.sealer(new Uint8Array(32)),
  digest: () => 'hmac:0',
  logins: [],
}
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyturn-search-history-'))
  git('init', '-q', '-b', 'main')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

function git(...args: readonly string[]): string {
  const identity = ['-c', 'user.name=alice', '-c', 'user.email=alice@example.org']
  return execFileSync('git', [...identity, '-C', folder, ...args], { encoding: 'utf8' }).trim()
}

async function commit(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text)
  git('add', '-A')
  git('commit', '-q', '-m', name)
  return git('rev-parse', 'HEAD')
}

const scanned = (history = true): Promise<Inventory> => scan({ roots: [folder], history }, consumers, context)

const entryOf = (secret: string): string => `machine bitbucket.org login alice password ${secret}\n`

const storeWith = (password: string): string => `<?xml version='1.1' encoding='UTF-8'?>
<com.cloudbees.plugins.credentials.SystemCredentialsProvider>
  <domainCredentialsMap class="hudson.util.CopyOnWriteMap$Hash">
    <entry>
      <com.cloudbees.plugins.credentials.domains.Domain><specifications/></com.cloudbees.plugins.credentials.domains.Domain>
      <java.util.concurrent.CopyOnWriteArrayList>
        <com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl>
          <id>deploy</id>
          <username>alice</username>
          <password>${password}</password>
        </com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl>
      </java.util.concurrent.CopyOnWriteArrayList>
    </entry>
  </domainCredentialsMap>
</com.cloudbees.plugins.credentials.SystemCredentialsProvider>
`

describe('scan of history', () => {
  it('finds what was deleted, with its path, blob and the commit that brought it in', async () => {
    const id = await commit('.netrc', entryOf('x7Kd0PqLw3Zr9TnBv5Ya'))
    const oid = git('rev-parse', 'HEAD:.netrc')
    await unlink(join(folder, '.netrc'))
    await commit('b.txt', 'nothing')
    expect((await scanned(false)).places).toEqual([])
    const [place, ...others] = (await scanned()).places
    expect(others).toEqual([])
    expect(place).toMatchObject({
      consumer: 'netrc',
      at: { kind: 'file', path: `${folder}/.git@${oid.slice(0, 10)}:.netrc` },
      line: 1,
      buried: {
        kind: 'history',
        repository: join(folder, '.git'),
        oid,
        heldBy: 'ref',
        commits: [{ id, path: '.netrc' }],
      },
    })
  })

  it('knows a secret of a file again in an older version of another', async () => {
    const secret = appPassword()
    await commit('deploy.sh', `curl -u alice:${secret} https://api.bitbucket.org/2.0/user\n`)
    await commit('deploy.sh', 'curl https://api.bitbucket.org/2.0/user\n')
    await writeFile(join(folder, '.netrc'), entryOf(secret))
    const { places, unread } = await scanned()
    expect(places.map(({ buried }) => buried?.kind)).toEqual([undefined, 'history'])
    expect(new Set(places.map((place) => place.secret?.value?.fingerprint)).size).toBe(1)
    expect(unread).toEqual([])
  })

  it('lets nothing of history answer what a remote asks for', async () => {
    git('remote', 'add', 'origin', 'https://bitbucket.org/team/app.git')
    await commit('.netrc', entryOf('x7Kd0PqLw3Zr9TnBv5Ya'))
    await unlink(join(folder, '.netrc'))
    const { unanswered } = await scanned()
    expect(unanswered.map(({ by }) => by)).toEqual((await scanned(false)).unanswered.map(({ by }) => by))
    expect(unanswered.length).toBeGreaterThan(0)
  })

  it('is one place for all versions of a file, with their number and the first and last commits', async () => {
    const secret = appPassword()
    const ids: string[] = []
    for (let version = 0; version < 12; version++)
      ids.push(await commit('.netrc', `${'# a line\n'.repeat(version)}${entryOf(secret)}`))
    await unlink(join(folder, '.netrc'))
    await commit('b.txt', 'nothing')
    const { places } = await scanned()
    expect(places).toHaveLength(1)
    expect(places[0]).toMatchObject({
      line: 1,
      buried: {
        versions: 12,
        paths: ['.netrc'],
        pathCount: 1,
        commitCount: 12,
        commits: ids.map((id) => ({ id })),
        lastCommit: { id: ids[11] },
      },
    })
  })

  it('keeps different secrets at one address apart, and follows a file to its new name', async () => {
    const [one, other] = [appPassword(), appPassword()]
    await commit('.netrc', entryOf(one))
    await commit('.netrc', entryOf(other))
    git('mv', '.netrc', '_netrc')
    git('commit', '-q', '-m', 'moved')
    await commit('_netrc', `\n${entryOf(other)}`)
    await commit('_netrc', 'gone')
    const { places } = await scanned()
    const told = places.map(({ secret, buried }) => [
      secret?.value?.equals(context.seal(one)),
      buried?.kind === 'history' ? [buried.versions, buried.commitCount, buried.paths] : buried,
    ])
    expect(told).toEqual([
      [true, [1, 1, ['.netrc']]],
      [false, [2, 3, ['.netrc', '_netrc']]],
    ])
  })

  it('keeps the id of a place when another version of it comes, in another clone, and when the branch is rebased', async () => {
    const secret = appPassword()
    await commit('a.txt', 'base')
    await commit('.netrc', entryOf(secret))
    await commit('.netrc', 'gone')
    const ids = async (root = folder): Promise<readonly string[]> =>
      (await scan({ roots: [root], history: true }, consumers, context)).places.map(({ id }) => id)
    const before = await ids()
    await commit('.netrc', `# again\n${entryOf(secret)}`)
    await commit('.netrc', 'gone again')
    expect(await ids()).toEqual(before)
    git('rebase', '-q', '--root', '--force-rebase')
    expect(await ids()).toEqual(before)
    const clone = `${folder}-clone`
    git('clone', '-q', '.', clone)
    try {
      expect(await ids(clone)).toEqual(before)
    } finally {
      await rm(clone, { recursive: true, force: true })
    }
  })

  it('tells once what no reader understands, however many versions have it', async () => {
    const token = appPassword()
    for (let version = 0; version < 5; version++) await commit('a.bin', `${'\n'.repeat(version)}\0${token}\0`)
    await commit('a.bin', 'gone')
    const { places, unread } = await scanned()
    expect(places.length + unread.length).toBe(1)
  })

  it('finds by its name what says nothing of Bitbucket: a store of a Jenkins whose home is kept in git', async () => {
    const keys = jenkinsKeyFiles()
    await mkdir(join(folder, 'secrets'))
    await writeFile(join(folder, 'secrets', 'master.key'), keys.masterKey)
    await writeFile(join(folder, 'secrets', 'hudson.util.Secret'), keys.secretFile)
    await writeFile(join(folder, '.gitignore'), 'secrets\n')
    const secret = apiToken()
    await commit('credentials.xml', storeWith(jenkinsPayload(secret, keys)))
    await commit('credentials.xml', storeWith(''))
    const { places } = await scanned()
    expect(places.map(({ consumer, buried }) => [consumer, buried?.kind])).toEqual([['jenkins-home', 'history']])
    expect(places[0]?.secret?.value?.equals(context.seal(secret))).toBe(true)
  })

  it('finds that store again with a cache, and remembers where there is none', async () => {
    const keys = jenkinsKeyFiles()
    await mkdir(join(folder, 'secrets'))
    await writeFile(join(folder, 'secrets', 'master.key'), keys.masterKey)
    await writeFile(join(folder, 'secrets', 'hudson.util.Secret'), keys.secretFile)
    await writeFile(join(folder, '.gitignore'), 'secrets\n')
    await commit('credentials.xml', storeWith(''))
    const path = join(folder, '..', `${basename(folder)}.cache`)
    const again = async (): Promise<number> => {
      const cache = await openScanCache(context.system.files, path, 'v1')
      const { places } = await scan({ roots: [folder], history: true, cache }, consumers, context)
      await cache.save()
      return places.filter(({ buried }) => buried !== undefined).length
    }
    try {
      expect([await again(), await again()]).toEqual([0, 0])
      await commit('credentials.xml', storeWith(jenkinsPayload(apiToken(), keys)))
      await commit('credentials.xml', storeWith(''))
      expect([await again(), await again()]).toEqual([1, 1])
    } finally {
      await rm(path, { force: true })
    }
  })

  describe('with a cache', () => {
    let path = ''
    beforeEach(() => {
      path = join(folder, '..', `${basename(folder)}.cache`)
    })
    afterEach(() => rm(path, { recursive: true, force: true }))

    const cached = async (within: Context = context): Promise<Inventory['places']> => {
      const cache = await openScanCache(context.system.files, join(path, 'scan'), 'v1')
      const { places } = await scan({ roots: [folder], history: true, cache }, consumers, within)
      expect(await cache.save()).toBe(true)
      return places
    }

    /** A git that can do everything but compare trees, which is what naming blobs takes. */
    const withoutDiffTree = async (): Promise<Context> => {
      const bin = join(path, 'bin')
      await mkdir(bin, { recursive: true })
      const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
      const script = `#!/bin/sh\ncase " $* " in *" diff-tree "*) exit 1;; esac\nexec ${real} "$@"\n`
      await writeFile(join(bin, 'git'), script, { mode: 0o755 })
      const environment = { ...process.env, PATH: `${bin}:${process.env['PATH']}` }
      return { ...context, system: nodeSystem({ environment }) }
    }

    it('finds again what it found, and asks git for no names that it knows', async () => {
      await commit('.env', `BITBUCKET_TOKEN=${apiToken()}\n`)
      await unlink(join(folder, '.env'))
      await commit('notes.txt', 'see https://bitbucket.org/acme/app\n')
      const first = await cached()
      expect(first.map(({ buried }) => buried)).toEqual([
        expect.objectContaining({ kind: 'history', paths: ['.env'], commitCount: 1 }),
      ])
      expect(await cached(await withoutDiffTree())).toEqual(first)
    })

    it('reads a new name of an old blob, which another reader may understand', async () => {
      const blob = entryOf(appPassword()).replace(' login', '\n  login')
      await commit('notes.unknown', blob)
      await cached()
      git('mv', 'notes.unknown', '.netrc')
      git('commit', '-q', '-m', 'moved')
      const [again, fresh] = [await cached(), (await scanned()).places]
      expect(again.map(({ id, buried }) => [id, buried])).toEqual(fresh.map(({ id, buried }) => [id, buried]))
      expect(again.some(({ consumer, buried }) => consumer === 'netrc' && buried !== undefined)).toBe(true)
    })
  })

  it('gives the same ids again', async () => {
    await commit('.netrc', entryOf(appPassword()))
    const ids = async (): Promise<readonly string[]> => (await scanned()).places.map(({ id }) => id)
    const before = await ids()
    git('gc', '-q')
    expect(await ids()).toEqual(before)
    expect(before).toHaveLength(2)
  })
})
