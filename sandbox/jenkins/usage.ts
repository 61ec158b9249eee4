import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { type Credential, displayName } from './credential.ts'
import { child, childText, element, writeXml, type XmlElement } from './xml-element.ts'
import { readXmlFile, writeXmlFile } from './xml-file.ts'

/** Which builds and scans used which credential: `fingerprints/` (core Fingerprint, credentials CredentialsProvider.track). */
export interface UsageTracking {
  usedByBuild(credential: Credential, fullName: string, number: number): void
  /** A facet: on disk, and in no API. */
  usedByItem(credential: Credential, fullName: string): void
  read(credential: Credential): Usage | undefined
}

export interface Usage {
  readonly fileName: string
  readonly hash: string
  readonly timestamp: number
  readonly uses: readonly { readonly name: string; readonly ranges: readonly Range[] }[]
}

/** `end` is exclusive. */
export interface Range {
  readonly start: number
  readonly end: number
}

const ITEM_FACET = 'com.cloudbees.plugins.credentials.fingerprints.ItemCredentialsFingerprintFacet'

export function usageTracking(home: string, now: () => Date, enabled: boolean): UsageTracking {
  const change = (credential: Credential, next: (root: XmlElement) => XmlElement) => {
    if (!enabled) return
    const file = fileOf(home, credential)
    writeXmlFile(file, next(readXmlFile(file) ?? newFingerprint(credential, now())))
  }
  return {
    usedByBuild: (credential, fullName, number) => change(credential, (root) => withBuild(root, fullName, number)),
    usedByItem: (credential, fullName) => change(credential, (root) => withFacet(root, fullName, now())),
    read: (credential) => {
      const root = enabled ? readXmlFile(fileOf(home, credential)) : undefined
      return root === undefined ? undefined : usageOf(root, credential)
    },
  }
}

/**
 * The key covers the whole element but its description; a secret counts by its encrypted form. So every edit of a
 * credential starts a new, empty fingerprint (CredentialsProvider.FingerprintUsage).
 */
export function fingerprintKey(credential: Credential): string {
  const fields = credential.element.children.filter((each) => each.name !== 'description')
  return createHash('md5')
    .update(writeXml({ ...credential.element, attributes: {}, children: fields }))
    .digest('hex')
}

function fileOf(home: string, credential: Credential): string {
  const key = fingerprintKey(credential)
  return join(home, 'fingerprints', key.slice(0, 2), key.slice(2, 4), `${key.slice(4)}.xml`)
}

function newFingerprint(credential: Credential, now: Date): XmlElement {
  return element('fingerprint', [
    element('timestamp', now.toISOString().replace('T', ' ').replace('Z', ' UTC')),
    element('fileName', `Credential id=${credential.id} name=${displayName(credential)}`),
    element('md5sum', fingerprintKey(credential)),
    element('usages'),
    element('facets'),
  ])
}

function withBuild(root: XmlElement, fullName: string, number: number): XmlElement {
  const others = (child(root, 'usages')?.children ?? []).filter((each) => childText(each, 'string') !== fullName)
  const before = usesOf(root).find((each) => each.name === fullName)?.ranges ?? []
  const entry = element('entry', [
    element('string', fullName),
    element(
      'ranges',
      before.some((each) => number >= each.start && number < each.end)
        ? textOf(before)
        : textOf(joined(before, number)),
    ),
  ])
  return replaced(root, 'usages', [...others, entry])
}

function joined(ranges: readonly Range[], number: number): readonly Range[] {
  const last = ranges.at(-1)
  if (last?.end !== number) return [...ranges, { start: number, end: number + 1 }]
  return [...ranges.slice(0, -1), { start: last.start, end: number + 1 }]
}

/** `1-3,5`: both ends included on disk. */
function textOf(ranges: readonly Range[]): string {
  return ranges.map(({ start, end }) => (end === start + 1 ? String(start) : `${start}-${end - 1}`)).join(',')
}

function withFacet(root: XmlElement, fullName: string, now: Date): XmlElement {
  const others = (child(root, 'facets')?.children ?? []).filter((each) => childText(each, 'itemFullName') !== fullName)
  const facet = element(ITEM_FACET, [element('timestamp', String(now.getTime())), element('itemFullName', fullName)])
  return replaced(root, 'facets', [...others, facet])
}

function replaced(root: XmlElement, name: string, children: readonly XmlElement[]): XmlElement {
  return element(
    root.name,
    root.children.map((each) => (each.name === name ? element(name, children) : each)),
  )
}

function usesOf(root: XmlElement): Usage['uses'] {
  return (child(root, 'usages')?.children ?? []).map((each) => ({
    name: childText(each, 'string') ?? '',
    ranges: rangesOf(childText(each, 'ranges') ?? ''),
  }))
}

function rangesOf(text: string): readonly Range[] {
  return [...text.matchAll(/(\d+)(?:-(\d+))?/g)].map(([, start, end]) => ({
    start: Number(start),
    end: Number(end ?? start) + 1,
  }))
}

function usageOf(root: XmlElement, credential: Credential): Usage {
  const timestamp = Date.parse((childText(root, 'timestamp') ?? '').replace(' UTC', 'Z').replace(' ', 'T'))
  return {
    fileName: childText(root, 'fileName') ?? '',
    hash: fingerprintKey(credential),
    timestamp,
    uses: usesOf(root),
  }
}
