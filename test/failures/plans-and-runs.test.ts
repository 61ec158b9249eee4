import { appendFile, cp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
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

/** No file differs after a command: neither the user's nor keyturn's. */
async function unchanged<Result>(act: () => Promise<Result>): Promise<Result> {
  const before = await bytesUnder(here.folder)
  const result = await act()
  expect(await bytesUnder(here.folder)).toEqual(before)
  return result
}

const refusal = (...args: readonly string[]) => unchanged(() => failureOf(here, { args }))

describe('a plan', () => {
  it('that is not JSON is refused', async () => {
    await write(at('plan.json'), (await readFile(here.plan, 'utf8')).slice(0, -40))
    expect(await refusal('apply', 'plan.json')).toMatchInlineSnapshot(`
      {
        "at": "plan.json",
        "because": "it is not whole JSON",
        "exitCode": 1,
        "headline": "R202: The plan cannot be read",
        "next": [
          "keyturn --home keyturn plan PATH -o plan.json",
        ],
        "state": "Nothing was changed.",
      }
    `)
  })

  it('of which a member is missing is refused', async () => {
    const { steps: _, ...rest } = JSON.parse(await readFile(here.plan, 'utf8'))
    await write(at('plan.json'), JSON.stringify(rest))
    expect(await refusal('apply', 'plan.json')).toMatchInlineSnapshot(`
      {
        "at": "plan.json",
        "because": ""steps" is not as the format asks (invalid_type)",
        "exitCode": 1,
        "headline": "R202: The plan cannot be read",
        "next": [
          "keyturn --home keyturn plan PATH -o plan.json",
        ],
        "state": "Nothing was changed.",
      }
    `)
  })

  it('that is another document is refused', async () => {
    await write(at('plan.json'), '{"schema": "keyturn/scan/1"}')
    expect(await refusal('apply', 'plan.json')).toMatchInlineSnapshot(`
      {
        "at": "plan.json",
        "because": ""schema" is not as the format asks (invalid_value)",
        "exitCode": 1,
        "headline": "R202: The plan cannot be read",
        "next": [
          "keyturn --home keyturn plan PATH -o plan.json",
        ],
        "state": "Nothing was changed.",
      }
    `)
  })

  it('that does not exist is refused', async () => {
    expect(await refusal('apply', 'nowhere.json')).toMatchInlineSnapshot(`
      {
        "at": "nowhere.json",
        "because": "it does not exist",
        "exitCode": 1,
        "headline": "R101: A file or folder is missing",
        "next": [
          "Check the path, then repeat the command.",
        ],
        "state": "Nothing was changed.",
      }
    `)
    expect(await refusal('apply', 'deadbeef')).toMatchInlineSnapshot(`
      {
        "at": "deadbeef",
        "because": "no plan of this id was made here, and there is no file of this name",
        "exitCode": 1,
        "headline": "R111: Nothing matches",
        "next": [
          "keyturn --home keyturn apply FILE",
        ],
        "state": "Nothing was changed.",
      }
    `)
  })

  it('whose file was changed after it was made is out of date', async () => {
    await appendFile(at('dev', '.netrc'), '\n')
    const other = await readFile(at('dev', '.netrc'), 'utf8')
    await writeFile(at('dev', '.netrc'), other.replace('login alice', 'login bob'))
    expect(await refusal('apply', here.plan)).toMatchInlineSnapshot(`
      {
        "at": "FOLDER/dev/.netrc machine/bitbucket.org",
        "because": "the place was changed after the plan was made (TIME)",
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

  it('whose file is gone is out of date', async () => {
    await rm(at('dev', '.netrc'))
    expect(await refusal('apply', here.plan)).toMatchInlineSnapshot(`
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

  it('that waits for a token is refused until a person has created it', async () => {
    await call(here, { args: ['token', 'remove', 'new'] })
    const planned = await call(here, { args: ['plan', 'dev', '--offline', '-o', 'plan.json'] })
    expect(planned.exitCode).toBe(3)
    expect(await refusal('apply', 'plan.json')).toMatchInlineSnapshot(`
      {
        "at": "plan PLAN",
        "because": "2 steps wait for a token that a person has to create",
        "exitCode": 3,
        "headline": "R203: A token must be created first",
        "next": [
          "Create the tokens that the plan names, keep each in the vault, and",
          "plan again:",
          "  keyturn --home keyturn token add NAME --email ADDRESS --username NAME",
          "  keyturn --home keyturn plan FOLDER/dev",
        ],
        "state": "Nothing was changed.",
      }
    `)
  })

  it('whose token left the vault is refused', async () => {
    await call(here, { args: ['token', 'remove', 'new'] })
    expect(await refusal('apply', here.plan)).toMatchInlineSnapshot(`
      {
        "at": "vault token "new"",
        "because": "the vault holds no such token",
        "exitCode": 3,
        "headline": "R203: A token must be created first",
        "next": [
          "keyturn --home keyturn token list",
          "Add the token, and plan again.",
        ],
        "state": "Nothing was changed by this step.",
      }
    `)
  })

  it('that was not named is not carried out unasked', async () => {
    expect(await refusal('apply')).toMatchInlineSnapshot(`
      {
        "at": "plan PLAN",
        "because": "there is no terminal to ask on",
        "exitCode": 2,
        "headline": "R112: The command cannot run as it was given",
        "next": [
          "keyturn --home keyturn apply PLAN",
        ],
        "state": "Nothing was changed.",
      }
    `)
  })
})

describe('the vault', () => {
  it('that was cut short is left as it is', async () => {
    const path = at('keyturn', 'state', 'vault.age')
    await writeFile(path, (await readFile(path)).subarray(0, -7))
    expect(await refusal('token', 'list')).toMatchInlineSnapshot(`
      {
        "at": "keyturn/state/vault.age",
        "because": "it was encrypted for another identity, or it is damaged",
        "exitCode": 1,
        "headline": "R109: The vault cannot be opened",
        "next": [
          "Put identity.txt and vault.age back from the same backup, or create",
          "the tokens anew.",
        ],
        "state": "Nothing was changed.",
      }
    `)
    expect(
      await unchanged(() => failureOf(here, { args: ['token', 'add', 'two', '--offline'], input: ground.token })),
    ).toMatchInlineSnapshot(`
      {
        "at": "keyturn/state/vault.age",
        "because": "it was encrypted for another identity, or it is damaged",
        "exitCode": 1,
        "headline": "R109: The vault cannot be opened",
        "next": [
          "Put identity.txt and vault.age back from the same backup, or create",
          "the tokens anew.",
        ],
        "state": "Nothing was changed.",
      }
    `)
    expect(await refusal('apply', here.plan)).toMatchInlineSnapshot(`
      {
        "at": "keyturn/state/vault.age",
        "because": "it was encrypted for another identity, or it is damaged",
        "exitCode": 1,
        "headline": "R109: The vault cannot be opened",
        "next": [
          "Put identity.txt and vault.age back from the same backup, or create",
          "the tokens anew.",
        ],
        "state": "Nothing was changed.",
      }
    `)
  })

  it('whose identity is gone is refused', async () => {
    await rm(at('keyturn', 'config', 'identity.txt'))
    expect(await failureOf(here, { args: ['token', 'list'] })).toMatchInlineSnapshot(`
      {
        "at": "keyturn/config/identity.txt",
        "because": "it is missing, and the vault and the backups were encrypted for it",
        "exitCode": 1,
        "headline": "R109: The vault cannot be opened",
        "next": [
          "Put the file back from a backup of this folder.",
        ],
        "state": "Nothing was changed.",
      }
    `)
  })

  it('whose identity is gone does not get another one', async () => {
    await rm(at('keyturn', 'config', 'identity.txt'))
    const { exitCode } = await unchanged(() => call(here, { args: ['token', 'list'] }))
    expect(exitCode).toBe(1)
  })

  it('knows no token of that name', async () => {
    expect(await refusal('token', 'check', 'nobody')).toMatchInlineSnapshot(`
      {
        "at": "vault token "nobody"",
        "because": "the vault holds no such token",
        "exitCode": 1,
        "headline": "R111: Nothing matches",
        "next": [
          "keyturn --home keyturn token list",
        ],
      }
    `)
    expect(await refusal('token', 'remove', 'nobody')).toMatchInlineSnapshot(`
      {
        "at": "vault token "nobody"",
        "because": "the vault holds no such token",
        "exitCode": 1,
        "headline": "R111: Nothing matches",
        "next": [
          "keyturn --home keyturn token list",
        ],
      }
    `)
    expect(await refusal('plan', 'dev', '--offline', '--token', 'nobody')).toMatchInlineSnapshot(`
      {
        "at": "vault token "nobody"",
        "because": "the vault holds no such token",
        "exitCode": 1,
        "headline": "R111: Nothing matches",
        "next": [
          "keyturn --home keyturn token list",
        ],
      }
    `)
  })
})

describe('a run', () => {
  it('that is not known cannot be verified or rolled back', async () => {
    expect(await refusal('verify', 'r20260101-000000-00000000')).toMatchInlineSnapshot(`
      {
        "at": "RUN",
        "because": "no such run is known here",
        "exitCode": 1,
        "headline": "R311: There is no such run",
        "next": [
          "keyturn --home keyturn status",
        ],
      }
    `)
    expect(await refusal('rollback', 'r20260101-000000-00000000')).toMatchInlineSnapshot(`
      {
        "at": "RUN",
        "because": "no such run is known here",
        "exitCode": 1,
        "headline": "R311: There is no such run",
        "next": [
          "keyturn --home keyturn status",
        ],
      }
    `)
    expect(await refusal('rollback')).toMatchInlineSnapshot(`
      {
        "because": "nothing was applied yet",
        "exitCode": 1,
        "headline": "R311: There is no such run",
        "next": [
          "keyturn --home keyturn status",
        ],
      }
    `)
    expect(await refusal('apply', '--resume')).toMatchInlineSnapshot(`
      {
        "because": "no run is open",
        "exitCode": 1,
        "headline": "R311: There is no such run",
        "next": [
          "keyturn --home keyturn status",
        ],
        "state": "Nothing was changed.",
      }
    `)
  })

  it('waits while another process holds the lock', async () => {
    const holder = { process: process.pid, host: hostname(), since: '2026-11-23T09:00:00.000Z' }
    await write(at('keyturn', 'state', 'lock'), `${JSON.stringify(holder)}\n`)
    const { because, ...rest } = await refusal('apply', here.plan)
    expect(because?.replace(String(process.pid), 'PID')).toBe('process PID holds it since TIME')
    expect(rest).toMatchInlineSnapshot(`
      {
        "at": "keyturn/state/lock",
        "exitCode": 4,
        "headline": "R207: Another run is in progress",
        "next": [
          "Wait until it ends. If that number belongs to another program by now:",
          "  rm keyturn/state/lock",
        ],
        "state": "This command changed nothing.",
      }
    `)
  })

  it('is one of two that are asked for at once', async () => {
    const ends = await Promise.all([1, 2].map(() => call(here, { args: ['apply', here.plan] })))
    expect(ends.map(({ exitCode }) => exitCode).sort()).toEqual([0, 4])
    const { runs } = JSON.parse((await call(here, { args: ['runs', '--json'] })).stdout)
    expect(runs).toMatchObject([{ outcome: 'applied', changed: 2, verified: 2 }])
  })

  it('is not put back without a name where nobody can be asked', async () => {
    await call(here, { args: ['apply', here.plan] })
    expect(await failureOf(here, { args: ['rollback'] })).toMatchObject({
      exitCode: 2,
      because: 'there is no terminal to ask on',
      state: 'Nothing was changed.',
      next: ['keyturn --home keyturn rollback RUN'],
    })
    expect((await call(here, { args: ['rollback', '--yes'] })).stdout).toContain('2 places put back')
  })

  it('is forgotten when its places are proved, or when its name is typed', async () => {
    await call(here, { args: ['apply', here.plan] })
    const [name = ''] = await readdir(at('keyturn', 'state', 'runs'))
    const wrong = await failureOf(here, { args: ['forget', name, '--force'], input: 'yes' })
    expect(wrong).toMatchObject({ exitCode: 3, state: 'Nothing was shredded.' })
    expect((await call(here, { args: ['forget', name] })).stdout).toContain('2 backups')
    expect(await failureOf(here, { args: ['rollback', name] })).toMatchObject({
      headline: 'R313: Not everything could be put back',
    })
    expect((await call(here, { args: ['audit'] })).exitCode).toBe(0)
  })

  it('that was forgotten by force in the middle is open no more: nothing resumes it, and another plan has its places', async () => {
    await call(here, { args: ['apply', here.plan] })
    const [name = ''] = await readdir(at('keyturn', 'state', 'runs'))
    const folder = at('keyturn', 'state', 'runs', name)
    const lines = (await readFile(join(folder, 'journal'), 'utf8')).split('\n')
    const did = lines.findIndex((line) => line.includes('"kind":"did"'))
    await writeFile(join(folder, 'journal'), `${lines.slice(0, did + 1).join('\n')}\n`)
    await rm(join(folder, 'journal.end'))
    const outcome = async () => JSON.parse((await call(here, { args: ['status', '--json'] })).stdout).runs[0].outcome
    expect(await outcome()).toBe('open')
    expect((await call(here, { args: ['forget', name, '--force'], input: name })).exitCode).toBe(0)
    expect(await outcome()).toBe('stopped')
    expect(await refusal('apply', '--resume')).toMatchObject({ because: 'no run is open' })
    for (const named of [name, here.planId, here.plan])
      expect(await refusal('apply', named, '--resume')).toMatchObject({ headline: 'R315: The run was forgotten' })
    expect((await call(here, { args: ['apply', here.plan] })).stderr).not.toContain('its journal has no end')
  })

  it('that has come to its end says so when it is to go on, and what can be done instead', async () => {
    await call(here, { args: ['apply', here.plan] })
    expect(await refusal('apply', here.plan, '--resume')).toMatchInlineSnapshot(`
      {
        "at": "run RUN",
        "because": "every place of it was changed, so there is nothing to go on with",
        "exitCode": 1,
        "headline": "R317: The run is complete",
        "next": [
          "Ask again whether its places work:",
          "  keyturn --home keyturn verify RUN",
        ],
        "state": "Nothing was changed by this command.",
      }
    `)
    await call(here, { args: ['rollback', '--yes'] })
    expect(await refusal('apply', here.plan, '--resume')).toMatchInlineSnapshot(`
      {
        "at": "run RUN",
        "because": "its places have their old bytes again; to change them once more takes another plan",
        "exitCode": 1,
        "headline": "R316: The run was rolled back",
        "next": [
          "keyturn --home keyturn plan PATH",
        ],
        "state": "Nothing was changed by this command.",
      }
    `)
    const [name = ''] = await readdir(at('keyturn', 'state', 'runs'))
    await call(here, { args: ['forget', name] })
    const { because, ...rest } = await refusal('apply', here.plan, '--resume')
    expect(because).toMatch(/^its backups were shredded on \d{4}-\d\d-\d\d, so it can neither go on nor be put back$/)
    expect(rest).toMatchInlineSnapshot(`
      {
        "at": "run RUN",
        "exitCode": 1,
        "headline": "R315: The run was forgotten",
        "next": [
          "What it changed, and then a plan for the rest:",
          "  keyturn --home keyturn show RUN",
          "  keyturn --home keyturn plan PATH",
        ],
        "state": "Nothing was changed by this command.",
      }
    `)
  })

  it('goes on beside one whose journal is damaged, which is named', async () => {
    await call(here, { args: ['apply', here.plan] })
    const [name = ''] = await readdir(at('keyturn', 'state', 'runs'))
    const journal = at('keyturn', 'state', 'runs', name, 'journal')
    const lines = (await readFile(journal, 'utf8')).split('\n')
    const end = lines.findIndex((line) => line.includes('"kind":"ended"'))
    await writeFile(journal, `${lines.slice(0, end).join('\n')}\n`)
    await rm(at('keyturn', 'state', 'runs', name, 'journal.end'))
    const later = at('keyturn', 'state', 'runs', 'r20991231-235959-00000000')
    await cp(at('keyturn', 'state', 'runs', name), later, { recursive: true })
    await writeFile(join(later, 'journal'), `no entry\n${lines.join('\n')}`)
    const { exitCode, stdout, stderr } = await call(here, { args: ['apply', here.plan, '--resume'] })
    expect(stderr).toMatch(
      /^Run RUN is damaged and was passed over: keyturn\/state\/runs\/RUN\/journal, line 1: it does/m,
    )
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('2 places of 2 changed and proved')])
  })

  it('takes over the lock of a process that has ended', async () => {
    const holder = { process: 4_194_304, host: hostname(), since: '2026-11-23T09:00:00.000Z' }
    await write(at('keyturn', 'state', 'lock'), `${JSON.stringify(holder)}\n`)
    expect((await call(here, { args: ['apply', here.plan] })).exitCode).toBe(0)
  })

  it('with a damaged journal is not guessed at', async () => {
    await call(here, { args: ['apply', here.plan] })
    const { runs } = JSON.parse((await call(here, { args: ['status', '--json'] })).stdout)
    expect(runs).toHaveLength(1)
    const names = Object.keys(await bytesUnder(here.folder)).filter((name) => name.endsWith('/journal'))
    const journal = at(names[0] ?? '')
    await writeFile(journal, `no entry\n${await readFile(journal, 'utf8')}`)
    expect(await refusal('rollback')).toMatchInlineSnapshot(`
      {
        "at": "keyturn/state/runs/RUN/journal, line 1",
        "because": "it does not fit its length and checksum: bytes of it were changed",
        "exitCode": 1,
        "headline": "R312: The journal of a run is damaged",
        "next": [
          "Put the journal back from a backup, or restore the places by hand.",
          "What is known of the runs:",
          "  keyturn --home keyturn audit",
        ],
        "state": "Nothing was changed. The backups of the run are beside the journal.",
      }
    `)
  })
})
