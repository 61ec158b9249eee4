/** What a path below `$JENKINS_HOME` says about its file (docs/consumers/jenkins-home.md, "Layout"). */
export type JenkinsFile =
  | { readonly kind: 'system'; readonly home: string }
  | { readonly kind: 'user'; readonly home: string; readonly user: string }
  /** `name` is the full name of the folder or job, parts joined with `/`. */
  | { readonly kind: 'item'; readonly home: string; readonly name: string }

/**
 * The readings of a path, the one with the shortest home first: `/a/jobs/b/jobs/c/config.xml` is item `b/c` of home `/a`, unless
 * the keys stand in `/a/jobs/b`.
 */
export function readingsOf(path: string): readonly JenkinsFile[] {
  const parts = path.split(/[\\/]/)
  const name = parts.at(-1)
  if (parts.includes('config-history')) return []
  if (name === 'credentials.xml') return [{ kind: 'system', home: parts.slice(0, -1).join('/') }]
  if (name !== 'config.xml') return []
  const folder = parts.at(-2) ?? ''
  if (parts.at(-3) === 'users') return [{ kind: 'user', home: parts.slice(0, -3).join('/'), user: folder }]
  return itemReadings(parts.slice(0, -1))
}

function itemReadings(folders: readonly string[]): readonly JenkinsFile[] {
  const readings: JenkinsFile[] = []
  const names: string[] = []
  for (let end = folders.length; end >= 2; end -= 2) {
    const kind = folders[end - 2]
    if (kind !== 'jobs' && kind !== 'branches') break
    names.unshift(folders[end - 1] ?? '')
    if (kind === 'jobs')
      readings.unshift({ kind: 'item', home: folders.slice(0, end - 2).join('/'), name: names.join('/') })
  }
  return readings
}

export function keyFilesOf(home: string): {
  readonly masterKey: string
  readonly secretFile: string
  readonly oldSecretKey: string
} {
  return {
    masterKey: `${home}/secrets/master.key`,
    secretFile: `${home}/secrets/hudson.util.Secret`,
    oldSecretKey: `${home}/secret.key`,
  }
}

/** A name as a part of an address: without white space and, for one part, without a slash. */
export function addressPart(name: string): string {
  return name.replace(/[\s/%]/g, encodeURIComponent)
}

export function addressPath(name: string): string {
  return name.split('/').map(addressPart).join('/')
}
