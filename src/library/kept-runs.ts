import type { RunState } from '../apply/run-state.ts'
import { applyDeps, askingWith, provingDeps } from './apply-deps.ts'
import type { Keyturn } from './keyturn.ts'
import type { Parts } from './parts.ts'

/** What is known of earlier runs. */
export function keptRuns(parts: Parts): Pick<Keyturn, 'runNames' | 'run' | 'runs' | 'audit' | 'forget'> {
  return {
    runNames: async () => (await applyDeps(parts)).runs.names(),
    run: async (name) => (await applyDeps(parts)).runs.read(name),
    runs: async () => {
      const { runs } = await applyDeps(parts)
      const states: RunState[] = []
      for (const name of await runs.names()) states.push(await runs.read(name))
      return states
    },
    audit: async (run) => (await import('../apply/audit-run.ts')).auditRun(run, await applyDeps(parts)),
    forget: async (run, request) =>
      (await import('../apply/forget-run.ts')).forgetRun(
        run,
        await askingWith(request ?? {}, await provingDeps(parts)),
        request,
      ),
  }
}
