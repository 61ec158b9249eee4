import { expect } from 'vitest'
import type { Cause } from './causes.ts'
import { EMAIL, type Ended, type Machine, type Surroundings } from './stage.ts'

/** How a person asks the doctor: from which account, with which words after `keyturn doctor`, where. */
export interface Visit {
  readonly machine: Machine
  readonly args: readonly string[]
  readonly surroundings?: Surroundings
}

/** One repair as it stands on the screen: sentences, then commands alone on their lines. */
interface Printed {
  readonly text: string
  readonly commands: readonly string[]
}

export interface Prescription {
  readonly codes: readonly string[]
  readonly repairs: readonly Printed[]
  readonly screen: string
  readonly exitCode: number
}

export async function askDoctor({ machine, args, surroundings }: Visit): Promise<Prescription> {
  const { stdout, stderr, exitCode } = await machine.keyturn(['doctor', ...args], surroundings)
  expect(secretsIn(stdout + stderr)).toEqual([])
  const codes = [...stdout.matchAll(/^[=?~!] .*\((D1\d\d)\)$/gm)].map(([, code = '']) => code)
  expect(codes, stdout + stderr).not.toEqual([])
  return { codes, repairs: repairsOnScreen(stdout), screen: stdout, exitCode }
}

/** Below `Repair`, commands are indented deeper than every sentence. */
export function repairsOnScreen(screen: string): readonly Printed[] {
  const repairs: { text: string; commands: string[] }[] = []
  let inside = false
  for (const line of screen.split('\n')) {
    if (/^ {0,2}\S/.test(line)) inside = line === '  Repair'
    const [, indent = '', words = ''] = /^( {4}| {6})(\S.*)$/.exec(line) ?? []
    if (!inside || words === '') continue
    const last = repairs.at(-1)
    if (indent.length === 6) last?.commands.push(words)
    else if (last === undefined || last.commands.length > 0) repairs.push({ text: words, commands: [] })
    else last.text += ` ${words}`
  }
  return repairs
}

/** Anything that starts as a secret of Bitbucket does, however it was cut. */
function secretsIn(text: string): readonly string[] {
  return text.match(/(?:ATATT3|ATCTT3|ATBB)[A-Za-z0-9_=%-]+/g) ?? []
}

/** A repair that begins with "Or" opens another way; a person takes one of them. */
export type Way = 'first' | 'other'

function repairsOf(repairs: readonly Printed[], way: Way): readonly Printed[] {
  const at = repairs.findIndex(({ text }) => /(^|\. )Or /.test(text))
  if (at < 0) return way === 'first' ? repairs : []
  return way === 'first' ? repairs.slice(0, at) : repairs.slice(at)
}

/** The person at the machine: fills in the e-mail, creates the token as the doctor asks for it, and types the rest as it stands. */
export async function carryOut(
  visit: Visit,
  prescription: Prescription,
  way: Way,
  proof: Cause['proof'],
): Promise<void> {
  const repairs = repairsOf(prescription.repairs, way)
  const lines = repairs.flatMap(({ commands }) => commands)
  expect(lines, prescription.screen).not.toEqual([])
  const token = createdToken(visit.machine, repairs) ?? visit.surroundings?.input
  for (const line of lines) {
    const ended = await type(visit, line.replace('E-MAIL', EMAIL), token)
    expect(allowed(line, proof), `${line}\n${ended.stdout}${ended.stderr}`).toContain(ended.exitCode)
  }
}

/** On the page of the account, with the app and the scopes that were printed, and no others. */
function createdToken({ world }: Machine, repairs: readonly Printed[]): string | undefined {
  const text = repairs.map((repair) => repair.text).find((one) => one.includes('Create API token with scopes'))
  if (text === undefined) return undefined
  const [, app, scopes] = /the app (\w+), and the scopes? (.+?)[.;](?: |$)/.exec(text) ?? []
  expect(app).toBe('Bitbucket')
  return world.sandbox.world.addApiToken('alice', {
    name: 'as printed',
    app: 'bitbucket',
    scopes: scopes?.split(/ and |, /) ?? [],
  })
}

async function type({ machine, surroundings }: Visit, line: string, token: string | undefined): Promise<Ended> {
  const { input: _, ...place } = surroundings ?? {}
  if (line.startsWith('keyturn token add')) expect(token, 'no token was asked for').toBeDefined()
  return machine.shell(line, {
    ...place,
    environment: { ...place.environment, ...(await machine.personAtPrompt(token ?? '')) },
    input: line.startsWith('keyturn token add') ? `${token}\n` : '',
  })
}

/** A plan may leave other things to a person (3); that is no failure of the command. */
function allowed(line: string, proof: Cause['proof']): readonly number[] {
  if (line.startsWith('keyturn plan')) return [0, 3]
  return line.startsWith('keyturn apply') && proof === 'left to the build' ? [3] : [0]
}
