import type { StoredSecretSize } from './jenkins-findings.ts'
import type { Secret, SecretKind } from './secret.ts'
import type { Demand, Use } from './use.ts'

export type ConsumerId = string
export type PlaceId = string

/** Byte offsets `[start, end)` in a document. */
export type Span = readonly [start: number, end: number]

/** Where a place is: a file (absolute path), or a URL of a system that is asked. */
export type Location = { readonly kind: 'file'; readonly path: string } | { readonly kind: 'url'; readonly url: string }

/** Path or URL. */
export function locationText(at: Location): string {
  return at.kind === 'file' ? at.path : at.url
}

/** Where a place is, and what it is there, for an error. */
export function whereIs({ at, address }: Pick<PlaceRef, 'at' | 'address'>): string {
  return `${locationText(at)} ${address}`
}

/** How the stored bytes of a field become its text. */
export type Encoding =
  | 'plain'
  | 'percent' // URL userinfo
  | 'git-quoted' // git config value with quotes and backslashes
  | 'netrc-quoted' // netrc token in double quotes
  | 'base64-pair' // base64 of `username:secret`
  | 'xml-text'
  | 'jenkins-secret' // hudson.util.Secret, see docs/consumers/jenkins-home.md
  | 'ansible-vault' // an envelope of Ansible Vault, see docs/consumers/ansible-vault.md
  | 'opaque' // held by a system that does not show it
  | 'utf-16le'
  | 'utf-16be'
  | 'base64' // of a whole document; `inner` goes on
  | 'json'
  | 'yaml-double'
  | 'yaml-single'
  | 'yaml-block'
  | 'yaml-folded'
  | 'shell-double'
  | 'shell-bare'
  | 'shell-word'
  | 'shell-ansi'
  | 'shell-heredoc'
  | 'dotenv-double'
  | 'properties'
  | 'ini'
  | 'toml'
  | 'hcl'
  | 'groovy'
  | 'php-single'
  | 'php-double'
  | 'php-heredoc'
  | 'python'
  | 'python-bytes'
  | 'javascript'
  | 'ruby-single'
  | 'ruby-percent'
  | 'ruby-double'
  | 'go'
  | 'java'
  | 'csharp'
  | 'csharp-verbatim'
  | 'rust'
  | 'groovy-slashy'
  | 'groovy-dollar'
  | 'hcl-heredoc'
  | 'systemd'
  | 'systemd-word'
  | 'backtick'
  | 'doubled-single'
  | 'doubled-double'
  | 'batch'
  | 'batch-quoted'
  | 'crontab'
  | 'dockerfile'
  | 'make'

/** Cut `span` out of what the step before decoded to, and decode that. Without a span: all of it. */
export interface Step {
  readonly span?: Span
  readonly encoding: Encoding
}

/** How sure it is that a place holds a credential for Bitbucket. */
export interface Confidence {
  readonly level: 'certain' | 'likely' | 'possible'
  /** `the checksum fits`, `the name of the variable`. */
  readonly reason: string
}

/**
 * A copy that cannot be changed where it is. `at` of its place names it for people: `REPOSITORY@OID:PATH`, `outer.zip!inner/name`;
 * offsets count in its own bytes.
 */
export type Buried =
  | {
      readonly kind: 'history'
      /** Folder of the repository. */
      readonly repository: string
      /** Of the oldest blob that holds it, which `at`, `line` and the offsets speak of. */
      readonly oid: string
      /** How many blobs hold this secret at this address: versions of one file, and copies of them under other names. */
      readonly versions: number
      /** What still leads to one of them; `nothing`: git removes it some day. */
      readonly heldBy: 'ref' | 'reflog' | 'index' | 'nothing'
      /** In order, so many at most as a report can take; `pathCount` counts all. */
      readonly paths: readonly string[]
      readonly pathCount: number
      /** That brought one of them in, oldest first, so many at most as a report can take; `commitCount` counts all. */
      readonly commits: readonly Introducing[]
      readonly commitCount: number
      /** The newest of them; absent: there is none. */
      readonly lastCommit?: Introducing
    }
  | { readonly kind: 'archive'; readonly archive: string; readonly member: string }

/** A commit that put a version of a file where it was not before. */
export interface Introducing {
  readonly id: string
  /** ISO 8601, as the author's clock had it. */
  readonly authoredAt: string
  readonly path: string
}

/** Something that fills a place from a source of its own, where a change belongs. */
export interface PlaceOwner {
  /** `Configuration as Code`, `the credential store "kubernetes"`. */
  readonly name: string
  /** Where the change belongs, one sentence. */
  readonly wayOut: string
  /** Whether the place takes a change all the same, until its owner puts the old values back. */
  readonly takesChanges: boolean
}

