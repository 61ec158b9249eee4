import { decoy, draft } from '../draft.ts'
import { type CorpusFile, GIT, placesOf, REST, type Setting, type Shape } from '../setting.ts'
import { loginUrl } from '../urls.ts'

const ansibleGit = placesOf('ansible.git', GIT)

const ansibleModule = placesOf('ansible.cg', REST)

const awx = placesOf('awx', GIT)

const r10k = placesOf('puppet.r10k', GIT)

const salt = placesOf('salt.gitfs', GIT)

const packer = placesOf('git.store', GIT)

const rundeck = placesOf('rundeck.scm', GIT)

const yocto = placesOf('yocto/repo', GIT)

const acr = placesOf('acr.tasks', GIT)

const helm = placesOf('helm/kustomize', GIT)

function ansibleVars(s: Setting): CorpusFile {
  const login = s.app()
  return {
    path: s.pick(['group_vars/all.yml', 'host_vars/build01/vars.yaml', 'inventory/group_vars/ci.yml']),
    format: 'yaml',
    charsets: ['utf8-bom'],
    text: draft`---
# ${s.note()}
bitbucket_user: ${login.username}
bitbucket_app_password: ${ansibleGit.secret(login)}
nexus_password: !vault |
          $ANSIBLE_VAULT;1.1;AES256
          ${decoy('encrypted', s.hex(80))}
          ${decoy('encrypted', s.hex(80))}
repo_url: "https://{{ bitbucket_user }}:{{ bitbucket_app_password }}@bitbucket.org/${s.workspace}/${s.repo}.git"
`,
  }
}

