/** One sentence, spoken. */
interface Utterance {
  readonly samples: Float32Array
  /** Signs that the model does not know and that were left out. */
  readonly unknown: readonly string[]
}

/** How to say something. */
export interface Manner {
  /** Name of the voice, as the model has them; the model's first one where it is absent. */
  readonly voice?: string | undefined
  /** 1 is the voice's own pace. */
  readonly speed: number
  /** Chance in pitch and in rhythm, for models that let it be set. */
  readonly noise?: number | undefined
  readonly rhythmNoise?: number | undefined
}

/** A loaded model that speaks. */
export interface Speaker {
  /** Samples per second. */
  readonly rate: number
  /** Each sentence is made as loud as the file can be. */
  readonly fullScale: boolean
  /** Names of the voices; empty for models of one voice without a name. */
  readonly voices: readonly string[]
  /** BCP 47 tag of the language that a voice speaks. */
  languageOf(voice: string | undefined): string
  /** The voice of eSpeak NG that makes the phonemes for a voice. */
  espeakVoiceOf(voice: string | undefined): string
  speak(phonemes: string, manner: Manner): Promise<Utterance>
}
