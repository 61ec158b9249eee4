import { decoy, draft } from '../draft.ts'
import { type CorpusFile, GIT, placesOf, REST, type Setting, type Shape } from '../setting.ts'
import { loginUrl } from '../urls.ts'

const provider = placesOf('tf.provider', REST)

const aeirola = placesOf('tf.aeirola', REST)

const modules = placesOf('tf.modules', GIT)

const state = placesOf('tf.state', REST)

const atlantis = placesOf('atlantis', REST)

const spinnaker = placesOf('spinnaker', REST)

function terraformProvider(s: Setting): CorpusFile {
  const login = s.rest()
  return {
    path: s.pick(['providers.tf', 'main.tf', 'envs/prod/provider.tf']),
    format: 'hcl',
    text: draft`terraform {
  required_providers {
    bitbucket = { source = "DrFaust92/bitbucket", version = "~> 2.40" }
  }
}

/* ${s.note()} */
provider "bitbucket" {
  username = "${login.username}"
  password = "${provider.secret(login)}" # ${s.note()}
}

provider "aws" {
  access_key = "${decoy('other service', `AK${'IA'}${s.hex(16).toUpperCase()}`)}"
}
`,
  }
}

function tfvars(s: Setting): readonly CorpusFile[] {
  const login = s.app()
  return [
    {
      path: 'variables.tf',
      format: 'hcl',
      text: draft`variable "bitbucket_username" {}
variable "bitbucket_password" { sensitive = true }

provider "bitbucket" {
  username = var.bitbucket_username
  password = var.bitbucket_password
}
`,
    },
    s.chance(70)
      ? {
          path: s.pick(['terraform.tfvars', 'prod.auto.tfvars']),
          format: 'hcl',
          text: draft`region             = "eu-central-1"
bitbucket_username = "${login.username}"
bitbucket_password = "${provider.secret(login)}"
`,
        }
      : {
          path: 'terraform.tfvars.json',
          format: 'json',
          text: draft`{ "bitbucket_username": "${login.username}", "bitbucket_password": "${provider.secret(login, 'json')}" }\n`,
        },
  ]
}

function moduleSource(s: Setting): CorpusFile {
  const path = `/${s.workspace}/terraform-modules.git//vpc?ref=v${s.between(1, 9)}.0`
  return s.chance(70)
    ? {
        path: s.pick(['modules.tf', 'network/main.tf']),
        format: 'hcl',
        text: draft`module "vpc" {
  source = "git::${loginUrl(s, modules, s.git(), { path })}"
  cidr   = "10.0.0.0/16"
}
`,
      }
    : {
        path: 'live/prod/terragrunt.hcl',
        format: 'hcl',
        text: draft`include "root" { path = find_in_parent_folders() }

terraform {
  source = "git::${loginUrl(s, modules, s.git(), { path })}"
}
`,
      }
}

function stateFile(s: Setting): CorpusFile {
  const login = s.shaped()
  return {
    path: 'terraform.tfstate',
    format: 'json',
    text: draft`{
  "version": 4,
  "terraform_version": "1.9.5",
  "serial": ${s.between(1, 400)},
  "resources": [
    {
      "mode": "managed",
      "type": "azuredevops_serviceendpoint_bitbucket",
      "name": "bb",
      "instances": [{ "attributes": {
        "id": "${s.hex(8)}-${s.hex(4)}-4${s.hex(3)}-a${s.hex(3)}-${s.hex(12)}",
        "username": "${login.username}",
        "password": "${state.secret(login, s.pick(['json', 'json-html-safe'] as const))}"
      } }]
    }
  ]
}
`,
  }
}

export const terraformPlaces: readonly Shape[] = [
  { name: 'Terraform provider', root: 'projects', times: 16, make: terraformProvider },
  { name: 'Terraform variables', root: 'projects', times: 14, make: tfvars },
  {
    name: 'Terraform by environment',
    root: 'projects',
    times: 8,
    make: (s) => {
      const login = s.rest()
      return {
        path: '.envrc',
        format: 'shell',
        text: draft`export BITBUCKET_USERNAME="${login.username}"
export BITBUCKET_PASSWORD="${provider.secret(login, 'shell-double')}"  # terraform, DrFaust92/bitbucket
export TF_IN_AUTOMATION=1
`,
      }
    },
  },
  {
    name: 'an older provider',
    root: 'projects',
    times: 6,
    make: (s) => {
      const login = s.app()
      return {
        path: 'legacy.tf',
        format: 'hcl',
        text: draft`terraform { required_providers { bitbucket = { source = "aeirola/bitbucket" } } }
provider "bitbucket" {
  username = "${login.username}"
  password = "${aeirola.secret(login)}"
}
`,
      }
    },
  },
  { name: 'Terraform module source', root: 'projects', times: 18, make: moduleSource },
  { name: 'Terraform state', root: 'projects', times: 10, make: stateFile },
  {
    name: 'downloaded modules',
    root: 'projects',
    times: 6,
    make: (s) => ({
      path: '.terraform/modules/modules.json',
      format: 'json',
      text: draft`{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"vpc","Source":"git::${loginUrl(s, modules, s.git(), { path: `/${s.workspace}/terraform-modules.git?ref=v1`, outer: ['json'] })}","Dir":".terraform/modules/vpc"}]}`,
    }),
  },
  {
    name: 'Atlantis',
    root: 'projects',
    times: 12,
    make: (s) => {
      const login = s.app()
      return s.chance(50)
        ? {
            path: 'charts/atlantis/values.yaml',
            format: 'yaml',
            text: draft`orgAllowlist: bitbucket.org/${s.workspace}/*
bitbucket:
  user: ${login.username}
  secret: ${atlantis.secret(login)}
`,
          }
        : {
            path: 'atlantis/.env',
            format: 'dotenv',
            text: draft`ATLANTIS_REPO_ALLOWLIST=bitbucket.org/${s.workspace}/*
ATLANTIS_BITBUCKET_USER=${login.username}
ATLANTIS_BITBUCKET_TOKEN=${atlantis.secret(login)}
`,
          }
    },
  },
  {
    name: 'Atlantis on the command line',
    root: 'hosts',
    times: 8,
    make: (s) => {
      const login = s.shaped()
      return {
        path: 'etc/systemd/system/atlantis.service',
        format: 'systemd',
        text: draft`[Unit]
Description=Atlantis (${s.note()})

[Service]
ExecStart=/usr/bin/atlantis server --bitbucket-user=${login.username} --bitbucket-token=${atlantis.secret(login, 'systemd')} --repo-allowlist=bitbucket.org/${s.workspace}/*
Restart=always

[Install]
WantedBy=multi-user.target
`,
      }
    },
  },
  {
    name: 'Spinnaker artifacts',
    root: 'homes',
    times: 6,
    make: (s) => {
      const login = s.app()
      return {
        path: '.hal/config',
        format: 'yaml',
        text: draft`deploymentConfigurations:
- name: default
  artifacts:
    bitbucket:
      enabled: true
      accounts:
      - name: ${s.workspace}
        username: ${login.username}
        password: ${spinnaker.secret(login)}
`,
      }
    },
  },
]
