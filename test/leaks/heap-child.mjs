// node --expose-gc heap-child.mjs LIBRARY HOME SNAPSHOT BUFFERS PATH...: migrates the paths as `apply` does, and writes down what is left in
// memory: the objects as a snapshot, and the bytes of every buffer that is still held, which a snapshot leaves out.
import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { writeHeapSnapshot } from 'node:v8'

const [, , library, home, snapshot, buffers, ...paths] = process.argv
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

/**
 * Every buffer that something still leads to, but for the slabs that small buffers of the whole process share: what was freed there is
 * written over by later ones, and nothing leads to it. `Runtime.queryObjects` collects garbage before it looks.
 */
async function liveBuffers() {
  const session = new Session()
  session.connect()
  globalThis.takeBuffers = (found) =>
    found.filter(({ byteLength }) => byteLength !== Buffer.poolSize).map((buffer) => Buffer.from(buffer))
  const { result: prototype } = await session.post('Runtime.evaluate', { expression: 'ArrayBuffer.prototype' })
  const { objects } = await session.post('Runtime.queryObjects', { prototypeObjectId: prototype.objectId })
  await session.post('Runtime.callFunctionOn', {
    objectId: objects.objectId,
    functionDeclaration: 'function () { globalThis.taken = globalThis.takeBuffers(this) }',
  })
  session.disconnect()
  return globalThis.taken
}

process.stdout.write(`${await migrate()}\n`)
// The one that is found for certain: without it, an empty search would say nothing.
globalThis.kept = Buffer.alloc(4096, 'a buffer that is kept. ')
// What waits to be collected or finalised is given the chance; memory that was freed is not in a snapshot.
for (let round = 0; round < 5; round++) {
  await new Promise((resolve) => setTimeout(resolve, 20))
  globalThis.gc()
}
writeHeapSnapshot(snapshot)
writeFileSync(buffers, Buffer.concat(await liveBuffers()))
