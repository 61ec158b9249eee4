import { execFileSync } from 'node:child_process'
import { chmod, chown, cp, mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bytesUnder, call, failureOf, type Ground, layGround, type Migration, startMigration } from './migration.ts'

let ground: Ground
let here: Migration

beforeAll(async () => {
  ground = await layGround()
})
afterAll(() => ground.stop())
beforeEach(async () => {
  here = await startMigration(ground)
})

const at = (...parts: readonly string[]): string => join(here.folder, ...parts)
const isRoot = process.getuid?.() === 0
const namespace: readonly string[] = isRoot ? ['unshare', '-m'] : ['unshare', '-rm']
const canMount = succeeds([...namespace, 'sh', '-c', 'mount -t tmpfs tmpfs /mnt'])
/** Root writes everywhere; without capabilities the mode of a folder counts for it as well. */
const plainUser: readonly string[] = isRoot ? ['setpriv', '--inh-caps=-all', '--bounding-set=-all'] : []

function succeeds([command = '', ...args]: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/**
 * Starts keyturn in a mount namespace of its own, in which `folder` lies on a small disk that is full, and copies it to
 * `after` when keyturn has ended: the disk ends with the namespace.
 */
function onFullDisk(folder: string, after: string): readonly string[] {
  const script = [
    'set -e',
    'cp -a "$1" "$1.kept"',
    'mount -t tmpfs -o size=256k tmpfs "$1"',
    'cp -a "$1.kept/." "$1"',
    'rm -r "$1.kept"',
    'dd if=/dev/zero of="$1/ballast" bs=1k 2>/dev/null || true',
    'set +e',
    'folder=$1 after=$2',
    'shift 2',
    '"$@"',
    'code=$?',
    'rm "$folder/ballast"',
    'cp -a "$folder" "$after"',
    'exit $code',
  ]
  return [...namespace, 'sh', '-c', script.join('\n'), 'sh', folder, after]
}

function onReadOnlyDisk(folder: string): readonly string[] {
  const script = 'set -e; mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"; shift; exec "$@"'
  return [...namespace, 'sh', '-c', script, 'sh', folder]
}

if (!canMount) console.warn('The cases of a full and of a read-only disk were skipped: this account may not mount one.')

describe.skipIf(!canMount)('a full disk', () => {
  it('that holds the state of keyturn stops apply before a place is touched', async () => {
    const [dev, state] = [await bytesUnder(at('dev')), await bytesUnder(at('keyturn'))]
    expect(
      await failureOf(here, { args: ['apply', here.plan], through: onFullDisk(at('keyturn'), at('after')) }),
    ).toMatchInlineSnapshot(`
      {
        "at": "keyturn/state/lock",
        "because": "no space is left on the device",
        "exitCode": 1,
        "headline": "R105: No space is left to write a file",
        "next": [
          "Make room on the device, then repeat the command.",
        ],
        "state": "Nothing was written.",
      }
    `)
    expect(await bytesUnder(at('dev'))).toEqual(dev)
    expect(await bytesUnder(at('after'), /^\/state\/(runs|lock)/)).toEqual(state)
    await rename(at('keyturn'), at('before'))
    await rename(at('after'), at('keyturn'))
    expect(await bytesUnder(at('keyturn'), /^\/(config|state\/(plans|runs|vault))/)).toEqual({})
    expect((await call(here, { args: ['apply', here.plan] })).exitCode).toBe(0)
  })

  it('that holds the state keeps the vault when a token is added', async () => {
    const state = await bytesUnder(at('keyturn'))
    expect(
      await failureOf(here, {
        args: ['token', 'add', 'two', '--offline'],
        input: ground.token,
        through: onFullDisk(at('keyturn'), at('after')),
      }),
    ).toMatchInlineSnapshot(`
      {
        "at": "FOLDER/keyturn/state/vault.age",
        "because": "no space is left on the device",
        "exitCode": 1,
        "headline": "R105: No space is left to write a file",
        "next": [
          "Make room on the device, then repeat the command.",
        ],
        "state": "The file keeps its old content.",
      }
    `)
    expect(await bytesUnder(at('after'))).toEqual(state)
  })

  it("that holds the user's files stops apply with their bytes as they were, and the run can go on or be put back", async () => {
    const dev = await bytesUnder(at('dev'))
    const home = { HOME: at('home') }
    await mkdir(at('home'))
    expect(
      await failureOf(here, {
        args: ['apply', here.plan],
        environment: home,
        through: onFullDisk(at('dev'), at('after')),
      }),
    ).toMatchInlineSnapshot(`
      {
        "at": "FOLDER/dev/.git-credentials",
        "because": "no space is left on the device",
        "exitCode": 1,
        "headline": "R105: No space is left to write a file",
        "next": [
          "Make room on the device, then repeat the command.",
          "Remove the cause, then continue with this step:",
          "  keyturn --home keyturn apply RUN --resume",
          "or put the places back:",
          "  keyturn --home keyturn rollback RUN",
        ],
        "state": "0 of 2 places use their new credential and were proved. Whether this place was changed is read again when the run continues or is put back.",
      }
    `)
    expect(await bytesUnder(at('after'))).toEqual(dev)
    await cp(at('keyturn'), at('copy'), { recursive: true })
    expect((await call(here, { args: ['--home', 'copy', 'apply', '--resume'] })).exitCode).toBe(0)
    expect(await bytesUnder(at('dev'))).not.toEqual(dev)
    expect((await call(here, { args: ['--home', 'copy', 'rollback', '--yes'] })).exitCode).toBe(0)
    expect(await bytesUnder(at('dev'))).toEqual(dev)
  })

  it('keeps a report from being half written', async () => {
    await mkdir(at('out'))
    expect(
      await failureOf(here, {
        args: ['scan', 'dev', '-o', 'out/scan.json'],
        through: onFullDisk(at('out'), at('after')),
      }),
    ).toMatchInlineSnapshot(`
      {
        "at": "out/scan.json",
        "because": "no space is left on the device",
        "exitCode": 1,
        "headline": "R105: No space is left to write a file",
        "next": [
          "Make room on the device, then repeat the command.",
        ],
        "state": "Nothing was written.",
      }
    `)
    expect(await bytesUnder(at('after'))).toEqual({})
  })
})

describe.skipIf(!canMount)('a read-only disk', () => {
  it("that holds the user's files stops apply with their bytes as they were", async () => {
    const dev = await bytesUnder(at('dev'))
    expect(
      await failureOf(here, { args: ['apply', here.plan], through: onReadOnlyDisk(at('dev')) }),
    ).toMatchInlineSnapshot(`
      {
        "at": "FOLDER/dev/.git-credentials",
        "because": "the file system is read-only",
        "exitCode": 1,
        "headline": "R103: A file cannot be written",
        "next": [
          "Make it writable for this user, then repeat the command.",
          "Remove the cause, then continue with this step:",
          "  keyturn --home keyturn apply RUN --resume",
          "or put the places back:",
          "  keyturn --home keyturn rollback RUN",
        ],
        "state": "0 of 2 places use their new credential and were proved. Whether this place was changed is read again when the run continues or is put back.",
      }
    `)
    expect(await bytesUnder(at('dev'))).toEqual(dev)
  })

  it('that holds the state of keyturn stops apply', async () => {
    const all = await bytesUnder(here.folder)
    expect(
      await failureOf(here, { args: ['apply', here.plan], through: onReadOnlyDisk(at('keyturn')) }),
    ).toMatchInlineSnapshot(`
      {
        "at": "keyturn/state/lock",
        "because": "the file system is read-only",
        "exitCode": 1,
        "headline": "R103: A file cannot be written",
        "next": [
          "Make it writable for this user, then repeat the command.",
        ],
        "state": "Nothing was written.",
      }
    `)
    expect(await bytesUnder(here.folder)).toEqual(all)
  })
})

describe('a folder without the permission to write', () => {
  it("that holds the user's files stops apply with their bytes as they were", async () => {
    const dev = await bytesUnder(at('dev'))
    await chmod(at('dev'), 0o500)
    const failed = await failureOf(here, { args: ['apply', here.plan], through: plainUser })
    await chmod(at('dev'), 0o700)
    expect(failed).toMatchInlineSnapshot(`
      {
        "at": "FOLDER/dev/.git-credentials",
        "because": "permission denied",
        "exitCode": 1,
        "headline": "R103: A file cannot be written",
        "next": [
          "Make it writable for this user, then repeat the command.",
          "Remove the cause, then continue with this step:",
          "  keyturn --home keyturn apply RUN --resume",
          "or put the places back:",
          "  keyturn --home keyturn rollback RUN",
        ],
        "state": "0 of 2 places use their new credential and were proved. Whether this place was changed is read again when the run continues or is put back.",
      }
    `)
    expect(await bytesUnder(at('dev'))).toEqual(dev)
  })

  it('that should hold the state of keyturn stops the first command', async () => {
    await mkdir(at('closed'), { mode: 0o500 })
    expect(
      await failureOf(here, { args: ['--home', 'closed/keyturn', 'scan', 'dev'], through: plainUser }),
    ).toMatchInlineSnapshot(`
      {
        "at": "closed/keyturn/config",
        "because": "permission denied",
        "exitCode": 1,
        "headline": "R103: A file cannot be written",
        "next": [
          "keyturn --home FOLDER ...",
        ],
        "state": "Nothing was written.",
      }
    `)
    expect(await bytesUnder(at('closed'))).toEqual({})
  })
})

describe('a folder that takes names and shows none', () => {
  it('is written in: what stands there afterwards is told as it is', async () => {
    const dev = await bytesUnder(at('dev'))
    await chmod(at('dev'), 0o300)
    const applied = await call(here, { args: ['apply', here.plan], through: plainUser })
    const back = await call(here, { args: ['rollback', '--yes'], through: plainUser })
    await chmod(at('dev'), 0o700)
    expect([applied, back].map(({ exitCode, stderr }) => ({ exitCode, stderr }))).toEqual([
      { exitCode: 0, stderr: '' },
      { exitCode: 0, stderr: '' },
    ])
    expect(await bytesUnder(at('dev'))).toEqual(dev)
  })
})

describe.skipIf(!isRoot)('a file of another user', () => {
  it('is not taken over: the reason is its owner, and not that it cannot be written', async () => {
    const dev = await bytesUnder(at('dev'))
    await chown(at('dev', '.git-credentials'), 65_534, 65_534)
    await chmod(at('dev', '.git-credentials'), 0o666)
    const failed = await failureOf(here, { args: ['apply', here.plan], through: plainUser })
    await chmod(at('dev', '.git-credentials'), 0o600)
    expect(failed).toMatchObject({
      headline: 'R103: A file cannot be written',
      because: 'it belongs to another user or group, and a file of this user in its place would not',
      next: expect.arrayContaining(['Repeat the command as the user that it belongs to, or as root.']),
    })
    expect(await bytesUnder(at('dev'))).toEqual(dev)
  })
})

describe("a folder that is closed to keyturn's user", () => {
  const config = (): string => at('dev', 'app', '.git', 'config')

  beforeEach(async () => {
    const remote = `[remote "origin"]\n\turl = https://alice:${ground.oldSecret}@bitbucket.org/acme/app.git\n`
    await writeFile(config(), remote)
    expect(await call(here, { args: ['plan', 'dev', '-o', 'plan.json'] })).toMatchObject({ stderr: '' })
  })

  it('stops apply before anything is changed, and says which file it is', async () => {
    const dev = await bytesUnder(at('dev'))
    await chmod(at('dev', 'app'), 0)
    const failed = await failureOf(here, { args: ['apply', 'plan.json'], through: plainUser })
    await chmod(at('dev', 'app'), 0o700)
    expect(failed).toMatchObject({
      at: 'FOLDER/dev/app/.git/config',
      because: 'permission denied',
      headline: 'R102: A file cannot be read',
      state: 'Nothing was changed.',
    })
    expect(await bytesUnder(at('dev'))).toEqual(dev)
  })

  it('keeps no other place from being put back', async () => {
    const dev = await bytesUnder(at('dev'))
    expect((await call(here, { args: ['apply', 'plan.json'] })).exitCode).toBe(0)
    await chmod(at('dev', 'app'), 0)
    const { exitCode, stdout } = await call(here, { args: ['rollback', '--yes'], through: plainUser })
    await chmod(at('dev', 'app'), 0o700)
    expect({ exitCode, stdout }).toMatchObject({
      exitCode: 1,
      stdout: expect.stringMatching(/2 places put back, 1 left as found/),
    })
    expect((await call(here, { args: ['rollback', '--yes'] })).exitCode).toBe(0)
    expect(await bytesUnder(at('dev'))).toEqual(dev)
  })
})
