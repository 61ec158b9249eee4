/** Where app passwords stand: they work, they are refused for a window, or they are gone. */
export type DeprecationPhase = 'before' | 'brown-out' | 'after'

const day = (text: string): number => Date.parse(`${text}T00:00:00Z`)
const minute = 60_000
const dayLength = 1440 * minute

/** Removal and brown-outs: community.atlassian.com, Bitbucket announcement 3237429. */
const removed = day('2026-07-28')
const brownOuts = { first: day('2026-06-09'), longer: day('2026-06-16'), published: day('2026-06-19') }

/**
 * Length of each window on a day. Published: 15 minutes on June 9 to 15, 30 minutes on June 16 to 19. The later rows
 * are not public; reports say "up to 5 hours by late July", so the length grows evenly up to that.
 */
const windowMinutes = (at: number): number => {
  if (at < brownOuts.first || at >= removed) return 0
  if (at < brownOuts.longer) return 15
  if (at < brownOuts.published + dayLength) return 30
  const days = Math.floor((at - brownOuts.published) / dayLength)
  return Math.round(30 + (270 * days) / 38)
}

/** Windows start at 00:00, 06:00, 12:00 and 18:00 UTC. */
export const deprecationPhase = (now: Date): DeprecationPhase => {
  const at = now.getTime()
  if (at >= removed) return 'after'
  const sinceWindowStart = at % (6 * 60 * minute)
  return sinceWindowStart < windowMinutes(at) * minute ? 'brown-out' : 'before'
}
