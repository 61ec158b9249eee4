import type { Repository, User, Workspace } from '../world.ts'

const api = 'https://api.bitbucket.org/2.0'

/** developer.atlassian.com, GET /user: the fields that identify a person, and no profile beyond them. */
export const userResource = (user: User): Record<string, unknown> => ({
  type: 'user',
  display_name: user.displayName,
  username: user.username,
  nickname: user.displayName,
  account_id: user.accountId,
  uuid: `{${user.uuid}}`,
  account_status: user.suspended ? 'inactive' : 'active',
  links: {
    self: { href: `${api}/users/%7B${user.uuid}%7D` },
    html: { href: `https://bitbucket.org/%7B${user.uuid}%7D/` },
  },
})

export const workspaceResource = (workspace: Workspace): Record<string, unknown> => ({
  type: 'workspace',
  uuid: `{${workspace.uuid}}`,
  slug: workspace.slug,
  name: workspace.slug,
  is_private: true,
  links: {
    self: { href: `${api}/workspaces/${workspace.slug}` },
    html: { href: `https://bitbucket.org/${workspace.slug}/` },
  },
})

export const repositoryResource = (repository: Repository): Record<string, unknown> => {
  const fullName = `${repository.workspace}/${repository.slug}`
  return {
    type: 'repository',
    uuid: `{${repository.uuid}}`,
    full_name: fullName,
    slug: repository.slug,
    name: repository.slug,
    is_private: repository.isPrivate,
    scm: 'git',
    mainbranch: { type: 'branch', name: 'main' },
    workspace: { type: 'workspace', slug: repository.workspace, name: repository.workspace },
    project: { type: 'project', key: repository.project },
    links: {
      self: { href: `${api}/repositories/${fullName}` },
      html: { href: `https://bitbucket.org/${fullName}` },
      clone: [
        { name: 'https', href: `https://bitbucket.org/${fullName}.git` },
        { name: 'ssh', href: `git@bitbucket.org:${fullName}.git` },
      ],
    },
  }
}
