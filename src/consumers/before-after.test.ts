import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { connectorContract } from '../../test/contract/connector.ts'
import { fixtureValues, loadFixture } from '../../test/contract/fixtures.ts'
import { API_TOKEN_GIT_USERNAME } from '../bitbucket/usernames.ts'
import { consumers } from './registry.ts'

const values = fixtureValues()
const GIT = { set: API_TOKEN_GIT_USERNAME }
const MAIL = { set: 'alice@example.com' }

type Row = readonly [
  consumer: string,
  fixture: string,
  path: string,
  address: string,
  username: { readonly set: string } | 'keep',
]

/** One place of each, before and after it got an API token. */
const ROWS: readonly Row[] = [
  ['acr-tasks', 'script', 'task.sh', 'az-acr-task-create.--git-access-token', GIT],
  ['airbyte', 'api', 'bitbucket.json', 'configuration.app_password', MAIL],
  ['all-repos', 'config', 'all-repos.json', 'source_settings.app_password', MAIL],
  ['ansible-bitbucket', 'tasks', 'roles/ci/tasks/main.yml', '1.bitbucket_access_key.password', MAIL],
  ['ansible-git', 'playbook', 'deploy.yml', '0.tasks.1.git.repo', GIT],
  ['argo-workflows', 'artifact', 'workflow.yaml', 'Secret/git-creds.pw', GIT],
  ['argocd', 'chart', 'values.yaml', 'configs.repositories.charts.password', GIT],
  ['argocd-applicationset', 'generators', 'applicationset.yaml', 'Secret/scm.appPassword', MAIL],
  ['atlantis', 'chart', 'values.yaml', 'bitbucket.token', MAIL],
  ['awx', 'list', 'group_vars/all.yml', 'controller_credentials.1.inputs.password', GIT],
  ['azure-devops', 'json', 'azdo/endpoint.json', 'authorization.parameters.password', MAIL],
  ['azure-key-vault', 'command', 'set.sh', 'az-keyvault-secret-set.--value', 'keep'],
  ['azure-pipelines', 'steps', 'azure-pipelines.yml', 'steps.0.script', GIT],
  ['backstage', 'app-password', 'app-config.yaml', 'integrations.bitbucketCloud.0.appPassword', MAIL],
  [
    'bamboo',
    'java',
    'bamboo-specs/src/main/java/acme/PlanSpec.java',
    'PlanSpec.planRepositories().0.authentication().0.password().0',
    GIT,
  ],
  ['bb', 'env', 'review.sh', 'BB_APP_PASSWORD', MAIL],
  ['bitbucket-cli', 'command', 'setup.sh', 'bb-profile-create.--password', MAIL],
  ['bitbucket-pipelines', 'auth-string', 'bitbucket-pipelines.yml', 'BB_AUTH_STRING', GIT],
  ['bitbucket-pipes', 'docker', 'upload.sh', 'BITBUCKET_APP_PASSWORD', MAIL],
  [
    'bitbucket-pullrequest-builder',
    'trigger',
    'jobs/app-pr.xml',
    'project.triggers.bitbucketpullrequestbuilder.bitbucketpullrequestbuilder.BitbucketBuildTrigger.password',
    MAIL,
  ],
  ['bucketcloner', 'commands', 'clone.sh', 'bucketcloner.-p', MAIL],
  ['buildkite', 'hook', 'etc/buildkite-agent/hooks/environment', 'BITBUCKET_PASSWORD', GIT],
  ['bundler', 'config', '.bundle/config', 'BUNDLE_BITBUCKET__ORG', GIT],
  ['circleci', 'config', '.circleci/config.yml', 'jobs.build.environment.BITBUCKET_APP_PASSWORD', GIT],
  ['codebuild', 'cdk', 'lib/stack.ts', 'BitBucketSourceCredentials.password', MAIL],
  ['codefresh', 'context', 'bitbucket-context.yml', 'spec.data.auth.password', MAIL],
  ['composer', 'auth-json', 'auth.json', 'http-basic.bitbucket.org.password', MAIL],
  ['conan', 'recipe', 'conanfile.py', 'clone().0', GIT],
  ['curlrc', 'pair', '.curlrc', 'user', MAIL],
  ['danger', 'basic', 'danger.env', 'DANGER_BITBUCKETCLOUD_PASSWORD', MAIL],
  ['databricks', 'body', 'credential.json', 'personal_access_token', GIT],
  ['dependabot', 'env', '.env', 'BITBUCKET_APP_PASSWORD', MAIL],
  ['dokploy', 'export', 'providers.json', 'bitbucket.0.appPassword', MAIL],
  ['drone', 'pipeline', '.drone.yml', 'steps.0.settings.password', GIT],
  ['electron-builder', 'builder', 'electron-builder.yml', 'publish.1.token', MAIL],
  ['electron-forge', 'config', 'forge.config.js', 'module.exports.publishers.0.config.auth.appPassword', MAIL],
  ['entitle', 'connection', 'bitbucket.json', 'connection.app_password', MAIL],
  ['flux', 'repository', 'flux-system/source.yaml', 'Secret/fleet-auth.password', GIT],
  ['gcm', 'chosen', 'store/https/bitbucket.org/acme/app/ci.credential', 'credential', GIT],
  ['ghorg', 'command', 'backup.sh', 'ghorg-clone.--token', MAIL],
  ['gickup', 'conf', 'conf.yml', 'source.bitbucket.0.password', MAIL],
  ['git-askpass', 'approve', 'scripts/login.sh', 'credential#2', GIT],
  ['git-sync', 'credential', 'deployment.yaml', '1.password', GIT],
  ['git-town', 'command', 'setup.sh', 'git-config.git-town.bitbucket-app-password', 'keep'],
  ['gitbackup', 'cron', 'backup.sh', 'BITBUCKET_PASSWORD', MAIL],
  ['gitlab-ci', 'variables', '.gitlab-ci.yml', 'mirror.script.2', GIT],
  ['gocd', 'cruise-config', 'etc/go/cruise-config.xml', 'cruise.pipelines.pipeline.materials.git.@password', GIT],
  ['google-secret-manager', 'terraform', 'secrets.tf', 'bitbucket_token', 'keep'],
  ['gradle', 'groovy', 'build.gradle', 'credentials.password', MAIL],
  ['harness', 'secret', 'harness/bitbucket.yaml', 'secret.spec.value', MAIL],
  ['helm', 'chart', 'Chart.yaml', 'dependencies.0.repository', GIT],
  [
    'jenkins-casc',
    'domain',
    'casc/credentials.yaml',
    'credentials.system.domainCredentials.0.credentials.0.usernamePassword.password',
    GIT,
  ],
  ['jenkins-scripts', 'command', 'seed.sh', 'UsernamePasswordCredentialsImpl.bitbucket', GIT],
  ['jenkinsfile', 'commands', 'ci/Jenkinsfile.release', 'curl.-u', MAIL],
  ['kubernetes-secret', 'annotations', 'secrets.yaml', 'Secret/tekton-git.password', GIT],
  ['kustomize', 'resources', 'kustomization.yaml', 'resources.0', GIT],
  ['maven', 'pom', 'pom.xml', 'project.scm.connection', GIT],
  ['mcp', 'codex', 'config.toml', 'mcp_servers.bitbucket.env.BITBUCKET_TOKEN', 'keep'],
  ['n8n', 'export', 'credentials.json', '0.data.appPassword', MAIL],
  ['netrc-script', 'dockerfile', 'Dockerfile', 'machine/bitbucket.org', GIT],
  ['nextflow', 'config-map', 'scm.yaml', 'providers.bitbucket.password', MAIL],
  ['npm', 'manifest', 'package.json', 'dependencies.design-system', GIT],
  ['nuget', 'config', 'NuGet.config', 'packageSourceCredentials.Acme_x0020_Packages.ClearTextPassword', MAIL],
  ['openhands', 'access-token', 'compose.yaml', 'services.openhands.environment.0', 'keep'],
  ['pr-agent', 'bearer', 'compose.yaml', 'services.agent.environment.BITBUCKET.BEARER_TOKEN', 'keep'],
  ['prefect', 'block', 'blocks.py', 'BitBucketCredentials().password', MAIL],
  ['program', 'argument-list', 'fetch.py', 'subprocess.check_call().0.3', MAIL],
  ['pulumi', 'stack', 'Pulumi.prod.yaml', 'config.bitbucket:password', MAIL],
  ['r10k', 'puppetfile', 'Puppetfile', 'mod().git', GIT],
  ['rancher-fleet', 'gitrepo', 'fleet.yaml', 'Secret/apps-auth.password', GIT],
  ['renovate', 'command', 'run.sh', 'renovate.--password', MAIL],
  ['repo-manifest', 'manifest', 'default.xml', 'manifest.remote.@fetch', GIT],
  ['reviewdog', 'basic', 'lint.sh', 'BITBUCKET_PASSWORD', MAIL],
  ['rundeck', 'key', 'var/storage/content/keys/project/ops/bitbucket.password', 'bitbucket.password', 'keep'],
  ['salt', 'global', 'gitfs.conf', 'gitfs_password', GIT],
  ['snyk', 'count', 'count.sh', 'snyk-scm-contributors-count-bitbucket-cloud.--password', MAIL],
  ['sourcegraph', 'code-host', 'bitbucket.json', 'appPassword', MAIL],
  ['spinnaker', 'clouddriver', 'clouddriver.yml', 'artifacts.bitbucket.accounts.0.password', MAIL],
  ['spring-cloud-config', 'properties', 'application.properties', 'spring.cloud.config.server.git.password', GIT],
  ['swift-package-manager', 'manifest', 'Package.swift', 'package.Package().1.1', GIT],
  ['teamcity', 'kotlin', '.teamcity/settings.kts', 'Root.GitVcsRoot().0.authMethod.password', GIT],
  ['terraform-bitbucket', 'provider', 'main.tf', 'provider.bitbucket.password', MAIL],
  ['tokens-studio', 'settings', 'providers.json', '0.secret', MAIL],
  ['trufflehog', 'config', 'config.yaml', 'sources.1.connection.basicAuth.password', MAIL],
  ['vault', 'command', 'put.sh', 'vault-kv-put--mount=secret.password', GIT],
  ['woodpecker', 'pipeline', '.woodpecker/deploy.yml', 'steps.0.commands.1', GIT],
  ['yocto', 'recipe', 'recipes-core/web/web_1.0.bb', 'SRC_URI', GIT],
  ['cargo', 'manifest', 'Cargo.toml', 'dependencies.ledger.git', GIT],
  ['cocoapods', 'podfile', 'Podfile', 'pod().git', GIT],
  ['devlake', 'connection', 'connection.json', 'password', MAIL],
  ['flux-notification', 'provider', 'provider.yaml', 'Secret/status-token.token', MAIL],
  ['github-actions', 'workflow', '.github/workflows/mirror.yml', 'jobs.mirror.steps.3.run', GIT],
  ['gitlab', 'json-argument', 'scripts/import.sh', 'bitbucket_app_password', MAIL],
  ['http-file', 'requests', 'api.http', 'Authorization', MAIL],
  ['packistry', 'source', 'sources.json', '0.token', MAIL],
  ['pip', 'requirements', 'requirements-dev.txt', 'text', GIT],
  ['pipelines-as-code', 'repository', 'repository.yaml', 'Secret/web-token.provider.token', MAIL],
  ['postman', 'collection', 'acme.postman_collection.json', 'item.0.request.auth.basic.password', MAIL],
  ['terraform-modules', 'sources', 'main.tf', 'module.network.source', GIT],
  ['aws-secrets', 'older', 'put.sh', 'aws-ssm-put-parameter.--value', 'keep'],
  ['bbucket-cli', 'older', '.bb-cli-config.json', 'auth.appPassword', MAIL],
  ['bkt', 'login', 'setup.sh', 'bkt-auth-login.--token#2', MAIL],
  ['buildkit', 'variables', 'build.env', 'GIT_AUTH_HEADER.bitbucket.org', GIT],
  ['gh-bbc-exporter', 'commands', 'migrate.sh', 'bbc-exporter.-p', MAIL],
  ['kingfisher', 'password', 'scan.sh', 'KF_BITBUCKET_APP_PASSWORD', MAIL],
  ['satis', 'urls', 'satis.json', 'repositories.0.url', GIT],
  ['scm-backup', 'older', 'settings.yml', 'sources.0.password', MAIL],
  ['semantic-release', 'git-credentials', 'release.sh', 'GIT_CREDENTIALS', GIT],
  ['sourcebot', 'config', 'config.json', 'connections.older.token', MAIL],
  ['weblate', 'settings', 'settings-override.py', 'BITBUCKETCLOUD_CREDENTIALS.bitbucket.org.token', MAIL],
  ['curl', 'script', 'ask.sh', 'curl', MAIL],
  ['http-header', 'request', 'ask.txt', 'Authorization', MAIL],
  ['settings', 'mirror', 'mirror.yml', 'mirror.password', GIT],
  ['token', 'notes', 'notes.txt', 'token', 'keep'],
  ['url-userinfo', 'links', 'links.json', 'a', GIT],
  ['variables', 'env', '.env', 'BITBUCKET_APP_PASSWORD', MAIL],
]

