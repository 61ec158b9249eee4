/** These put something in the place of a module, or change to another folder: they are loaded alone. All others share a process with the file before. */
export const ALONE: readonly string[] = [
  'src/cli/ask.test.ts',
  'src/consumers/git-verifier.test.ts',
  'src/system/folder-names.test.ts',
  'test/failures/controller-faults.test.ts',
  'test/failures/faults.test.ts',
]
