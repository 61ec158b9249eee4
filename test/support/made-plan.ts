import type { Diagnosis, DiagnosisCode } from '../../src/model/diagnosis.ts'
import type { Place, PlaceRef } from '../../src/model/place.ts'
import type { Digest, Plan } from '../../src/model/plan.ts'
import { Secret, type SecretKind } from '../../src/model/secret.ts'
import type { Use } from '../../src/model/use.ts'
import type { TokenSummary } from '../../src/plan/choose-token.ts'
import type { PlanInput } from '../../src/plan/plan-input.ts'
import { makePlan } from '../../src/plan/planner.ts'
import { refsToRead } from '../../src/plan/refs-to-read.ts'

const seal = Secret.sealer(new Uint8Array(32))
export const SENTINEL = 'x-bitbucket-api-token-auth'
export const ALICES_EMAIL = 'alice@acme.example'
export const DIGEST: Digest = `hmac:${'0'.repeat(64)}`
export const APP = { workspace: 'acme', slug: 'app' }
export const FETCH: Use = { operation: 'git-fetch', repository: APP, by: 'remote origin' }
export const PUSH: Use = { operation: 'git-push', repository: APP, by: 'remote origin' }
export const REST: Use = { operation: 'rest', repository: APP, by: 'job app' }
export const SCANNED: readonly Use[] = [
  { operation: 'rest', repository: APP, by: 'job app (Branch Source)' },
  { operation: 'git-fetch', repository: APP, by: 'job app (Branch Source)' },
]

export interface MadePlace {
  readonly consumer?: string
  readonly address?: string
  readonly kind?: SecretKind
  readonly username?: string | undefined
  readonly uses?: readonly Use[]
  readonly host?: string
  readonly text?: string
  readonly path?: string
  /** Where the username stands in its file. */
  readonly span?: readonly [number, number]
}

/** A place in a file that exists nowhere; by default the dead app password of a netrc that a clone fetches with. */
export function madePlace(id: string, made: MadePlace = {}): Place {
  const { consumer = 'netrc', address = 'machine/bitbucket.org', kind = 'app-password', uses = [FETCH], span } = made
  const username = 'username' in made ? made.username : 'alice'
  return {
    id,
    consumer,
    at: { kind: 'file', path: made.path ?? `/home/${id}` },
    address,
    host: made.host ?? 'bitbucket.org',
    ...(username === undefined
      ? {}
      : { username: { text: username, encoding: 'plain', ...(span === undefined ? {} : { span }) } }),
    secret: { kind, encoding: 'plain', value: seal(made.text ?? id) },
    uses,
  }
}

/** A username in a URL, with no secret. */
export function madePin(id: string, username = 'alice', uses: readonly Use[] = [FETCH]): Place {
  const { secret: _none, ...pin } = madePlace(id, {
    consumer: 'git-config',
    address: 'remote.origin.url',
    username,
    uses,
  })
  return pin
}

/** Configuration of a job that names a credential. */
export function madeJob(name: string): PlaceRef {
  return {
    id: `j-${name}`,
    consumer: 'jenkins',
    at: { kind: 'url', url: `https://ci.example.org/job/${name}` },
    address: `job/${name}/credentials`,
  }
}

export const ALICES: TokenSummary = {
  name: 'alice-token',
  kind: 'api-token',
  fingerprint: '#000000000001',
  username: 'alice',
  email: ALICES_EMAIL,
  scopes: 'not reported',
}

/** The plan for these places, every one of which can be read, with a token of Alice in the vault. */
export function madePlan(places: readonly Place[], options: Partial<PlanInput> = {}): Plan {
  return makePlan({
    places,
    sources: ['/home'],
    diagnoses: new Map(),
    digests: new Map(refsToRead(places).map(({ id }) => [id, DIGEST])),
    tokens: [ALICES],
    policy: {},
    now: new Date('2026-11-23T09:00:00Z'),
    ...options,
  })
}

export function diagnosed(code: DiagnosisCode, extra: Partial<Diagnosis> = {}): Diagnosis {
  return { code, rule: 'test', details: {}, evidence: [], repairs: [], ...extra }
}
