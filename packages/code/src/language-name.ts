/** Names of languages that mean the same. */
const short: Readonly<Record<string, string>> = {
  ts: 'typescript',
  js: 'javascript',
  py: 'python',
  rb: 'ruby',
  rs: 'rust',
  sh: 'bash',
}

/** The name of a language in one spelling: `typescript` for `TS`. */
export const languageName = (language: string): string => short[language.toLowerCase()] ?? language.toLowerCase()
