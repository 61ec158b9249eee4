// What src/system/node-http.ts uses of undici, in place of its index, which loads four times as much: fetch, caches, mocks, WebSocket.
import api from 'undici/lib/api/index.js'
import Agent from 'undici/lib/dispatcher/agent.js'
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js'
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js'

// As its index does; the agent for proxies calls `connect` of it.
Object.assign(Dispatcher.prototype, api)

export { Agent, EnvHttpProxyAgent }
