import { z } from 'zod'
import type { Project } from '../../world.ts'
import {
  created,
  done,
  nameOf,
  notFound,
  ok,
  okOr,
  page,
  type WorkspaceBehaviour,
  type WorkspaceCall,
  withBody,
  wrongFields,
} from '../call.ts'

const resource = (project: Project): Record<string, unknown> => ({
  type: 'project',
  key: project.key,
  name: project.name,
  uuid: `{${project.uuid}}`,
  is_private: project.isPrivate,
  workspace: { type: 'workspace', slug: project.workspace },
  links: { self: { href: `https://api.bitbucket.org/2.0/workspaces/${project.workspace}/projects/${project.key}` } },
})

const asked = (call: WorkspaceCall): Project | undefined =>
  call.stage.world.project(call.workspace.slug, nameOf(call, 'project_key'))

const key = z.string().regex(/^[A-Z][A-Z0-9_]*$/)
const newProject = z.object({ key, name: z.string().min(1), is_private: z.boolean().default(true) })
const changes = z.object({ name: z.string().min(1).optional(), is_private: z.boolean().optional() })

const create: WorkspaceBehaviour = (call) =>
  withBody(call, newProject, (body) => {
    const { world } = call.stage
    if (world.project(call.workspace.slug, body.key) !== undefined) {
      return wrongFields({ key: ['Project with this Key already exists.'] })
    }
    const uuid = world.newId('project', call.workspace.uuid, body.key)
    const project = { workspace: call.workspace.slug, key: body.key, name: body.name, uuid, isPrivate: body.is_private }
    world.putProject(project)
    return created(resource(project))
  })

const update: WorkspaceBehaviour = (call) =>
  withBody(call, changes, (body) => {
    const project = asked(call)
    if (project === undefined) return notFound('Project not found')
    const changed = {
      ...project,
      name: body.name ?? project.name,
      isPrivate: body.is_private ?? project.isPrivate,
    }
    call.stage.world.putProject(changed)
    return ok(resource(changed))
  })

const remove: WorkspaceBehaviour = (call) => {
  const project = asked(call)
  if (project === undefined) return notFound('Project not found')
  const { world } = call.stage
  const used = world.repositories().some((one) => one.workspace === project.workspace && one.project === project.key)
  if (used) return { kind: 'refused', status: 400, message: 'The project contains repositories' }
  world.removeProject(project.workspace, project.key)
  return done
}

export const projects: Readonly<Record<string, WorkspaceBehaviour>> = {
  'GET ~W/projects': (call) => page(call.stage.world.projects(call.workspace.slug).map(resource)),
  'POST ~W/projects': create,
  'GET ~W/projects/{project_key}': (call) => okOr(asked(call), 'Project', resource),
  'PUT ~W/projects/{project_key}': update,
  'DELETE ~W/projects/{project_key}': remove,
}
