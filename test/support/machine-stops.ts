import type { Context } from '../../src/model/ports.ts'

export const MACHINE_STOPS = 'the machine stops'

/** The file is written, and then the machine stops: whoever wrote it does not hear of it. */
export function stoppingAfterWriteOf(path: string, context: Context): Context {
  const { replace } = context.system.files
  const files = {
    ...context.system.files,
    replace: async (...given: Parameters<typeof replace>) => {
      const outcome = await replace(...given)
      if (given[0] === path) throw new Error(MACHINE_STOPS)
      return outcome
    },
  }
  return { ...context, system: { ...context.system, files } }
}
