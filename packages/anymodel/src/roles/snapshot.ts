import { AnyModelError, type CodeModel, type TextModel, type TuningOptions } from '@anymodel/core'
import type { CheckedConfig } from '../config/check.ts'
import { failureLists } from '../config/names.ts'
import { unheardClocks } from './clocks.ts'
import { providerOf, type Setting, type Surroundings } from './find.ts'
import { type AnyKindOfModel, isModel, isOfKind, type Kind, type Models } from './kinds.ts'
import { type Leg, type Route, type TextSetting, toRoute } from './route.ts'
import { settle } from './settle.ts'

/** A config as it stands at one moment, ready to give models. */
export interface Snapshot {
  readonly config: CheckedConfig
  /**
   * The model of a role or a `provider/model`, with the role's defaults, clocks and retries. The provider's code is imported when it is first needed.
   * Rejects with `config` for what is not there and for variables that are not set.
   */
  model(name: string): Promise<TextModel>
  /** The same for the other kinds. Rejects also when who runs the model has none of that kind. */
  modelOf<K extends Kind>(kind: K, name: string): Promise<Models[K]>
  /** What completes code under a name, and those of the role's defaults that it honours: a code model where the id is one that was made to fill gaps and the provider asks it so, else the text model. */
  completer(name: string): Promise<Completer>
}

interface Completer {
  readonly model: CodeModel | TextModel
  readonly defaults: TuningOptions
}

export function takeSnapshot(config: CheckedConfig, surroundings: Surroundings): Snapshot {
  // What a model remembers, such as which of several rests, is for all its calls.
  const models = new Map<string, AnyKindOfModel>()
  const kept = async <M extends AnyKindOfModel>(kind: Kind, name: string, settle: () => Promise<M>): Promise<M> => {
    const key = `${kind} ${name}`
    const known = models.get(key)
    if (known) return known as M
    const model = await settle()
    models.set(key, model)
    return model
  }
  const snapshot: Snapshot = {
    config,
    model: (name) =>
      kept('text', name, async () => settle('text', toRoute(config, name), { name, config, surroundings })),
    modelOf: (kind, name) =>
      kept(kind, name, async () => {
        const route = toRoute(config, name)
        const ignored = unheard(kind, route)
        if (ignored.length > 0) throw notForKind(route, ignored, kind)
        return settle(kind, route, { name, config, surroundings })
      }),
    async completer(name) {
      const route = toRoute(config, name)
      const setting = { name, config, surroundings }
      const legs = [route, ...(route.fallback?.others ?? [])]
      const fill = await Promise.all(legs.map((leg) => fillsGaps(leg, setting)))
      const model = await (fill.every(Boolean) ? snapshot.modelOf('code', name) : snapshot.model(name))
      const knobs: readonly string[] = model.supports.knobs ?? []
      // Of those that it lacks `withDefaults` tells.
      const honoured = Object.entries(route.defaults).filter(([knob]) => knobs.includes(knob))
      return { model, defaults: Object.fromEntries(honoured) }
    },
  }
  return snapshot
}

/** What answers that can be gone on with, and messages, are needed for. */
const textOnly: readonly TextSetting[] = ['onBreak', 'hold', ...failureLists]

/** The settings of a role that models of a kind do not follow. */
function unheard(kind: Kind, { given, timeouts }: Route): readonly string[] {
  if (kind === 'text') return []
  const deaf = [
    ...textOnly,
    ...(kind === 'code' ? [] : (['defaults'] as const)),
    ...(kind === 'video' ? (['hedge', 'cache'] as const) : []),
  ]
  return [...given.filter((one) => deaf.includes(one)), ...unheardClocks(kind, timeouts)]
}

/** Whether a model is asked for what stands in a gap, not in a chat. */
async function fillsGaps(leg: Leg, setting: Setting): Promise<boolean> {
  const { model } = leg
  if (isModel(model)) return isOfKind(model, 'code')
  const [provider, { fillFamilyOf }] = await Promise.all([
    providerOf(model.provider, leg, setting),
    import('@anymodel/code'),
  ])
  return provider.code !== undefined && fillFamilyOf(model.id) !== undefined
}

const notForKind = ({ roles }: Route, settings: readonly string[], kind: Kind): AnyModelError =>
  new AnyModelError(
    'config',
    `The role ${roles[0]} sets ${settings.join(', ')}, which models of the kind ${kind} do not follow in this version. Take that out of the config.`,
  )
