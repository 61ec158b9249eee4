import type { Place } from '../model/place.ts'
import type { Step } from '../model/plan.ts'

/**
 * Where encryption makes what an act leaves unpredictable, the username still tells that it was somebody else's: username and secret go
 * in one write. A username that is not shown tells nothing.
 */
export function namesWhatWasPut({ from, to }: Step, place: Place): boolean {
  return names(place, typeof to.username === 'string' ? from.username : to.username.set)
}

/** The same, of what the place held before the run. */
export function namesWhatWasThere({ from }: Step, place: Place): boolean {
  return names(place, from.username)
}

/** What is not ASCII is shown by some systems with question marks. */
function names({ username }: Place, expected: string | undefined): boolean {
  if (username === undefined || expected === undefined) return true
  return shown(username.text) === shown(expected)
}

function shown(text: string): string {
  return text.replace(/[^\u0000-\u007f]/gu, '?')
}
