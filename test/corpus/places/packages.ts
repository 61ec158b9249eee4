import { type Draft, decoy, draft } from '../draft.ts'
import { alone, type CorpusFile, GIT, type Login, placesOf, REST, type Setting, type Shape } from '../setting.ts'
import { loginUrl } from '../urls.ts'

const pip = placesOf('pip/poetry/uv/pdm', GIT)

const bundler = placesOf('bundler', GIT)

const bundlerRest = placesOf('bundler', REST)

const maven = placesOf('maven/gradle', GIT)

const mavenRest = placesOf('maven/gradle', REST)

const cargo = placesOf('cargo', GIT)

const release = placesOf('semantic-release', GIT)

const electron = placesOf('electron-builder', REST)

function pythonUrl(s: Setting): Draft {
  const path = `/${s.workspace}/${s.repo}.git@v1.${s.between(0, 9)}#egg=${s.repo}`
  return draft`git+${loginUrl(s, pip, s.git(), { path })}`
}

const PYTHON: readonly ((s: Setting) => CorpusFile)[] = [
  (s) => ({
    path: s.pick(['requirements.txt', 'requirements/prod.txt', 'constraints.txt', 'requirements-dev.txt']),
    format: 'requirements',
    charsets: ['utf8-bom', 'utf16le-bom'],
    text: draft`# ${s.note()}\nrequests==2.32.3\n${s.pick(['', '-e '])}${pythonUrl(s)}\nflask>=3.0\n`,
  }),
  (s) => ({
    path: 'requirements.txt',
    format: 'requirements',
    text: draft`numpy==2.0.1 --hash=sha256:${decoy('hash', s.hex(64))}\n${s.repo} @ ${pythonUrl(s)}\n`,
  }),
  (s) => ({
    path: 'pyproject.toml',
    format: 'toml',
    text: draft`[tool.poetry]
name = "app"

[tool.poetry.dependencies]
python = "^3.12"
lib = { git = "${loginUrl(s, pip, s.git())}", rev = "main" }
`,
  }),
  (s) => ({
    path: 'pyproject.toml',
    format: 'toml',
    text: draft`[project]
name = "app"
dependencies = [
  'lib @ ${pythonUrl(s)}', # ${s.note()}
]
`,
  }),
  (s) => ({
    path: 'Pipfile',
    format: 'toml',
    text: draft`[[source]]\nurl = "https://packages.example.org/simple"\n\n[packages]\nlib = {editable = true, git = "${loginUrl(s, pip, s.git())}"}\n`,
  }),
  (s) => ({
    path: s.pick(['poetry.lock', 'uv.lock']),
    format: 'toml',
    text: draft`[[package]]
name = "lib"
version = "1.0.0"

[package.source]
type = "git"
url = "${loginUrl(s, pip, s.git())}"
reference = "main"
resolved_reference = "${decoy('hash', s.hex(40))}"
`,
  }),
  (s) => ({
    path: 'Pipfile.lock',
    format: 'json',
    text: draft`{ "default": { "lib": { "git": "${loginUrl(s, pip, s.git(), { outer: ['json'] })}", "ref": "${s.hex(40)}" } } }\n`,
  }),
  (s) => ({
    path: 'setup.py',
    format: 'python',
    text: draft`from setuptools import setup

setup(
    name="app",
    install_requires=["lib @ ${pythonUrl(s)}"],
)
`,
  }),
]

function pythonFiles(s: Setting): CorpusFile {
  return s.pick(PYTHON)(s)
}

