import type { Field } from '../../formats/field.ts'
import { CLOUD_OR_NOTHING } from '../cloud-address.ts'
import { type DocumentReader, foundAt } from '../field-detector.ts'
import { type FieldIndex, indexOf } from '../field-index.ts'

/** What holds servers by name: Claude and Cursor, VS Code, Codex, Zed, OpenCode. */
const HOLDERS: ReadonlySet<string> = new Set(['mcpservers', 'servers', 'mcp_servers', 'context_servers', 'mcp'])
const ENVIRONMENTS: ReadonlySet<string> = new Set(['env', 'environment', 'environments'])

/** The secret and whom it goes with, the first that is there. */
const SECRETS: ReadonlyMap<string, readonly string[]> = new Map([
  ['BITBUCKET_PASSWORD', ['BITBUCKET_USERNAME', 'BITBUCKET_EMAIL']],
  ['BITBUCKET_APP_PASSWORD', ['BITBUCKET_USERNAME']],
  ['BITBUCKET_API_TOKEN', ['BITBUCKET_EMAIL', 'BITBUCKET_USERNAME']],
  // Sent as a bearer.
  ['BITBUCKET_TOKEN', []],
  ['ATLASSIAN_API_TOKEN', ['ATLASSIAN_USER_EMAIL', 'ATLASSIAN_EMAIL']],
])

/** The settings of one server: `mcpServers.*.env`, and `*.environments` of `~/.mcp/configs.json`. */
export const inServers: DocumentReader = (each, { seal }) => {
  const index = indexOf(each)
  const ofBitbucket = serversThatNameBitbucket(each.fields)
  return each.fields.flatMap((field) => {
    const { keys } = field
    const usernames = SECRETS.get(keys.at(-1) ?? '')
    const server = serverOf(keys)
    if (usernames === undefined || server === undefined || keys.length !== server.length + 2) return []
    if (!ENVIRONMENTS.has((keys.at(-2) ?? '').toLowerCase())) return []
    // The same names hold tokens of Jira and Confluence for other servers.
    if (!ofBitbucket.has(server.join('\0')) || isElsewhere(field, index)) return []
    const username = usernames.flatMap((name) => beside(field, name, index) ?? [])[0]
    return foundAt({ operations: ['rest'] }, field, username?.value, { host: 'api.bitbucket.org' }, seal)
  })
}

function serverOf(keys: readonly string[]): readonly string[] | undefined {
  const holder = keys.findIndex((key) => HOLDERS.has(key.toLowerCase()))
  if (holder >= 0 && keys.length > holder + 1) return keys.slice(0, holder + 2)
  return keys.length === 3 && keys[1] === 'environments' ? keys.slice(0, 1) : undefined
}

/** By its own name, the command, or what is set for it. */
function serversThatNameBitbucket(fields: readonly Field[]): ReadonlySet<string> {
  const servers = new Set<string>()
  for (const { keys, value } of fields) {
    const server = serverOf(keys)
    if (server === undefined) continue
    if ([server.at(-1), keys.at(-1), value.text].some((text) => /bitbucket/i.test(text ?? '')))
      servers.add(server.join('\0'))
  }
  return servers
}

function isElsewhere(field: Field, index: FieldIndex): boolean {
  return ['BITBUCKET_URL', 'BITBUCKET_BASE_URL'].some(
    (name) => !CLOUD_OR_NOTHING.test(beside(field, name, index)?.value.text ?? ''),
  )
}

function beside(field: Field, name: string, { fieldAt }: FieldIndex): Field | undefined {
  return fieldAt([...field.keys.slice(0, -1), name], field)
}
