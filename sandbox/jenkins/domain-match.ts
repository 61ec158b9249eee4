import { child, childText, className, type XmlElement } from './xml-element.ts'

/**
 * Whether a domain's specifications let a URL through. A URL that does not parse gives no requirement, so that every
 * domain matches (git plugin, GitURIRequirementsBuilder; credentials plugin, domains/*Specification).
 */
export function domainMatches(domain: XmlElement, url: string | undefined): boolean {
  const parsed = url === undefined ? undefined : parseUrl(url)
  if (parsed === undefined) return true
  return (child(domain, 'specifications')?.children ?? []).every((each) => specificationMatches(each, parsed))
}

function parseUrl(url: string): URL | undefined {
  try {
    return new URL(url)
  } catch {
    return undefined
  }
}

function specificationMatches(specification: XmlElement, url: URL): boolean {
  const includes = patterns(childText(specification, 'includes'))
  const excludes = patterns(childText(specification, 'excludes'))
  const passes = (value: string, flags: string) =>
    (includes.length === 0 || includes.some((each) => wildcard(each, flags).test(value))) &&
    !excludes.some((each) => wildcard(each, flags).test(value))
  switch (className(specification).split('.').at(-1)) {
    case 'HostnameSpecification':
      return passes(url.hostname, 'i')
    case 'HostnamePortSpecification':
      return passes(`${url.hostname}:${url.port || defaultPort(url)}`, 'i')
    case 'SchemeSpecification':
      return patterns(childText(specification, 'schemes')).some((each) => wildcard(each, 'i').test(schemeOf(url)))
    case 'PathSpecification':
      return passes(url.pathname, childText(specification, 'caseSensitive') === 'true' ? '' : 'i')
    default:
      return true
  }
}

function patterns(text: string | undefined): readonly string[] {
  return (text ?? '').split(/[,\s]+/).filter((each) => each !== '')
}

function wildcard(pattern: string, flags: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, flags)
}

function schemeOf(url: URL): string {
  return url.protocol.replace(/:$/, '')
}

function defaultPort(url: URL): string {
  return url.protocol === 'https:' ? '443' : '80'
}
