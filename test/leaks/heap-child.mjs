// node --expose-gc heap-child.mjs LIBRARY HOME SNAPSHOT PATH...: migrates the paths as `apply` does, and writes down what is left in memory.
import { writeHeapSnapshot } from 'node:v8'

const [, , library, home, snapshot, ...paths] = process.argv
const { openKeyturn, loadConsumers } = await import(library)

const accepting = {
  verify: async () => ({ kind: 'yes', scopes: 'not reported', evidence: { asked: 'a stand-in', answered: '200' } }),
}

async function migrate() {
  const consumers = (await loadConsumers()).map((consumer) => ({ ...consumer, verifier: accepting }))
  const keyturn = await openKeyturn({ environment: { PATH: process.env.PATH }, home, consumers })
  const plan = await keyturn.plan(await keyturn.scan({ paths }), { offline: true })
  const { exitCode } = await keyturn.apply(plan)
  return `${plan.steps.length} steps, exit code ${exitCode}`
}

process.stdout.write(`${await migrate()}\n`)
// What waits to be collected or finalised is given the chance; memory that was freed is not in a snapshot.
for (let round = 0; round < 5; round++) {
  await new Promise((resolve) => setTimeout(resolve, 20))
  globalThis.gc()
}
writeHeapSnapshot(snapshot)
