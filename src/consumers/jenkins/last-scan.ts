import type { Failure } from '../../model/failure.ts'
import type { ItemKind, JenkinsFindings } from '../../model/jenkins-findings.ts'
import type { JenkinsClient } from './client.ts'
import { consoleWords } from './console-words.ts'
import { pageOf } from './controller-path.ts'
import { gapOf } from './gap.ts'
import { attempt } from './items.ts'

const LOG: Partial<Record<ItemKind, string>> = {
  multibranch: 'indexing/consoleText',
  organization: 'computation/consoleText',
}

/** There is no `api/json` of a scan: its last line says how it ended, and "No such file" that there was none. */
export async function readLastScan(
  client: JenkinsClient,
  item: string,
  kind: ItemKind | undefined,
  gaps: Failure[],
): Promise<JenkinsFindings['lastScan']> {
  const page = kind === undefined ? undefined : LOG[kind]
  if (page === undefined) return undefined
  const body = await attempt(gaps, () => client.get(pageOf(item, page)))
  const text = body === undefined ? '' : Buffer.from(body).toString('utf8')
  if (text === '' || /^No such file:/.test(text)) {
    gaps.push(gapOf(client, 'it has not been scanned yet, or the log of the scan is gone', item))
    return undefined
  }
  const result = /^Finished: ([A-Z_]+)\s*$/m.exec(text.slice(-400))?.[1] ?? 'RUNNING'
  return { result, text: consoleWords(text) }
}
