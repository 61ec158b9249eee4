import { join } from 'node:path'
import { Failure } from '../model/failure.ts'
import type { Plan } from '../model/plan.ts'
import { readablePieces, requireReadable } from '../plan/plan-size.ts'
import { planPieces } from '../plan/write-plan.ts'
import type { Parts } from './parts.ts'

/** Under its time and id; gives back the path. Throws `Failure` R112 where it would be too large to be read again. */
export async function savePlan(plan: Plan, { context, folders }: Parts): Promise<string> {
  const { files } = context.system
  const path = join(folders.state, 'plans', `${plan.createdAt.replace(/[^0-9]/g, '').slice(0, 17)}-${plan.id}.json`)
  await files.makeFolder(join(folders.state, 'plans'))
  await files.create(path, readablePieces(planPieces(plan)))
  return path
}

/** By id or path, or the newest. Throws `Failure` R111 where there is none, R202 where it cannot be read. */
export async function loadPlan(name: string | undefined, { context, folders }: Parts): Promise<Plan> {
  const { files } = context.system
  const folder = join(folders.state, 'plans')
  const saved = (await files.entry(folder)) === undefined ? [] : (await files.list(folder)).map((entry) => entry.path)
  const known = name === undefined ? saved.at(-1) : saved.find((path) => path.endsWith(`-${name}.json`))
  const path = known ?? name
  if (path === undefined) throw new Failure('R111', { because: 'no plan was made yet', next: ['  keyturn plan PATH'] })
  if (known === undefined && /^[\w-]+$/.test(path) && (await files.entry(path)) === undefined)
    throw new Failure('R111', {
      at: path,
      because: 'no plan of this id was made here, and there is no file of this name',
      state: 'Nothing was changed.',
      next: ['  keyturn apply FILE'],
    })
  const { readPlan } = await import('../plan/plan-file.ts')
  requireReadable((await files.entry(path))?.size ?? 0, path)
  const bytes = await files.read(path)
  requireReadable(bytes.length, path)
  return readPlan(Buffer.from(bytes).toString('utf8'), path)
}
