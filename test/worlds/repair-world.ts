import type { World } from '../../sandbox/index.ts'
import type { Account, Ended } from './account.ts'
import type { Site } from './blueprint.ts'
import type { Cast } from './issue-secrets.ts'
import { codesOnScreen, firstWay, type Printed, repairsOnScreen, scopesToCreate, secondWay } from './screen.ts'

/** How the person asks, and what has to work in the end. */
export interface Patient {
  /** Who types: the doctor's questions and the printed commands. */
  readonly account: Account
  readonly folder: string
  /** After `keyturn doctor`. */
  readonly args: readonly string[]
  /** The secret that is given to the doctor with `--secret-stdin`. */
  readonly given?: string
  readonly command: () => Promise<Ended>
  /** What only a person can do in a web page, for a diagnosis whose repair prints no command; the secret that is right from then on. */
  readonly act: (code: string) => Promise<{ readonly secret?: string } | undefined>
  /** The secret that is stored now. */
  readonly held?: string
  /** Who is told to use the URL without userinfo does so from then on. */
  readonly withBareUrl?: () => Patient
  /** Who is told what would settle it asks again with everything there is to tell. */
  readonly withEverything?: () => Patient
}

export interface Course {
  readonly ended: 'repaired' | 'stuck'
  /** What was said in each round. */
  readonly rounds: readonly (readonly string[])[]
  /** Why it went no further: the round, the command and its words. */
  readonly because?: string
}

const ROUNDS = 6

/** Doctor, repair as printed, and again, until the doctor is content and the command works. */
export async function repairWorld(asking: Patient, person: Person): Promise<Course> {
  let patient = asking
  const rounds: (readonly string[])[] = []
  let given = asking.given
  for (let round = 0; round < ROUNDS; round++) {
    const asked = await askDoctor(patient, given)
    const codes = codesOnScreen(asked.words)
    rounds.push(codes)
    if (codes.length === 0) return { ended: 'stuck', rounds, because: `the doctor said: ${asked.words.slice(-400)}` }
    if (codes[0] === 'D100') return finished(rounds, await patient.command())
    if (codes[0] === 'D190' && patient.withEverything !== undefined) {
      patient = patient.withEverything()
      given ??= patient.given
      if (asked.words.includes('build the job again')) await patient.command()
      continue
    }
    const printed = repairsOnScreen(asked.words)
    const helpedNothing = codes[0] === rounds.at(-2)?.[0] && secondWay(printed).length > 0
    const repairs = helpedNothing ? secondWay(printed) : firstWay(printed)
    const carried = await carryOut(patient, person, repairs, codes[0] ?? 'nothing', given)
    if (carried.problem !== undefined) return { ended: 'stuck', rounds, because: carried.problem }
    given = carried.given
    if (
      patient.withBareUrl !== undefined &&
      repairs.some(({ text }) => /URL without (userinfo|the username)/.test(text))
    )
      patient = patient.withBareUrl()
    // Whoever has repaired something tries it: a job is built again.
    await patient.command()
  }
  return { ended: 'stuck', rounds, because: `not content after ${ROUNDS} rounds` }
}

function finished(rounds: readonly (readonly string[])[], { exitCode, words }: Ended): Course {
  if (exitCode === 0) return { ended: 'repaired', rounds }
  return { ended: 'stuck', rounds, because: `D100, and the command fails: ${words.slice(-400)}` }
}

function askDoctor({ account, folder, args }: Patient, given: string | undefined): Promise<Ended> {
  const more = given === undefined ? [] : ['--secret-stdin']
  return account.run('keyturn', ['doctor', ...args, ...more], folder, given ?? '')
}

/** Who creates tokens in a web page and answers at prompts. */
export interface Person {
  readonly world: World
  readonly cast: Cast
  readonly site: Site
}

interface Carried {
  readonly given: string | undefined
  readonly problem?: string
}

async function carryOut(
  patient: Patient,
  { world, cast }: Person,
  repairs: readonly Printed[],
  code: string,
  given: string | undefined,
): Promise<Carried> {
  const lines = repairs.flatMap(({ commands }) => commands)
  const scopes = scopesToCreate(repairs)
  const token =
    scopes === undefined ? given : world.addApiToken(cast.username, { name: 'as printed', app: 'bitbucket', scopes })
  if (lines.length === 0) {
    const acted = await patient.act(code)
    if (acted === undefined) return { given, problem: `${code}: nothing is printed that can be typed` }
    return { given: given === undefined ? undefined : (acted.secret ?? token) }
  }
  // What a page offers comes before what is typed.
  if (code === 'D115') await patient.act(code)
  await preparePrompt(patient.account, token ?? patient.held ?? '')
  for (const line of lines) {
    const ended = await typeLine(patient, line.replace('E-MAIL', cast.email), token)
    if (!isFine(line, ended) && !(await isContinued(patient, line, ended, lines)))
      return { given, problem: `${code}: ${line} ended with ${ended.exitCode}: ${ended.words.slice(-500)}` }
  }
  return { given: given === undefined ? undefined : token }
}

/** A run that an earlier round left open is put back, as the refusal says, and what was printed is typed again. */
async function isContinued(
  patient: Patient,
  line: string,
  { words }: Ended,
  lines: readonly string[],
): Promise<boolean> {
  const [rollback] = /keyturn rollback r[\w-]+/.exec(words) ?? []
  const plan = lines.find((one) => one.startsWith('keyturn plan'))
  if (!words.includes('R310') || rollback === undefined || plan === undefined) return false
  for (const next of [rollback, plan]) await typeLine(patient, next, undefined)
  return isFine(line, await typeLine(patient, line, undefined))
}

/** Answers what git would ask on a terminal, from a file. */
async function preparePrompt(account: Account, token: string): Promise<void> {
  await account.write('.local/person/token', token)
  const script = `#!/bin/sh\ncase "$1" in Username*) echo x-bitbucket-api-token-auth;; *) cat "$HOME/.local/person/token";; esac\n`
  await account.write('.local/person/answer', script, 0o700)
}

function typeLine({ account, folder }: Patient, line: string, token: string | undefined): Promise<Ended> {
  const prompted = account.with({ GIT_ASKPASS: `${account.home}/.local/person/answer` })
  const input = line.startsWith('keyturn token add') ? `${token ?? ''}\n` : ''
  return prompted.run('sh', ['-e', '-c', line], folder, input)
}

/**
 * A plan may leave other things to a person (3) or say that it could not look everywhere (5), and an apply may leave the proof to the
 * build (3); `git ls-remote` only shows what was stored. Where it is made and not proved, another fault is left, and the next round tells which.
 */
function isFine(line: string, { exitCode, words }: Ended): boolean {
  const told = words.replace(/\s+/g, ' ')
  if (exitCode === 0) return true
  if (/^(HOME=\S+ )?git ls-remote /.test(line)) return true
  if (line.startsWith('keyturn plan'))
    return exitCode === 3 || (exitCode === 5 && told.includes('The plan holds as long as'))
  if (!line.startsWith('keyturn apply')) return false
  return exitCode === 3 || told.includes('holds the new credential, which was refused')
}
