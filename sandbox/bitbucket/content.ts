export interface Comment {
  readonly id: number
  readonly author: string
  readonly raw: string
  readonly createdAt: Date
}

/** How a person stands to a pull request. */
export type Review = 'approved' | 'changes_requested'

export interface PullRequest {
  readonly id: number
  title: string
  description: string
  readonly source: { readonly branch: string; readonly commit: string }
  readonly destination: { branch: string; readonly commit: string }
  readonly author: string
  readonly createdAt: Date
  updatedAt: Date
  state: 'OPEN' | 'MERGED' | 'DECLINED'
  closeSourceBranch: boolean
  reviewers: readonly string[]
  mergeCommit: string | undefined
  closedBy: string | undefined
  readonly reviews: Map<string, Review>
  readonly comments: Comment[]
}

export interface BuildStatus {
  readonly commit: string
  readonly key: string
  readonly state: 'INPROGRESS' | 'SUCCESSFUL' | 'FAILED' | 'STOPPED'
  readonly url: string
  readonly name: string
  readonly description: string
  readonly refname: string | undefined
  readonly uuid: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface Webhook {
  readonly uid: string
  readonly url: string
  readonly description: string
  readonly active: boolean
  readonly events: readonly string[]
  readonly hasSecret: boolean
  readonly createdAt: Date
}

export interface Variable {
  readonly uuid: string
  readonly key: string
  readonly value: string
  readonly secured: boolean
}

export interface Environment {
  readonly uuid: string
  readonly name: string
  readonly slug: string
  readonly type: 'Test' | 'Staging' | 'Production'
  readonly variables: Map<string, Variable>
}

export interface Download {
  readonly name: string
  readonly bytes: Uint8Array
  readonly owner: string
  readonly createdAt: Date
}

export interface DeployKey {
  readonly id: number
  readonly label: string
  readonly key: string
  readonly addedAt: Date
}

export interface RepositoryContent {
  readonly pullRequests: PullRequest[]
  readonly statuses: Map<string, BuildStatus>
  readonly hooks: Map<string, Webhook>
  readonly variables: Map<string, Variable>
  readonly environments: Map<string, Environment>
  readonly downloads: Map<string, Download>
  readonly deployKeys: Map<number, DeployKey>
}

export interface WorkspaceContent {
  readonly hooks: Map<string, Webhook>
  readonly variables: Map<string, Variable>
}

const emptyRepository = (): RepositoryContent => ({
  pullRequests: [],
  statuses: new Map(),
  hooks: new Map(),
  variables: new Map(),
  environments: new Map(),
  downloads: new Map(),
  deployKeys: new Map(),
})

/** What clients wrote through REST, by the ids of repository and workspace, so that a change of name moves nothing. */
export class Content {
  readonly #repositories = new Map<string, RepositoryContent>()
  readonly #workspaces = new Map<string, WorkspaceContent>()
  #deployKeys = 0

  repository(uuid: string): RepositoryContent {
    const content = this.#repositories.get(uuid) ?? emptyRepository()
    this.#repositories.set(uuid, content)
    return content
  }

  workspace(uuid: string): WorkspaceContent {
    const content = this.#workspaces.get(uuid) ?? { hooks: new Map(), variables: new Map() }
    this.#workspaces.set(uuid, content)
    return content
  }

  addDeployKey(repository: string, key: Omit<DeployKey, 'id'>): DeployKey {
    const added = { id: ++this.#deployKeys, ...key }
    this.repository(repository).deployKeys.set(added.id, added)
    return added
  }
}
