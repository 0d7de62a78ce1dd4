/** File endings of languages whose name is another. */
const byEnding: Readonly<Record<string, string>> = {
  ts: 'typescript',
  mts: 'typescript',
  cts: 'typescript',
  tsx: 'tsx',
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  jsx: 'jsx',
  py: 'python',
  rb: 'ruby',
  rs: 'rust',
  go: 'go',
  kt: 'kotlin',
  cs: 'csharp',
  cc: 'cpp',
  cpp: 'cpp',
  hpp: 'cpp',
  h: 'c',
  sh: 'bash',
  md: 'markdown',
  yml: 'yaml',
}

/** The language of a file by its name, such as `typescript` for `a.ts`; the ending itself where it has no other name. */
export function languageOf(path: string | undefined): string | undefined {
  const ending = /\.([A-Za-z0-9]+)$/.exec(path ?? '')?.[1]?.toLowerCase()
  return ending === undefined ? undefined : (byEnding[ending] ?? ending)
}
