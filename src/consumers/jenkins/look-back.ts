import { Failure } from '../../model/failure.ts'
import { UNKNOWN_ACT } from './client.ts'

/** `doubt`: the answer did not tell whether the controller acted; what was found afterwards has to. */
export interface LookedBack<Found> {
  readonly found: Found
  readonly doubt?: Failure
}

/**
 * Sends a change once, and reads what is there then. A connection that breaks, a proxy that answers for the controller, a restart in
 * between: none says whether the change was taken, and sending it again blindly could make it twice. A refused login or permission
 * comes before any change, and is thrown at once; so is the doubt, when reading back is not possible either.
 */
export async function actAndLook<Found>(
  act: () => Promise<void>,
  look: () => Promise<Found>,
): Promise<LookedBack<Found>> {
  const doubt = await doubtOf(act)
  try {
    const found = await look()
    return doubt === undefined ? { found } : { found, doubt }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    throw doubt === undefined ? takenUnseen(error) : unknownAfter(doubt)
  }
}

function unknownAfter(doubt: Failure): Failure {
  return new Failure(doubt.code, { ...doubt.parts, state: UNKNOWN_ACT })
}

/** A login that is refused only now was not refused before the change, so it must not be told like that. */
function takenUnseen({ code, parts }: Failure): Failure {
  return new Failure(code === 'R402' || code === 'R403' ? 'R404' : code, {
    ...parts,
    state: 'The controller took the change; it could not be read back.',
  })
}

async function doubtOf(act: () => Promise<void>): Promise<Failure | undefined> {
  try {
    await act()
    return undefined
  } catch (error) {
    if (error instanceof Failure && (error.code === 'R401' || error.code === 'R404')) return error
    throw error
  }
}

/**
 * The failure of a change that was not there when it was read back. Only an answer of the controller itself, or a request that never left,
 * says that it does not come later.
 */
export function notDone(doubt: Failure): Failure {
  const state =
    doubt.parts.state === UNKNOWN_ACT
      ? 'It was read again, and nothing was changed by then; the controller may still act on this request.'
      : 'It was read again: nothing was changed.'
  return new Failure(doubt.code, { ...doubt.parts, state })
}
