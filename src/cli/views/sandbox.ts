import type { Paint } from '../output.ts'

/** How a running sandbox is reached. The API token is the sandbox's own and opens nothing else. */
export interface Reachable {
  readonly pid: number
  readonly folder: string
  readonly webUrl: string
  /** As it stood at the start. */
  readonly clock: { readonly now: string; readonly rate: number }
  /** What `exec` needs to lead a command here without a proxy. */
  readonly namespace: { readonly tlsPort: number; readonly ports: readonly number[]; readonly bundleFile: string }
  readonly environment: Readonly<Record<string, string>>
  readonly jenkins?: { readonly url: string; readonly home: string; readonly user: string; readonly apiToken: string }
  readonly homes?: { readonly agent: string; readonly developer: string }
}

/** `2026-07-28 00:00:00 UTC, and stands`. */
export function clockText({ now, rate }: Reachable['clock']): string {
  const instant = `${now.slice(0, 10)} ${now.slice(11, 19)} UTC`
  return rate === 0 ? `${instant}, and stands` : `${instant}, and runs ${rate} times as fast as this machine`
}

export function clockLines(reading: Reachable['clock']): readonly string[] {
  return [`The clock of the sandbox: ${clockText(reading)}`]
}

export function sandboxLines({ webUrl, jenkins, homes, folder, clock }: Reachable, paint: Paint): readonly string[] {
  const isSample = homes !== undefined
  return [
    paint.bold('The sandbox is running, on this machine only. Nothing in it is real.'),
    '',
    'See who exists, what was asked, and why it was answered so:',
    `    ${webUrl}/_sandbox/`,
    'From another terminal, with unmodified https://bitbucket.org addresses:',
    ...(isSample ? ['    keyturn sandbox exec -- git ls-remote https://bitbucket.org/acme/docs.git'] : []),
    ...(isSample ? [] : ['    keyturn sandbox exec -- curl https://api.bitbucket.org/2.0/user']),
    '    eval "$(keyturn sandbox env)"      # the same for a whole shell',
    'On plain ports:',
    ...(isSample ? [`    git      ${webUrl}/acme/app.git`] : []),
    `    REST     ${webUrl}/2.0/user`,
    `    tokens   ${webUrl}/manage-profile/security/api-tokens`,
    ...(isSample ? ['             (ci-bot@acme.example or alice@acme.example, password sandbox)'] : []),
    ...(jenkins === undefined
      ? []
      : [
          `    Jenkins  ${jenkins.url}`,
          `             export JENKINS_USER_ID=${jenkins.user}`,
          `             export JENKINS_API_TOKEN=${jenkins.apiToken}`,
          '',
          'Homes to repair, each full of dead credentials:',
          `    ${jenkins.home}`,
          ...(homes === undefined ? [] : [`    ${homes.agent}`, `    ${homes.developer}`]),
        ]),
    '',
    `Clock: ${clockText(clock)}.`,
    '    keyturn sandbox clock 2027-11-23     # or --advance 30d, --rate 3600',
    `State: ${folder}`,
    'Ctrl-C ends it, or: keyturn sandbox stop',
  ]
}
