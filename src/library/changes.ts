import { askingWith, provingDeps } from './apply-deps.ts'
import type { Keyturn } from './keyturn.ts'
import type { Parts } from './parts.ts'

const applying = () => import('../apply/apply-plan.ts')

/** What changes places, and proves them. */
export function changes(parts: Parts): Pick<Keyturn, 'apply' | 'resume' | 'rollback' | 'verify'> {
  return {
    apply: async (plan, request = {}) =>
      (await applying()).applyPlan(plan, await provingDeps(parts, request.onEvent), request),
    resume: async (run, request = {}) =>
      (await applying()).resumeRun(run, await provingDeps(parts, request.onEvent), request),
    rollback: async (run, request = {}) =>
      (await import('../apply/rollback.ts')).rollbackRun(run, await provingDeps(parts, request.onEvent), request),
    verify: async (run, request = {}) => {
      const deps = await askingWith(request, await provingDeps(parts))
      const { verifyRun } = await import('../apply/verify-run.ts')
      return verifyRun(await deps.runs.read(run), deps, request)
    },
  }
}
