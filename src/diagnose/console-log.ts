import { evidenceText } from '../bitbucket/evidence-text.ts'
import { type CleanLine, cleanedLine, lineSplitter } from './console-line.ts'
import { type ClassifiedLine, classesOf, type LogClass, withItsBeginning } from './console-log-classes.ts'

export type { LogClass } from './console-log-classes.ts'
export { END_OF_APP_PASSWORDS } from './console-log-classes.ts'

export interface LogFinding {
  readonly id: LogClass
  /** The line, safe to print. */
  readonly line: string
  /** What the pattern captured: a credential id, a username. */
  readonly captured?: string
  /** Counted from 1, as an editor counts. */
  readonly number?: number
  /** For a username in a URL: whether a secret stands beside it. */
  readonly userinfo?: 'name' | 'name and secret'
}

/** Whose words they are: those of a build, of a scan, or of git at somebody's terminal. */
export type LogOrigin = 'build' | 'scan' | 'git'

/** What a console log tells, most trustworthy first. An empty list means that no known line occurs, which is not a success. */
export interface LogReading {
  readonly findings: readonly LogFinding[]
  readonly origin?: LogOrigin
  /** What stands behind `Finished: `. */
  readonly result?: string
  /** URL of the repository at Bitbucket that was asked for last, without userinfo. */
  readonly url?: string
  /** Id in `using credential`. */
  readonly credentialId?: string
}

/** Sorts a console log of Jenkins, or what git printed, into known classes. */
export function readConsoleLog(text: string | Uint8Array): LogReading {
  const reader = consoleLogReader()
  const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text
  for (let start = 0; start < bytes.length; start += SLICE) reader.push(bytes.subarray(start, start + SLICE))
  return reader.end()
}

const SLICE = 64 * 1024

export interface ConsoleLogReader {
  push(bytes: Uint8Array): void
  end(): LogReading
}

/** Reads a log of any size piece by piece: it keeps the first line of each class, and nothing else. */
export function consoleLogReader(): ConsoleLogReader {
  const state = emptyState()
  const splitter = lineSplitter((text, number) => takeLine(state, cleanedLine(text, number)))
  return {
    push: (bytes) => splitter.push(bytes),
    end: () => {
      splitter.end()
      return readingOf(state)
    },
  }
}

type Kept = Map<LogClass, LogFinding>

/** One checkout: from the lines that name a credential to the one that says how it ended. */
interface Attempt {
  /** What was said of the credential before anything was asked. It is evidence only when the attempt fails. */
  readonly said: Kept
  began: boolean
  /** The remote is at another host, so that its lines are not about Bitbucket. */
  elsewhere: boolean
}

interface State {
  attempt: Attempt
  before: string
  /** Something was checked out: what follows are the steps of the build. */
  checkedOut: boolean
  readonly failed: Kept
  /** Of attempts that ended without a word: excerpts. */
  readonly open: Kept
  failures: number
  origin: LogOrigin | undefined
  result: string | undefined
  url: string | undefined
  credentialId: string | undefined
}

function emptyState(): State {
  return {
    attempt: newAttempt(),
    before: '',
    checkedOut: false,
    failed: new Map(),
    open: new Map(),
    failures: 0,
    origin: undefined,
    result: undefined,
    url: undefined,
    credentialId: undefined,
  }
}

function newAttempt(): Attempt {
  return { said: new Map(), began: false, elsewhere: false }
}

function takeLine(state: State, line: CleanLine | undefined): void {
  if (line === undefined) return
  const told = classesOf(withItsBeginning(state.before, line.text))
  state.before = line.text
  if (told === undefined) return
  if (told.marks.has('opens') && state.attempt.began) closeAttempt(state, 'without a word')
  noteOrigin(state, told)
  noteRemote(state, told)
  for (const found of told.found) keep(state, found, line)
  if (told.marks.has('asks')) state.attempt.began = true
  // Branch Source hands over what the git plugin did not find: a Secret text.
  if (told.marks.has('askpass')) for (const id of ['L1', 'L3'] as const) state.attempt.said.delete(id)
  if (told.marks.has('fails')) fail(state)
  if (told.marks.has('checked out')) closeAttempt(state, 'well')
  if (told.result !== undefined) state.result = told.result
}

