import { basename, join } from 'node:path'
import { Failure } from '../model/failure.ts'
import type { Plan } from '../model/plan.ts'
import { readablePieces, requireReadable } from '../plan/plan-size.ts'
import { planPieces } from '../plan/write-plan.ts'
import type { Parts } from './parts.ts'

type Kept = Pick<Parts, 'context' | 'folders'>

/** Under its time and id; gives back the path. Throws `Failure` R112 where it would be too large to be read again. */
export async function savePlan(plan: Plan, kept: Kept): Promise<string> {
  const { files } = kept.context.system
  const folder = folderOf(kept)
  await files.makeFolder(folder)
  const path = join(folder, `${timeAfter((await savedPlans(kept)).at(-1), plan)}-${plan.id}.json`)
  await files.create(path, readablePieces(planPieces(plan)))
  return path
}

const TIME_DIGITS = 17

/** Sorts after every plan before it, also where the clock was put back: the last name is the newest plan for who names none. */
function timeAfter(last: string | undefined, { createdAt }: Plan): string {
  const own = createdAt.replace(/[^0-9]/g, '').slice(0, TIME_DIGITS)
  const [, before] = /^(\d{17})-/.exec(basename(last ?? '')) ?? []
  return before === undefined || own > before ? own : String(BigInt(before) + 1n)
}

function folderOf({ folders }: Kept): string {
  return join(folders.state, 'plans')
}

/** Oldest first. */
async function savedPlans(kept: Kept): Promise<readonly string[]> {
  const { files } = kept.context.system
  const folder = folderOf(kept)
  return (await files.entry(folder)) === undefined ? [] : (await files.list(folder)).map(({ path }) => path)
}

/** By id or path, or the newest. Throws `Failure` R111 where there is none, R202 where it cannot be read. */
export async function loadPlan(name: string | undefined, kept: Kept): Promise<Plan> {
  const { files } = kept.context.system
  const saved = await savedPlans(kept)
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
