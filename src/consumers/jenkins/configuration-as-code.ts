import type { Failure } from '../../model/failure.ts'
import type { JenkinsFindings } from '../../model/jenkins-findings.ts'
import type { JenkinsClient } from './client.ts'
import type { ControllerMemory } from './controller-memory.ts'
import { attempt } from './items.ts'
import { decodeEntities, plainWords } from './plain-words.ts'

const PLUGIN = 'configuration-as-code'

/** What Configuration as Code holds of the system store: the ids, and the files that its page names. */
export interface CodeOwned {
  readonly sources: readonly string[]
  readonly ids: ReadonlySet<string>
}

/** What was found, and what was not shown: whoever asks for it is told both, also when another asked first. */
export interface CodeReading {
  readonly owned?: CodeOwned
  readonly gaps: readonly Failure[]
}

/**
 * What the YAML of the controller may hold of the system store. The export alone is no proof: it lists what is stored, whoever stored
 * it. So the page of the plugin must name a source, or not be shown. `installed`: the plugin is known to be there.
 */
export async function codeOwned(client: JenkinsClient, installed: boolean): Promise<CodeReading> {
  const page = await attempt([], () => client.get('/configuration-as-code/'))
  if (page === undefined && !installed) return { gaps: [] }
  const sources = page === undefined ? [] : sourcesIn(Buffer.from(page).toString('utf8'))
  if (sources === 'none') return { gaps: [] }
  const gaps: Failure[] = []
  const yaml = await attempt(gaps, () => client.postForm('/configuration-as-code/export', {}))
  return yaml === undefined ? { gaps } : { owned: { sources, ids: credentialIds(yaml) }, gaps }
}

/** Whether the YAML of the controller holds a credential of the system store. */
export async function ownedByCode(
  client: JenkinsClient,
  credentialId: string,
  plugins: JenkinsFindings['plugins'],
  memory: ControllerMemory,
  gaps: Failure[],
): Promise<JenkinsFindings['ownedByCode']> {
  if (Object.keys(plugins).length > 0 && plugins[PLUGIN] === undefined) return undefined
  const { owned, gaps: unshown } = await memory.owned.once('', () => codeOwned(client, plugins[PLUGIN] !== undefined))
  gaps.push(...unshown)
  return owned?.ids.has(credentialId) ? { sources: owned.sources } : undefined
}

/** The page lists them, or says that there are none (configuration-as-code-plugin, ConfigurationAsCode/index.jelly); it is translated. */
function sourcesIn(html: string): readonly string[] | 'none' {
  if (/has no configuration as code file set/i.test(html)) return 'none'
  const at = html.search(/Configuration loaded from/i)
  const list = at < 0 ? '' : (/<ul[^>]*>([\s\S]*?)<\/ul>/i.exec(html.slice(at))?.[1] ?? '')
  return [...list.matchAll(/<li[^>]*>([\s\S]*?)<\/li>/gi)].map(([, text = '']) => plainWords(decodeEntities(text)))
}

/** `id: "bb"` below `credentials:`; the quotes are those that YAML needs. */
function credentialIds(yaml: string): ReadonlySet<string> {
  const below = /^credentials:\s*$([\s\S]*?)(?=^\S|(?![\s\S]))/m.exec(yaml)?.[1] ?? ''
  return new Set([...below.matchAll(/^\s*(?:- )?id: *(["']?)(.*?)\1\s*$/gm)].map(([, , text = '']) => text))
}
