import { describe } from 'vitest'
import { detectorContract } from '../../../test/contract/detector.ts'
import { fixtureValues } from '../../../test/contract/fixtures.ts'
import { settingsDetector } from './detect.ts'

const { OLD, ACCESS, SHORT } = fixtureValues()
const file = (path: string, text: string) => ({ path, tree: new Map([[path, Buffer.from(text)]]) })

const plain = (text: string, kind: 'app-password' | 'api-token' | 'access-token') =>
  ({ text, kind, encoding: 'plain' }) as const

describe('a setting', () => {
  detectorContract({
    detector: settingsDetector,
    cases: [
      {
        name: 'beside a URL of Bitbucket',
        ...file(
          'mirror.yaml',
          `mirror:\n  url: https://bitbucket.org/acme/app.git\n  username: alice\n  password: ${SHORT}1\n`.replace(
            `${SHORT}1`,
            OLD,
          ),
        ),
        places: [
          {
            address: 'mirror.password',
            host: 'bitbucket.org',
            line: 4,
            uses: ['git-fetch acme/app by mirror'],
            username: 'alice',
            secret: plain(OLD, 'app-password'),
          },
        ],
      },
      {
        name: 'beside the address of files, which REST and the web host serve to the e-mail',
        ...file(
          'acme.repo',
          `[acme]\nbaseurl=https://bitbucket.org/acme/rpm/raw/main\nusername=alice\npassword=${OLD}\n`,
        ),
        places: [
          {
            address: 'acme.password',
            host: 'bitbucket.org',
            line: 4,
            uses: ['web acme/rpm by acme'],
            username: 'alice',
            secret: plain(OLD, 'app-password'),
          },
        ],
      },
      {
        name: 'a row of a table: the columns name the fields',
        ...file(
          'export.csv',
          `url,username,password\nhttps://bitbucket.org/,alice,${SHORT}\nhttps://example.com/,bob,${SHORT}x\n`,
        ),
        places: [
          {
            address: '1.password',
            host: 'bitbucket.org',
            line: 2,
            uses: ['git-fetch by 1'],
            username: 'alice',
            secret: plain(SHORT, 'app-password'),
          },
        ],
      },
      {
        name: 'an export of the registry of Windows',
        ...file('env.reg', `[HKEY_CURRENT_USER\\Bitbucket]\r\n"user"="alice"\r\n"password"="${OLD}"\r\n`),
        places: [
          {
            address: 'Bitbucket.password',
            host: 'bitbucket.org',
            line: 3,
            username: 'alice',
            secret: plain(OLD, 'app-password'),
          },
        ],
      },
      {
        name: 'beside the address of a download',
        ...file(
          'fetch.yaml',
          `tool:\n  url: https://bitbucket.org/acme/app/downloads/tool.tgz\n  username: alice\n  password: ${OLD}\n`,
        ),
        places: [
          {
            address: 'tool.password',
            host: 'bitbucket.org',
            line: 4,
            uses: ['web acme/app by tool'],
            username: 'alice',
            secret: plain(OLD, 'app-password'),
          },
        ],
      },
      {
        name: 'what modules of Ansible are given for their url',
        ...file(
          'tasks.yml',
          `- ansible.builtin.uri:\n    url: https://api.bitbucket.org/2.0/repositories/acme/app/pullrequests\n    url_username: alice\n    url_password: ${OLD}\n    force_basic_auth: true\n`,
        ),
        places: [
          {
            address: '0.ansible.builtin.uri.url_password',
            host: 'api.bitbucket.org',
            line: 4,
            uses: ['rest acme/app by 0.ansible.builtin.uri'],
            username: 'alice',
            secret: plain(OLD, 'app-password'),
          },
        ],
      },
      {
        name: 'below a key that names it',
        ...file('config.json', JSON.stringify({ bitbucket: { user: 'alice', appPassword: OLD } })),
        places: [
          {
            address: 'bitbucket.appPassword',
            host: 'bitbucket.org',
            line: 1,
            uses: ['git-fetch by bitbucket? what stands around it says Bitbucket, and not what for'],
            username: 'alice',
            secret: plain(OLD, 'app-password'),
          },
        ],
      },
      {
        name: 'beside the name of the provider',
        ...file('tool.toml', `[scm]\nprovider = "bitbucket"\nlogin = "alice"\ntoken = "${ACCESS}"\n`),
        places: [
          {
            address: 'scm.token',
            host: 'bitbucket.org',
            line: 4,
            uses: ['git-fetch by scm? what stands around it says Bitbucket, and not what for'],
            username: 'alice',
            secret: plain(ACCESS, 'access-token'),
          },
        ],
      },
      {
        name: 'of Data Center, of another service, a consumer of OAuth, a reference',
        ...file(
          'ok.yaml',
          `a:\n  url: https://bitbucket.example.com/scm/a/b.git\n  password: ${OLD}\nb:\n  url: https://bitbucket.org/acme/app.git\n  clientSecret: ${OLD}\n  jdbcPassword: ${SHORT}\n  password: \${BB_PASSWORD}\n`,
        ),
        places: [],
      },
      {
        name: 'attributes of an element of XML',
        ...file(
          'servers.xml',
          `<servers><server host="bitbucket.org" username="alice" password="${SHORT}"/></servers>\n`,
        ),
        places: [
          {
            address: 'servers.server.@password',
            host: 'bitbucket.org',
            line: 1,
            uses: ['git-fetch by servers.server'],
            username: 'alice',
            secret: plain(SHORT, 'app-password'),
          },
        ],
      },
      {
        name: 'elements of one name: the address of each is its own, whichever stands nearer',
        ...file(
          'hosts.xml',
          `<hosts>
  <git url="https://git.example.com/acme/a-repository-with-a-long-name.git" username="alice" password="${OLD}"/>
  <git password="${SHORT}" username="bob" url="https://bitbucket.org/acme/app.git"/>
  <git url="https://bitbucket.org/acme/lib.git"/>
  <git password="${OLD}" username="carol" url="https://git.example.com/acme/a-repository-with-a-long-name.git"/>
</hosts>
`,
        ),
        places: [
          {
            address: 'hosts.git.@password',
            host: 'bitbucket.org',
            line: 3,
            uses: ['git-fetch acme/app by hosts.git'],
            username: 'bob',
            secret: plain(SHORT, 'app-password'),
          },
        ],
      },
      {
        name: 'inputs of a step that names it',
        ...file(
          'mirror.yml',
          `steps:\n  - uses: acme/mirror-to-bitbucket@v2\n    with:\n      username: alice\n      password: ${SHORT}\n`,
        ),
        places: [
          {
            address: 'steps.0.with.password',
            host: 'bitbucket.org',
            line: 5,
            uses: ['git-fetch by steps.0.with? what stands around it says Bitbucket, and not what for'],
            username: 'alice',
            secret: plain(SHORT, 'app-password'),
          },
        ],
      },
      {
        name: 'sections of other services below one of Bitbucket',
        ...file('ok.ini', `[bitbucket]\nhost = bitbucket.org\n[mysql]\nuser = root\npassword = ${SHORT}\n`),
        places: [],
      },
      {
        name: 'what other commands of a script are given',
        ...file(
          'install.sh',
          `kubectl create secret generic repo --from-literal=url=https://bitbucket.org/acme/app --from-literal=username=alice --from-literal=password=${OLD}
kubectl create secret generic db --from-literal=username=postgres --from-literal=password=${SHORT}
PGPASSWORD=${SHORT} psql -h db -U postgres
helm upgrade redis bitnami/redis --set auth.password=${SHORT}
export DB_HOST=db
`,
        ),
        places: [
          {
            address: 'password',
            host: 'bitbucket.org',
            line: 1,
            uses: ['git-fetch acme/app by password'],
            username: 'alice',
            secret: plain(OLD, 'app-password'),
          },
        ],
      },
      {
        name: 'a block that names another host, whichever address stands nearer',
        ...file(
          'ok.gradle',
          `repositories {
  maven {
    url "https://nexus.example.com/repository/maven"
    credentials { username "bob"; password "${SHORT}" }
  }
  maven { url "https://api.bitbucket.org/2.0/repositories/acme/maven/src/main" }
}
`,
        ),
        places: [],
      },
      {
        name: 'a block beside one with an address of Bitbucket',
        ...file(
          'scm',
          `providers {
  github {
    user = 'alice'
    password = '${SHORT}'
  }
  mirror { server = 'https://bitbucket.org' }
}
`,
        ),
        places: [],
      },
      {
        name: 'the same in Kotlin',
        ...file(
          'ok.gradle.kts',
          `repositories {
  maven {
    url = uri("https://nexus.example.com/repository/maven")
    credentials { username = "bob"; password = "${SHORT}" }
  }
  maven("https://api.bitbucket.org/2.0/repositories/acme/maven/src/main") {}
}
`,
        ),
        places: [],
      },
      {
        name: 'arguments of a module of Terraform that comes from Bitbucket',
        ...file(
          'ok.tf',
          `module "db" {\n  source   = "git::https://bitbucket.org/acme/modules.git//db"\n  username = "root"\n  password = "${SHORT}"\n}\n`,
        ),
        places: [],
      },
      {
        name: 'what another service calls its secret',
        ...file('ok.json', JSON.stringify({ repository: 'https://bitbucket.org/a/b.git', stripe: { secret: SHORT } })),
        places: [],
      },
    ],
  })
})
