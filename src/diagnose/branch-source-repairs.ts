import type { Scope } from '../model/answer.ts'
import type { Repair } from '../model/diagnosis.ts'
import type { Facts } from './facts.ts'
import { replaceCredential } from './repairs.ts'

/** What the user guide of Branch Source asks for, without the management of webhooks. */
export const SCAN_SCOPES: readonly Scope[] = [
  'read:project:bitbucket',
  'read:pullrequest:bitbucket',
  'read:repository:bitbucket',
  'read:workspace:bitbucket',
]

/** A new token under the e-mail, in place of what the scan uses; then a scan, which is what shows that it works. */
export function newTokenForScan(facts: Facts): readonly Repair[] {
  return [...replaceCredential(facts, SCAN_SCOPES), scanAgain(facts)]
}

export function scanAgain({ jenkins }: Facts): Repair {
  const item = jenkins?.item ?? 'the folder'
  return {
    text: `Then scan ${item} again: its log shows what is found.`,
    commands: [],
  }
}

/** A scan that lists too little removes the rest, with its builds (DefaultOrphanedItemStrategy). */
export function keepOrphans(): Repair {
  return {
    text: 'Start no scan before that. To be safe, take out the mark at "Discard old items" of the folder, under "Orphaned Item Strategy", until a scan has listed everything.',
    commands: [],
  }
}
