import { type Call, notFound, type Outcome, ok, page } from '../call.ts'

/** Names in a path that stand for something the sandbox has; any other names something that is never made here. */
const existing = new Set([
  '{workspace}',
  '{repo_slug}',
  '{commit}',
  '{pr}',
  '{project_key}',
  '{selected_user}',
  '{username}',
  '{subject_type}',
])

/** Paths whose last word names one thing, not a list. */
const single = new Set([
  'branching-model',
  'effective-branching-model',
  'settings',
  'override-settings',
  'hook_events',
  'public-key',
  'openid-configuration',
  'keys.json',
])

/** Texts, and things that exist only after somebody made them. */
const absent = new Set(['pipelines_config', 'key_pair', 'client-key', 'diff', 'patch', 'log', 'content-uri'])

/**
 * For a published operation without a behaviour: reading shows an empty world, where lists are empty and nothing has the
 * name that was asked for; writing is refused.
 */
export const generic = (call: Call): Outcome => {
  const { method, template } = call.operation
  if (method !== 'GET') return { kind: 'not played' }
  const segments = template.split('/')
  const last = segments.at(-1) ?? ''
  const unknown = segments.some((segment) => segment.startsWith('{') && !existing.has(segment))
  if (unknown || last.startsWith('{') || absent.has(last)) return notFound('Resource not found')
  return single.has(last) ? ok({ type: last.replaceAll(/[^a-z]+/g, '_') }) : page([])
}
