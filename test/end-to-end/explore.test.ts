import { it } from 'vitest'
import { openOffice, OWNER, stored } from './office.ts'
it('explore', async () => {
  const o = await openOffice()
  const t0 = Date.now()
  try {
    const j = o.jenkins
    await j.addCredential({ store: 'system', id: 'bitbucket', username: 'ci-bot', secret: o.appPassword, description: 'Bitbucket (CI) ü' })
    await j.addFolder('team'); await j.addFolder('team/deep')
    await j.addCredential({ store: { folder: 'team' }, id: 'bitbucket', username: 'ci-bot', secret: o.appPassword })
    await j.addCredential({ store: { folder: 'team/deep' }, id: 'deploy', username: 'ci-bot', secret: o.appPassword })
    await j.addSecretText({ store: 'system', id: 'bitbucket-text', secret: o.appPassword, description: 'for scripts' })
    await j.addCredential({ store: 'system', id: 'source', username: 'ci-bot', secret: o.appPassword })
    await j.addCredential({ store: 'system', id: 'both', username: 'ci-bot', secret: o.appPassword })
    await j.addCredential({ store: 'system', id: 'npm', username: 'someone', secret: 'else' })
    await j.addFreestyleJob({ fullName: 'app-build', url: o.url('app'), credentialsId: 'bitbucket' })
    await j.addFreestyleJob({ fullName: 'pinned', url: o.url('app', 'ci-bot@'), credentialsId: 'bitbucket' })
    await j.addFreestyleJob({ fullName: 'team/web-build', url: o.url('web'), credentialsId: 'bitbucket' })
    await j.addPipelineJob({ fullName: 'team/deep/infra deploy', url: o.url('infra'), credentialsId: 'deploy' })
    await j.addMultibranchJob({ fullName: 'branches', repoOwner: 'acme', repository: 'app', credentialsId: 'source' })
    await j.addMultibranchJob({ fullName: 'shared-branches', repoOwner: 'acme', repository: 'app', credentialsId: 'both' })
    await j.addFreestyleJob({ fullName: 'shared-build', url: o.url('app'), credentialsId: 'both' })
    const show = async (args: string[], more = {}) => { const e = await o.run(args, more); console.log('$ keyturn ' + args.join(' ') + '\n' + e.stdout + e.stderr + `[exit ${e.exitCode}] ` + (Date.now() - t0)); return e }
    const jobs = ['app-build', 'pinned', 'team/web-build', 'team/deep/infra deploy', 'shared-build']
    for (const job of jobs) { const b = await j.build(job); console.log(job, b.result, b.console.split('\n').slice(-6).join('\n')) }
    await show(['scan', '--jenkins', j.url])
    await show(['doctor', '--jenkins', j.url, '--job', 'app-build'])
    await show(['doctor', '--jenkins', j.url, '--job', 'pinned'])
    await show(['token', 'add', 'ci', '--email', OWNER.email, '--username', OWNER.username], { input: o.newToken() + '\n' })
    await show(['plan', '--jenkins', j.url])
    await show(['plan', '--jenkins', j.url, '--token', 'ci', '-o', 'plan.json', '--all'])
    await show(['apply', 'plan.json'])
    await show(['apply', 'plan.json', '--jenkins', j.url])
    console.log(await stored(o, 'bitbucket'))
    for (const job of jobs) { const b = await j.build(job); console.log(job, b.result, b.console.split('\n').slice(-6).join('\n')) }
    await show(['verify', '--jenkins', j.url])
    await show(['rollback', '--jenkins', j.url])
    console.log(await stored(o, 'bitbucket'))
    await show(['status'])
  } finally { await o.end() }
}, 120000)
