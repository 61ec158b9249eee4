import { classifyReply } from '../../bitbucket/classify-reply.ts'
import type { Answer } from '../../model/answer.ts'
import type { Repository } from '../../model/use.ts'
import { readRemoteUrl } from './remote-url.ts'

/** One checkout of the git plugin, as the console of a build tells of it (git-plugin, GitSCM; git-client, CliGitAPIImpl). */
export interface Checkout {
  /** Absent: the console names none. */
  readonly credentialId?: string
  /** Absent: it is not at Bitbucket Cloud, or was not reached. */
  readonly repository?: Repository
  readonly outcome: 'fetched' | 'failed' | 'open'
  /** What was said meanwhile. */
  readonly text: string
}

export interface BuildConsole {
  /** In the order of the log. */
  readonly checkouts: readonly Checkout[]
  /** Ids that Jenkins did not find for this job. */
  readonly notFound: readonly string[]
  /** Branch Source gave the revision and the script of it over REST (workflow-multibranch, SCMBinder). */
  readonly readsScript: boolean
  /** Why REST refused Branch Source. */
  readonly refusal?: Extract<Answer, { kind: 'no' }>
  /** Steps run at the same time, and nothing tells which of them said what. */
  readonly isParallel: boolean
}

/** `[2026-11-24T03:29:10.000Z] ` and `03:29:10  ` of the Timestamper plugin. */
const TIMESTAMP = /^(?:\[\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)\] ?|\d\d:\d\d:\d\d(?:\.\d+)? {1,2}(?=\S| >))/
const BEGINS = /^The recommended git tool is:|^using credential |^No credentials specified$|^Warning: CredentialId "/
const OBTAINED = /^Obtained \S.* from [0-9a-f]{40}\b/
const UNKNOWN_TO_SOURCE = /^(?:java\.lang\.IllegalStateException: )?No credentialsId \S+ found for project /
/** Two lines from 937.0.0 on, one before; a 404 is told in other words (AbstractBitbucketApi). */
const REFUSED = /HTTP request error\.(?:\n| )Status: (?:[A-Za-z' -]+ HTTP )?([1-5]\d\d)\b/
const MISSING = /FileNotFoundException: Resource \S*api\.bitbucket\.org\S* not found/

/** Reads the console of a build, without console notes and colours. A log that is cut is read as far as it goes. */
export function readBuildConsole(text: string): BuildConsole {
  const lines = text.split(/\r?\n/).map((line) => line.replace(TIMESTAMP, ''))
  const refusal = restRefusal(lines)
  return {
    checkouts: checkoutsIn(lines),
    notFound: lines.flatMap((line) => /^Warning: CredentialId "(.+)" could not be found\.?$/.exec(line)?.[1] ?? []),
    readsScript: lines.some((line) => OBTAINED.test(line)),
    ...(refusal === undefined ? {} : { refusal }),
    isParallel: lines.some((line) => /^\[Pipeline\] parallel\b/.test(line)),
  }
}

function checkoutsIn(lines: readonly string[]): readonly Checkout[] {
  const found: string[][] = []
  for (const line of lines) {
    const open = found.at(-1)
    // The name of the tool and of the credential begin the same checkout, in this order.
    const begins = BEGINS.test(line) && (open === undefined || !open.every((each) => BEGINS.test(each)))
    if (begins) found.push([line])
    else open?.push(line)
  }
  return found.map(readCheckout)
}

function readCheckout(lines: readonly string[]): Checkout {
  const first = (pattern: RegExp): string | undefined =>
    lines.map((line) => pattern.exec(line)?.[1]).find((one) => one !== undefined)
  const credentialId = first(/^using credential (.+)$/)
  const url = first(/^(?:Fetching upstream changes from|Cloning repository) (\S+)$/)
  const repository = url === undefined ? undefined : readRemoteUrl(url)?.repository
  return {
    ...(credentialId === undefined ? {} : { credentialId }),
    ...(repository === undefined ? {} : { repository }),
    outcome: outcomeOf(lines),
    text: lines.join('\n'),
  }
}

function outcomeOf(lines: readonly string[]): Checkout['outcome'] {
  if (lines.some((line) => /^Checking out Revision [0-9a-f]{7,64}\b/.test(line))) return 'fetched'
  return lines.some((line) => /^ERROR: |hudson\.plugins\.git\.GitException/.test(line)) ? 'failed' : 'open'
}

/**
 * The answer of Bitbucket that Branch Source quotes, read as if it had been given to us. It is asked before anything is checked out; what is
 * refused afterwards is a notification.
 */
function restRefusal(all: readonly string[]): BuildConsole['refusal'] {
  const asked = { door: 'rest', words: 'REST, by Branch Source' } as const
  const first = all.findIndex((line) => BEGINS.test(line))
  const lines = first === -1 ? all : all.slice(0, first)
  if (all.some((line) => UNKNOWN_TO_SOURCE.test(line)))
    return {
      kind: 'no',
      reason: 'username is not the e-mail',
      missing: [],
      evidence: { asked: asked.words, answered: 'Branch Source does not take the form of this credential' },
    }
  const text = lines.join('\n')
  const refused = REFUSED.exec(text)
  if (refused === null && !MISSING.test(text)) return undefined
  const body = /^(?:Response: |.* not found: )?(\{.*\})$/m.exec(text.slice(refused?.index ?? 0))?.[1]
  const reply = {
    status: Number(refused?.[1] ?? 404),
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(body ?? ''),
  }
  const answer = classifyReply(reply, asked)
  return answer.kind === 'no' ? answer : undefined
}
