import type { FixtureValues, Tree } from '../contract/fixtures.ts'

/** For consumers that look into files of any name: their tests write each document down, so they have no folders of fixtures. */
export const MADE_DOCUMENTS: Readonly<Record<string, readonly ((values: FixtureValues) => Tree)[]>> = {
  curl: [
    ({ OLD }) => file('upload.sh', `curl -s -u alice:${OLD} \\\n  https://api.bitbucket.org/2.0/user\n`),
    ({ OLD, NEW }) =>
      file(
        'ci.yml',
        `a:\n  - run: curl --user "a@example.com:${NEW}" https://api.bitbucket.org/2.0/user\nb:\n  - run: curl -u 'bob:${OLD}' https://api.bitbucket.org/2.0/user\n`,
      ),
  ],
  'http-header': [
    ({ OLD }) =>
      file('ask.sh', `curl -H "Authorization: Basic ${pair('alice', OLD)}" https://api.bitbucket.org/2.0/user\n`),
    ({ ACCESS }) => file('ask.txt', `GET https://api.bitbucket.org/2.0/user\nAuthorization: Bearer ${ACCESS}\n`),
  ],
  settings: [
    ({ OLD }) =>
      file('mirror.yml', `mirror:\n  url: https://bitbucket.org/acme/app.git\n  username: alice\n  password: ${OLD}\n`),
    ({ OLD }) => file('config.json', `${JSON.stringify({ bitbucket: { user: 'alice', appPassword: OLD } })}\n`),
    ({ SHORT }) => file('logins.csv', `url,username,password\nhttps://bitbucket.org/,alice,${SHORT}\n`),
  ],
  token: [({ OLD, ACCESS }) => file('notes.txt', `the old one was ${OLD}\nfor CI: ${ACCESS}\n`)],
  'url-userinfo': [
    ({ OLD }) => file('links.json', `{"x":"git+https:\\/\\/alice:${OLD}@bitbucket.org/acme/x.git#v1"}`),
    ({ NEW, ACCESS }) =>
      file(
        'links.txt',
        `https://x-bitbucket-api-token-auth:${NEW.replace('=', '%3d')}@bitbucket.org/acme/app.git\nhttps://x-token-auth:${ACCESS.replace('=', '%3D')}@bitbucket.org/acme/app.git\n`,
      ),
  ],
  variables: [
    ({ OLD }) => file('.env', `BITBUCKET_USERNAME=alice\nBITBUCKET_APP_PASSWORD=${OLD}\nBB_AUTH_STRING="bob:${OLD}"\n`),
    ({ OLD }) => file('header.env', `BITBUCKET_BASIC_AUTH="Basic ${pair('alice', OLD)}"\n`),
  ],
}

function file(name: string, text: string): Tree {
  return new Map([[name, Buffer.from(text)]])
}

function pair(username: string, secret: string): string {
  return Buffer.from(`${username}:${secret}`).toString('base64')
}
