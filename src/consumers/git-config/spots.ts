import { type ByteSpan, byteText } from '../../formats/byte-text.ts'
import {
  type GitConfigEntry,
  type GitConfigReading,
  type GitConfigSection,
  readGitConfig,
} from '../../formats/git-config.ts'
import { type MappedText, spanIn } from '../../formats/mapped-text.ts'
import { readUrl, type UrlReading } from '../../formats/url.ts'
import type { Operation } from '../../model/use.ts'
import { isBitbucketHost } from '../bitbucket-hosts.ts'
import { withoutSecrets } from '../shown-name.ts'

/** A spot of a git configuration that can hold a credential for Bitbucket, whether or not it holds one now. */
export type Spot = UrlSpot | HeaderSpot | NameSpot

interface SpotBase {
  readonly address: string
  readonly text: MappedText
  /** The stored value, or what stands between the quotes of a section header. */
  readonly extent: ByteSpan
  readonly by: string
  readonly operations: readonly Operation[]
}

/** `remote.X.url`, `remote.X.pushurl`, `submodule.X.url`, `url.<base>.insteadOf`. */
export interface UrlSpot extends SpotBase {
  readonly kind: 'url'
  readonly url: UrlReading
  /** A rewritten base asks for nothing by itself. */
  readonly asks: boolean
}

/** `http[.<url>].extraHeader = Authorization: Basic …`. */
export interface HeaderSpot extends SpotBase {
  readonly kind: 'header'
  readonly scheme: 'basic' | 'bearer'
  /** Offsets in `text` from the scheme to the end of the header. */
  readonly from: number
  /** Offsets in `text` of what follows the scheme. */
  readonly credential: ByteSpan
  /** Absent: the header goes to every host. */
  readonly url?: UrlReading
}

/** `credential[.<url>].username`: what git asks its helpers for where the URL names nobody. */
export interface NameSpot extends SpotBase {
  readonly kind: 'name'
  /** Absent: it is for every host. */
  readonly url?: UrlReading
}

const BOTH: readonly Operation[] = ['git-fetch', 'git-push']

export function spotsOf(reading: GitConfigReading): readonly Spot[] {
  const found = [...urlSpots(reading), ...rewriteSpots(reading), ...headerSpots(reading), ...nameSpots(reading)]
  return numbered(found.sort((a, b) => a.extent[0] - b.extent[0]))
}

export function readSpots(bytes: Uint8Array): { readonly reading: GitConfigReading; readonly spots: readonly Spot[] } {
  const reading = readGitConfig(bytes)
  return { reading, spots: spotsOf(reading) }
}

/** Stored bytes of a part of a spot's text. */
export function storedSpan(spot: Spot, from: number, to: number): ByteSpan {
  return spanIn(spot.text, from, to, spot.extent[1])
}

/** Whether the stored bytes are the text itself, without quotes or backslashes in between. */
export function isStoredPlain(spot: Spot, bytes: Uint8Array, from: number, to: number): boolean {
  const span = storedSpan(spot, from, to)
  return byteText(bytes.subarray(...span)) === spot.text.text.slice(from, to)
}

function urlSpots(reading: GitConfigReading): readonly UrlSpot[] {
  return reading.entries.flatMap(({ section, key, value, span }) => {
    const holds =
      section.name === 'remote' ? ['url', 'pushurl'].includes(key) : section.name === 'submodule' && key === 'url'
    const url = value === undefined ? undefined : bitbucketUrl(value.text)
    if (!holds || value === undefined || url === undefined) return []
    const name = section.subsection?.text ?? ''
    return [
      {
        kind: 'url' as const,
        address: `${section.name}.${name}.${key}`,
        text: value,
        extent: span,
        by: `${section.name} ${withoutSecrets(name)}`,
        operations: operationsOf(reading, section, key),
        url,
        asks: true,
      },
    ]
  })
}

/** With a `pushurl`, `url` is for fetching only; submodules are fetched. */
function operationsOf(reading: GitConfigReading, section: GitConfigSection, key: string): readonly Operation[] {
  if (section.name === 'submodule') return ['git-fetch']
  if (key === 'pushurl') return ['git-push']
  const pushes = reading.entries.some(
    (entry) =>
      entry.key === 'pushurl' &&
      entry.section.name === 'remote' &&
      entry.section.subsection?.text === section.subsection?.text,
  )
  return pushes ? ['git-fetch'] : BOTH
}

