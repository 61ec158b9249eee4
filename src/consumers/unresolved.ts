/** Why the uses of a place are a guess, until something is seen that reads it. */
export const BY_NAME_ALONE = 'only its name says what it is for'
