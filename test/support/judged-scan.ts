import { consumers } from '../../src/consumers/registry.ts'
import { variableReader } from '../../src/consumers/variable-flow.ts'
import { type ScanRequest, scan } from '../../src/scan/scan.ts'
import type { FileJudge } from '../../src/system/bulk-files.ts'
import { testContext } from '../contract/connector.ts'
import { temporaryFolder } from '../contract/fixtures.ts'

/** The same folder of one file, seen by every consumer, without and with the judge: what it saves may change nothing. */
export async function inventories(path: string, text: string, judge: FileJudge): Promise<readonly [unknown, unknown]> {
  const folder = temporaryFolder(new Map([[path, Buffer.from(text)]]))
  const request: ScanRequest = { roots: [folder.path], follow: variableReader(consumers) }
  try {
    return [
      await scan(request, consumers, testContext()),
      await scan({ ...request, helpers: { judge } }, consumers, testContext()),
    ]
  } finally {
    folder.remove()
  }
}
