import { controllerFlag, controllersWithout, type Keyturn, type RunState } from '../index.ts'
import { Failure } from '../model/failure.ts'
import type { Plan } from '../model/plan.ts'

/** The run of that name, or the newest one. Throws R312 when its journal is damaged. */
export async function chosenRun(name: string | undefined, keyturn: Keyturn): Promise<RunState> {
  return keyturn.run(await chosenName(name, keyturn))
}

export async function chosenName(name: string | undefined, keyturn: Keyturn): Promise<string> {
  const names = await keyturn.runNames()
  const run = name === undefined ? names.at(-1) : names.find((one) => one === name)
  if (run !== undefined) return run
  throw new Failure('R311', {
    ...(name === undefined ? {} : { at: name }),
    because: name === undefined ? 'nothing was applied yet' : 'no such run is known here',
    next: ['  keyturn status'],
  })
}

/** Usage, before anything starts: what changes controllers needs their addresses and logins. `command`: how it is called, with that flag. */
export function requireLogin(
  plan: Plan,
  { context }: Keyturn,
  { at, command }: { readonly at: string; readonly command: (flag: string) => string },
): void {
  const [missing] = controllersWithout(context, plan)
  if (missing === undefined) return
  throw new Failure('R112', {
    at,
    because: `it has places on the Jenkins controller ${missing}, which is not named`,
    state: 'Nothing was changed.',
    next: [`  ${command(controllerFlag(plan))}`],
    exitCode: 2,
  })
}
