import type { Connector } from '../model/consumer.ts'
import type { Step } from '../model/plan.ts'

/**
 * So many places of one file at most are changed by one write: the file is read, parsed and written once for all of them, and as many hold
 * the new credential before the first of them is proved.
 */
export const MOST_IN_ONE_WRITE = 500

/** Puts steps of one lane that follow one another, and that one write of their file can change, into one group; their order stays. */
export function groupsOf(
  steps: readonly Step[],
  connectorOf: (step: Step) => Connector | undefined,
  most = MOST_IN_ONE_WRITE,
): Step[][] {
  const groups: Step[][] = []
  for (const step of steps) {
    const last = groups.at(-1)
    if (last !== undefined && last.length < most && last[0] !== undefined && areOfOneFile(last[0], step, connectorOf))
      last.push(step)
    else groups.push([step])
  }
  return groups
}

/** What makes a credential, or names one, is more than new bytes for a place. */
function areOfOneFile(one: Step, other: Step, connectorOf: (step: Step) => Connector | undefined): boolean {
  const isPlace = ({ to }: Step): boolean => to.create === undefined && to.reference === undefined
  const [at, also] = [one.place.at, other.place.at]
  return (
    at.kind === 'file' &&
    also.kind === 'file' &&
    at.path === also.path &&
    one.place.consumer === other.place.consumer &&
    isPlace(one) &&
    isPlace(other) &&
    connectorOf(one)?.stageMany !== undefined
  )
}
