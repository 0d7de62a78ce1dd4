/** Languages by the extensions of their files. */
const byExtension: Readonly<Record<string, string>> = {
  ...fromList('javascript', 'js mjs cjs jsx'),
  ...fromList('typescript', 'ts mts cts tsx'),
  ...fromList('python', 'py pyi'),
  ...fromList('java', 'java'),
  ...fromList('kotlin', 'kt kts'),
  ...fromList('scala', 'scala'),
  ...fromList('c', 'c h'),
  ...fromList('cpp', 'cc cpp cxx hh hpp hxx'),
  ...fromList('csharp', 'cs'),
  ...fromList('go', 'go'),
  ...fromList('rust', 'rs'),
  ...fromList('swift', 'swift'),
  ...fromList('ruby', 'rb'),
  ...fromList('php', 'php'),
  ...fromList('perl', 'pl pm'),
  ...fromList('lua', 'lua'),
  ...fromList('r', 'r'),
  ...fromList('julia', 'jl'),
  ...fromList('dart', 'dart'),
  ...fromList('elixir', 'ex exs'),
  ...fromList('haskell', 'hs'),
  ...fromList('sql', 'sql'),
  ...fromList('shell', 'sh bash zsh'),
  ...fromList('powershell', 'ps1'),
  ...fromList('css', 'css scss less'),
  ...fromList('vue', 'vue'),
  ...fromList('svelte', 'svelte'),
  ...fromList('protobuf', 'proto'),
  ...fromList('graphql', 'graphql gql'),
  ...fromList('terraform', 'tf'),
  ...fromList('yaml', 'yaml yml'),
  ...fromList('toml', 'toml'),
}

function fromList(language: string, extensions: string): Record<string, string> {
  return Object.fromEntries(extensions.split(' ').map((extension) => [extension, language]))
}

/** The programming language that a file name shows. */
export const languageOfName = (name: string): string | undefined =>
  byExtension[/\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '']
