/** What an optional field for the address says when the consumer talks to Bitbucket Cloud: that, or nothing. */
export const CLOUD_OR_NOTHING = /^$|^(?:https?:\/\/)?(?:www\.|api\.)?bitbucket\.org(?:[:/]|$)/i
