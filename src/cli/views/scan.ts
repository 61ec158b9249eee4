import { isAbsolute, relative } from 'node:path'
import { KIND_WORDS, NOT_FOUND, useWords } from '../../messages/kinds.ts'
import type { Inventory } from '../../model/inventory.ts'
import type { Place } from '../../model/place.ts'
import type { Paint } from '../output.ts'
import { buriedWords } from './buried-words.ts'
import { controllerName } from './controller-name.ts'
import {
  type BaselineComparison,
  byCredential,
  byUrgency,
  type CredentialGroup,
  holding,
  levelOf,
  pinsOf,
  type ScanReport,
  shown,
  whereOf,
} from './scan-report.ts'
import { count, cut, cutPlace, oneLine, shellWord, wrap } from './text.ts'

const WHERE_WIDTH = 61
/** A place begins here, and what is said of it stands below its path. */
const PLACE_INDENT = ' '.repeat(6)
const BELOW_PLACE = ' '.repeat(19)

/** An inventory of so many places is shown whole; a longer one so far. */
const WHOLE = 40
const CREDENTIALS_SHOWN = 20
const PLACES_SHOWN = 5
const USES_SHOWN = 8
const OTHERS_SHOWN = 10

/** How much of an inventory a screen takes. */
interface Limits {
  readonly credentials: number
  readonly places: number
  readonly uses: number
  /** Pins, unread parts, and places of the baseline that are gone. */
  readonly others: number
}

const NO_LIMITS: Limits = { credentials: Infinity, places: Infinity, uses: Infinity, others: Infinity }

interface ScreenOptions {
  /** Show everything, however long. */
  readonly all?: boolean
  readonly baseline?: BaselineComparison
  /** What was scanned lies in no file that a command could name. */
  readonly isPiped?: boolean
  /** Flags that the scan was given, and that a plan needs as well. */
  readonly flags?: readonly string[]
}

/** `folder` is the working directory, for paths in commands to copy. */
export function scanLines(
  inventory: Inventory,
  paint: Paint,
  folder: string,
  { all = false, baseline, isPiped = false, flags = [] }: ScreenOptions = {},
): readonly string[] {
  const places = holding(inventory)
  const groups = byUrgency(byCredential(places))
  const limits = all ? NO_LIMITS : limitsFor(inventory.places.length + inventory.unread.length)
  const sources = sourceWords(inventory, folder)
  const named = [sources, ...flags].filter(Boolean).join(' ')
  const lines = [
    summary(groups.length, places.length, { inventory, ...(baseline === undefined ? {} : { baseline }) }, flags),
    ...groups
      .slice(0, limits.credentials)
      .flatMap((group) => ['', ...credentialLines(group, inventory.sources, paint, limits)]),
    ...restOfCredentials(groups.slice(limits.credentials)),
    ...pinLines(pinsOf(inventory), inventory.sources, limits),
    ...unreadLines(inventory, limits),
    ...(baseline === undefined ? [] : baselineLines(baseline, limits)),
  ]
  const isCut = lines.some((line) => /^ *… /.test(line))
  if (isPiped) return [...lines, ...(isCut ? ['', 'See all of it with --all'] : [])]
  return [
    ...lines,
    ...(isCut ? ['', 'See all of it', `    keyturn scan ${named} --all`] : []),
    ...nextLines(places, named, sources),
  ]
}

function limitsFor(amount: number): Limits {
  return amount <= WHOLE
    ? { ...NO_LIMITS, uses: USES_SHOWN }
    : { credentials: CREDENTIALS_SHOWN, places: PLACES_SHOWN, uses: USES_SHOWN, others: OTHERS_SHOWN }
}

function summary(
  credentials: number,
  places: number,
  { inventory, baseline }: ScanReport,
  flags: readonly string[],
): string {
  const { filesRead, sources, unread } = inventory
  const controllers = sources.filter((source) => !isAbsolute(source)).length
  const asked = controllers === 0 ? [] : [`${count(controllers, 'controller')} asked`]
  const read = sources.length === controllers ? [] : [`${count(filesRead, 'file')} read`]
  const helpers = flags.includes('--helpers') ? ['credential helpers asked'] : []
  const looked = [...read, ...asked, ...helpers].join(', ')
  if (places > 0) return `${count(credentials, 'credential')} in ${count(places, 'place')} (${looked})`
  const what =
    baseline === undefined || baseline.known === 0 ? 'No Bitbucket credential' : 'No further Bitbucket credential'
  return `${what} was found${unread.length === 0 ? '' : ' in what could be read'} (${looked})`
}

function credentialLines(
  { fingerprint, kind, usernames, places }: CredentialGroup,
  sources: readonly string[],
  paint: Paint,
  limits: Limits,
): readonly string[] {
  const isHidden = places[0]?.secret?.encoding === 'opaque' && kind === 'unknown'
  const names = usernames.map((username) => username ?? '(no username)').join(', ')
  const words = [isHidden ? 'held by the controller' : KIND_WORDS[kind], oneLine(names)].join('  ')
  const rest = places.length - limits.places
  return [
    `  ${paint.bold(fingerprint ?? '(secret not shown)')}  ${words}`,
    ...places.slice(0, limits.places).flatMap((place) => placeLines(place, sources, limits)),
    ...(rest > 0 ? [`${PLACE_INDENT}… ${count(rest, 'more place')}`] : []),
  ]
}

