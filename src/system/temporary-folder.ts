import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new folder that only its owner can enter. */
export async function makeTemporaryFolder(name: string): Promise<string> {
  return mkdtemp(join(await realpath(tmpdir()), `${name}-`))
}

/** For folders of `makeTemporaryFolder` only: removes everything below. */
export async function removeTemporaryFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true, maxRetries: 3 })
}
