import { randomBytes } from 'node:crypto'
import type { Inventory } from '../../src/model/inventory.ts'
import type { Place } from '../../src/model/place.ts'
import { Secret, type SecretKind } from '../../src/model/secret.ts'
import type { Operation, Use } from '../../src/model/use.ts'

const seal = Secret.sealer(randomBytes(32))

/** What a test says of a place; the rest is filled in. */
export interface MadePlace {
  readonly path: string
  readonly secret: string
  readonly kind?: SecretKind
  readonly consumer?: string
  readonly address?: string
  readonly username?: string
  readonly line?: number
  readonly confidence?: Place['confidence']
  readonly uses?: readonly Use[]
}

export const ROOT = '/srv/home'

export function madePlace(made: MadePlace, number: number): Place {
  return {
    id: `p${number.toString(16).padStart(10, '0')}`,
    consumer: made.consumer ?? 'netrc',
    at: { kind: 'file', path: `${ROOT}/${made.path}` },
    address: made.address ?? 'machine/bitbucket.org',
    host: 'bitbucket.org',
    ...(made.username === undefined ? {} : { username: { text: made.username, encoding: 'plain' } }),
    secret: { kind: made.kind ?? 'app-password', encoding: 'plain', span: [40, 76], value: seal(made.secret) },
    line: made.line ?? 1,
    ...(made.confidence === undefined ? {} : { confidence: made.confidence }),
    uses: made.uses ?? [],
  }
}

export function madeInventory(places: readonly MadePlace[], rest: Partial<Inventory> = {}): Inventory {
  return {
    sources: [ROOT],
    places: places.map(madePlace),
    unanswered: [],
    unread: [],
    filesSeen: places.length,
    filesRead: places.length,
    ...rest,
  }
}

export function use(operation: Operation, name: string, by = 'remote origin'): Use {
  const [workspace = '', slug = ''] = name.split('/')
  return { operation, repository: { workspace, slug }, by }
}

/** So many places of some credentials, one of which sits in every second place. */
export function manyPlaces(amount: number): readonly MadePlace[] {
  const kinds: readonly SecretKind[] = ['app-password', 'api-token', 'access-token']
  return Array.from({ length: amount }, (_, index) => {
    const owner = index % 2 === 0 ? 0 : index % 500
    const kind = kinds[owner % kinds.length] ?? 'unknown'
    return {
      path: `team-${index % 17}/service-${index}/.git/config`,
      secret: `secret of ${owner}`,
      kind,
      consumer: index % 3 === 0 ? 'git-config' : 'dotenv',
      address: 'remote.origin.url',
      username: `owner-${owner}`,
      line: (index % 90) + 1,
      ...(index % 5 === 0 ? { confidence: { level: 'likely', reason: 'the name of the variable' } as const } : {}),
      uses: [use('git-fetch', `acme/service-${index % 700}`)],
    }
  })
}

/** A machine as it may be: one secret in many places, others in one, some of them not certain. */
export function aMachine(): Inventory {
  const dead = 'the app password of alice'
  const places: readonly MadePlace[] = [
    { path: '.netrc', secret: dead, username: 'alice', uses: [use('git-fetch', 'acme/app'), use('rest', 'acme/app')] },
    {
      path: '.git-credentials',
      secret: dead,
      username: 'alice',
      consumer: 'git-credentials',
      address: 'bitbucket.org',
      uses: [use('git-fetch', 'acme/app'), use('git-push', 'acme/app')],
    },
    {
      path: 'clones/web/.git/config',
      secret: dead,
      username: 'alice',
      consumer: 'git-config',
      address: 'remote.origin.url',
      line: 7,
      uses: [use('git-fetch', 'acme/web'), use('git-push', 'acme/web')],
    },
    {
      path: 'deploy/production/.env',
      secret: 'a token of the ci',
      kind: 'api-token',
      consumer: 'variables',
      address: 'BITBUCKET_TOKEN',
      username: 'ci@acme.example',
      line: 12,
      confidence: { level: 'likely', reason: 'the name of the variable, and a valid checksum' },
      uses: [use('rest', 'acme/infrastructure', 'deploy.sh')],
    },
    {
      path: 'jenkins/credentials.xml',
      secret: 'a token of a repository',
      kind: 'access-token',
      consumer: 'jenkins-home',
      address: 'system/_/bitbucket-docs',
      username: 'x-token-auth',
      line: 44,
      uses: [use('git-fetch', 'acme/docs', 'job docs')],
    },
    {
      path: 'notes/todo.md',
      secret: 'twenty letters of nobody',
      kind: 'unknown',
      consumer: 'token',
      address: 'line/3',
      line: 3,
      confidence: { level: 'possible', reason: 'it stands beside the name of the host' },
    },
  ]
  return madeInventory(places, {
    filesSeen: 1204,
    filesRead: 41,
    unread: [
      {
        at: `${ROOT}/jenkins/users/bob/config.xml`,
        reason: 'undecryptable',
        detail: 'encrypted with a key that is not in secrets/',
      },
    ],
    unanswered: [use('git-fetch', 'acme/attic', 'remote origin of clones/attic')],
  })
}
