/** An element of a domain of credentials, whichever parser read it. */
export interface DomainElement {
  readonly name: string
  readonly children: readonly DomainElement[]
  /** Text directly inside, references decoded. */
  readonly text: string
}

/** Who that asks for a credential at Bitbucket Cloud is shown those of a domain: everybody, what asks REST at its host of its own alone, or nobody. */
export type DomainReach = 'bitbucket.org' | 'api.bitbucket.org' | 'other hosts'

/**
 * What the specifications of a domain let through. git and Branch Source ask for `bitbucket.org` (git-plugin, GitURIRequirementsBuilder;
 * Branch Source by its server URL). Ports and paths are taken to fit (credentials-plugin, HostnameSpecification and SchemeSpecification).
 */
export function domainReach(domain: DomainElement): DomainReach {
  const specifications = domain.children.filter(({ name }) => name === 'specifications').flatMap((all) => all.children)
  const lets = (host: string): boolean => specifications.every((each) => letsThrough(each, host))
  if (lets('bitbucket.org')) return 'bitbucket.org'
  return lets('api.bitbucket.org') ? 'api.bitbucket.org' : 'other hosts'
}

function letsThrough(specification: DomainElement, host: string): boolean {
  const includes = patternsIn(specification, 'includes')
  const excludes = patternsIn(specification, 'excludes')
  if (/\.HostnameSpecification$/.test(specification.name))
    return (
      (includes.length === 0 || includes.some((each) => matches(each, host))) &&
      !excludes.some((each) => matches(each, host))
    )
  const schemes = patternsIn(specification, 'schemes')
  const isScheme = /\.SchemeSpecification$/.test(specification.name) && schemes.length > 0
  return !isScheme || schemes.some((each) => matches(each, 'https') || matches(each, 'http'))
}

function patternsIn({ children }: DomainElement, name: string): readonly string[] {
  const text = children.find((each) => each.name === name)?.text ?? ''
  return text.split(/[,\s]+/).filter((pattern) => pattern !== '')
}

function matches(pattern: string, text: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${expression}$`, 'i').test(text)
}
