import type { Ready, StagedTogether } from '../model/consumer.ts'
import { Failure } from '../model/failure.ts'

/** What of places of one file one write takes. */
export interface ReadyTogether<Asked> {
  readonly ready: readonly (Asked & { readonly ready: Ready })[]
  readonly commit: StagedTogether['commit']
}

/** `undefined`: none of them can be written with the others. Each is then staged alone, which says why. */
export async function readyTogether<Asked extends object>(
  asked: readonly Asked[],
  stage: (asked: readonly Asked[]) => Promise<StagedTogether>,
): Promise<ReadyTogether<Asked> | undefined> {
  const staged = await stage(asked).catch(saidAlone)
  if (staged === undefined) return undefined
  const ready = asked.flatMap((one, index) => {
    const found = staged.each[index]
    return found === undefined ? [] : [{ ...one, ready: found }]
  })
  return ready.length === 0 ? undefined : { ready, commit: staged.commit }
}

/** What keeps a place from being written with others is told where it is staged alone. */
export function saidAlone(error: unknown): undefined {
  if (!(error instanceof Failure)) throw error
}
