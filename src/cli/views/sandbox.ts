import type { Paint } from '../output.ts'

/** How a running sandbox is reached. The API token is the sandbox's own and opens nothing else. */
export interface Reachable {
  readonly pid: number
  readonly folder: string
  readonly webUrl: string
  readonly environment: Readonly<Record<string, string>>
  readonly jenkins?: { readonly url: string; readonly home: string; readonly user: string; readonly apiToken: string }
  readonly homes?: { readonly agent: string; readonly developer: string }
}

export function sandboxLines({ webUrl, jenkins, homes, folder }: Reachable, paint: Paint): readonly string[] {
  return [
    paint.bold('The sandbox is running, on this machine only. Nothing in it is real.'),
    '',
    'With unmodified https://bitbucket.org addresses:',
    '    keyturn sandbox exec -- git ls-remote https://bitbucket.org/acme/docs.git',
    '    eval "$(keyturn sandbox env)"      # the same for this shell',
    'On plain ports:',
    `    git      ${webUrl}/acme/app.git`,
    `    REST     ${webUrl}/2.0/user`,
    `    tokens   ${webUrl}/manage-profile/security/api-tokens`,
    '             (ci-bot@acme.example or alice@acme.example, password sandbox)',
    `    look in  ${webUrl}/_sandbox/`,
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
    `State: ${folder}`,
    'Ctrl-C ends it.',
  ]
}
