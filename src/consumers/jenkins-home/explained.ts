import type { XmlElement } from '../../formats/xml.ts'
import type { Span } from '../../model/place.ts'
import type { JenkinsDocument } from './detect.ts'
import { branchSources } from './references.ts'
import { child, descendants } from './stored-credentials.ts'

/** What Jenkins writes on its elements; others may hold anything. */
const ATTRIBUTES: ReadonlySet<string> = new Set(['class', 'plugin', 'reference', 'resolves-to', 'serialization'])
/** Commands, scripts, lists of variables: whoever knows those must look. */
const TELLING = /[$%=]|:\/\/|pass|token|secret/i
/** Of another host, and nobody signs in with it. */
const PLAIN_URL = /^(?:https?|ssh):\/\/[^\s@$%=?]+$/
/** `hudson.util.Secret`: only Jenkins can open it, whatever credential it is of. */
const SEALED = /^\{AQAAAB[A-Za-z0-9+/]+={0,2}\}$/
/** Longer texts are scripts, or lists. */
const LONGEST_PROSE = 300

/**
 * The bytes of a document that speak of Bitbucket and are read here in full: tags, remotes and ids of jobs, credentials. `undefined`:
 * something in it, a command or a script, may mean more to others.
 */
export function explainedIn(read: JenkinsDocument): readonly Span[] | undefined {
  const { root, urls, credentials } = read
  const known = new Set<XmlElement | undefined>([
    ...urls.map(({ element }) => element),
    ...branchSources(root).flatMap((source) => source.children.filter(({ children }) => children.length === 0)),
    ...credentials.flatMap(({ username, secret, idElement }) => [username, secret, idElement]),
    ...credentials.map(({ element }) => child(element, 'description')).filter(isProse),
  ])
  const spans: Span[] = []
  for (const element of [root, ...descendants(root)]) {
    if (Object.keys(element.attributes).some((name) => !ATTRIBUTES.has(name))) return undefined
    const isKnown = known.has(element) || SEALED.test(element.text) || element.name.endsWith('redentialsId')
    if (!isKnown && TELLING.test(element.text) && !PLAIN_URL.test(element.text)) return undefined
    for (const span of isKnown ? [element.outer] : tagsOf(element)) spans.push(span)
  }
  return spans
}

function isProse(element: XmlElement | undefined): boolean {
  return (
    element !== undefined &&
    element.text.length <= LONGEST_PROSE &&
    !/[$%=@]|:\/\//.test(element.text) &&
    !/\S{17}/.test(element.text)
  )
}

function tagsOf({ outer, inner }: XmlElement): readonly Span[] {
  return inner === undefined
    ? [outer]
    : [
        [outer[0], inner[0]],
        [inner[1], outer[1]],
      ]
}
