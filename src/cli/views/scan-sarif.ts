import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import { KIND_WORDS, useWords } from '../../messages/kinds.ts'
import type { Consumer } from '../../model/consumer.ts'
import type { Unread } from '../../model/inventory.ts'
import type { Buried, Place } from '../../model/place.ts'
import { VERSION } from '../../model/version.ts'
import { buriedWords } from './buried-words.ts'
import { levelOfKind, NOTIFICATIONS, ruleIdOf, rulesOf } from './sarif-rules.ts'
import { below, holding, levelOf, type ScanReport } from './scan-report.ts'
import { oneLine } from './text.ts'

const USES_TOLD = 5

/**
 * SARIF 2.1.0 (OASIS, https://docs.oasis-open.org/sarif/sarif/v2.1.0/), one result per place that holds a secret. A result is
 * recognised in a later log by the id of its place: a hash of the secret would tell whether a guess is right.
 */
export function sarifLog({ inventory, baseline }: ScanReport, consumers: readonly Consumer[]): unknown {
  const places = holding(inventory)
  const rules = rulesOf(places, consumers)
  const indexes = new Map(rules.map((rule, index) => [rule.id, index]))
  const bases = baseIdsOf(inventory.sources)
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'keyturn', version: VERSION, semanticVersion: VERSION, rules, notifications: NOTIFICATIONS },
        },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: Object.fromEntries(
          bases.map(({ root, id }) => [id, { uri: `${pathToFileURL(root).href.replace(/\/$/, '')}/` }]),
        ),
        invocations: [
          {
            executionSuccessful: inventory.unread.length === 0,
            toolExecutionNotifications: inventory.unread.map((unread) => notificationOf(unread, bases)),
          },
        ],
        results: places.map((place) => ({
          ...resultOf(place, bases),
          ruleIndex: indexes.get(ruleIdOf(place)),
          ...(baseline === undefined ? {} : { baselineState: 'new' }),
        })),
        ...(baseline === undefined
          ? {}
          : { properties: { baselineKnown: baseline.known, baselineGone: baseline.gone.length } }),
      },
    ],
  }
}

interface BaseId {
  readonly root: string
  readonly id: string
}

/** `%SRCROOT%` is the name that code scanning takes for the root of the repository. */
function baseIdsOf(sources: readonly string[]): readonly BaseId[] {
  const roots = sources.filter(isAbsolute)
  return roots.map((root, index) => ({ root, id: roots.length === 1 ? '%SRCROOT%' : `%SRCROOT${index + 1}%` }))
}

function resultOf(place: Place, bases: readonly BaseId[]): Readonly<Record<string, unknown>> {
  return {
    ruleId: ruleIdOf(place),
    level: levelOf(place) === 'certain' ? levelOfKind(place.secret?.kind ?? 'unknown') : doubtful(place),
    message: { text: plainMessage(messageOf(place)) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: artifactOf(place.at.kind === 'url' ? place.at.url : place.at.path, bases),
          ...regionOf(place),
        },
        logicalLocations: [{ fullyQualifiedName: oneLine(`${place.consumer} ${place.address}`) }],
      },
    ],
    partialFingerprints: { 'keyturnPlace/v1': place.id },
    properties: {
      place: place.id,
      host: oneLine(place.host),
      confidence: levelOf(place),
      ...(place.confidence === undefined ? {} : { confidenceReason: oneLine(place.confidence.reason) }),
      ...(place.secret === undefined ? {} : { encoding: place.secret.encoding }),
      ...(place.buried === undefined ? {} : { buried: buriedProperties(place.buried) }),
      ...(place.unresolved === undefined ? {} : { unresolved: oneLine(place.unresolved) }),
    },
  }
}

function buriedProperties(buried: Buried): unknown {
  if (buried.kind === 'archive') return { kind: 'archive' }
  const { kind, versions, heldBy, commits, commitCount, lastCommit } = buried
  return { kind, versions, heldBy, commitCount, firstCommit: commits[0]?.id, lastCommit: lastCommit?.id }
}

const doubtful = (place: Place): 'warning' | 'note' =>
  levelOf(place) === 'likely' && place.secret?.kind === 'app-password' ? 'warning' : 'note'

function messageOf({ consumer, address, secret, username, uses, confidence, buried }: Place): string {
  const kind = KIND_WORDS[secret?.kind ?? 'unknown']
  const what = secret?.kind === 'unknown' ? 'Secret of an unknown kind' : `${kind[0]?.toUpperCase()}${kind.slice(1)}`
  const words = [...new Set(uses.filter((use) => use.repository !== undefined || use.followed === true).map(useWords))]
  const rest = words.length - USES_TOLD
  const told = [...words.slice(0, USES_TOLD), ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ')
  return [
    `${what}${username === undefined ? '' : ` of ${username.text}`} in ${consumer} ${address}.`,
    ...(told === '' ? [] : [`Used for ${told}.`]),
    ...(buried === undefined ? [] : [`It stands ${buriedWords(buried)}.`]),
    ...(confidence === undefined || confidence.level === 'certain'
      ? []
      : [`Not certain (${confidence.level}): ${confidence.reason}.`]),
  ].join(' ')
}

/** Brackets make a link in a message, and braces a placeholder (SARIF 3.11.5, 3.11.6); text of files has neither. */
function plainMessage(text: string): string {
  return oneLine(text)
    .replace(/[\\[\]]/g, '\\$&')
    .replace(/[{}]/g, '$&$&')
}

/** The line of the place, and the bytes of the secret as they are stored. */
function regionOf({ line, secret }: Place): Readonly<Record<string, unknown>> {
  const span = secret?.span
  if (line === undefined && span === undefined) return {}
  return {
    region: {
      ...(line === undefined ? {} : { startLine: line }),
      ...(span === undefined ? {} : { byteOffset: span[0], byteLength: span[1] - span[0] }),
    },
  }
}

/** `at` is a path, or the URL of a controller. */
function artifactOf(at: string, bases: readonly BaseId[]): Readonly<Record<string, unknown>> {
  if (!isAbsolute(at)) return { uri: encodeURI(wellFormed(at)) }
  const found = below(
    at,
    bases.map(({ root }) => root),
  )
  const base = bases.find(({ root }) => root === found?.root)
  // A source that is itself a file has no path below it.
  if (found === undefined || base === undefined || found.root === at) return { uri: pathToFileURL(wellFormed(at)).href }
  return {
    uri: found.path
      .split('/')
      .map((part) => encodeURIComponent(wellFormed(part)))
      .join('/'),
    uriBaseId: base.id,
  }
}

/** Half a surrogate pair cannot be encoded. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString('utf8')
}

function notificationOf(unread: Unread, bases: readonly BaseId[]): unknown {
  return {
    level: 'error',
    descriptor: { id: unread.reason, index: NOTIFICATIONS.findIndex(({ id }) => id === unread.reason) },
    message: { text: plainMessage(`Could not be read: ${unread.detail}`) },
    locations: [{ physicalLocation: { artifactLocation: artifactOf(unread.at, bases) } }],
  }
}
