import { changes } from './library/changes.ts'
import { diagnoses } from './library/diagnoses.ts'
import { loadPlan, savePlan } from './library/kept-plans.ts'
import { keptRuns } from './library/kept-runs.ts'
import type { Keyturn, KeyturnOptions } from './library/keyturn.ts'
import { openParts } from './library/parts.ts'
import { planFor } from './library/plan-inventory.ts'
import { runScan } from './library/run-scan.ts'
import { addToken, checkToken } from './library/tokens.ts'

export type { RunOutcome } from './apply/apply-plan.ts'
export type { AuditedRun } from './apply/audit-run.ts'
export { whyNotOn } from './apply/can-go-on.ts'
export { controllerFlag, controllersWithout } from './apply/command-words.ts'
export type { ApplyEvent } from './apply/deps.ts'
export type { ForgetOutcome } from './apply/forget-run.ts'
export type { RollbackOutcome } from './apply/rollback.ts'
export { type RunState, type RunTally, type StepState, stepState, tally } from './apply/run-state.ts'
export type { VerifiedPlace } from './apply/verify-run.ts'
export { parseRepositoryUrl } from './bitbucket/repository-url.ts'
export type { Consultation } from './diagnose/consultation.ts'
export type { RestQuestion } from './diagnose/diagnose-rest.ts'
export { isRestUrl } from './diagnose/rest-target.ts'
export type {
  Asking,
  CheckedToken,
  GivenCredential,
  Keyturn,
  KeyturnOptions,
  NewToken,
  PlanOptions,
  ScanOptions,
  Watched,
} from './library/keyturn.ts'
export { loadConsumers } from './library/parts.ts'
export { exitCodeOfScan } from './library/run-scan.ts'
export { Failure } from './model/failure.ts'
export type { Inventory } from './model/inventory.ts'
export type { Place } from './model/place.ts'
export type { Plan, Step } from './model/plan.ts'
export type { System } from './model/ports.ts'
export type { Repository } from './model/use.ts'
export { VERSION } from './model/version.ts'
export type { TokenSummary } from './plan/choose-token.ts'
export type { TokenPolicy } from './plan/plan-input.ts'
export type { ToldUse } from './plan/told-uses.ts'
export { planBytes, planFormat, writePlan as planText } from './plan/write-plan.ts'
export { SIZE_LIMIT as MOST_DOCUMENT_BYTES } from './scan/search.ts'
export { foldersOf } from './system/installation.ts'
export { nodeFiles } from './system/node-files.ts'
export { nodeProcesses } from './system/node-processes.ts'
export { nodeSystem } from './system/node-system.ts'
export { runAttached } from './system/run-attached.ts'
export { makeTemporaryFolder, removeTemporaryFolder } from './system/temporary-folder.ts'

/** Opens what this installation keeps. Asks nobody; the vault opens with the first method that needs it. */
export async function openKeyturn(options: KeyturnOptions): Promise<Keyturn> {
  const parts = await openParts(options)
  return {
    context: parts.context,
    folders: parts.folders,
    scan: (request) => runScan(request, parts),
    ...diagnoses(parts),
    tokens: async () => (await parts.vault()).list(),
    addToken: (token) => addToken(token, parts),
    checkToken: (name) => checkToken(name, parts),
    removeToken: async (name) => (await parts.vault()).remove(name),
    plan: (inventory, request = {}) => planFor(inventory, request, parts),
    savePlan: (plan) => savePlan(plan, parts),
    loadPlan: (name) => loadPlan(name, parts),
    ...changes(parts),
    ...keptRuns(parts),
  }
}
