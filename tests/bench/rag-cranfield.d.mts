interface Metrics {
  readonly ndcg10: number
  readonly recall10: number
  readonly recall100: number
  readonly mrr: number
  readonly map: number
}

export const title: string
export function run(options: { readonly quick: boolean }): Promise<{
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
  readonly json: {
    readonly questions: number
    readonly documents: number
  } & Readonly<
    Record<'bm25' | 'vectors' | 'fusion' | 'default' | 'diversity' | 'bm25English' | 'defaultEnglish', Metrics>
  >
  readonly problems: readonly string[]
}>
