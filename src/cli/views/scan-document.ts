import type { Place } from '../../model/place.ts'
import { below, byCredential, holding, pinsOf, type ScanReport, shown } from './scan-report.ts'

/** The one document of `scan --json`; described in docs/json.md. */
export function scanDocument({ inventory, baseline }: ScanReport): unknown {
  const places = holding(inventory)
  return {
    schema: 'keyturn/scan/1',
    sources: inventory.sources,
    filesSeen: inventory.filesSeen,
    filesRead: inventory.filesRead,
    credentials: byCredential(places).map((group) => ({
      fingerprint: group.fingerprint ?? null,
      kind: group.kind,
      usernames: group.usernames.map((username) => username ?? null),
      places: group.places.map((place) => place.id),
    })),
    places: places.map((place) => placeDocument(place, inventory.sources)),
    pins: pinsOf(inventory).map((place) => placeDocument(place, inventory.sources)),
    unanswered: inventory.unanswered,
    unread: inventory.unread.map((unread) => ({ ...unread, at: shown(unread.at, inventory.sources) })),
    complete: inventory.unread.length === 0,
    ...(baseline === undefined ? {} : { baseline }),
  }
}

function placeDocument(place: Place, sources: readonly string[]): unknown {
  const { secret, username, confidence } = place
  return {
    id: place.id,
    consumer: place.consumer,
    ...locationDocument(place, sources),
    ...(place.line === undefined ? {} : { line: place.line }),
    address: place.address,
    host: place.host,
    username: username?.text ?? null,
    ...(secret === undefined
      ? {
          encoding: username?.encoding,
          start: username?.span?.[0],
          end: username?.span?.[1],
          ...(username?.inner === undefined ? {} : { inner: username.inner }),
        }
      : {
          kind: secret.kind,
          fingerprint: secret.value?.fingerprint ?? null,
          encoding: secret.encoding,
          start: secret.span?.[0] ?? null,
          end: secret.span?.[1] ?? null,
          ...(secret.inner === undefined ? {} : { inner: secret.inner }),
        }),
    ...(confidence === undefined ? {} : { confidence }),
    ...(place.buried === undefined ? {} : { buried: place.buried }),
    uses: place.uses.map(({ reference: _r, spelled: _s, tool: _t, folded: _f, ...use }) => use),
    ...(place.unresolved === undefined ? {} : { unresolved: place.unresolved }),
  }
}

function locationDocument({ at }: Place, sources: readonly string[]): Readonly<Record<string, string>> {
  if (at.kind === 'url') return { url: at.url }
  const found = below(at.path, sources)
  return found === undefined ? { path: at.path } : { root: found.root, path: found.path }
}
