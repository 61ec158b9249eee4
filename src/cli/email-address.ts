/** The examples say E-MAIL and ADDRESS, which are none. */
export function isEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+$/.test(text)
}
