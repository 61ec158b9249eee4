import { z } from 'zod'
import type { Engine } from '../http-handler.ts'
import { type Incoming, notEmulated, type Reply, textReply } from '../reply.ts'
import type { RepositoryName } from '../world.ts'
import { overviewPage } from './overview-page.ts'

const text = z.string().min(1)
const repositoryName = z.templateLiteral([z.string().min(1), '/', z.string().min(1)])
const optional = <T extends z.ZodType>(type: T) => type.exactOptional()

/** One administrative act: the shape of its body, and what it does. */
interface Act {
  perform(engine: Engine, body: unknown): Promise<unknown> | unknown
}

const act = <T>(shape: z.ZodType<T>, perform: (engine: Engine, body: T) => Promise<unknown> | unknown): Act => ({
  perform: (engine, body) => perform(engine, shape.parse(body)),
})

const acts: Readonly<Record<string, Act>> = {
  users: act(
    z.strictObject({ username: text, email: text, displayName: optional(text), password: optional(text) }),
    (engine, body) => engine.world.addUser(body),
  ),
  workspaces: act(z.strictObject({ slug: text }), (engine, body) => engine.world.addWorkspace(body.slug)),
  repositories: act(
    z.strictObject({
      workspace: text,
      slug: text,
      isPrivate: z.boolean(),
      files: optional(z.record(z.string(), z.string())),
    }),
    (engine, body) => engine.world.addRepository(body),
  ),
  'app-passwords': act(
    z.strictObject({ username: text, permissions: optional(z.array(text)), unprefixed: optional(z.boolean()) }),
    (engine, { username, ...options }) => ({ secret: engine.world.addAppPassword(username, options) }),
  ),
  'api-tokens': act(
    z.strictObject({
      username: text,
      name: text,
      app: optional(z.enum(['bitbucket', 'jira', 'confluence'])),
      scopes: optional(z.union([z.literal('none'), z.array(text)])),
      expiresAt: optional(text),
      workspace: optional(text),
    }),
    (engine, { username, ...options }) => ({ secret: engine.world.addApiToken(username, options) }),
  ),
  'access-tokens': act(
    z.strictObject({ resource: text, name: text, scopes: z.array(text), expiresAt: optional(text) }),
    (engine, body) => ({ secret: engine.world.addAccessToken(body) }),
  ),
  'organization-keys': act(z.strictObject({ name: text }), (engine, { name }) => ({
    secret: engine.world.addOrganizationKey(name),
  })),
  grants: act(
    z.strictObject({
      username: text,
      repository: repositoryName,
      permission: z.enum(['read', 'write', 'admin', 'none']),
    }),
    (engine, { username, repository, permission }) => grant(engine, username, repository, permission),
  ),
  clock: act(z.strictObject({ now: text }), (engine, { now }) => engine.world.setClock(now)),
  revoke: act(z.strictObject({ secret: text }), (engine, { secret }) => engine.world.revokeToken(secret)),
  policies: act(
    z.strictObject({
      workspace: text,
      ipAllowlist: optional(z.boolean()),
      requires2sv: optional(z.boolean()),
      overUserLimit: optional(z.boolean()),
    }),
    (engine, { workspace, ...policy }) => engine.world.setWorkspacePolicy(workspace, policy),
  ),
  faults: act(
    z.strictObject({
      kind: z.enum(['unauthorized-once', 'rate-limit', 'html-404', 'status']),
      status: optional(z.number().int().min(100).max(599)),
      text: optional(text),
      withCredential: optional(z.boolean()),
      match: optional(text),
      times: z.number().int().positive(),
    }),
    (engine, body) => engine.world.injectFault(body),
  ),
}

const grant = (
  engine: Engine,
  username: string,
  repository: RepositoryName,
  permission: 'read' | 'write' | 'admin' | 'none',
): void => {
  if (permission === 'none') engine.world.revokeAccess(username, repository)
  else engine.world.grant(username, repository, permission)
}

const json = (status: number, value: unknown, because: string): Reply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' },
  body: `${JSON.stringify(value)}\n`,
  because,
})

/**
 * Administration for other processes, on the loopback port only. A web page of another origin cannot use it: its name
 * would not be a loopback name (DNS rebinding), and it cannot send JSON without a preflight, which is not answered.
 */
export const answerControl = async (engine: Engine, request: Incoming): Promise<Reply> => {
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(String(request.headers['host'] ?? ''))) {
    return textReply(403, 'The control interface answers on loopback names only\n', 'foreign host name')
  }
  const name = request.path.replace(/^\/_sandbox\/?/, '')
  if (request.method === 'GET' && name === '') return overviewPage(engine)
  if (request.method === 'GET' && name === 'requests') return json(200, engine.records, 'the record')
  const chosen = Object.hasOwn(acts, name) ? acts[name] : undefined
  if (request.method !== 'POST' || chosen === undefined) return notEmulated(request)
  if (!/^application\/json\b/.test(String(request.headers['content-type'] ?? ''))) {
    return textReply(415, 'Send JSON as application/json\n', 'not JSON')
  }
  return perform(engine, chosen, await request.body())
}

const perform = async (engine: Engine, chosen: Act, body: string): Promise<Reply> => {
  try {
    const result = await chosen.perform(engine, JSON.parse(body))
    return json(200, result ?? {}, 'done')
  } catch (error) {
    if (error instanceof z.ZodError) return json(400, { error: z.prettifyError(error) }, 'the body has another shape')
    return json(400, { error: error instanceof Error ? error.message : String(error) }, 'not possible')
  }
}
