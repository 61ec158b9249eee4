import { join } from 'node:path'
import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues, loadFixture } from '../../../test/contract/fixtures.ts'
import { fieldDetector } from '../field-detector.ts'
import { consumer } from './index.ts'

const values = fixtureValues()
const load = (name: string) => loadFixture(join(import.meta.dirname, 'fixtures', name, 'before'), values)

describe('a program', () => {
  detectorContract({
    detector: consumer.detector ?? fieldDetector({ consumer: 'none', keywords: [] }),
    cases: [
      {
        name: 'arguments of a command as a list',
        tree: load('argument-list'),
        path: 'fetch.py',
        places: [
          {
            address: 'subprocess.check_call().0.3',
            host: 'api.bitbucket.org',
            line: 3,
            uses: ['rest by -u'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'atlassian-python-api beside Jira',
        tree: load('atlassian-python'),
        path: 'client.py',
        places: [
          {
            address: 'bitbucket.Cloud().password',
            host: 'api.bitbucket.org',
            line: 5,
            uses: ['rest by bitbucket.Cloud().password'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'credential objects of PowerShell',
        tree: load('powershell'),
        path: 'fetch.ps1',
        places: [
          {
            address: 'PSCredential',
            host: 'api.bitbucket.org',
            line: 2,
            uses: ['rest by PSCredential'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'ConvertTo-SecureString',
            host: 'api.bitbucket.org',
            line: 3,
            uses: ['rest by ConvertTo-SecureString'],
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a secure string of PowerShell that becomes a credential some lines further on',
        path: 'fetch.ps1',
        tree: new Map([
          [
            'fetch.ps1',
            Buffer.from(
              `$url = "https://api.bitbucket.org/2.0/user"\r\n$pw = ConvertTo-SecureString '${values.OLD}' -AsPlainText -Force\r\n$cred = New-Object System.Management.Automation.PSCredential ('alice', $pw)\r\nInvoke-RestMethod -Uri $url -Credential $cred\r\n`,
            ),
          ],
        ]),
        places: [
          {
            address: 'ConvertTo-SecureString',
            host: 'api.bitbucket.org',
            line: 2,
            uses: ['rest by ConvertTo-SecureString'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a request of curl beside the address of a clone',
        path: 'status.php',
        tree: new Map([
          [
            'status.php',
            Buffer.from(
              `<?php\n$ch = curl_init('https://api.bitbucket.org/2.0/repositories/acme/app');\ncurl_setopt($ch, CURLOPT_USERPWD, 'alice:${values.OLD}');\n$clone = 'https://bitbucket.org/acme/app.git';\n`,
            ),
          ],
        ]),
        places: [
          {
            address: 'curl_setopt().CURLOPT_USERPWD',
            host: 'bitbucket.org',
            line: 3,
            uses: ['rest by CURLOPT_USERPWD'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'C#: RestSharp and a header',
        tree: load('csharp'),
        path: 'Client.cs',
        places: [
          {
            address: 'Pass',
            host: 'api.bitbucket.org',
            line: 4,
            uses: ['rest by HttpBasicAuthenticator'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'bytes.Convert.ToBase64String().0.Encoding.ASCII.GetBytes().0',
            host: 'api.bitbucket.org',
            line: 6,
            uses: ['rest by GetBytes'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'Go: go-bitbucket, net/http, go-git',
        tree: load('go'),
        path: 'main.go',
        places: [
          {
            address: 'pass',
            host: 'api.bitbucket.org',
            line: 7,
            uses: ['rest by NewBasicAuth'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'req.SetBasicAuth().1',
            host: 'api.bitbucket.org',
            line: 13,
            uses: ['rest by SetBasicAuth'],
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
          {
            address: 'git.PlainClone().2.CloneOptions.Auth.Password',
            host: 'bitbucket.org',
            line: 16,
            uses: ['git-fetch by git.PlainClone().2.CloneOptions.Auth.Password'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'Java: JGit and a header',
        tree: load('java'),
        path: 'Client.java',
        places: [
          {
            address: 'Client.APP_PASSWORD',
            host: 'bitbucket.org',
            line: 7,
            uses: ['git-fetch by UsernamePasswordCredentialsProvider'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'Client.encodeToString().0',
            host: 'bitbucket.org',
            line: 17,
            uses: ['git-fetch by encodeToString'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'JavaScript: axios, base64, the bitbucket client',
        tree: load('javascript'),
        path: 'client.js',
        places: [
          {
            address: 'api.axios.create().0.auth.password',
            host: 'api.bitbucket.org',
            line: 9,
            uses: ['rest by api.axios.create().0.auth.password'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'btoa',
            host: 'api.bitbucket.org',
            line: 12,
            uses: ['rest by btoa'],
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
          {
            address: 'appPassword',
            host: 'api.bitbucket.org',
            line: 5,
            uses: ['rest by appPassword'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'bitbucket.Bitbucket().0.auth.token',
            host: 'api.bitbucket.org',
            line: 11,
            uses: ['rest by Bitbucket'],
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'Kotlin: OkHttp',
        tree: load('kotlin'),
        path: 'Client.kt',
        places: [
          {
            address: 'pass',
            host: 'api.bitbucket.org',
            line: 2,
            uses: ['rest by Credentials.basic'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a notebook, where programs stand in JSON',
        tree: load('notebook'),
        path: 'notes.ipynb',
        places: [
          {
            address: 'auth',
            host: 'api.bitbucket.org',
            line: 3,
            uses: ['rest by auth'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'PHP: curl and a client',
        tree: load('php'),
        path: 'status.php',
        places: [
          {
            address: 'client.authenticate().2',
            host: 'api.bitbucket.org',
            line: 7,
            uses: ['rest by authenticate'],
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
          {
            address: 'curl_setopt().CURLOPT_USERPWD',
            host: 'api.bitbucket.org',
            line: 5,
            uses: ['rest by CURLOPT_USERPWD'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'pass',
            host: 'api.bitbucket.org',
            line: 3,
            uses: ['rest by pass'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'Python: tuples, constants, a URL, the default of a variable',
        tree: load('python'),
        path: 'report.py',
        places: [
          {
            address: 'OLD.os.environ.get().OLD_PASSWORD',
            host: 'bitbucket.org',
            line: 11,
            uses: ['git-fetch by url'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'requests.get().auth.HTTPBasicAuth().1',
            host: 'api.bitbucket.org',
            line: 14,
            uses: ['rest by HTTPBasicAuth'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'TOKEN',
            host: 'api.bitbucket.org',
            line: 10,
            uses: ['rest by auth'],
            username: 'alice@example.com',
            secret: { text: values.NEW, kind: 'api-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a program quoted in documentation',
        tree: load('quoted'),
        path: 'README.md',
        places: [
          {
            address: 'auth',
            host: 'api.bitbucket.org',
            line: 4,
            uses: ['rest by auth'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'Ruby: net/http and bitbucket_rest_api',
        tree: load('ruby'),
        path: 'sync.rb',
        places: [
          {
            address: 'req.basic_auth().1',
            host: 'api.bitbucket.org',
            line: 2,
            uses: ['rest by basic_auth'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'basic_auth',
            host: 'api.bitbucket.org',
            line: 3,
            uses: ['rest by basic_auth'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'Rust: reqwest and git2',
        tree: load('rust'),
        path: 'main.rs',
        places: [
          {
            address: 'APP_PASSWORD',
            host: 'api.bitbucket.org',
            line: 1,
            uses: ['rest by basic_auth'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'callbacks.credentials().2.Cred.userpass_plaintext().1',
            host: 'bitbucket.org',
            line: 6,
            uses: ['git-fetch by userpass_plaintext'],
            username: 'x-token-auth',
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'a command of a shell, whose secret is in quotes and whose username is not',
        tree: load('shell'),
        path: 'profile.sh',
        places: [
          {
            address: 'BITBUCKET_TOKEN',
            host: 'api.bitbucket.org',
            line: 2,
            uses: ['rest by BITBUCKET_TOKEN'],
            username: 'alice',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
        ],
      },
      {
        name: 'TypeScript: a default, a pair of Node, a token',
        tree: load('typescript'),
        path: 'client.ts',
        places: [
          {
            address: 'options.auth',
            host: 'api.bitbucket.org',
            line: 7,
            uses: ['rest by auth'],
            username: 'alice',
            secret: { text: values.SHORT, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'password',
            host: 'api.bitbucket.org',
            line: 4,
            uses: ['rest by password'],
            username: 'alice@example.com',
            secret: { text: values.OLD, kind: 'app-password', encoding: 'plain' },
          },
          {
            address: 'token',
            host: 'api.bitbucket.org',
            line: 5,
            uses: ['rest by Bearer'],
            secret: { text: values.ACCESS, kind: 'access-token', encoding: 'plain' },
          },
        ],
      },
      { name: 'Data Center under the same name', tree: load('ok.data-center'), path: 'client.py', places: [] },
      { name: 'references, other hosts and other products', tree: load('ok.others'), path: 'report.py', places: [] },
    ],
  })
})
