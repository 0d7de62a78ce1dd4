import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Dtype } from '../dtypes.ts'
import { filesIn } from '../files-in.ts'
import { list } from '../folder.ts'
import { hubNameText } from '../hub/hub-name.ts'
import { isCommit } from '../hub/listing.ts'
import { cacheFolder, type HubOptions } from '../hub/options.ts'
import { type SizedFile, selections, totalSize } from '../hub/select.ts'
import { keptFiles, missingFiles, refsTo, repoFolder, snapshotAt } from '../hub/snapshot.ts'
import { type Places, packageFolders } from '../names.ts'

/** A model on this machine. */
export interface LocalModel {
  /** The name that it is asked for with, without a precision. */
  readonly name: string
  readonly from: 'hub' | 'npm'
  readonly folder: string
  /** A commit of the hub, or the version of a package. */
  readonly version: string
  /** Branches and tags that lead to it. */
  readonly revisions: readonly string[]
  /** Precisions that are all there. */
  readonly dtypes: readonly Dtype[]
  /** False when no precision is all there: a download was not finished. */
  readonly complete: boolean
  /** On disk, unfinished downloads included. */
  readonly bytes: number
}

/** The models of the cache, and the installed packages that hold one (`@anymodel/model-*`), by name. */
export function listModels(places: Places = {}): LocalModel[] {
  const found = [...cachedModels(places.hub), ...installedModels(places)]
  return found.sort((a, b) => a.name.localeCompare(b.name))
}

function cachedModels({ cache }: HubOptions = {}): LocalModel[] {
  const root = cacheFolder(cache)
  const repos = list(join(root, 'hf')).flatMap((org) => list(join(root, 'hf', org)).map((repo) => `${org}/${repo}`))
  return repos.flatMap((repo) => {
    const commits = list(repoFolder(root, repo)).flatMap((name) => {
      const commit = name.replace(/\.json$/, '')
      return name.endsWith('.json') && isCommit(commit) ? [commit] : []
    })
    return commits.flatMap((commit) => modelsAt(root, repo, commit))
  })
}

/** The model of a repository at a commit; one for each of its folders that was downloaded, where models lie in folders. */
function modelsAt(cache: string, repo: string, commit: string): LocalModel[] {
  const snapshot = snapshotAt(cache, repo, commit)
  if (!snapshot) return []
  const files = keptFiles(snapshot.folder)
  if (files.length === 0) return []
  const revisions = refsTo(cache, repo, commit).map(({ revision }) => revision)
  const revision = revisions.includes('main') ? 'main' : (revisions[0] ?? commit)
  return modelFolders(files).map((folder) => {
    const whole = selections(snapshot.listing.files, folder).filter(
      (selection) => missingFiles(snapshot, selection.files).length === 0,
    )
    return {
      name: hubNameText({ repo, folder, revision }),
      from: 'hub',
      folder: join(snapshot.folder, folder),
      version: commit,
      revisions,
      dtypes: whole.flatMap(({ dtype }) => dtype ?? []),
      complete: whole.length > 0,
      bytes: totalSize(files.filter(({ path }) => folder === '' || path.startsWith(`${folder}/`))),
    }
  })
}

/** The folders that hold models: the root where it does, else those with graphs in them. */
function modelFolders(files: readonly SizedFile[]): string[] {
  if (selections(files).length > 0) return ['']
  const folders = files.flatMap(({ path }) => {
    const folder = /^(.+?)(\/onnx)?\/[^/]+\.onnx$/.exec(path)?.[1]
    return folder && selections(files, folder).length > 0 ? [folder] : []
  })
  return folders.length > 0 ? [...new Set(folders)] : ['']
}

function installedModels(places: Places): LocalModel[] {
  const found = new Map<string, LocalModel>()
  for (const modules of new Set(packageFolders('@anymodel/model', places))) {
    for (const name of list(join(modules, '@anymodel')).filter((name) => name.startsWith('model-'))) {
      const folder = join(modules, '@anymodel', name)
      const model = installedModel(`npm:@anymodel/${name}`, folder)
      if (model && !found.has(model.name)) found.set(model.name, model)
    }
  }
  return [...found.values()]
}

function installedModel(name: string, folder: string): LocalModel | undefined {
  const files = filesIn(folder)
  const whole = selections(files)
  if (whole.length === 0) return undefined
  return {
    name,
    from: 'npm',
    folder,
    version: versionOf(folder),
    revisions: [],
    dtypes: whole.flatMap(({ dtype }) => dtype ?? []),
    complete: true,
    bytes: totalSize(files),
  }
}

function versionOf(folder: string): string {
  try {
    return String((JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: unknown }).version)
  } catch {
    return 'unknown'
  }
}
