export const BRANCH_SOURCE = 'cloudbees-bitbucket-branch-source'
export const CASC = 'configuration-as-code'

/** Compares dotted numbers; a build suffix such as `.v5c95e620ddfe` counts as 0. */
export function isAtLeast(version: string, floor: string): boolean {
  const parts = (text: string) => text.split('.').map((each) => Number.parseInt(each, 10) || 0)
  const [have, want] = [parts(version), parts(floor)]
  for (let at = 0; at < Math.max(have.length, want.length); at++) {
    const difference = (have[at] ?? 0) - (want[at] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}
