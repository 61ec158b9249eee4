import type { Consumer } from '../model/consumer.ts'
import { Failure } from '../model/failure.ts'
import { fieldConnector } from './field-connector.ts'
import { withNested } from './nested-connector.ts'
import { unwrittenFile } from './unwritten-files.ts'

/**
 * The rule by which consumers write: whoever finds places in files can change them where they were found, unless it says why not
 * (`unwritten`) or has a connector of its own.
 */
export function withConnector(consumer: Consumer): Consumer {
  const { detector, connector, unwritten } = consumer
  if (detector === undefined || unwritten !== undefined) return consumer
  if (connector !== undefined)
    return detector.detectNested === undefined
      ? consumer
      : { ...consumer, connector: withNested(connector, detector.detectNested) }
  const written = fieldConnector(detector, async (path) => refuseUnwritten(path))
  return { ...consumer, connector: { ...written, refuses: ({ at }) => unwrittenFile(at) } }
}

function refuseUnwritten(path: string): void {
  const because = unwrittenFile({ kind: 'file', path })
  if (because === undefined) return
  throw new Failure('R204', { at: path, because, state: 'Nothing was changed.', next: ['Then scan again.'] })
}
