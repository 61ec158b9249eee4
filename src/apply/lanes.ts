import { groupedBy } from '../model/grouped-by.ts'
import type { Location } from '../model/place.ts'
import type { Files } from '../model/ports.ts'

/** What shares a lane happens one after the other; lanes of one host share its limit. */
export interface Lane<Item> {
  readonly host: string
  readonly items: Item[]
}

/** How many lanes of one host are worked on at the same time. */
export interface LaneOptions {
  readonly jobs: number
  /** Asked before each item; what runs comes to its end. */
  readonly isStopped: () => boolean
}

/** Puts items into lanes, in their order: one for each file, for each store of credentials of a controller, for each of its items. */
export function lanesOf<Item>(
  items: readonly Item[],
  locationOf: (item: Item) => Location,
  realPath: (path: string) => string,
): readonly Lane<Item>[] {
  const keyOf = (location: Location): string =>
    location.kind === 'file' ? realPath(location.path) : storeOf(location.url)
  return [...groupedBy(items, (item) => keyOf(locationOf(item))).values()].flatMap((ofLane) => {
    const [first] = ofLane
    return first === undefined ? [] : [{ host: hostOf(locationOf(first)), items: ofLane }]
  })
}

/**
 * Jenkins keeps all domains of a store in one file, and names a credential below its domain. The store of an item is part of its configuration,
 * so that whoever writes this writes the credentials as they were when it was read.
 */
function storeOf(url: string): string {
  return url
    .replace(/\/credentials\/store\/folder\/domain\/.*$/, '')
    .replace(/(\/credentials\/store\/[^/]+)\/domain\/.*$/, '$1')
}

function hostOf(location: Location): string {
  if (location.kind === 'file') return ''
  return URL.canParse(location.url) ? new URL(location.url).host : location.url
}

/** Two names of one file are one lane. What cannot be resolved is its own name: the step will say why. */
export async function realPaths(paths: Iterable<string>, files: Files): Promise<(path: string) => string> {
  const real = new Map<string, string>()
  for (const path of paths) if (!real.has(path)) real.set(path, await files.resolve(path).catch(() => path))
  return (path) => real.get(path) ?? path
}

/**
 * Works on all lanes. An act that throws lets nothing more begin; what it threw comes when those that run have come to their end, for
 * whoever waits here gives the lock back.
 */
export async function runLanes<Item>(
  lanes: readonly Lane<Item>[],
  act: (item: Item) => Promise<void>,
  { jobs, isStopped }: LaneOptions,
): Promise<void> {
  const thrown: unknown[] = []
  const hosts = groupedBy(lanes, ({ host }) => host)
  const one = (item: Item): Promise<void> =>
    // Also where it throws before it gives a promise.
    Promise.resolve(item)
      .then(act)
      .catch((error: unknown) => void thrown.push(error))
  const options = { jobs, isStopped: () => thrown.length > 0 || isStopped() }
  await Promise.all([...hosts.values()].map((ofHost) => runHost(ofHost, one, options)))
  if (thrown.length > 0) throw thrown[0]
}

/** `act` does not throw. */
async function runHost<Item>(
  lanes: readonly Lane<Item>[],
  act: (item: Item) => Promise<void>,
  { jobs, isStopped }: LaneOptions,
): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < lanes.length && !isStopped()) {
      const lane = lanes[next]
      next += 1
      for (const item of lane?.items ?? []) {
        if (isStopped()) return
        await act(item)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(Math.max(1, jobs), lanes.length) }, worker))
}
