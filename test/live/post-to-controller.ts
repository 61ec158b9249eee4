import type { Controller } from './stage.ts'

/** What a person saves in a page of Jenkins, as an administrator. */
export async function postToController(controller: Controller, path: string, xml: string): Promise<void> {
  await ask(controller, path, { method: 'POST', body: xml })
}

export async function readFromController(controller: Controller, path: string): Promise<string> {
  return (await ask(controller, path, { method: 'GET' })).text()
}

async function ask({ login, jenkins }: Controller, path: string, request: RequestInit): Promise<Response> {
  const pair = `${login.JENKINS_USER_ID}:${login.JENKINS_API_TOKEN}`
  const reply = await fetch(jenkins.url + path, {
    ...request,
    headers: {
      authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
      'content-type': 'application/xml;charset=UTF-8',
    },
  })
  if (reply.status !== 200) throw new Error(`HTTP ${reply.status} for ${path}`)
  return reply
}
