import { relative } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What takes longest, before all that nobody has timed yet on this machine: the last file of one worker then ends soon after that of the other. */
const LONG = ['test/crash/', 'test/leaks/', 'test/end-to-end/', 'test/live/', 'test/failures/', 'test/']

/** Files of folders that are known to be long first; among them the order of vitest, which knows how long a file took before. */
export class LongFirst extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(specifications)
    return sorted.sort((a, b) => place(a) - place(b))
  }
}

/** A worker is kept for the next file only when that shares its modules too, so the files of one project stand together. */
function place({ project, moduleId }: TestSpecification): number {
  const path = relative(project.vitest.config.root, moduleId).replaceAll('\\', '/')
  const at = LONG.findIndex((start) => path.startsWith(start))
  return (project.config.isolate ? 0 : LONG.length + 1) + (at < 0 ? LONG.length : at)
}
