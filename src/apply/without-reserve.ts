import type { ApplyDeps } from './deps.ts'
import { saidAlone } from './staged-together.ts'

/** Gives up what a run has set aside, for what `act` writes. An act that came to nothing is still to come, and needs it then. */
export async function withoutReserve<Result>(
  run: string,
  { runs, context }: Pick<ApplyDeps, 'runs' | 'context'>,
  act: () => Promise<Result>,
): Promise<Result> {
  const wasThere = await runs.giveUpReserve(run)
  try {
    return await act()
  } catch (error) {
    if (wasThere) await setAsideAgain(run, { runs, context }).catch(saidAlone)
    throw error
  }
}

async function setAsideAgain(run: string, { runs, context }: Pick<ApplyDeps, 'runs' | 'context'>): Promise<void> {
  await runs.setAside({ run, plan: await runs.plan(run) }, context.system.random)
}
