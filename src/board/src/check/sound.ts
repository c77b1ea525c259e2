/** Sounds for who looks at the goods: a short high one, three that rise, a long low one. */

export type Sound = 'counted' | 'whole' | 'stop'

const TONES: Readonly<Record<Sound, readonly [hertz: number, from: number, seconds: number][]>> = {
  counted: [[1_320, 0, 0.07]],
  whole: [
    [880, 0, 0.09],
    [1_175, 0.1, 0.09],
    [1_568, 0.2, 0.18],
  ],
  stop: [[196, 0, 0.7]],
}

let context: AudioContext | null = null

/** A browser without sound, or one that refuses it, stays silent: the words are on the screen. */
export function play(sound: Sound): void {
  try {
    context ??= new AudioContext()
    void context.resume()
    for (const [hertz, from, seconds] of TONES[sound]) {
      const at = context.currentTime + from
      const tone = context.createOscillator()
      const volume = context.createGain()
      tone.type = sound === 'stop' ? 'square' : 'sine'
      tone.frequency.value = hertz
      volume.gain.setValueAtTime(0.25, at)
      volume.gain.exponentialRampToValueAtTime(0.001, at + seconds)
      tone.connect(volume).connect(context.destination)
      tone.start(at)
      tone.stop(at + seconds)
    }
  } catch {
    context = null
  }
}
