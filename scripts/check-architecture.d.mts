/** A source file, its path from the root of the repository. */
export interface SourceFile {
  readonly path: string
  readonly text: string
}
/** What a package.json says that matters here. */
export interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
}
export function problemsOf(files: readonly SourceFile[], manifests: Readonly<Record<string, Manifest>>): string[]
export function readPackages(): { files: SourceFile[]; manifests: Record<string, Manifest> }