/** A credential that Configuration as Code puts into the system store of the Jenkins in whose home it stands. */
export interface DeclaredCredential {
  /** Absolute path of the home. */
  readonly home: string
  readonly credentialId: string
  /** Nothing in its own file says what it is used for, and the uses of the place are what is usual. */
  readonly isUseGuessed: boolean
}

/** Why a place that was found is left to a person. */
export interface Hindrance {
  /** `username not read`: it has one that nobody can read, so nothing tells whether the credential works under it. */
  readonly kind: 'username not read' | 'not writable'
  /** Half a sentence. */
  readonly reason: string
  /** What the person does, one sentence or more. */
  readonly wayOut: string
}

export interface UsernameField {
  readonly text: string
  /** Absent where the username has no bytes of its own (base64 pair, opaque). */
  readonly span?: Span
  readonly encoding: Encoding
  /** Further steps, where one is not enough: userinfo in a JSON string, a netrc in base64. */
  readonly inner?: readonly Step[]
}

export interface SecretField {
  /** Absent where the holder does not show it. */
  readonly value?: Secret
  readonly kind: SecretKind
  /** How long a secret is that its holder does not show, where the ciphertext tells. Only of what was read, not of what was listed. */
  readonly size?: StoredSecretSize
  /** Absent for `opaque`. `document.bytes.slice(...span)`, decoded, and taken through `inner`, is the secret: no more, no less. */
  readonly span?: Span
  readonly encoding: Encoding
  readonly inner?: readonly Step[]
}

/** Names one place so that it can be found again in a changed document. Serialisable; written into plans and journals. */
export interface PlaceRef {
  readonly id: PlaceId
  readonly consumer: ConsumerId
  readonly at: Location
  /** Unique inside `at`; without spaces; independent of username and secret: `machine/bitbucket.org`, `system/_/bb`, `remote.origin.url`. */
  readonly address: string
  /**
   * Addresses in the same document whose username is the same bytes as this one's. They change together, in one write: apart, one of them
   * would for a while have the username of one credential and the secret of another.
   */
  readonly with?: readonly string[]
}

/**
 * One spot where a consumer holds one credential. `secret` absent: the spot only pins a username
 * (`https://alice@bitbucket.org/…`), which decides what is sent and must change together with the secret.
 */
export interface Place extends PlaceRef {
  /** The host the credential is for: `bitbucket.org`, `api.bitbucket.org`. */
  readonly host: string
  readonly username?: UsernameField
  readonly secret?: SecretField
  /** Smallest range that covers every byte a change of this place may touch. A backup is these bytes. Absent for systems. */
  readonly extent?: Span
  /** 1-based line of the secret in its file; of the username, where there is none. */
  readonly line?: number
  /** What stands there stands for a secret and is none: `${TOKEN}`. Git sends it all the same; a scan leaves it out. */
  readonly isPlaceholder?: true
  /** Absent: certain, for this is where the consumer keeps its credentials. */
  readonly confidence?: Confidence
  /** Absent: it lies in a file or a system, and can be changed there. */
  readonly buried?: Buried
  /** Absent: what is written there stays, as far as is known. */
  readonly ownedBy?: PlaceOwner
  /**
   * Who is not given it, although it names it from within its reach: plain git a secret without a username, all jobs one whose scope or
   * domain keeps it from them. Absent: whoever names it is given it.
   */
  readonly withheldFrom?: 'plain git' | 'jobs'
  /** What a Jenkins makes of it at its start; absent: none whose home is known. */
  readonly declares?: DeclaredCredential
  /** Absent: all that a change of it needs was read, as far as its document tells. */
  readonly hindrance?: Hindrance
  /** It stands in what a pipeline runs: the consumer that is fed there knows more of it than that of the pipeline. */
  readonly isOfStep?: true
  readonly uses: readonly Use[]
  /** Why nothing tells what it is used for; `uses` are then what its name suggests. Absent: `uses` are known. */
  readonly unresolved?: string
}

export type UnreadReason =
  | 'malformed' // not what its name says
  | 'undecryptable' // the key is missing or does not fit
  | 'unreadable' // permission, I/O
  | 'too-large'
  | 'forbidden' // a system refused to show it

export interface UnreadPart {
  readonly span?: Span
  readonly reason: UnreadReason
  readonly detail: string
  /** There is a secret in the span, and nothing else: a reader that finds a place there has read it. */
  readonly isOneSecret?: true
}

/** What one document holds. Malformed input is a result, never a throw. */
export interface Detection {
  readonly places: readonly Place[]
  readonly demands: readonly Demand[]
  readonly unread: readonly UnreadPart[]
  /** Tokens of the same form that are for Jira or Confluence. */
  readonly ofOthers?: readonly Span[]
  /**
   * Bytes that speak of Bitbucket and are understood in full, commands and variables left out. A file in which nothing else would make a
   * scan open it is not given to other readers. Absent: they all look.
   */
  readonly explained?: readonly Span[]
}
