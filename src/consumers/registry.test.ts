import { describe, expect, test } from 'vitest'
import { documentOf } from '../../test/contract/detector.ts'
import { fixtureValues } from '../../test/contract/fixtures.ts'
import { consumers } from './registry.ts'

const { SHORT } = fixtureValues()
const encoded = (text: string): string => Buffer.from(text).toString('base64')

/** Secrets of the places that a consumer finds in one file. */
function foundBy(id: string, path: string, text: string): readonly boolean[] {
  const document = documentOf(new Map([[path, Buffer.from(text)]]), path)
  const detector = consumers.find((consumer) => consumer.id === id)?.detector
  const places = detector?.detect(document).places ?? []
  return places.map(({ secret }) => secret?.value?.equals(document.seal(SHORT)) === true)
}

describe('forms that a second corpus had', () => {
  test.each([
    ['program', 'a.go', `import bb "github.com/acme/go-bitbucket"\nvar c = bb.NewBasicAuth("alice", "${SHORT}")\n`],
    ['program', 'a.pl', `$ua->credentials('api.bitbucket.org:443', 'Bitbucket.org HTTP', 'alice', '${SHORT}');\n`],
    ['program', 'a.py', `m.add_password(None, "https://api.bitbucket.org/", "alice", "${SHORT}")\n`],
    [
      'program',
      'a.sh',
      `T=$(echo -n "alice:${SHORT}" | base64)\ncurl -H "Authorization: Basic $T" https://api.bitbucket.org/2.0/user\n`,
    ],
    ['program', 'f.py', `u = "https://{}:{}@bitbucket.org/a/b.git".format("alice", "${SHORT}")\n`],
    ['settings', 'd.sh', `TOKEN=${SHORT}\ngit clone "https://alice:$TOKEN@bitbucket.org/a/b.git"\n`],
    ['settings', 'l.properties', `git.uri=https://bitbucket.org/a/b.git\ngit.username=alice\ngit.password=${SHORT}\n`],
    ['netrc-script', '.netrc.ci', `machine bitbucket.org\n  login alice\n  password ${SHORT}\n`],
    ['helm', 'add.sh', `helm repo add x https://api.bitbucket.org/2.0/a --username alice --password ${SHORT}\n`],
    [
      'aws-secrets',
      'a.sh',
      `aws secretsmanager create-secret --name ci/bitbucket --secret-string '{"username":"alice","password":"${SHORT}"}'\n`,
    ],
    [
      'google-secret-manager',
      'g.sh',
      `echo -n "${SHORT}" | gcloud secrets create bitbucket-app-password --data-file=-\n`,
    ],
    ['url-userinfo', 'ci.env', `GIT_CREDENTIALS_BASE64=${encoded(`https://alice:${SHORT}@bitbucket.org\n`)}\n`],
  ])('%s finds it in %s', (id, path, text) => {
    expect(foundBy(id, path, text)).toEqual([true])
  })
})

describe('look-alikes that a second corpus had', () => {
  test.each([
    [
      'program',
      'ok.py',
      `requests.post("https://bitbucket.org/site/oauth2/access_token", auth=("${SHORT.slice(0, 18)}", "${SHORT}${SHORT.slice(0, 12)}"))\n`,
    ],
    [
      'aws-secrets',
      'ok.sh',
      `aws secretsmanager create-secret --name prod/db --secret-string '{"username":"alice","password":"${SHORT}"}'\n# bitbucket.org\n`,
    ],
    ['google-secret-manager', 'ok.sh', `echo -n "${SHORT}" | gcloud secrets create db-password --data-file=-\n`],
    [
      'terraform-bitbucket',
      'ok.tf',
      `provider "bitbucket" {\n  server = "https://bitbucket.example.com"\n  username = "svc"\n  password = "${SHORT}"\n}\n`,
    ],
    ['gitlab', 'ok.py', `bitbucket_username = 'a'\nbitbucket_app_password: SecretStr = SecretStr("${SHORT}")\n`],
    ['git-askpass', 'ok.xml', `<a host="bitbucket.org" username="alice" password="${SHORT}&#61;"/>\n`],
    ['helm', 'ok.sh', `helm repo add x https://charts.example.com --username alice --password ${SHORT}\n`],
  ])('%s stays silent in %s', (id, path, text) => {
    expect(foundBy(id, path, text)).toEqual([])
  })
})
