/** What a path below `$JENKINS_HOME` says about its file (docs/consumers/jenkins-home.md, "Layout"). */
export type JenkinsFile =
  | { readonly kind: 'system'; readonly home: string }
  | { readonly kind: 'user'; readonly home: string; readonly user: string }
  | ItemFile

/** What has git remotes: an item, or the libraries of the whole controller. */
export interface ItemFile {
  readonly kind: 'item' | 'libraries'
  readonly home: string
  /** The full name of the folder or job, parts joined with `/`. Empty: libraries. */
  readonly name: string
  /** A branch of a multibranch project: Jenkins writes it anew at every scan, from the project. */
  readonly isBranch: boolean
}

/** Libraries of the whole controller, trusted and not (pipeline-groovy-lib). */
const LIBRARY_FILES = ['GlobalLibraries', 'GlobalUntrustedLibraries'].map(
  (name) => `org.jenkinsci.plugins.workflow.libs.${name}.xml`,
)

/**
 * The readings of a path, the one with the shortest home first: `/a/jobs/b/jobs/c/config.xml` is item `b/c` of home `/a`, unless
 * the keys stand in `/a/jobs/b`.
 */
export function readingsOf(path: string): readonly JenkinsFile[] {
  const parts = path.split(/[\\/]/)
  const name = parts.at(-1)
  if (parts.includes('config-history')) return []
  if (name === 'credentials.xml') return [{ kind: 'system', home: parts.slice(0, -1).join('/') }]
  if (name !== undefined && LIBRARY_FILES.includes(name))
    return [{ kind: 'libraries', home: parts.slice(0, -1).join('/'), name: '', isBranch: false }]
  if (name !== 'config.xml') return []
  const folder = parts.at(-2) ?? ''
  if (parts.at(-3) === 'users') return [{ kind: 'user', home: parts.slice(0, -3).join('/'), user: folder }]
  return itemReadings(parts.slice(0, -1))
}

function itemReadings(folders: readonly string[]): readonly JenkinsFile[] {
  const readings: JenkinsFile[] = []
  const names: string[] = []
  const isBranch = folders.at(-2) === 'branches'
  for (let end = folders.length; end >= 2; end -= 2) {
    const kind = folders[end - 2]
    if (kind !== 'jobs' && kind !== 'branches') break
    names.unshift(folders[end - 1] ?? '')
    if (kind === 'jobs')
      readings.unshift({ kind: 'item', home: folders.slice(0, end - 2).join('/'), name: names.join('/'), isBranch })
  }
  return readings
}

/** A name as a part of an address: without white space and, for one part, without a slash. */
export function addressPart(name: string): string {
  return /[\s/%]/.test(name) ? name.replace(/[\s/%]/g, encodeURIComponent) : name
}

export function addressPath(name: string): string {
  return /[\s%]/.test(name) ? name.split('/').map(addressPart).join('/') : name
}

/** `job/F/G` or `library`. */
function itemAddress({ kind, name }: ItemFile): string {
  return kind === 'libraries' ? 'library' : `job/${addressPath(name)}`
}

/** Of the URL with this index among those of the file. */
export function urlAddress(file: ItemFile, index: number): string {
  return `${itemAddress(file)}/url${index === 0 ? '' : `#${index + 1}`}`
}

/** Of everything in the file through which one reader names its credentials. */
export function referencesAddress(file: ItemFile, reader: 'git' | 'branch-source'): string {
  return `${itemAddress(file)}/credentials/${reader}`
}
