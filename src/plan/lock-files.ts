import type { Location, Place } from '../model/place.ts'
import type { Step } from '../model/plan.ts'
import type { ConditionWords } from './resolutions.ts'

/**
 * Files of one folder in which a package manager keeps the same URL: what a person wrote, and what it noted of that. When the two differ,
 * it takes the note for outdated: `npm ci` asks the remote again instead of the lock file, and others refuse to install.
 */
const FAMILIES: readonly (readonly string[])[] = [
  ['package.json', 'package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock'],
  ['composer.json', 'composer.lock'],
  ['Gemfile', 'Gemfile.lock'],
  ['gems.rb', 'gems.locked'],
  ['pyproject.toml', 'poetry.lock', 'uv.lock', 'pdm.lock'],
  ['Pipfile', 'Pipfile.lock'],
  ['requirements.in', 'requirements.txt'],
  ['Cargo.toml', 'Cargo.lock'],
  ['Podfile', 'Podfile.lock'],
  ['Cartfile', 'Cartfile.resolved'],
  ['Package.swift', 'Package.resolved'],
  ['mix.exs', 'mix.lock'],
]
const FAMILY_OF = new Map(FAMILIES.flatMap((names, index) => names.map((name) => [name, index] as const)))

/** The same for places of a manifest and its lock files that hold the same secret. Absent: it is neither. */
export function lockKey(at: Location, fingerprint: string | undefined): string | undefined {
  if (at.kind !== 'file' || fingerprint === undefined) return undefined
  const name = fileName(at)
  const family = FAMILY_OF.get(name)
  return family === undefined ? undefined : JSON.stringify([at.path.slice(0, -name.length), family, fingerprint])
}

export function fileName(at: Location): string {
  if (at.kind === 'url') return at.url
  return at.path.slice(Math.max(at.path.lastIndexOf('/'), at.path.lastIndexOf('\\')) + 1)
}

export function lockKeyOf({ at, secret }: Place): string | undefined {
  return lockKey(at, secret?.value?.fingerprint)
}

/** Steps that hold the same in a manifest and its lock file: they are of one wave, and neither goes without the other. */
export function areLocked(one: Locking, other: Locking): boolean {
  const key = lockKey(one.place.at, one.from.fingerprint)
  return key !== undefined && key === lockKey(other.place.at, other.from.fingerprint)
}

type Locking = Pick<Step, 'place' | 'from'>

/** What a lock file keeps of its manifest besides the URL. */
interface ManifestHash {
  readonly manifest: string
  /** What its tool does when the hash does not fit. */
  readonly refusal: string
  /** What writes the hash anew, and takes no newer versions where the tool can do without. */
  readonly command: string
}

/** By name of the lock file; seen with Poetry 2.5.1, else from their documentation. */
const HASHES: Readonly<Record<string, ManifestHash>> = {
  'poetry.lock': {
    manifest: 'pyproject.toml',
    refusal: '`poetry install` refuses to go on',
    command: '`poetry lock` (before Poetry 2: `poetry lock --no-update`)',
  },
  'pdm.lock': {
    manifest: 'pyproject.toml',
    refusal: '`pdm lock --check` fails, and `pdm install` resolves anew',
    command: '`pdm lock --refresh`',
  },
  'Pipfile.lock': {
    manifest: 'Pipfile',
    refusal: '`pipenv install --deploy` refuses to go on',
    command: '`pipenv lock`',
  },
  'composer.lock': {
    manifest: 'composer.json',
    refusal: '`composer install` warns and `composer validate` fails',
    command: '`composer update --lock`',
  },
  'Podfile.lock': {
    manifest: 'Podfile',
    refusal: '`pod install --deployment` refuses to go on',
    command: '`pod install`',
  },
}

/** A lock file that changes with its manifest and keeps a hash of it, which nobody but its tool can write. */
export function staleHash(step: Locking, changed: ReadonlySet<string>): ConditionWords | undefined {
  const lock = fileName(step.place.at)
  const hash = HASHES[lock]
  const key = lockKey(step.place.at, step.from.fingerprint)
  if (hash === undefined || key === undefined || !changed.has(`${hash.manifest} ${key}`)) return undefined
  return {
    text: `${lock} can be written anew when the run is complete`,
    reason: `it keeps a hash of ${hash.manifest}, and where that does not fit, ${hash.refusal}`,
    wayOut: `Then run ${hash.command} beside it, and keep what it writes.`,
  }
}

/** Which files of which manifest and lock file change, as `staleHash` asks for them. */
export function lockedFilesOf(steps: readonly Locking[]): ReadonlySet<string> {
  return new Set(
    steps.flatMap(({ place: { at }, from }) => {
      const key = lockKey(at, from.fingerprint)
      return key === undefined ? [] : [`${fileName(at)} ${key}`]
    }),
  )
}

/** Groups of two and more files, by their key. */
export function lockedTogether<Each>(
  all: readonly Each[],
  keyOf: (each: Each) => string | undefined,
  atOf: (each: Each) => Location,
): ReadonlyMap<string, readonly Each[]> {
  const groups = new Map<string, Each[]>()
  for (const each of all) {
    const key = keyOf(each)
    if (key === undefined) continue
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [each])
    else group.push(each)
  }
  return new Map([...groups].filter(([, group]) => new Set(group.map((each) => fileName(atOf(each)))).size > 1))
}