function bundlerFiles(s: Setting): CorpusFile {
  const login = s.app()
  return s.pick<() => CorpusFile>([
    () => ({
      path: '.bundle/config',
      format: 'yaml',
      text: draft`---\nBUNDLE_PATH: "vendor/bundle"\nBUNDLE_BITBUCKET__ORG: "${login.username}:${bundler.secret(login, 'percent')}"\n`,
    }),
    () => ({
      path: 'ci/env.sh',
      format: 'shell',
      text: draft`export BUNDLE_BITBUCKET__ORG="${login.username}:${bundler.secret(login, 'shell-double', 'percent')}"\n`,
    }),
    () => ({
      path: 'Dockerfile',
      format: 'dockerfile',
      text: draft`FROM ruby:3.3\nARG BUNDLE_BITBUCKET__ORG=${login.username}:${bundler.secret(login)}\nRUN bundle install\n`,
    }),
    () => ({
      path: 'Gemfile',
      format: 'ruby',
      text: draft`source 'https://gems.example.org'\ngem 'rails'\ngem 'lib', git: '${loginUrl(s, bundler, s.git())}', branch: 'main'\n`,
    }),
    () => ({
      path: 'Gemfile.lock',
      format: 'text',
      text: draft`GIT\n  remote: ${loginUrl(s, bundler, s.git())}\n  revision: ${decoy('hash', s.hex(40))}\n  specs:\n    lib (1.0)\n`,
    }),
    () => ({
      path: 'scripts/fetch.sh',
      format: 'shell',
      text: draft`curl -sO ${loginUrl(s, bundlerRest, s.rest(), { path: `/${s.workspace}/${s.repo}/raw/main/schema.rb` })}\n`,
    }),
  ])()
}

const JAVA: readonly ((s: Setting, login: Login) => CorpusFile)[] = [
  (s, login) => ({
    path: '.m2/settings.xml',
    format: 'xml',
    text: draft`<?xml version="1.0" encoding="UTF-8"?>
<settings>
  <servers>
    <server>
      <id>nexus</id>
      <username>deploy</username>
      <password>${decoy('encrypted', `{${Buffer.from(s.hex(32)).toString('base64')}}`)}</password>
    </server>
    <!-- ${s.note()} -->
    <server>
      <id>${s.pick(['bitbucket.org', 'bitbucket', 'api.bitbucket.org'])}</id>
      <username>${login.username}</username>
      <password>${maven.secret(login, 'xml')}</password>
    </server>
  </servers>
</settings>
`,
  }),
  (s) => ({
    path: 'pom.xml',
    format: 'xml',
    text: draft`<project>
  <modelVersion>4.0.0</modelVersion>
  <artifactId>${s.repo}</artifactId>
  <scm>
    <developerConnection>scm:git:${loginUrl(s, maven, s.git(), { outer: ['xml'] })}</developerConnection>
  </scm>
</project>
`,
  }),
  (s, login) => ({
    path: s.pick(['gradle.properties', '.gradle/gradle.properties']),
    format: 'properties',
    charsets: ['utf8'],
    text: draft`org.gradle.jvmargs=-Xmx2g
# bitbucket.org
bitbucketUsername=${login.username}
bitbucketAppPassword${s.pick(['=', ' = ', ': '])}${maven.secret(login, 'properties')}
`,
  }),
  (s, login) => ({
    path: 'build.gradle',
    format: 'groovy',
    text: draft`repositories {
    maven {
        url "https://api.bitbucket.org/2.0/repositories/${s.workspace}/maven/src/releases"
        credentials {
            username '${login.username}'
            password '${mavenRest.secret(login)}'
        }
        authentication { basic(BasicAuthentication) }
    }
}
`,
  }),
  (s, login) => ({
    path: 'src/main/resources/application.properties',
    format: 'properties',
    text: draft`spring.cloud.config.server.git.uri=https://bitbucket.org/${s.workspace}/config.git
spring.cloud.config.server.git.username=${login.username}
spring.cloud.config.server.git.password=${maven.secret(login, 'properties')}
spring.datasource.password=${decoy('other service', s.text('abcdefghij0123456789', 20))}
`,
  }),
  (s, login) => ({
    path: 'src/main/resources/application.yml',
    format: 'yaml',
    text: draft`spring:
  cloud:
    config:
      server:
        git:
          uri: https://bitbucket.org/${s.workspace}/config.git
          username: ${login.username}
          password: ${maven.secret(login)}
`,
  }),
]

function javaFiles(s: Setting): CorpusFile {
  const login = s.app()
  return s.pick(JAVA)(s, login)
}

