import { createContext, Script } from 'node:vm'

const scene: { act: () => void } = createContext({ act: () => undefined }) as { act: () => void }
const call = new Script('act()')

/** What came of a case: what it gave, what it threw, or that it had to be stopped. */
export type Outcome<Result> =
  | { readonly kind: 'done'; readonly result: Result; readonly ms: number }
  | { readonly kind: 'thrown'; readonly error: unknown }
  | { readonly kind: 'stopped'; readonly ms: number }

/** Runs `act`, and stops it after `ms`, in whatever loop or expression it then is. */
export function bounded<Result>(ms: number, act: () => Result): Outcome<Result> {
  const results: Result[] = []
  scene.act = () => {
    results.push(act())
  }
  const before = performance.now()
  try {
    call.runInContext(scene, { timeout: ms })
  } catch (error) {
    // It is an error of the other context, and no instance of `Error` here.
    const isStopped =
      typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
    return isStopped ? { kind: 'stopped', ms } : { kind: 'thrown', error }
  }
  const [result] = results
  return { kind: 'done', result: result as Result, ms: performance.now() - before }
}
