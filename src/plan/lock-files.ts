import type { Location, Place } from '../model/place.ts'
import type { Step } from '../model/plan.ts'

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
