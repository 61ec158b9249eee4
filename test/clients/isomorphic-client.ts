import { readFileSync } from 'node:fs'
import git, { Errors, type HttpClient } from 'isomorphic-git'
import { ProxyAgent, request } from 'undici'
import type { Sandbox } from '../../sandbox/index.ts'
import type { Pair } from './client-run.ts'

/** isomorphic-git's idea of HTTP, through the sandbox's proxy and under its authority. */
const httpThrough = (agent: ProxyAgent): HttpClient => ({
  async request({ url, method = 'GET', headers = {}, body }) {
    const chunks: Uint8Array[] = []
    for await (const chunk of body ?? []) chunks.push(chunk)
    const reply = await request(url, {
      method: method === 'POST' ? 'POST' : 'GET',
      headers,
      body: chunks.length === 0 ? null : Buffer.concat(chunks),
      dispatcher: agent,
    })
    const bytes = new Uint8Array(await reply.body.arrayBuffer())
    const whole = (async function* () {
      yield bytes
    })()
    const flat = Object.fromEntries(Object.entries(reply.headers).map(([name, value]) => [name, String(value)]))
    return { url, method, headers: flat, body: whole, statusCode: reply.statusCode, statusMessage: '' }
  },
})

export type IsomorphicAnswer = { readonly refs: readonly string[] } | { readonly status: number; readonly body: string }

/** Lists the references of a repository with a git implementation that shares no code with git. */
export const listWithIsomorphicGit = async (
  sandbox: Sandbox,
  options: { readonly url: string; readonly pair: Pair; readonly forPush: boolean },
): Promise<IsomorphicAnswer> => {
  const agent = new ProxyAgent({ uri: sandbox.proxyUrl, requestTls: { ca: readFileSync(sandbox.caFile) } })
  try {
    const refs = await git.listServerRefs({
      http: httpThrough(agent),
      url: options.url,
      forPush: options.forPush,
      onAuth: () => ({ username: options.pair.username, password: options.pair.secret }),
    })
    return { refs: refs.map(({ ref }) => ref) }
  } catch (error) {
    if (!(error instanceof Errors.HttpError)) throw error
    return { status: error.data.statusCode, body: error.data.response }
  } finally {
    await agent.close()
  }
}
