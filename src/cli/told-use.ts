import type { ToldUse } from '../index.ts'
import { Failure } from '../model/failure.ts'
import { REST_RESOURCES, type RestAccess } from '../model/use.ts'

const SIMPLE: Readonly<Record<string, ToldUse>> = {
  git: { operation: 'git-fetch' },
  push: { operation: 'git-push' },
  'branch-source': { operation: 'branch source' },
  rest: { operation: 'rest' },
}

const ACCESSES: readonly RestAccess[] = ['read', 'write', 'delete']

/** `PLACE=git`, `push`, `branch-source`, `rest`, `rest:pull-request:write`. Throws R112. */
export function toldUse(text: string): { readonly place: string; readonly use: ToldUse } {
  const at = text.lastIndexOf('=')
  const use = at < 1 ? undefined : useNamed(text.slice(at + 1))
  if (use !== undefined) return { place: text.slice(0, at), use }
  throw new Failure('R112', {
    at: '--use',
    because: 'it says no use of a place',
    state: 'Nothing was changed.',
    next: [
      'Give it as PLACE=git, PLACE=push, PLACE=rest or PLACE=branch-source; what REST is asked for is told as rest:pull-request:write',
    ],
    exitCode: 2,
  })
}

function useNamed(name: string): ToldUse | undefined {
  const simple = Object.hasOwn(SIMPLE, name) ? SIMPLE[name] : undefined
  const [operation, what = '', how = 'read', ...more] = name.split(':')
  if (simple !== undefined || operation !== 'rest' || more.length > 0) return simple
  const resource = REST_RESOURCES.find((one) => one === what.replaceAll('-', ' '))
  const access = ACCESSES.find((one) => one === how)
  return resource === undefined || access === undefined ? undefined : { operation: 'rest', resource, access }
}
