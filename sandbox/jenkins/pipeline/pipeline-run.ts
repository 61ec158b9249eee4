import type { Credential, UsernamePassword } from '../credential.ts'

/** What the steps of one build share. */
export interface PipelineRun {
  readonly workspace: string
  /** Of programs that a step starts on the agent, HOME included. */
  readonly environment: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  readonly log: (line: string) => void
  /** `checkout scm`; undefined where the script came with no source control. */
  readonly checkOutScm: (() => Promise<void>) | undefined
  checkOutGit(folder: string, git: GitStep): Promise<void>
  /** The first visible credential of that id, for a binding: no requirement is stated, so every domain counts. */
  credential(id: string): BoundCredential | undefined
}

export interface GitStep {
  readonly url: string
  readonly branch: string
  readonly credentialsId: string | undefined
}

export interface BoundCredential {
  readonly credential: Credential
  readonly typeName: string
  readonly pair: UsernamePassword | undefined
  /** Of a Secret text. */
  readonly text: string | undefined
  readonly isUsernameSecret: boolean
}

/** Ends the build; the console shows `ERROR: <message>` after the end of the pipeline. */
export class StepFailed extends Error {}

/** Variables and secrets in force inside a block. */
export interface Scope {
  readonly folder: string
  readonly variables: Readonly<Record<string, string>>
  /** Replaced by four asterisks in what a shell prints. */
  readonly secrets: readonly string[]
}
