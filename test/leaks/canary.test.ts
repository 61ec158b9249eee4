import { expect, it } from 'vitest'
import { apiToken, appPassword } from '../support/synthetic-secrets.ts'
import { CanaryWatch } from './canary.ts'

const secret = `${apiToken()}&"`
const watch = new CanaryWatch([{ name: 'token', text: secret }])

const spelled: Readonly<Record<string, string>> = {
  'as it is': secret,
  'twelve characters of its middle': secret.slice(80, 92),
  'percent encoded': encodeURIComponent(secret).slice(-14),
  'percent encoded, lower case': encodeURIComponent(secret)
    .replaceAll(/%../g, (code) => code.toLowerCase())
    .slice(-14),
  'as a Basic pair': Buffer.from(`alice:${secret}`).toString('base64'),
  'as a Basic pair at another alignment': Buffer.from(`bob:${secret}`).toString('base64'),
  'as a Basic pair at the third alignment': Buffer.from(`al:${secret}`).toString('base64'),
  'in hex': Buffer.from(secret).toString('hex'),
  'in XML': secret.slice(-9).replace('&', '&amp;').replace('"', '&quot;'),
  'in JSON': JSON.stringify({ secret: secret.slice(-12) }),
}

for (const [how, text] of Object.entries(spelled)) {
  it(`a secret is seen ${how}`, () => {
    expect(watch.seenIn(`before ${text} after`)).not.toEqual([])
  })
}

it('a prefix that every secret has and another secret are not taken for it', () => {
  expect(watch.seenIn(`${secret.slice(0, 20)} ${apiToken()} ${appPassword()}`)).toEqual([])
})