/** The credential of a rewrite stands in the section header, so that one header is one place however many values it has. */
function rewriteSpots(reading: GitConfigReading): readonly UrlSpot[] {
  return reading.sections.flatMap((section) => {
    const { name, subsection, subsectionSpan } = section
    const url = name === 'url' && subsection !== undefined ? bitbucketUrl(subsection.text) : undefined
    const values = reading.entries.filter((entry) => entry.section === section && /^(push)?insteadof$/.test(entry.key))
    const first = values[0]
    if (url === undefined || subsection === undefined || subsectionSpan === undefined || first === undefined) return []
    const key = first.key === 'insteadof' ? 'insteadOf' : 'pushInsteadOf'
    const rewritten = withoutSecrets(first.value?.text ?? '')
    return [
      {
        kind: 'url' as const,
        address: `url.${key}/${rewritten}`,
        text: subsection,
        extent: subsectionSpan,
        by: `rewritten ${rewritten === '' ? 'URL' : rewritten}`,
        operations: values.some((entry) => entry.key === 'insteadof') ? BOTH : (['git-push'] as const),
        url,
        asks: false,
      },
    ]
  })
}

function headerSpots(reading: GitConfigReading): readonly HeaderSpot[] {
  return reading.entries.flatMap(({ section, key, value, span }) => {
    if (section.name !== 'http' || key !== 'extraheader' || value === undefined) return []
    const header = /^(authorization:\s*)(basic|bearer)(\s+)(\S+)\s*$/i.exec(value.text)
    const scope = section.subsection?.text
    const url = scope === undefined ? undefined : bitbucketUrl(scope)
    if (header === null || (scope !== undefined && url === undefined)) return []
    const [, field = '', scheme = '', gap = '', credential = ''] = header
    const start = field.length + scheme.length + gap.length
    return [
      {
        kind: 'header' as const,
        address: `http.${scope === undefined ? '' : `${scope}.`}extraHeader`,
        text: value,
        extent: span,
        by: 'http.extraHeader',
        operations: BOTH,
        scheme: scheme.toLowerCase() === 'basic' ? ('basic' as const) : ('bearer' as const),
        from: field.length,
        credential: [start, start + credential.length] as const,
        ...(url === undefined ? {} : { url }),
      },
    ]
  })
}

/** Of those for every host the last one counts, and only where none for Bitbucket comes after it: git takes the last that fits (git 2.39.5). */
function nameSpots(reading: GitConfigReading): readonly NameSpot[] {
  const all = reading.entries.flatMap((entry) => nameSpot(entry) ?? [])
  const last = all.findLast(({ url }) => url === undefined || (url.host === 'bitbucket.org' && /^\/?$/.test(url.path)))
  return all.filter((spot) => spot.url !== undefined || spot === last)
}

function nameSpot({ section, key, value, span }: GitConfigEntry): NameSpot | undefined {
  if (section.name !== 'credential' || key !== 'username' || value === undefined || value.text === '') return undefined
  const scope = section.subsection?.text
  const url = scope === undefined ? undefined : bitbucketUrl(scope)
  if (scope !== undefined && url === undefined) return undefined
  const address = scope === undefined ? 'credential.username' : `credential.${scope}.username`
  const spot = { kind: 'name' as const, address, text: value, extent: span, by: withoutSecrets(address) }
  return { ...spot, operations: BOTH, ...(url === undefined ? {} : { url }) }
}

export function bitbucketUrl(byteText: string): UrlReading | undefined {
  const url = readUrl(byteText)
  return url !== undefined && /^https?$/.test(url.scheme) && isBitbucketHost(url.host) ? url : undefined
}

function numbered(spots: readonly Spot[]): readonly Spot[] {
  const seen = new Map<string, number>()
  return spots.map((spot) => {
    const address = withoutSecrets(spot.address).replace(/\s/g, '%20')
    const count = (seen.get(address) ?? 0) + 1
    seen.set(address, count)
    return { ...spot, address: count === 1 ? address : `${address}#${count}` }
  })
}
