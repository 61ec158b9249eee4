import { z } from 'zod'
import type { Engine } from '../http-handler.ts'
import type { RepositoryName } from '../world.ts'
import { clockShape, moveClock } from './move-clock.ts'

const text = z.string().min(1)
const repositoryName = z.templateLiteral([z.string().min(1), '/', z.string().min(1)])
const optional = <T extends z.ZodType>(type: T) => type.exactOptional()

/** One administrative act: the shape of its body, and what it does. */
export interface Act {
  perform(engine: Engine, body: unknown): Promise<unknown> | unknown
}

const act = <T>(shape: z.ZodType<T>, perform: (engine: Engine, body: T) => Promise<unknown> | unknown): Act => ({
  perform: (engine, body) => perform(engine, shape.parse(body)),
})

/** By the name under `/_sandbox/`. Each changes the world as the method of the same name does. */
export const acts: Readonly<Record<string, Act>> = {
  users: act(
    z.strictObject({
      username: text,
      email: text,
      displayName: optional(text),
      password: optional(text),
      twoStep: optional(z.boolean()),
    }),
    (engine, body) => engine.world.addUser(body),
  ),
  'user-states': act(
    z.strictObject({ username: text, suspended: optional(z.boolean()), twoStep: optional(z.boolean()) }),
    (engine, { username, ...state }) => engine.world.setUserState(username, state),
  ),
  'lock-outs': act(z.strictObject({ username: text }), (engine, { username }) => engine.world.clearLockOut(username)),
  workspaces: act(z.strictObject({ slug: text }), (engine, body) => engine.world.addWorkspace(body.slug)),
  'workspace-names': act(z.strictObject({ slug: text, newSlug: text }), (engine, { slug, newSlug }) =>
    engine.world.renameWorkspace(slug, newSlug),
  ),
  repositories: act(
    z.strictObject({
      workspace: text,
      slug: text,
      isPrivate: z.boolean(),
      files: optional(z.record(z.string(), z.string())),
      project: optional(text),
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
  'deploy-keys': act(
    z.strictObject({ repository: repositoryName, label: text, key: text }),
    (engine, { repository, label, key }) => engine.world.addDeployKey(repository, label, key),
  ),
  clock: act(clockShape, (engine, body) => moveClock(engine.world, body)),
  'oauth-tokens': act(
    z.strictObject({
      actsAs: z.union([z.strictObject({ user: text }), z.strictObject({ workspace: text })]),
      scopes: z.array(text),
      expiresAt: optional(text),
      consumer: optional(text),
    }),
    (engine, body) => ({ secret: engine.world.addOAuthToken(body) }),
  ),
  'oauth-consumers': act(
    z.strictObject({ name: text, workspace: optional(text), scopes: optional(z.array(text)) }),
    (engine, { name, ...options }) => engine.world.addOAuthConsumer(name, options),
  ),
  projects: act(z.strictObject({ workspace: text, key: text, name: optional(text) }), (engine, body) =>
    engine.world.addProject(body.workspace, body.key, body.name),
  ),
  expire: act(z.strictObject({ secret: text }), (engine, { secret }) => engine.world.expireToken(secret)),
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
      kind: z.enum([
        'unauthorized-once',
        'random-unauthorized',
        'rate-limit',
        'html-404',
        'status',
        'dropped-authorization',
        'latency',
      ]),
      status: optional(z.number().int().min(100).max(599)),
      text: optional(text),
      withCredential: optional(z.boolean()),
      match: optional(text),
      milliseconds: optional(z.number().int().min(0).max(60_000)),
      rate: optional(z.number().min(0).max(1)),
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
