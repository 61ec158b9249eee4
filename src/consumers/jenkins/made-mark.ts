import type { BoundCredential } from './credential-snapshot.ts'

type Bound = Pick<BoundCredential, 'client' | 'place' | 'context'>

const ANY_MARK = /(?:^| )\(keyturn [0-9a-f]{16}\)$/

/**
 * The description of a credential that is made here. Jenkins tells neither who made a credential nor what its secret is, and drops elements
 * that it does not know, so the description alone can say afterwards whether one was made by keyturn or by somebody else.
 */
export function markedDescription(bound: Bound, description: string): string {
  const own = description.replace(ANY_MARK, '')
  return `${own}${own === '' ? '' : ' '}${markOf(bound)}`
}

/**
 * Whether a description ends in the mark of this place, as the state of a place says it. The mark is ASCII, so that the `config.xml` of a
 * credential, which is lossy, shows it whole.
 */
export function madeHere(bound: Bound, description: string | undefined): { readonly made?: true } {
  return description?.endsWith(markOf(bound)) === true ? { made: true } : {}
}

/** Whether a description ends in the mark of any place. */
export function bearsMark(description: string | undefined): boolean {
  return ANY_MARK.test(description ?? '')
}

/** The same for each attempt, so that a request that arrives late is still told to be ours; keyed, so that nobody else writes it by chance. */
function markOf({ context, client, place }: Bound): string {
  const digest = context.digest(Buffer.from(`made\0${client.baseUrl}\0${place.address}`, 'utf8'))
  return `(keyturn ${digest.slice('hmac:'.length, 'hmac:'.length + 16)})`
}