describe.each(ROWS)('%s: %s', (id, fixture, path, address, username) => {
  const folder = join(import.meta.dirname, id, 'fixtures', fixture)
  const connector = consumers.find((consumer) => consumer.id === id)?.connector
  if (connector === undefined) throw new Error(`${id} has no connector`)
  connectorContract({
    consumer: id,
    connector,
    cases: [
      {
        name: address,
        before: loadFixture(join(folder, 'before'), values),
        after: loadFixture(join(folder, 'after'), values),
        path,
        address,
        change: { username, secret: values.NEW },
        // The first line of a file of Git Credential Manager is the secret.
        elsewhere: { before: id === 'gcm' ? '' : '\n', after: '\n' },
      },
    ],
  })
})

describe('every consumer that changes files', () => {
  // Ansible Vault draws a salt for each file, and the other two change what is not in files: they have suites of their own.
  const OTHERS = ['ansible-vault', 'git-helper', 'jenkins']
  const written = consumers.filter(({ id, connector }) => connector !== undefined && !OTHERS.includes(id))
  const hasAfter = (fixtures: string): boolean =>
    existsSync(fixtures) && readdirSync(fixtures).some((name) => existsSync(join(fixtures, name, 'after')))

  test('has a folder before the change and one after it', () => {
    const without = written.filter(({ id }) => !hasAfter(join(import.meta.dirname, id, 'fixtures')))
    expect(without.map(({ id }) => id)).toEqual([])
    expect(written.length).toBeGreaterThan(100)
  })
})
