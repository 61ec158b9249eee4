import { type Controller, findUser, saveFolderStore, saveSystemStore, saveUserStore } from '../controller.ts'
import type { CredentialStore } from '../credential-store.ts'
import { ancestry, type Item } from '../item-tree.ts'

/** A credential store with what its URLs and its JSON say about it. */
export interface StorePlace {
  readonly urlName: 'system' | 'folder' | 'user'
  readonly _class: string
  readonly displayName: string
  readonly fullDisplayName: string
  readonly fullName: string
  readonly item: Item | undefined
  readonly store: CredentialStore
  save(): void
}

const ACTIONS = {
  system: 'com.cloudbees.plugins.credentials.SystemCredentialsProvider$UserFacingAction',
  folder:
    'com.cloudbees.hudson.plugins.folder.properties.FolderCredentialsProvider$FolderCredentialsProperty$CredentialsStoreActionImpl',
  user: 'com.cloudbees.plugins.credentials.UserCredentialsProvider$UserCredentialsProperty$UserFacingAction',
} as const

export function systemPlace(controller: Controller): StorePlace {
  return {
    urlName: 'system',
    _class: ACTIONS.system,
    displayName: 'System',
    fullDisplayName: 'System',
    fullName: 'system',
    item: undefined,
    store: controller.system,
    save: () => saveSystemStore(controller),
  }
}

/** Undefined for an item that is no folder. */
export function folderPlace(controller: Controller, item: Item): StorePlace | undefined {
  if (item.store === undefined) return undefined
  const names = ancestry(item).toReversed()
  return {
    urlName: 'folder',
    _class: ACTIONS.folder,
    displayName: 'Folder',
    fullDisplayName: [...names.map((each) => each.name), 'Folder'].join(' » '),
    fullName: `${item.fullName}/folder`,
    item,
    store: item.store,
    save: () => saveFolderStore(controller, item),
  }
}

/** Visible to that user only: an administrator sees nothing. */
export function userPlace(controller: Controller, id: string, visitorName: string): StorePlace | undefined {
  const user = findUser(controller, id)
  if (user === undefined || visitorName !== user.id) return undefined
  return {
    urlName: 'user',
    _class: ACTIONS.user,
    displayName: 'User',
    fullDisplayName: `${user.id} » User`,
    fullName: `user:${user.id}/user`,
    item: undefined,
    store: user.store,
    save: () => saveUserStore(controller, user),
  }
}
