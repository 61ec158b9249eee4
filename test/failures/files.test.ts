import { randomBytes } from 'node:crypto'
import { chmod, readFile, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  bytesUnder,
  call,
  failureOf,
  type Ground,
  layGround,
  type Migration,
  startMigration,
  write,
} from './migration.ts'

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

/** What a scan says that it could not read, in both views. */
async function unreadOf(path: string, through: readonly string[] = []) {
  const [human, json] = [
    await call(here, { args: ['scan', path], through }),
    await call(here, { args: ['scan', path, '--json'], through }),
  ]
  const { unread, complete } = JSON.parse(json.stdout)
  return { exitCodes: [human.exitCode, json.exitCode], unread, complete, screen: human.stdout.split('\n') }
}

/** Nothing but keyturn's own folder may differ after a command. */
async function unchanged<Result>(act: () => Promise<Result>): Promise<Result> {
  const before = await bytesUnder(here.folder, /^\/keyturn\//)
  const result = await act()
  expect(await bytesUnder(here.folder, /^\/keyturn\//)).toEqual(before)
  return result
}

/** Root reads everything; without capabilities it does not, and a file of mode 000 is then closed to its owner too. */
const plainUser: readonly string[] =
  process.getuid?.() === 0 ? ['setpriv', '--inh-caps=-all', '--bounding-set=-all'] : []

describe('credentials.xml that was cut short', () => {
  beforeEach(async () => {
    const path = at('jenkins', 'credentials.xml')
    await truncate(path, Math.floor((await readFile(path)).length / 2))
  })

  it('is reported by scan, which ends with 5', async () => {
    expect(await unchanged(() => unreadOf('jenkins'))).toMatchInlineSnapshot(`
      {
        "complete": false,
        "exitCodes": [
          5,
          5,
        ],
        "screen": [
          "No Bitbucket credential was found in what could be read (3 files read)",
          "",
          "? 1 thing could not be read",
          "    credentials.xml",
          "        10:28: unclosed tag: scope",
          "",
        ],
        "unread": [
          {
            "at": "credentials.xml",
            "consumer": "jenkins-home",
            "detail": "10:28: unclosed tag: scope",
            "reason": "malformed",
          },
        ],
      }
    `)
  })

  it('makes a plan incomplete, which ends with 5', async () => {
    const { exitCode, stderr } = await unchanged(() => call(here, { args: ['plan', 'jenkins', '--offline'] }))
    expect({ exitCode, stderr }).toMatchInlineSnapshot(`
      {
        "exitCode": 5,
        "stderr": "? FOLDER/jenkins/credentials.xml: 10:28: unclosed tag: scope
      ",
      }
    `)
  })
})

describe('credentials.xml that is cut short after the plan', () => {
  it('is refused by apply before anything is changed', async () => {
    await call(here, { args: ['plan', 'jenkins', 'dev', '--offline', '-o', 'plan.json'] })
    const path = at('jenkins', 'credentials.xml')
    await truncate(path, Math.floor((await readFile(path)).length / 2))
    expect(await unchanged(() => failureOf(here, { args: ['apply', 'plan.json'] }))).toMatchInlineSnapshot(`
      {
        "at": "FOLDER/jenkins/credentials.xml system/_/bb",
        "because": "the place was not found there any more; the file may be damaged",
        "exitCode": 4,
        "headline": "R201: The plan is out of date",
        "next": [
          "Plan again, with the options of this plan:",
          "  keyturn --home keyturn plan FOLDER/dev FOLDER/jenkins",
        ],
        "state": "Nothing was changed.",
      }
    `)
  })
})

describe('the keys of a Jenkins home', () => {
  it('a master.key of another controller is reported by scan', async () => {
    await write(at('jenkins', 'secrets', 'master.key'), randomBytes(128).toString('hex'))
    expect(await unchanged(() => unreadOf('jenkins'))).toMatchInlineSnapshot(`
      {
        "complete": false,
        "exitCodes": [
          5,
          5,
        ],
        "screen": [
          "No Bitbucket credential was found in what could be read (3 files read)",
          "",
          "? 1 thing could not be read",
          "    credentials.xml",
          "        credential "bb": the keys in secrets/ are missing or damaged",
          "",
        ],
        "unread": [
          {
            "at": "credentials.xml",
            "consumer": "jenkins-home",
            "detail": "credential "bb": the keys in secrets/ are missing or damaged",
            "reason": "undecryptable",
          },
        ],
      }
    `)
  })

  it('a missing master.key is reported by scan', async () => {
    await rm(at('jenkins', 'secrets', 'master.key'))
    expect(await unchanged(() => unreadOf('jenkins'))).toMatchInlineSnapshot(`
      {
        "complete": false,
        "exitCodes": [
          5,
          5,
        ],
        "screen": [
          "No Bitbucket credential was found in what could be read (3 files read)",
          "",
          "? 1 thing could not be read",
          "    credentials.xml",
          "        credential "bb": the keys in secrets/ are missing or damaged",
          "",
        ],
        "unread": [
          {
            "at": "credentials.xml",
            "consumer": "jenkins-home",
            "detail": "credential "bb": the keys in secrets/ are missing or damaged",
            "reason": "undecryptable",
          },
        ],
      }
    `)
  })

  it('a master.key that changes after the plan is refused by apply', async () => {
    await call(here, { args: ['plan', 'jenkins', '--offline', '-o', 'plan.json'] })
    await write(at('jenkins', 'secrets', 'master.key'), randomBytes(128).toString('hex'))
    expect(await unchanged(() => failureOf(here, { args: ['apply', 'plan.json'] }))).toMatchInlineSnapshot(`
      {
        "at": "FOLDER/jenkins/secrets",
        "because": "master.key or hudson.util.Secret is missing or damaged, so that a new secret cannot be encrypted",
        "exitCode": 1,
        "headline": "R106: The keys of this Jenkins home are missing or do not fit",
        "next": [
          "Remove the cause, then continue with this step:",
          "  keyturn --home keyturn apply RUN --resume",
        ],
        "state": "0 of 1 places use their new credential and were proved. This place is unchanged.",
      }
    `)
  })
})

describe('a netrc', () => {
  it('that is binary is reported by scan', async () => {
    await write(at('dev', '.netrc'), Buffer.concat([Buffer.from('machine bitbucket.org\0'), Buffer.alloc(600, 0xfe)]))
    const { exitCodes, complete, unread } = await unchanged(() => unreadOf('dev/.netrc'))
    expect({ exitCodes, complete, reasons: unread.map(({ reason }: { readonly reason: string }) => reason) }).toEqual({
      exitCodes: [5, 5],
      complete: false,
      reasons: ['malformed'],
    })
  })

  it('that becomes binary after the plan is refused by apply', async () => {
    await write(at('dev', '.netrc'), Buffer.concat([Buffer.from('machine bitbucket.org\0'), Buffer.alloc(600, 0xfe)]))
    expect(await unchanged(() => failureOf(here, { args: ['apply', here.plan] }))).toMatchInlineSnapshot(`
      {
        "at": "FOLDER/dev/.netrc machine/bitbucket.org",
        "because": "the place was not found there any more; the file may be damaged",
        "exitCode": 4,
        "headline": "R201: The plan is out of date",
        "next": [
          "Plan again, with the options of this plan:",
          "  keyturn --home keyturn plan FOLDER/dev",
        ],
        "state": "Nothing was changed.",
      }
    `)
  })

  it('that cannot be read is reported by scan', async () => {
    await chmod(at('dev', '.netrc'), 0)
    expect(await unreadOf('dev', plainUser)).toMatchInlineSnapshot(`
      {
        "complete": false,
        "exitCodes": [
          5,
          5,
        ],
        "screen": [
          "1 credential in 1 place (2 files read)",
          "",
          "  #FINGERPRINT  app password  alice",
          "      PLACE  .git-credentials:1",
          "                   git fetch acme/app, git push acme/app",
          "",
          "? 1 thing could not be read",
          "    .netrc",
          "        permission denied",
          "",
          "Next: see what has to change, and which tokens have to be created",
          "    keyturn --home keyturn plan dev",
          "",
        ],
        "unread": [
          {
            "at": ".netrc",
            "detail": "permission denied",
            "reason": "unreadable",
          },
        ],
      }
    `)
  })

  it('that cannot be read any more is refused by apply', async () => {
    await chmod(at('dev', '.netrc'), 0)
    expect(await failureOf(here, { args: ['apply', here.plan], through: plainUser })).toMatchInlineSnapshot(`
      {
        "at": "FOLDER/dev/.netrc",
        "because": "permission denied",
        "exitCode": 1,
        "headline": "R102: A file cannot be read",
        "next": [
          "Make it readable for this user, then repeat the command.",
          "If the place is to stay as it is now, make another plan, with the",
          "options of this one:",
          "  keyturn --home keyturn plan FOLDER/dev",
        ],
        "state": "Nothing was changed.",
      }
    `)
  })
})

describe('a path', () => {
  it('that does not exist is refused by scan', async () => {
    expect(await unchanged(() => failureOf(here, { args: ['scan', 'nowhere'] }))).toMatchInlineSnapshot(`
      {
        "at": "FOLDER/nowhere",
        "because": "it does not exist",
        "exitCode": 1,
        "headline": "R101: A file or folder is missing",
        "next": [
          "Check the path, then repeat the command.",
        ],
        "state": "Nothing was changed.",
      }
    `)
  })

  it('of a log that does not exist is refused by the doctor', async () => {
    expect(await failureOf(here, { args: ['doctor', '--log', 'nowhere.log'] })).toMatchInlineSnapshot(`
      {
        "at": "nowhere.log",
        "because": "it does not exist",
        "exitCode": 1,
        "headline": "R101: A file or folder is missing",
        "next": [
          "Check the path, then repeat the command.",
        ],
        "state": "Nothing was changed.",
      }
    `)
  })

  it('of a file that exists is not written over', async () => {
    await write(at('mine.json'), 'mine')
    expect(await unchanged(() => failureOf(here, { args: ['scan', 'dev', '-o', 'mine.json'] }))).toMatchInlineSnapshot(`
      {
        "at": "mine.json",
        "because": "it exists already",
        "exitCode": 1,
        "headline": "R103: A file cannot be written",
        "next": [
          "Name a file that does not exist.",
        ],
        "state": "The file keeps its old content.",
      }
    `)
  })
})
