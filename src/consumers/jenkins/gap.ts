import { Failure } from '../../model/failure.ts'
import type { JenkinsClient } from './client.ts'
import { itemPath } from './controller-path.ts'

/** Something that was not read, and why; it hides nothing else. */
export function gapOf(client: JenkinsClient, because: string, item?: string): Failure {
  return new Failure('R111', { at: client.baseUrl + (item === undefined ? '' : itemPath(item)), because })
}
