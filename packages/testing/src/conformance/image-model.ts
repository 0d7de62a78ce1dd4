import { type ImageModel, imageTasks } from '@anymodel/core'
import { soon } from './case.ts'
import { imageAborts } from './image-aborts.ts'
import { imageEdits } from './image-edits.ts'
import { type ImageCase, imageRequests, pictures } from './images.ts'
import { checkSkips, declare, type TestRunner } from './runner.ts'

export interface ImageModelSuite extends TestRunner {
  /** Title of the suite: the name of your provider. */
  readonly name: string
  /** The model. Called once per case: give the same one each time when it is dear to load. */
  make(): ImageModel
  /** Cases that the model can't pass, by name, with the reason. One that passes all the same fails: its reason is gone. */
  readonly skip?: Readonly<Record<string, string>>
  /** Milliseconds that one case may take. Default 60,000. */
  readonly timeout?: number
}

/** Cases in which something is drawn of words. */
const drawing = (cases: readonly ImageCase[]): readonly ImageCase[] =>
  cases.map((one) => ({
    ...one,
    unless: (supports) =>
      imageTasks(supports).includes('generate') ? one.unless?.(supports) : 'the model does not draw from words alone',
  }))

const groups: Readonly<Record<string, readonly ImageCase[]>> = {
  pictures: drawing(pictures),
  requests: drawing(imageRequests),
  'aborting and leaving': drawing(imageAborts),
  'pictures that are changed': imageEdits,
}

/**
 * What any image model must do, however it answers. Which cases run is decided by what the model declares in `supports`.
 *
 * ```ts
 * testImageModel({ describe, test, name: 'local', make: () => onnx().image('shapes-diffusion') })
 * ```
 */
export function testImageModel({ describe, test, name, make, skip = {}, timeout = 60_000 }: ImageModelSuite): void {
  const { supports } = make()
  const inTime = (one: ImageCase) => () => soon(one.run({ model: make() }), 'the end of the case', timeout)
  checkSkips(skip, groups)
  describe(name, () => {
    for (const [title, cases] of Object.entries(groups))
      declare({ describe, test }, title, cases, supports, skip, inTime)
  })
}
