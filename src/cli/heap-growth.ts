import { setFlagsFromString } from 'node:v8'
import type { JenkinsOptions } from './jenkins-logins.ts'

/**
 * Where controllers are asked, garbage is collected sooner from now on. V8 lets a heap grow to several times what is alive in it; a large controller is waited for rather
 * than computed, and the machine of its administrator may be the one it runs on. Both flags are read at each collection (V8 11.3 to 14.6). They
 * are of the whole process, so no library may set them; where much is computed or written they cost a third of the time and more.
 */
export function growHeapSlowly({ jenkins }: JenkinsOptions): void {
  if (jenkins === undefined) return
  setFlagsFromString('--semi-space-growth-factor=1')
  setFlagsFromString('--heap-growing-percent=20')
}
