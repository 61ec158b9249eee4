import type { Consumer } from '../model/consumer.ts'
import { Failure } from '../model/failure.ts'
import type { PlaceRef } from '../model/place.ts'
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
  const written = fieldConnector(detector)
  const refuses = (place: PlaceRef): string | undefined => reasonAgainst(place, consumer)
  return {
    ...consumer,
    connector: {
      ...written,
      refuses,
      stageReplace: async (place, ...rest) => {
        refuse(place, refuses(place))
        return written.stageReplace(place, ...rest)
      },
    },
  }
}

function reasonAgainst({ at, address }: PlaceRef, { copies }: Consumer): string | undefined {
  return unwrittenFile(at) ?? (copies?.addresses.test(address) === true ? copies.because : undefined)
}

function refuse({ at, address }: PlaceRef, because: string | undefined): void {
  if (because === undefined) return
  const where = at.kind === 'file' ? `${at.path} ${address}` : address
  throw new Failure('R204', { at: where, because, state: 'Nothing was changed.', next: ['Then scan again.'] })
}
