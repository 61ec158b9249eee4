import type { TokenShape } from '../bitbucket/token-shape.ts'
import type { Answer, RefusalReason, Scope } from '../model/answer.ts'
import type { JenkinsFindings } from '../model/jenkins-findings.ts'
import type { Source } from './source-standing.ts'
import type { GitChain } from './trace-git.ts'

/** Values for the examples of the rules: what an answer or a chain looks like, with nothing in it that a rule does not read. */
const ASKED = {
  asked: 'GET https://bitbucket.org/acme/app.git/info/refs?service=git-upload-pack',
  answered: 'as in the example',
}

export const YES: Answer = { kind: 'yes', scopes: 'not reported', evidence: ASKED }
export const NOT_TOLD: Answer = { kind: 'unknown', reason: 'network', evidence: ASKED }

export function no(
  reason: RefusalReason,
  scopes: { readonly missing?: readonly Scope[]; readonly granted?: readonly Scope[] } = {},
): Answer {
  const granted = scopes.granted === undefined ? {} : { granted: scopes.granted }
  return { kind: 'no', reason, missing: scopes.missing ?? [], ...granted, evidence: ASKED }
}

function shape(kind: TokenShape['kind'], rest: Partial<TokenShape> = {}): TokenShape {
  return {
    kind,
    checksum: kind === 'unknown' ? 'none' : 'fits',
    blankEdges: false,
    length: 192,
    percentEncoded: false,
    ...rest,
  }
}

export const API_TOKEN = shape('api-token')
export const ACCESS_TOKEN = shape('access-token')
export const APP_PASSWORD = shape('app-password', { length: 36 })
export const UNKNOWN_SECRET = shape('unknown', { length: 12 })
export const CUT_TOKEN = shape('api-token', { checksum: 'does not fit', length: 191 })
export const QUOTED_TOKEN = shape('unknown', { surrounded: true, length: 194 })
export const BLANK_TOKEN = shape('api-token', { blankEdges: true, length: 193 })

export function chainOf(sources: readonly Partial<Source>[], rest: Partial<GitChain> = {}): GitChain {
  const whole = sources.map(
    (source): Source => ({
      kind: 'helper',
      where: '/home/ci/.git-credentials:1',
      standing: 'sent first',
      why: '',
      ...source,
    }),
  )
  return {
    url: 'https://bitbucket.org/acme/app.git',
    repository: { workspace: 'acme', slug: 'app' },
    sources: whole,
    ...rest,
  }
}

export function findingsOf(rest: Partial<JenkinsFindings> = {}): JenkinsFindings {
  return {
    controller: 'http://jenkins.example.org',
    item: 'team/app',
    url: 'https://bitbucket.org/acme/app.git',
    urlHasSecret: false,
    credentialId: 'bb',
    resolution: {
      kind: 'found',
      store: 'system',
      typeName: 'Username with password',
      username: 'x-bitbucket-api-token-auth',
      shadows: [],
    },
    plugins: {},
    gaps: [],
    ...rest,
  }
}
