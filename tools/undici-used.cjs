// What src/system/node-http.ts uses of undici, in place of its index, which loads four times as much: fetch, caches, mocks, WebSocket.
const Dispatcher = require('undici/lib/dispatcher/dispatcher.js')

// As its index does; the agent for proxies calls `connect` of it.
Object.assign(Dispatcher.prototype, require('undici/lib/api/index.js'))

module.exports = {
  Agent: require('undici/lib/dispatcher/agent.js'),
  EnvHttpProxyAgent: require('undici/lib/dispatcher/env-http-proxy-agent.js'),
}
