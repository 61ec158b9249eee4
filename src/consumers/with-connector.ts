import type { Consumer } from '../model/consumer.ts'
import { fieldConnector } from './field-connector.ts'
import { unwrittenFile } from './unwritten-files.ts'

/**
 * The rule by which consumers write: whoever finds places in files can change them where they were found, unless it says why not
 * (`unwritten`) or has a connector of its own.
 */
export function withConnector(consumer: Consumer): Consumer {
  const { detector, connector, unwritten } = consumer
  if (detector === undefined || connector !== undefined || unwritten !== undefined) return consumer
  return { ...consumer, connector: { ...fieldConnector(detector), refuses: ({ at }) => unwrittenFile(at) } }
}
