import type { Sandbox } from '../../sandbox/index.ts'
import { GitHome, runClient } from './client-run.ts'
import { gitCaseNames, gitCases, refsAs } from './git-cases.ts'
import { privateUrl, requestsDuring } from './town.ts'

export interface JgitAnswer {
  readonly says: string
  readonly sent: readonly string[]
}

/** Each attempt begins with a request that carries nothing, so the list falls apart at those. */
const byAttempt = (sent: readonly string[]): readonly (readonly string[])[] =>
  sent.reduce<string[][]>((attempts, line) => {
    if (line === refsAs('nobody', 401)) attempts.push([line])
    else attempts.at(-1)?.push(line)
    return attempts
  }, [])

/**
 * Asks for the references once for each credential, and once without one, in one Java process: a start of Java costs
 * more than all the requests. JGit has no exit code of its own.
 */
export const runJgit = async (sandbox: Sandbox, classPath: string): Promise<ReadonlyMap<string, JgitAnswer>> => {
  const names = ['nobody', ...gitCaseNames]
  const pairs = gitCaseNames.map((name) => {
    const { username, secret } = gitCases[name](sandbox)
    return `${username}\t${secret}`
  })
  const home = new GitHome(sandbox)
  const proxy = new URL(sandbox.proxyUrl)
  const options = [
    `-Dhttps.proxyHost=${proxy.hostname}`,
    `-Dhttps.proxyPort=${proxy.port}`,
    `-Duser.home=${home.folder}`,
  ]
  const program = `${import.meta.dirname}/scripts/ListReferences.java`
  const args = ['-cp', classPath, ...options, program, privateUrl, sandbox.caFile]
  const input = ['', ...pairs].map((pair) => `${pair}\n`).join('')
  const { result, sent } = await requestsDuring(sandbox, () =>
    runClient('java', args, home.environment(), home.folder, { input }),
  )
  if (result.exit !== 0) throw new Error(result.screen.join('\n'))
  const said = result.stdout.trimEnd().split('\n')
  const attempts = byAttempt(sent)
  return new Map(names.map((name, at) => [name, { says: said[at] ?? '', sent: attempts[at] ?? [] }]))
}

const problem = (text: string): string => `org.eclipse.jgit.api.errors.TransportException: ${privateUrl}: ${text}`
const challenge = refsAs('nobody', 401)

/** JGit sends a refused pair three times, so one wrong password counts as three failed attempts. */
const refusedAs = (whom: string): JgitAnswer => ({
  says: problem('not authorized'),
  sent: [challenge, ...Array.from({ length: 3 }, () => refsAs(`Basic ${whom}`, 401))],
})

const statusAs = (whom: string, status: number, text: string): JgitAnswer => ({
  says: problem(text),
  sent: [challenge, refsAs(`Basic ${whom}`, status)],
})

/** What JGit of every line did here; `more` is what follows an accepted credential. */
export const jgitTable = (
  more: (whom: string) => readonly string[],
): Readonly<Record<'nobody' | (typeof gitCaseNames)[number], JgitAnswer>> => {
  const acceptedAs = (whom: string): JgitAnswer => ({
    says: 'HEAD refs/heads/main',
    sent: [challenge, refsAs(`Basic ${whom}`, 200), ...more(whom)],
  })
  const notPermitted = "git-upload-pack not permitted on 'https://bitbucket.org/acme/app.git/'"
  const fixed = 'x-bitbucket-api-token-auth'
  return {
    nobody: {
      says: problem('Authentication is required but no CredentialsProvider has been registered'),
      sent: [challenge],
    },
    'an API token under the fixed user': acceptedAs(fixed),
    'an API token under the Bitbucket username': acceptedAs('alice'),
    'an API token under the e-mail': refusedAs('alice@example.com'),
    'an app password': statusAs('alice', 410, '410 Gone'),
    'an API token without scopes': refusedAs(fixed),
    'an API token that lacks a scope': statusAs(fixed, 403, notPermitted),
    'an API token of somebody without access': statusAs(fixed, 403, notPermitted),
  }
}
