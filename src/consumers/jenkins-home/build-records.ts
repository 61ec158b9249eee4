import type { Span } from '../../model/place.ts'

/**
 * What Jenkins keeps of a build (jenkinsci/jenkins, `Run.java`; workflow-support, `SimpleXStreamFlowNodeStorage`), of its polling
 * (`SCMTrigger`) and of its scans (branch-api, cloudbees-folder): nobody signs in with what stands there, but a secret may have been
 * written there. A home has ten and more of them for each job.
 */
const LOG =
  /[\\/](?:builds[\\/][^\\/]+[\\/]log|jobs[\\/].+[\\/](?:scm-polling|indexing[\\/]indexing|computation[\\/]computation)\.log)$/
const MARKUP =
  /[\\/]builds[\\/][^\\/]+[\\/](?:build\.xml|changelog\d{0,4}\.xml|workflow(?:-completed)?[\\/][\w.-]+\.xml)$/

export type BuildRecord = 'log' | 'markup'

export function buildRecordAt(path: string): BuildRecord | undefined {
  if (path.endsWith('log')) return LOG.test(path) ? 'log' : undefined
  return path.endsWith('.xml') && MARKUP.test(path) ? 'markup' : undefined
}

/** As every sign of Bitbucket begins that is no token and not encoded; those are never explained here. */
const SIGN = /bitb|BB_/gi

/**
 * The bytes of a record that speak of Bitbucket and tell no secret: lines of the git plugin, addresses, names of classes. `undefined`:
 * something in it may mean more to others. `text` is byte text.
 */
export function explainedInRecord(kind: BuildRecord, text: string): readonly Span[] | undefined {
  if (TOKEN.test(text)) return undefined
  const spans: Span[] = []
  for (const { index } of text.matchAll(SIGN)) {
    if (index < (spans.at(-1)?.[1] ?? 0)) continue
    const span = kind === 'log' ? lineAt(text, index) : markupAt(text, index)
    if (span === undefined) return undefined
    spans.push(span)
  }
  const telling = kind === 'log' ? TELLING_LOG : TELLING_MARKUP
  return telling.test(text) || (text.includes('@') && PAIR_IN_URL.test(text)) ? undefined : spans
}

/** Wherever it stands, in a line that is known as well. */
const TOKEN = /AT(?:BB|ATT3|CTT3)/
/** A secret that is set, sent or asked for in whatever else the build printed. */
const TELLING_LOG =
  /(?:(?<!ask)pass(?:w\w*|phrase)?|pwd|secret|token|_key)["']?\s{0,3}[=:]|\s(?:-u|--user)\b|authori[sz]ation|bearer/i
const TELLING_MARKUP = /(?<!ask)pass|pwd|secret|token/i
const PAIR_IN_URL = /:\/\/[^\s/@:]*:[^\s/@]+@/

/**
 * git-client, `CliGitAPIImpl` (` > git `, `Fetching upstream`, `Cloning repository`); git, `GitSCM` (`Found … remote heads`);
 * workflow-cps, `CpsScmFlowDefinition` (`Checking out`, `Obtained`); Branch Source, `BitbucketBuildStatusNotifications` (`[Bitbucket]`).
 */
const KNOWN_LINE =
  /^(?: > (?:\S{0,200}[\\/])?git(?:\.exe)? |Fetching upstream changes from |Cloning repository |Checking out git |Obtained \S{1,200} from git |Found \d{1,9} remote heads on |\[Bitbucket\] |Started by )/
/** A user in an address, a header, a secret by its name. */
const TELLING_LINE = /\/\/(?!git@)[^\s/]*@|header|(?<!ask)pass(?:w\w*)?\b|secret|token/i
/** Names and descriptions of credentials, and none of their values (credentials-binding, `BindingStep`; git-client; Branch Source). */
const NAMED =
  /^(?:Masking supported pattern matches of \$\w+(?: or \$\w+)*|(?:using (?:credential|GIT_(?:ASKPASS|SSH) to set credentials)|Connecting to https:\/\/[\w.-]{1,99}\/? (?:using|with)) [^=]{0,300})$/
/** A line of these plugins is not longer, but for what a commit says. */
const LONGEST = 2000

function lineAt(text: string, at: number): Span | undefined {
  const start = text.lastIndexOf('\n', at) + 1
  const next = text.indexOf('\n', at)
  const end = next === -1 ? text.length : next
  if (end - start > LONGEST) return undefined
  const line = text.slice(start, end)
  const isKnown = NAMED.test(line) || (KNOWN_LINE.test(line) && !TELLING_LINE.test(line))
  return isKnown ? [start, end] : undefined
}

/** A tag with nothing but what XStream writes on it. */
const TAG = /^<\/?[\w.$:-]+(?:\s+(?:class|plugin|reference|resolves-to|serialization)="[^"<>]*")*\s*\/?>$/
/** The address of a repository, without a user; the name of a class; an id, as in `bitbucket-bot`, which no variable is called. */
const TEXT =
  /^(?:(?:https?|ssh|git):\/\/(?:git@)?(?:[\w-]+\.)*bitbucket\.org(?::\d+)?(?:\/[\w./~-]*)?|git@bitbucket\.org:[\w./~-]+|(?:[a-z][\w$]*\.){2,}[\w$]+|[a-z][a-z0-9]*(?:-[a-z0-9]+)*)$/

function markupAt(text: string, at: number): Span | undefined {
  const [open, close] = [text.lastIndexOf('<', at), text.lastIndexOf('>', at)]
  const start = open > close ? open : close + 1
  const next = text.indexOf(open > close ? '>' : '<', at)
  const end = open > close ? next + 1 : next
  if (next === -1 || end - start > LONGEST) return undefined
  return (open > close ? TAG : TEXT).test(text.slice(start, end)) ? [start, end] : undefined
}
