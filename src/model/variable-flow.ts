import type { Document } from './consumer.ts'
import type { Place } from './place.ts'
import type { Use } from './use.ts'

/**
 * A name as documents of one repository share it: `BB_TOKEN` of an environment, `var.token` of Terraform, `Secret/NAME/KEY` of Kubernetes,
 * `credentials:ID` of a Jenkins controller.
 */
export type VariableName = string

/** Where something stands: in bytes of the document, and below which keys (none in a script). */
export interface Spot {
  readonly at: number
  readonly keys: readonly string[]
  /** Which document of a stream; absent: the only one. */
  readonly part?: number
}

/** A variable that gets its value from a place of the document. */
export interface HeldVariable extends Spot {
  readonly name: VariableName
  /** Consumer and address of the place. */
  readonly holder: string
  /** As in `Use`. */
  readonly folded?: true
}

/** A variable that gets its value from others; from none: from something that is not followed. */
export interface DerivedVariable extends Spot {
  readonly name: VariableName
  readonly from: readonly VariableName[]
  /** As in `Use`. */
  readonly folded?: true
}

/** What is done with variables at one spot. */
export interface VariableRead extends Spot {
  readonly names: readonly VariableName[]
  /** 1-based. */
  readonly line: number
  readonly uses: readonly Omit<Use, 'by'>[]
}

/** Every `Secret/bb/NAME` is also `NAME` in the container that stands there. */
export interface SpreadVariables extends Spot {
  /** How their names begin: `Secret/bb/`. */
  readonly prefix: VariableName
}

/** What one document tells about variables. */
export interface VariableFlow {
  readonly held: readonly HeldVariable[]
  readonly derived: readonly DerivedVariable[]
  readonly reads: readonly VariableRead[]
  readonly spread: readonly SpreadVariables[]
}

/** Reads a document in which a scan found `places`, or which names Bitbucket. Pure, never throws. */
export type VariableReader = (document: Document, places: readonly Place[]) => VariableFlow

/** How a flow names a place. */
export function holderOf({ consumer, address }: Pick<Place, 'consumer' | 'address'>): string {
  return `${consumer} ${address}`
}
