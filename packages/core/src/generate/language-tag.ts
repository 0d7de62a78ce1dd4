/** True for what may be a BCP 47 tag. */
export const isTag = (language: unknown): boolean =>
  typeof language === 'string' && /^[a-z]{2,8}(?:-[a-z0-9]{1,8})*$/i.test(language)
