import type { Scope } from '../model/answer.ts'
import type { Repair } from '../model/diagnosis.ts'
import type { LogReading } from './console-log.ts'
import { askJenkins } from './jenkins-commands.ts'
import { createToken, GIT_USERNAME, storeWithGit } from './repairs.ts'
import { shellWord } from './shell-word.ts'

const UNKNOWN_URL = 'https://bitbucket.org/WORKSPACE/REPOSITORY.git'

/** A log names no controller, so that a person stores the token; what git keeps on this machine, git itself replaces. */
export function newTokenAfterLog(log: LogReading, scopes: readonly Scope[]): readonly Repair[] {
  return [createToken(scopes), ...(isOfJenkins(log) ? storeInJenkins(log) : [findOnMachine(log)])]
}

export function isOfJenkins({ origin }: LogReading): boolean {
  return origin === 'build' || origin === 'scan'
}

/** One token, two names: git takes the fixed one, and Branch Source knows an API token by the e-mail. */
export function storeInJenkins(log: LogReading): readonly Repair[] {
  const id = log.credentialId === undefined ? 'of the job' : `"${log.credentialId}"`
  const name = log.origin === 'scan' ? 'the Atlassian e-mail of its owner' : GIT_USERNAME
  return [
    {
      text: `Store it in the Jenkins credential ${id} (Credentials, Update), with the username ${name}.`,
      commands: [],
    },
    LET_KEYTURN,
  ]
}

/** As `planAndApply` words it, with what a log does not tell left to the reader. */
const LET_KEYTURN: Repair = {
  text: 'Or let keyturn do that, which reads the token from a hidden prompt.',
  commands: [
    'keyturn token add NAME --email E-MAIL',
    'keyturn plan --jenkins URL --job JOB --token NAME -o plan.json',
    'keyturn apply plan.json --jenkins URL',
  ],
}

function findOnMachine({ url }: LogReading): Repair {
  return {
    text: 'Ask where git takes the old credential from, on the machine that printed this, and replace it there.',
    commands: [`keyturn doctor ${shellWord(url ?? UNKNOWN_URL)}`],
  }
}

export function selectInJob(log: LogReading): readonly Repair[] {
  if (!isOfJenkins(log))
    return [
      createToken(['read:repository:bitbucket', 'write:repository:bitbucket']),
      storeWithGit(log.url ?? UNKNOWN_URL),
    ]
  return [
    {
      text: 'Select a credential of the kind "Username with password" in the job, under Source Code Management. A shell step of a pipeline needs its own: withCredentials([gitUsernamePassword(credentialsId: "ID")]).',
      commands: [],
    },
  ]
}

export function cleanUrl({ url }: LogReading): Repair {
  return {
    text: `Take the username out of the URL of the job (Source Code Management, Repository URL): ${url ?? UNKNOWN_URL}. The credential of the job then decides.`,
    commands: [],
  }
}

export function listIds(): Repair {
  return { text: 'Ask the controller which ids the job can see.', commands: [askJenkins(undefined)] }
}
