import { type AttributeKeeper, attributeKeeper as real } from '../../src/system/file-attributes.ts'
import { isSimulated } from './disk-calls.ts'

/**
 * Stands in for `src/system/file-attributes.ts` where `src/system/node-files.ts` imports it. A file on a simulated disk has an owner and a mode
 * and nothing else, and `ls`, which does not see it, need not be started for it.
 */
export function attributeKeeper(): AttributeKeeper {
  const keeper = real()
  return { ...keeper, lookAhead: (paths) => keeper.lookAhead(paths.filter((path) => !isSimulated(path))) }
}
