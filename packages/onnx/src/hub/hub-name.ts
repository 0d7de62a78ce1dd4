/** A model of the hub. */
export interface HubName {
  /** `org/repo`. */
  readonly repo: string
  /** Folder of the model inside the repository; empty for its root. */
  readonly folder: string
  /** A branch, a tag or a commit. */
  readonly revision: string
}

const segment = /^\w[\w.-]*$/

/** Reads `org/repo[/folder][@revision]`; the revision is `main` unless there is one. Gives `undefined` for what is no such name. */
export function parseHubName(name: string): HubName | undefined {
  const [, path = '', revision = 'main'] = /^([^@]+)(?:@(.+))?$/.exec(name) ?? []
  const [org = '', repo = '', ...folder] = path.split('/')
  const all = [org, repo, ...folder, ...revision.split('/')]
  if (!all.every((part) => segment.test(part) && part.length <= 200)) return undefined
  return { repo: `${org}/${repo}`, folder: folder.join('/'), revision }
}

/** The name as it is written, without a precision. */
export const hubNameText = ({ repo, folder, revision }: HubName): string =>
  `hf:${repo}${folder && `/${folder}`}${revision === 'main' ? '' : `@${revision}`}`
