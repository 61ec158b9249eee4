/** Whether a refusal has to be asked about once more. */
export interface Refusals {
  readonly isInDoubt: () => boolean
  /** What the second answer was: the same refusal, or not. */
  readonly confirmed: (isSame: boolean) => void
}

/** So many confirmations in a row say that this controller is answered steadily; then one refusal in so many is still asked about again. */
const STEADY = 10

/**
 * A single 401 for a good pair happens under load (BCLOUD-24107), and then to many. So refusals are asked about twice until ten in a row
 * were confirmed, after that one in ten; a second answer that differs puts every later one in doubt again.
 */
export function watchRefusals(): Refusals {
  let confirmations = 0
  let believed = 0
  return {
    isInDoubt: () => {
      if (confirmations < STEADY) return true
      believed = (believed + 1) % STEADY
      return believed === 0
    },
    confirmed: (isSame) => {
      confirmations = isSame ? confirmations + 1 : 0
      if (!isSame) believed = 0
    },
  }
}
