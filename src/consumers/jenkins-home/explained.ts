import type { XmlElement } from '../../formats/xml.ts'
import type { Span } from '../../model/place.ts'
import type { JenkinsElements } from './elements.ts'
import { child } from './stored-credentials.ts'

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
export function explainedIn(read: JenkinsElements): readonly Span[] | undefined {
  const { elements, sources, urls, credentials } = read
  const known = new Set<XmlElement | undefined>([
    ...urls.map(({ element }) => element),
    ...sources.flatMap((source) => source.children.filter(({ children }) => children.length === 0)),
    ...credentials.flatMap(({ username, secret, idElement }) => [username, secret, idElement]),
    ...credentials.map(({ element }) => child(element, 'description')).filter(isProse),
  ])
  const spans: Span[] = []
  for (const element of elements) {
    for (const name in element.attributes) if (!ATTRIBUTES.has(name)) return undefined
    const isKnown = known.has(element) || element.name.endsWith('redentialsId') || isPlain(element.text)
    if (isKnown === undefined) return undefined
    for (const span of isKnown ? [element.outer] : tagsOf(element)) spans.push(span)
  }
  return spans
}

/** Whether a text is known whole; `undefined`: it may mean more to others. */
function isPlain(text: string): boolean | undefined {
  if (text.startsWith('{') && SEALED.test(text)) return true
  if (!TELLING.test(text)) return false
  return PLAIN_URL.test(text) ? false : undefined
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
