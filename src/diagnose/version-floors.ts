/** A version from which a tool can work with API tokens, and what is wrong below it. */
export interface VersionFloor {
  /** Short name of a Jenkins plugin. */
  readonly plugin: string
  /** As people call it. */
  readonly name: string
  /** Below it no API token works. */
  readonly floor: string
  /** From here on nothing is known to be wrong. */
  readonly recommended: string
  readonly why: string
  readonly source: string
}

export const BRANCH_SOURCE_PLUGIN = 'cloudbees-bitbucket-branch-source'

/** From here on a pair that is neither an API token nor an OAuth consumer is refused for Bitbucket Cloud (pull request 1220). */
export const REFUSES_PLAIN_PAIRS = '937.3.4'

/** From here on a Secret text is taken as an access token. */
export const TAKES_ACCESS_TOKENS = '933'

/** Versions that forgot valid credentials when looking them up took more than 250 ms (JENKINS-76330, JENKINS-76425). */
export const FORGETS_CREDENTIALS = { from: '937.2.3', before: '937.3.5' } as const

export const VERSION_FLOORS: readonly VersionFloor[] = [
  {
    plugin: BRANCH_SOURCE_PLUGIN,
    name: 'Bitbucket Branch Source',
    floor: '937.0.0',
    recommended: '937.3.5',
    why: 'Before 937.0.0 it sends one name to git and to REST. Up to 937.3.4 it can drop a valid credential when looking it up takes long.',
    source: 'bitbucket-branch-source-plugin, JENKINS-75772, JENKINS-76330 and JENKINS-76425',
  },
]

export function floorOf(plugin: string): VersionFloor | undefined {
  return VERSION_FLOORS.find((row) => row.plugin === plugin)
}

/** `937.3.9`, `1502.v5c95e620ddfe`: numbers count, what follows them does not. */
export function isAtLeast(version: string, floor: string): boolean {
  const [have, want] = [numbersOf(version), numbersOf(floor)]
  for (let at = 0; at < Math.max(have.length, want.length); at++) {
    const difference = (have[at] ?? 0) - (want[at] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}

function numbersOf(version: string): readonly number[] {
  return /^\d+(?:\.\d+)*/.exec(version)?.[0].split('.').map(Number) ?? []
}
