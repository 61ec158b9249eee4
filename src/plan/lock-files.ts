import type { Location, Place } from '../model/place.ts'
import type { Step } from '../model/plan.ts'
import type { ConditionWords } from './resolutions.ts'

/**
 * Files in which a package manager keeps the same URL: first what a person writes, then what it notes of that, beside it or, where several
 * packages are one workspace, in a folder above. When the two differ, it takes the note for outdated: `npm ci` asks the remote again instead
 * of the lock file, and others refuse to install.
 */
const FAMILIES: readonly (readonly string[])[] = [
  [
    'package.json',
    'pnpm-workspace.yaml',
    'package-lock.json',
    'npm-shrinkwrap.json',
    'yarn.lock',
    'pnpm-lock.yaml',
    'bun.lock',
  ],
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
const MANIFESTS: ReadonlySet<string> = new Set([...FAMILIES.flatMap(([first = '']) => first), 'pnpm-workspace.yaml'])

/** A spot in a file, and the fingerprint of the secret there. */
export interface Locking {
  readonly at: Location
  readonly fingerprint: string | undefined
}

/**
 * The same text for all that must stay alike: places of a lock file, and of its manifests, that hold the same secret. Absent: it stands in
 * neither. The lock file of a manifest is the nearest one, in its folder or above, that holds the same.
 */
export function lockKeys<Each>(all: readonly Each[], of: (each: Each) => Locking): (each: Each) => string | undefined {
  const locks = new Set(all.flatMap((each) => lockOf(of(each)) ?? []))
  return (each) => {
    const own = lockingIn(of(each))
    if (own === undefined) return undefined
    const nearest = MANIFESTS.has(own.name)
      ? foldersUp(own.folder).find((folder) => locks.has(keyIn(folder, own)))
      : undefined
    return keyIn(nearest ?? own.folder, own)
  }
}

interface Named {
  readonly name: string
  /** With a slash at its end. */
  readonly folder: string
  readonly family: number
  readonly fingerprint: string
}

function lockingIn({ at, fingerprint }: Locking): Named | undefined {
  if (at.kind !== 'file' || fingerprint === undefined) return undefined
  const name = fileName(at)
  const family = FAMILY_OF.get(name)
  return family === undefined ? undefined : { name, folder: at.path.slice(0, -name.length), family, fingerprint }
}

function lockOf(locking: Locking): string | undefined {
  const own = lockingIn(locking)
  return own === undefined || MANIFESTS.has(own.name) ? undefined : keyIn(own.folder, own)
}

function keyIn(folder: string, { family, fingerprint }: Named): string {
  return JSON.stringify([folder, family, fingerprint])
}

/** The nearest first, each with the slash at its end. */
function foldersUp(folder: string): readonly string[] {
  const ends = [...folder.matchAll(/[\\/]/g)].map(({ index }) => index + 1)
  return ends.reverse().map((end) => folder.slice(0, end))
}

export function fileName(at: Location): string {
  if (at.kind === 'url') return at.url
  return at.path.slice(Math.max(at.path.lastIndexOf('/'), at.path.lastIndexOf('\\')) + 1)
}

export function placeLocking({ at, secret }: Place): Locking {
  return { at, fingerprint: secret?.value?.fingerprint }
}

/** Steps that hold the same in a manifest and its lock file: they are of one wave, and neither goes without the other. */
export function stepLocking({ place, from }: Pick<Step, 'place' | 'from'>): Locking {
  return { at: place.at, fingerprint: from.fingerprint }
}

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

/** Of a lock file that changes with its manifest and keeps a hash of it, which nobody but its tool can write. */
export function staleHashes(steps: readonly Step[]): (step: Step) => ConditionWords | undefined {
  const keyOf = lockKeys(steps, stepLocking)
  const changed = new Set(steps.map((step) => `${fileName(step.place.at)} ${keyOf(step)}`))
  return (step) => {
    const lock = fileName(step.place.at)
    const hash = HASHES[lock]
    const key = keyOf(step)
    if (hash === undefined || key === undefined || !changed.has(`${hash.manifest} ${key}`)) return undefined
    return {
      text: `${lock} can be written anew when the run is complete`,
      reason: `it keeps a hash of ${hash.manifest}, and where that does not fit, ${hash.refusal}`,
      wayOut: `Then run ${hash.command} beside it, and keep what it writes.`,
    }
  }
}

/** Groups of two and more files, by their key. */
export function lockedTogether<Each>(
  all: readonly Each[],
  of: (each: Each) => Locking,
): ReadonlyMap<string, readonly Each[]> {
  const keyOf = lockKeys(all, of)
  const groups = new Map<string, Each[]>()
  for (const each of all) {
    const key = keyOf(each)
    if (key === undefined) continue
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [each])
    else group.push(each)
  }
  return new Map([...groups].filter(([, group]) => new Set(group.map((each) => fileName(of(each).at))).size > 1))
}
