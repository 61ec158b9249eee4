import { type Argument, textOf, type Value } from './parse-pipeline.ts'
import { type BoundCredential, type PipelineRun, type Scope, StepFailed } from './pipeline-run.ts'

/** Variables that are masked, and variables that are not (credentials-binding, MultiBinding.MultiEnvironment). */
interface Bound {
  readonly secret: Readonly<Record<string, string>>
  readonly open: Readonly<Record<string, string>>
  /** Handed to git by an askpass program in place of variables alone. */
  readonly askpass?: { readonly username: string; readonly password: string }
}

export interface BoundScope {
  readonly scope: Scope
  readonly askpass: Bound['askpass']
}

const PAIR = 'com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials'
const TEXT = 'org.jenkinsci.plugins.plaincredentials.StringCredentials'

/** The list of `withCredentials`. Throws StepFailed with the two messages of CredentialNotFoundException. */
export function bindAll(run: PipelineRun, scope: Scope, bindings: Value | undefined): BoundScope {
  const calls = bindings?.kind === 'list' ? bindings.items.map((each) => each.value) : []
  return inScope(
    run,
    scope,
    calls.flatMap((each) => (each.kind === 'call' ? [bind(run, each.name, each.items)] : [])),
  )
}

/** `X = credentials('id')` of a declarative environment: `X`, and for a pair also `X_USR` and `X_PSW`. */
export function bindEnvironment(run: PipelineRun, scope: Scope, name: string, id: string): BoundScope {
  const found = lookUp(run, id)
  if (found.text !== undefined) return inScope(run, scope, [{ secret: { [name]: found.text }, open: {} }])
  const { username, password } = pairOf(id, found)
  const user = { [`${name}_USR`]: username }
  const secret = { [name]: `${username}:${password}`, [`${name}_PSW`]: password }
  return inScope(run, scope, [
    found.isUsernameSecret ? { secret: { ...secret, ...user }, open: {} } : { secret, open: user },
  ])
}

function inScope(run: PipelineRun, scope: Scope, bound: readonly Bound[]): BoundScope {
  const names = bound.flatMap((each) => Object.keys(each.secret))
  if (names.length > 0) run.log(`Masking supported pattern matches of ${names.map((each) => `$${each}`).join(' or ')}`)
  const secrets = bound.flatMap((each) => Object.values(each.secret)).filter((each) => each !== '')
  const variables = Object.assign({}, scope.variables, ...bound.flatMap((each) => [each.open, each.secret]))
  return {
    scope: { ...scope, variables, secrets: [...scope.secrets, ...secrets] },
    askpass: bound.find((each) => each.askpass !== undefined)?.askpass,
  }
}

function bind(run: PipelineRun, kind: string, args: readonly Argument[]): Bound {
  const id = textOf(args, 'credentialsId') ?? ''
  const found = lookUp(run, id)
  const variable = (key: string) => textOf(args, key) ?? key
  if (kind === 'string') {
    if (found.text === undefined) throw mismatch(id, found, TEXT)
    return { secret: { [variable('variable')]: found.text }, open: {} }
  }
  const { username, password } = pairOf(id, found)
  switch (kind) {
    case 'usernamePassword': {
      const user = { [variable('usernameVariable')]: username }
      const secret = { [variable('passwordVariable')]: password }
      return found.isUsernameSecret ? { secret: { ...user, ...secret }, open: {} } : { secret, open: user }
    }
    case 'usernameColonPassword':
      return { secret: { [variable('variable')]: `${username}:${password}` }, open: {} }
    case 'gitUsernamePassword':
      return { secret: { GIT_PASSWORD: password }, open: { GIT_USERNAME: username }, askpass: { username, password } }
    default:
      throw new StepFailed(`(sandbox) the binding ${kind} is not played`)
  }
}

function lookUp(run: PipelineRun, id: string): BoundCredential {
  const found = run.credential(id)
  if (found === undefined) throw new StepFailed(`Could not find credentials entry with ID '${id}'`)
  return found
}

function pairOf(id: string, found: BoundCredential): { readonly username: string; readonly password: string } {
  if (found.pair === undefined) throw mismatch(id, found, PAIR)
  return found.pair
}

function mismatch(id: string, { typeName }: BoundCredential, expected: string): StepFailed {
  return new StepFailed(`Credentials '${id}' is of type '${typeName}' where '${expected}' was expected`)
}
