import { Failure } from '../../model/failure.ts'
import type { Context } from '../../model/ports.ts'
import { type HelperSetting, isManager, runGit } from './settings.ts'

/** What a helper holds, as git's own lines: `username`, `password`, and what else the helper wants to have back. */
export type Attributes = ReadonlyMap<string, string>

/**
 * What one helper alone answers, whatever else is configured. `undefined`: it holds nothing for the host, or for the username. `fill`
 * neither stores nor erases. Throws R401 when it gives no answer in time.
 */
export async function fill(
  helper: HelperSetting,
  context: Context,
  username?: string,
): Promise<Attributes | undefined> {
  const input = linesOf(new Map([...HOST_LINES, ...(username === undefined ? [] : [['username', username] as const])]))
  const { stdout, exitCode } = await runGit(context, {
    args: [...only(helper), 'credential', 'fill'],
    input,
    // It would drop what it holds: /2.0/user wants the e-mail, and git another name (BitbucketHostProvider.cs).
    ...(isManager(helper) ? { environment: { GCM_BITBUCKET_VALIDATE_STORED_CREDENTIALS: 'false' } } : {}),
  })
  if (exitCode === 124) throw late(helper)
  const answer = readAttributes(stdout)
  return exitCode === 0 && answer.get('username') && answer.get('password') ? answer : undefined
}

/** Gives it to this helper alone. git tells nothing of what becomes of it: whoever stores asks afterwards. */
export async function approve(helper: HelperSetting, attributes: Attributes, context: Context): Promise<void> {
  await tell('approve', helper, attributes, context)
}

/** Has this helper forget it. */
export async function reject(helper: HelperSetting, attributes: Attributes, context: Context): Promise<void> {
  await tell('reject', helper, attributes, context)
}

async function tell(
  verb: 'approve' | 'reject',
  helper: HelperSetting,
  attributes: Attributes,
  context: Context,
): Promise<void> {
  const input = linesOf(new Map([...HOST_LINES, ...attributes]))
  const { exitCode } = await runGit(context, { args: [...only(helper), 'credential', verb], input })
  if (exitCode === 124) throw late(helper)
}

const HOST_LINES = [
  ['protocol', 'https'],
  ['host', 'bitbucket.org'],
] as const

/** An empty value forgets all helpers before it. */
function only({ value }: HelperSetting): readonly string[] {
  return ['-c', 'credential.helper=', '-c', `credential.helper=${value}`]
}

/** git-credential(1): one attribute a line, and an empty line. */
export function linesOf(attributes: Attributes): string {
  return `${[...attributes].map(([name, value]) => `${name}=${value}\n`).join('')}\n`
}

/** Repeated attributes (`wwwauth[]`) and those that the question itself names are left out. */
export function readAttributes(text: string): Attributes {
  return new Map(
    text.split('\n').flatMap((line) => {
      const [, name = '', value = ''] = /^([a-z_]+)=(.*)$/.exec(line) ?? []
      return name === '' || name === 'protocol' || name === 'host' || name === 'path' ? [] : [[name, value] as const]
    }),
  )
}

function late({ file, address }: HelperSetting): Failure {
  return new Failure('R401', {
    at: `${file} ${address}`,
    because: 'the credential helper gave no answer in time',
    next: ['Unlock its keychain, then repeat the command.'],
  })
}