function noteOrigin(state: State, { marks }: ClassifiedLine): void {
  if (marks.has('scan')) state.origin = 'scan'
  else if (marks.has('jenkins')) state.origin ??= 'build'
}

function noteRemote(state: State, { place, remote, credentialId }: ClassifiedLine): void {
  if (place !== undefined && remote !== undefined) state.attempt.elsewhere = place === 'elsewhere'
  if (place === 'Bitbucket' && remote !== undefined) state.url = remote
  if (credentialId !== undefined) state.credentialId = credentialId
}

function keep(state: State, found: ClassifiedLine['found'][number], line: CleanLine): void {
  const { id, captured, weight, userinfo } = found
  // Beside a host that is named, a step of the build may speak of anything.
  if (weight === 'at Bitbucket only' && state.checkedOut) return
  if (state.attempt.elsewhere && weight !== 'of a step') return
  const finding: LogFinding = {
    id,
    line: shownLine(withoutUserinfoSecret(line.text)),
    ...(captured === undefined ? {} : { captured: evidenceText(captured) }),
    number: line.number,
    ...(userinfo === undefined ? {} : { userinfo }),
  }
  if (weight === 'said before') {
    if (!state.attempt.said.has(id)) state.attempt.said.set(id, finding)
    return
  }
  keepFirst(state.failed, [finding])
  if (weight !== 'of a step') fail(state)
}

function fail(state: State): void {
  state.attempt.began = true
  if (state.attempt.elsewhere) return
  state.failures++
  keepFirst(state.failed, [...state.attempt.said.values()])
}

function closeAttempt(state: State, ended: 'well' | 'without a word'): void {
  if (ended === 'well') state.checkedOut = true
  else if (!state.attempt.elsewhere) keepFirst(state.open, [...state.attempt.said.values()])
  state.attempt = newAttempt()
}

function keepFirst(kept: Kept, findings: readonly LogFinding[]): void {
  for (const finding of findings) if (!kept.has(finding.id)) kept.set(finding.id, finding)
}

function readingOf(state: State): LogReading {
  closeAttempt(state, 'without a word')
  const { origin, result, url, credentialId } = state
  return {
    findings: [...countedFindings(state)].sort((a, b) => rank(a.id) - rank(b.id)),
    ...(origin === undefined ? {} : { origin }),
    ...(result === undefined ? {} : { result }),
    ...(url === undefined ? {} : { url }),
    ...(credentialId === undefined ? {} : { credentialId }),
  }
}

/** A build that succeeded shows no fault; a scan that succeeded can have read the wrong list (branch source, issue 476). */
function countedFindings({ failed, open, failures, result }: State): readonly LogFinding[] {
  if (result === 'SUCCESS' || result === 'UNSTABLE') {
    const dangers = [...failed.values(), ...open.values()].filter(({ id }) => id === 'L18' || id === 'L19')
    return dangers.some(({ id }) => id === 'L19') ? dangers : []
  }
  return failures > 0 || failed.size > 0 ? [...failed.values()] : [...open.values()]
}

/**
 * Network first, then what Bitbucket said in words of its own, then an id that was not found, no credential, userinfo, and only then
 * the 401 that has many causes.
 */
const ORDER: readonly LogClass[] = [
  ...(['L13', 'L7', 'A23', 'A24', 'A26', 'A27', 'A25', 'A21', 'L8', 'L21', 'L1'] as const),
  ...(['L18', 'L17', 'L20', 'A4', 'A3'] as const),
  ...(['L2', 'L11', 'L6', 'L9', 'L10', 'L14', 'L16', 'A14', 'L12', 'L15', 'L22', 'L19', 'L4', 'L5', 'L3'] as const),
]

function rank(id: LogClass): number {
  return ORDER.indexOf(id)
}

const SSH_USER = 'git@bitbucket.org'

/** The user of every SSH remote looks like an e-mail, and is nobody's. */
function shownLine(line: string): string {
  return line.startsWith(SSH_USER) ? SSH_USER + evidenceText(line.slice(SSH_USER.length)) : evidenceText(line)
}

function withoutUserinfoSecret(line: string): string {
  return line.replace(/(https?:\/\/[^/@\s:]*):[^/\s]*@/gi, '$1@')
}
