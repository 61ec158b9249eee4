import { basename } from 'node:path'
import { type Hindrance, locationText, type Place } from '../model/place.ts'
import { isAskedWith } from './host-stores.ts'

/**
 * Settings of git that name the username to ask a store or helper for (`credential[.<url>].username`) where they hinder the change of what is
 * asked for. One without a URL is for every host, and nothing tells what else a change of it would break. A helper tells what it holds under
 * that name alone, so that a change of the setting would hide its credential. `places`: without the settings for every host that ask for
 * nothing of Bitbucket.
 */
export function askedByName(found: readonly Place[]): {
  readonly places: readonly Place[]
  readonly hindrances: ReadonlyMap<Place, Hindrance>
} {
  const hindrances = new Map<Place, Hindrance>()
  const settings = found.filter(isSetting)
  if (settings.length === 0) return { places: found, hindrances }
  const idle = new Set(settings.filter((setting) => !hinder(setting, found, hindrances) && isForEveryHost(setting)))
  return { places: found.filter((place) => !idle.has(place)), hindrances }
}

function isSetting({ consumer, address, secret }: Place): boolean {
  return consumer === 'git-config' && secret === undefined && /^credential\.(?:.+\.)?username(?:#\d+)?$/.test(address)
}

function isForEveryHost({ host }: Place): boolean {
  return host === ''
}

/** Whether there is one. */
function hinder(setting: Place, places: readonly Place[], hindrances: Map<Place, Hindrance>): boolean {
  const asked = places.filter((place) => isAskedFor(place, setting))
  for (const place of asked) if (!hindrances.has(place)) hindrances.set(place, hindranceOf(place, setting))
  return asked.length > 0
}

function isAskedFor(place: Place, setting: Place): boolean {
  if (place.secret === undefined || place.username?.text !== setting.username?.text) return false
  if (!isAskedWith(place, locationText(setting.at))) return false
  return isForEveryHost(setting) ? place.host !== '' : isHelper(place) && place.host === setting.host
}

function isHelper({ consumer }: Place): boolean {
  return consumer === 'git-helper'
}

function hindranceOf(place: Place, setting: Place): Hindrance {
  const file = basename(locationText(setting.at))
  const name = setting.username?.text ?? ''
  const everywhere = isForEveryHost(setting) ? ' at every host' : ''
  return {
    kind: 'not writable',
    reason: `git asks for the username ${name}${everywhere} (${setting.address} in ${file}), and would not find it under another one`,
    wayOut: isHelper(place)
      ? `Take that setting out of ${file}, for without it git takes what the helper answers with, and plan again.`
      : `Write [credential "https://bitbucket.org"] username = ${name} behind that line, for git takes the last one that fits, and plan again: then both change together.`,
  }
}