export const infraPlaces: readonly Shape[] = [
  { name: 'Ansible variables', root: 'projects', times: 16, make: ansibleVars },
  {
    name: 'Ansible git task',
    root: 'projects',
    times: 12,
    make: (s) => ({
      path: 'playbooks/deploy.yml',
      format: 'yaml',
      text: draft`- hosts: web
  tasks:
    - name: check out
      ansible.builtin.git:
        repo: "${loginUrl(s, ansibleGit, s.git())}"
        dest: /srv/${s.repo}
        version: main
`,
    }),
  },
  {
    name: 'Ansible Bitbucket modules',
    root: 'projects',
    times: 10,
    make: (s) => {
      const login = s.rest()
      return {
        path: 'playbooks/keys.yml',
        format: 'yaml',
        text: draft`- hosts: localhost
  tasks:
    - community.general.bitbucket_access_key:
        repository: ${s.repo}
        workspace: ${s.workspace}
        user: ${login.username}
        password: '${ansibleModule.secret(login, 'yaml-single')}'
        label: deploy
        state: present
`,
      }
    },
  },
  {
    name: 'AWX',
    root: 'projects',
    times: 8,
    make: (s) => {
      const login = s.app()
      return {
        path: 'awx/credentials.yml',
        format: 'yaml',
        text: draft`controller_credentials:
  - name: bitbucket
    description: scm login for https://bitbucket.org/${s.workspace}
    credential_type: Source Control
    organization: Default
    inputs:
      username: ${login.username}
      password: ${awx.secret(login)}
`,
      }
    },
  },
  {
    name: 'r10k and Puppetfile',
    root: 'hosts',
    times: 12,
    make: (s) =>
      s.chance(50)
        ? {
            path: 'etc/puppetlabs/r10k/r10k.yaml',
            format: 'yaml',
            text: draft`:cachedir: /var/cache/r10k
:sources:
  :control:
    remote: ${loginUrl(s, r10k, s.git())}
    basedir: /etc/puppetlabs/code/environments
`,
          }
        : {
            path: 'srv/control/Puppetfile',
            format: 'ruby',
            text: draft`forge 'https://forge.puppet.com'
mod 'puppetlabs/stdlib', '9.6.0'
mod 'profiles',
  :git => '${loginUrl(s, r10k, s.git())}',
  :branch => 'main'
`,
          },
  },
  {
    name: 'Salt gitfs',
    root: 'hosts',
    times: 10,
    make: (s) => {
      const login = s.app()
      return {
        path: 'etc/salt/master.d/gitfs.conf',
        format: 'yaml',
        text: draft`fileserver_backend: [gitfs]
gitfs_provider: pygit2
gitfs_remotes:
  - https://bitbucket.org/${s.workspace}/salt-states.git:
    - user: ${login.username}
    - password: ${salt.secret(login)}
`,
      }
    },
  },
  {
    name: 'Salt with global gitfs login',
    root: 'hosts',
    times: 6,
    make: (s) => {
      const login = s.app()
      return {
        path: 'etc/salt/master',
        format: 'yaml',
        text: draft`gitfs_user: ${login.username}
gitfs_password: ${salt.secret(login)}
gitfs_remotes:
  - https://bitbucket.org/${s.workspace}/salt-states.git
`,
      }
    },
  },
  {
    name: 'Rundeck',
    root: 'hosts',
    times: 6,
    make: (s) => ({
      path: 'var/rundeck/scm.properties',
      format: 'properties',
      text: draft`scm.import.enabled=true
scm.import.config.url=${loginUrl(s, rundeck, s.app(), { outer: ['properties'] })}
scm.import.config.branch=main
`,
    }),
  },
  {
    name: 'Yocto recipes and repo manifests',
    root: 'projects',
    times: 12,
    make: (s) => {
      const login = s.app()
      return s.chance(50)
        ? {
            path: `recipes/${s.repo}_git.bb`,
            format: 'bitbake',
            text: draft`SUMMARY = "${s.repo}"
SRC_URI = "git://bitbucket.org/${s.workspace}/${s.repo}.git;protocol=https;user=${login.username}:${yocto.secret(login)};branch=main"
SRCREV = "${s.hex(40)}"
`,
          }
        : {
            path: 'default.xml',
            format: 'xml',
            text: draft`<?xml version="1.0" encoding="UTF-8"?>
<manifest>
  <remote name="bb" fetch="${loginUrl(s, yocto, s.git(), { path: `/${s.workspace}`, outer: ['xml'] })}" />
  <project remote="bb" name="${s.repo}" path="src" />
</manifest>
`,
          }
    },
  },
  {
    name: 'ACR task',
    root: 'projects',
    times: 6,
    make: (s) => {
      const login = s.app()
      return {
        path: 'scripts/acr.sh',
        format: 'shell',
        text: draft`az acr task create --registry reg --name ${s.repo} \\
  --context https://bitbucket.org/${s.workspace}/${s.repo}.git \\
  --git-access-token "${login.username}:${acr.secret(login)}" --file Dockerfile
`,
      }
    },
  },
  {
    name: 'kustomize and helm',
    root: 'projects',
    times: 10,
    make: (s) =>
      s.chance(50)
        ? {
            path: 'overlays/prod/kustomization.yaml',
            format: 'yaml',
            text: draft`resources:
  - ${loginUrl(s, helm, s.git(), { path: `/${s.workspace}/${s.repo}.git//base?ref=main` })}
  - ../../common
`,
          }
        : {
            path: 'charts/app/Chart.yaml',
            format: 'yaml',
            text: draft`apiVersion: v2
name: app
version: 0.1.0
dependencies:
  - name: base
    version: 1.x
    repository: "git+${loginUrl(s, helm, s.git(), { path: `/${s.workspace}/charts@base?ref=main` })}"
`,
          },
  },
  {
    name: 'cloud-init and user data',
    root: 'projects',
    times: 8,
    make: (s) => ({
      path: 'packer/user-data.yaml',
      format: 'yaml',
      text: draft`#cloud-config
write_files:
  - path: /root/.git-credentials
    permissions: '0600'
    content: |
      ${loginUrl(s, packer, s.git(), { path: '' })}
runcmd:
  - git clone https://bitbucket.org/${s.workspace}/${s.repo}.git /srv/app
`,
    }),
  },
]