/** Where it is, and below it how sure that is and what is done through it; all within 80 columns. */
function placeLines(place: Place, sources: readonly string[], limits: Limits): readonly string[] {
  const seen = place.uses.filter((use) => (use.repository ?? use.workspace) !== undefined || use.followed === true)
  // What a document says by itself is not said again by the line that names it there.
  const said = new Set(seen.flatMap((use) => (use.followed === true ? [] : [useWords(use)])))
  const followed = seen.filter((use) => use.followed === true && !said.has(useWords(use)))
  const uses = [...said, ...new Set(followed.map((use) => `${useWords(use)} by ${use.by}`))]
  const rest = uses.length - limits.uses
  const told = [...uses.slice(0, limits.uses), ...(rest > 0 ? [`and ${rest.toLocaleString('en-US')} more`] : [])]
  const doubt = levelOf(place) === 'certain' ? [] : [`${levelOf(place)}: ${place.confidence?.reason ?? ''}`]
  return [
    `${PLACE_INDENT}${place.id}  ${cutPlace(oneLine(whereText(place, sources)), WHERE_WIDTH)}`,
    ...doubt.flatMap((text) => wrap(oneLine(text), 80, BELOW_PLACE, `${BELOW_PLACE.slice(2)}? `)),
    ...(told.length === 0 ? [] : wrap(oneLine(told.join(', ')), 80, BELOW_PLACE)),
    ...(isUnresolved(place) ? [`${BELOW_PLACE}used by: ${NOT_FOUND}`] : []),
    ...(place.buried === undefined
      ? []
      : wrap(oneLine(`${buriedWords(place.buried)}: no plan changes it`), 80, BELOW_PLACE)),
  ]
}

/** Nothing reads a copy. */
function isUnresolved({ unresolved, buried }: Place): boolean {
  return unresolved !== undefined && buried === undefined
}

function whereText(place: Place, sources: readonly string[]): string {
  if (place.at.kind === 'url') return `${controllerName(place.at.url, sources)} ${place.address}`
  const isPlain = place.consumer === 'netrc' || place.consumer === 'git-credentials'
  return `${whereOf(place, sources)}${isPlain ? '' : ` ${place.address}`}`
}

function restOfCredentials(groups: readonly CredentialGroup[]): readonly string[] {
  if (groups.length === 0) return []
  const places = groups.reduce((sum, group) => sum + group.places.length, 0)
  return ['', `  … ${count(groups.length, 'more credential')} in ${count(places, 'place')}`]
}

function pinLines(pins: readonly Place[], sources: readonly string[], limits: Limits): readonly string[] {
  if (pins.length === 0) return []
  const lines = pins
    .slice(0, limits.others)
    .flatMap((place) => [
      `${PLACE_INDENT}${place.id}  ${cutPlace(oneLine(whereText(place, sources)), WHERE_WIDTH)}`,
      `${BELOW_PLACE}${oneLine(place.username?.text ?? '')}`,
    ])
  const hasSetting = pins.some(({ address }) => address.startsWith('credential.'))
  const names = hasSetting
    ? count(pins.length, 'URL or setting names', 'URLs or settings name')
    : count(pins.length, 'URL names', 'URLs name')
  const heading = `${names} a username, which then decides what is sent`
  return ['', heading, ...lines, ...restLine(pins.length, limits)]
}

function restLine(amount: number, { others }: Limits): readonly string[] {
  return amount > others ? [`${PLACE_INDENT}… ${(amount - others).toLocaleString('en-US')} more`] : []
}

function unreadLines({ unread, sources }: Inventory, limits: Limits): readonly string[] {
  if (unread.length === 0) return []
  const lines = unread
    .slice(0, limits.others)
    .flatMap((one) => [`    ${cut(oneLine(shown(one.at, sources)), 76)}`, ...wrap(oneLine(one.detail), 80, '        ')])
  const heading = `? ${count(unread.length, 'thing')} could not be read`
  return ['', heading, ...lines, ...restLine(unread.length, limits)]
}

function baselineLines({ file, known, gone }: BaselineComparison, limits: Limits): readonly string[] {
  const name = cut(oneLine(file), 30)
  const lines = gone
    .slice(0, limits.others)
    .map(
      (entry) => `${PLACE_INDENT}${cut(oneLine([entry.path ?? entry.id, entry.address ?? ''].join(' ').trim()), 74)}`,
    )
  return [
    '',
    `= ${count(known, 'place stands', 'places stand')} in the baseline ${name}, not listed here`,
    ...(gone.length === 0 ? [] : [`- ${count(gone.length, 'place')} of the baseline not found any more`, ...lines]),
    ...restLine(gone.length, limits),
  ]
}

/** The sources as they are typed. */
function sourceWords({ sources }: Inventory, folder: string): string {
  return sources
    .map((source) =>
      isAbsolute(source) ? shellWord(relative(folder, source) || '.') : `--jenkins ${shellWord(source)}`,
    )
    .join(' ')
}

const ALL_BURIED =
  'Nothing here can be changed where it stands. A token that still works has to be revoked by its owner: https://id.atlassian.com/manage-profile/security/api-tokens'

function nextLines(places: readonly Place[], named: string, sources: string): readonly string[] {
  if (places.length === 0) return []
  const live = places.filter(({ buried }) => buried === undefined)
  if (live.length === 0) return ['', ...wrap(ALL_BURIED, 80, '')]
  const doubtful = live.find((place) => levelOf(place) !== 'certain')
  return [
    '',
    'Next: see what has to change, and which tokens have to be created',
    `    keyturn plan ${named}`,
    ...(doubtful === undefined
      ? []
      : ['Where a place is not certain, ask Bitbucket', `    keyturn doctor --place ${doubtful.id} --in ${sources}`]),
  ]
}
