import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { applyPlan } from '../../src/apply/apply-plan.ts'
import { rollbackRun } from '../../src/apply/rollback.ts'
import { counted } from './counted-disk.ts'
import { openWorld } from './disk-world.ts'

/**
 * `disk-applier ROOT N apply|roll-back`: carries out ROOT/plan.json, or puts its run back, and dies before the N-th change of the
 * disk; 0 lives, and prints how many there were.
 */
const [root = '', killAt = '0', mode = 'apply'] = process.argv.slice(2)

async function main(): Promise<void> {
  const { deps } = await openWorld(root)
  counted.killAt = Number(killAt)
  const [run] = await deps.runs.names()
  if (mode === 'apply') await applyPlan(JSON.parse(readFileSync(join(root, 'plan.json'), 'utf8')), deps)
  else await rollbackRun(run ?? '', deps)
  process.stdout.write(`${counted.operations}\n`)
}

void main()
