import { shapeOf } from '../bitbucket/token-shape.ts'
import type { Detector } from '../model/consumer.ts'
import type { Place, PlaceRef } from '../model/place.ts'
import type { Context } from '../model/ports.ts'
import type { Seal, Secret } from '../model/secret.ts'
import { bytesOf } from './git-settings.ts'
import type { Found, Source } from './source-standing.ts'

export interface TraceDetectors {
  readonly netrc?: Detector
  readonly gitCredentials?: Detector
  readonly gitConfig?: Detector
}

/** A username is printed. A token in its place is called by its fingerprint. */
export function sayableName(username: string, seal: Seal): string {
  const sealed = seal(username)
  return shapeOf(sealed).checksum === 'none' ? username : sealed.fingerprint
}

export function sourceOf(kind: Source['kind'], place: Place): Found {
  const secret = place.secret?.value
  return {
    kind,
    where:
      place.at.kind === 'file' ? `${place.at.path}${place.line === undefined ? '' : `:${place.line}`}` : place.at.url,
    matched: true,
    place: refOf(place),
    ...(place.username === undefined ? {} : { username: place.username.text }),
    ...(secret === undefined ? {} : { secret, shape: shapeOf(secret) }),
  }
}

export async function placeIn(
  path: string,
  detector: Detector | undefined,
  context: Context,
  secret: Secret,
): Promise<Place | undefined> {
  return (await placesIn(path, detector, context)).find((place) => place.secret?.value?.equals(secret) === true)
}

export async function placesIn(
  path: string,
  detector: Detector | undefined,
  context: Context,
): Promise<readonly Place[]> {
  if (detector === undefined) return []
  const bytes = await bytesOf(context, path)
  if (bytes.length === 0) return []
  return detector.detect({ path, bytes, seal: context.seal, companion: () => undefined }).places
}

export function refOf({ id, consumer, at, address }: Place): PlaceRef {
  return { id, consumer, at, address }
}
