import type { ChangeAsked, Connector, Consumer, Detector, StagedTogether } from '../model/consumer.ts'
import { Failure } from '../model/failure.ts'
import type { PlaceRef } from '../model/place.ts'
import { fieldConnector } from './field-connector.ts'
import { verifierOfNested, withNested } from './nested-connector.ts'
import { unwrittenFile } from './unwritten-files.ts'

/**
 * The rule by which consumers write: whoever finds places in files can change them where they were found, unless it says why not
 * (`unwritten`) or has a connector of its own. Files whose bytes are not what is used are written by none.
 */
export function withConnector(consumer: Consumer): Consumer {
  const { detector, connector, unwritten } = consumer
  if (detector === undefined || unwritten !== undefined) return consumer
  if (connector === undefined) return { ...consumer, connector: guarded(fieldConnector(detector), consumer) }
  return { ...consumer, ...own(connector, detector, consumer) }
}

function own(connector: Connector, { detectNested }: Detector, consumer: Consumer): Partial<Consumer> {
  if (detectNested === undefined) return { connector: guarded(connector, consumer) }
  const whole = withNested(connector, detectNested)
  const { verifier } = consumer
  return {
    connector: guarded(whole, consumer),
    ...(verifier === undefined ? {} : { verifier: verifierOfNested(verifier, connector, whole) }),
  }
}

function guarded(connector: Connector, consumer: Consumer): Connector {
  const refuses = (place: PlaceRef): string | undefined => reasonAgainst(place, consumer) ?? connector.refuses?.(place)
  const { stageMany } = connector
  return {
    ...connector,
    refuses,
    stageReplace: async (place, ...rest) => {
      refuse(place, refuses(place))
      return connector.stageReplace(place, ...rest)
    },
    ...(stageMany === undefined
      ? {}
      : {
          stageMany: (asked, context) => withoutRefused(asked, refuses, (allowed) => stageMany(allowed, context)),
        }),
  }
}

/** What is refused is not written with the others; staged alone it says why. */
async function withoutRefused(
  asked: readonly ChangeAsked[],
  refuses: (place: PlaceRef) => string | undefined,
  stage: (allowed: readonly ChangeAsked[]) => Promise<StagedTogether>,
): Promise<StagedTogether> {
  const allowed = asked.filter(({ place }) => refuses(place) === undefined)
  if (allowed.length === 0) return { each: asked.map(() => undefined), commit: async () => 'changed' }
  const staged = await stage(allowed)
  const each = new Map(allowed.map((one, index) => [one, staged.each[index]]))
  return { ...staged, each: asked.map((one) => each.get(one)) }
}

function reasonAgainst({ at, address }: PlaceRef, { copies }: Consumer): string | undefined {
  return unwrittenFile(at) ?? (copies?.addresses.test(address) === true ? copies.because : undefined)
}

function refuse({ at, address }: PlaceRef, because: string | undefined): void {
  if (because === undefined) return
  const where = at.kind === 'file' ? `${at.path} ${address}` : address
  throw new Failure('R204', { at: where, because, state: 'Nothing was changed.', next: ['Then scan again.'] })
}
