import type { ByteSpan } from '../../formats/byte-text.ts'
import { lineAt } from '../../formats/byte-text.ts'
import type { GitConfigEntry, GitConfigReading, GitConfigSection } from '../../formats/git-config.ts'
import type { Document } from '../../model/consumer.ts'
import type { Detection } from '../../model/place.ts'
import { withoutSecrets } from '../shown-name.ts'
import { looksLikeToken } from '../username-field.ts'
import { bitbucketUrl, type Spot } from './spots.ts'

/** Secrets for Bitbucket in settings that are no spot: nothing here can change them, and nobody may think they were not there. */
export function unreadSecrets(
  document: Document,
  reading: GitConfigReading,
  spots: readonly Spot[],
): Detection['unread'] {
  const isSpot = (span: ByteSpan): boolean => spots.some(({ extent }) => extent[0] === span[0] && extent[1] === span[1])
  const values = reading.entries.filter((entry) => !isSpot(entry.span) && holdsSecret(entry, document))
  const headers = reading.sections.flatMap(({ subsection, subsectionSpan: span, name }) =>
    subsection !== undefined && span !== undefined && !isSpot(span) && urlHoldsSecret(subsection.text, document)
      ? [{ span, name: `the header of a section [${name}]` }]
      : [],
  )
  return [...headers, ...values.map((entry) => ({ span: entry.span, name: nameOf(entry) }))].map(({ span, name }) => ({
    span,
    reason: 'malformed',
    isOneSecret: true,
    detail: `a secret that keyturn cannot change: ${name}, line ${lineAt(document.bytes, span[0])}`,
  }))
}

function holdsSecret({ section, key, value }: GitConfigEntry, document: Document): boolean {
  if (value === undefined) return false
  if (section.name === 'credential' && key === 'helper') return helperHoldsSecret(value.text, section)
  return urlHoldsSecret(value.text, document)
}

/** An inline helper for Bitbucket that prints a password of its own, and none that it computes. */
function helperHoldsSecret(helper: string, { subsection }: GitConfigSection): boolean {
  const isOurs = subsection !== undefined && bitbucketUrl(subsection.text) !== undefined
  return isOurs && helper.startsWith('!') && /password=["']?[^\s"'$`\\;}]/.test(helper)
}

function urlHoldsSecret(text: string, { seal }: Document): boolean {
  const url = bitbucketUrl(text)
  if (url?.username === undefined) return false
  if (url.password !== undefined) return url.password[1] > url.password[0]
  return looksLikeToken(seal(text.slice(...url.username)))
}

function nameOf({ section, key }: GitConfigEntry): string {
  const { name, subsection } = section
  return withoutSecrets([name, ...(subsection === undefined ? [] : [subsection.text]), key].join('.'))
}