function semanticRelease(s: Setting): CorpusFile {
  const login = s.app()
  const line = s.pick([
    draft`BITBUCKET_TOKEN_BASIC_AUTH=${login.username}:${release.secret(login)}`,
    draft`GIT_CREDENTIALS=${login.username}:${release.secret(login)}
REPOSITORY_URL=https://bitbucket.org/${s.workspace}/${s.repo}.git`,
    draft`BB_TOKEN=${release.secret(alone(s.access()))}`,
    draft`BB_TOKEN_BASIC_AUTH=${login.username}:${release.secret(login)}`,
  ])
  return {
    path: '.env',
    format: 'dotenv',
    text: draft`CI=true\n${line}\nNPM_TOKEN=${decoy('other service', `np${'m_'}${s.hex(36)}`)}\n`,
  }
}

function pipConf(s: Setting): CorpusFile {
  const path = `/2.0/repositories/${s.workspace}/pypi/src/main/simple`
  return {
    path: s.pick(['.config/pip/pip.conf', '.pip/pip.conf', 'pip.ini']),
    format: 'ini',
    text: draft`[global]
timeout = 60
extra-index-url =
    https://pypi.example.com/simple
    ${loginUrl(s, placesOf('pip/poetry/uv/pdm', REST), { ...s.app() }, { host: REST, path, outer: ['percent-doubled'] })}
`,
  }
}

export const packagePlaces: readonly Shape[] = [
  { name: 'Python', root: 'projects', times: 48, make: pythonFiles },
  { name: 'pip.conf', root: 'homes', times: 8, make: pipConf },
  { name: 'Bundler', root: 'projects', times: 30, make: bundlerFiles },
  { name: 'Maven and Gradle', root: 'projects', times: 36, make: javaFiles },
  {
    name: 'Cargo, CocoaPods, Swift',
    root: 'projects',
    times: 14,
    make: (s) =>
      s.pick<() => CorpusFile>([
        () => ({
          path: 'Cargo.toml',
          format: 'toml',
          text: draft`[package]\nname = "app"\nversion = "0.1.0"\n\n[dependencies]\nlib = { git = "${loginUrl(s, cargo, s.git())}", tag = "v1" }\n`,
        }),
        () => ({
          path: 'Podfile',
          format: 'ruby',
          text: draft`target 'App' do\n  pod 'Kit', :git => '${loginUrl(s, cargo, s.git())}', :tag => '1.0'\nend\n`,
        }),
        () => ({
          path: 'Package.swift',
          format: 'swift',
          text: draft`let package = Package(name: "App", dependencies: [\n    .package(url: "${loginUrl(s, cargo, s.git())}", from: "1.0.0"),\n])\n`,
        }),
        () => ({
          path: 'Cargo.lock',
          format: 'toml',
          text: draft`[[package]]\nname = "lib"\nversion = "1.0.0"\nsource = "git+${loginUrl(s, cargo, s.git(), { path: `/${s.workspace}/${s.repo}?tag=v1#${s.hex(40)}` })}"\n`,
        }),
      ])(),
  },
  { name: 'semantic-release', root: 'projects', times: 14, make: semanticRelease },
  {
    name: 'Electron publishing',
    root: 'projects',
    times: 12,
    make: (s) => {
      const login = s.app()
      return s.chance(50)
        ? {
            path: 'forge.config.js',
            format: 'javascript',
            text: draft`module.exports = {
  publishers: [{
    name: '@electron-forge/publisher-bitbucket',
    config: {
      repository: { owner: '${s.workspace}', name: '${s.repo}' },
      auth: { username: '${login.username}', appPassword: '${electron.secret(login, 'literal')}' },
    },
  }],
}
`,
          }
        : {
            path: 'electron-builder.env',
            format: 'dotenv',
            text: draft`BITBUCKET_USERNAME=${login.username}\nBITBUCKET_TOKEN=${electron.secret({ ...s.shaped(), username: login.username })}\n`,
          }
    },
  },
]
