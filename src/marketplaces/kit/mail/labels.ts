/** A position in the labels read so far. */
interface Node {
  next: Map<string, Node>
  /** The longest other label prefix that the text read so far ends in. */
  otherwise: Node | null
  /** A label ends here. */
  ends: boolean
}

/** Blanks allowed between two characters of a label, because mails pad labels (注 文 番 号). */
const MOST_BLANKS = 2
const BLANK = /\s/

/**
 * Finds where each label ends in a text, ignoring case. Labels are a shop's own text and stay literal. All
 * are searched at once (Aho and Corasick, 1975), in time linear in the text. Fifty of them as one regular
 * expression blocked the process for minutes.
 */
export function createLabelFinder(labels: readonly string[]): (text: string) => Generator<number, void> {
  const root = linked(plant(labels))
  return function* ends(text) {
    let node = root
    let blanks = 0
    for (let at = 0; at < text.length; at += 1) {
      const character = text.charAt(at)
      if (BLANK.test(character)) {
        blanks += 1
        continue
      }
      node = step(blanks > MOST_BLANKS ? root : node, lower(character), root)
      blanks = 0
      if (node.ends) yield at + 1
    }
  }
}

const node = (): Node => ({ next: new Map(), otherwise: null, ends: false })

function plant(labels: readonly string[]): Node {
  const root = node()
  for (const label of labels) {
    let at = root
    for (let index = 0; index < label.length; index += 1) {
      const character = lower(label.charAt(index))
      const known = at.next.get(character) ?? node()
      at.next.set(character, known)
      at = known
    }
    at.ends = true
  }
  return root
}

/** Links nodes level by level, so that the fallback of each is linked first. */
function linked(root: Node): Node {
  const queue = [...root.next.values()]
  for (const first of queue) first.otherwise = root
  for (const at of queue) {
    for (const [character, child] of at.next) {
      child.otherwise = step(at.otherwise ?? root, character, root)
      child.ends ||= child.otherwise.ends
      queue.push(child)
    }
  }
  return root
}

function step(from: Node, character: string, root: Node): Node {
  for (let at: Node | null = from; at !== null; at = at.otherwise) {
    const next = at.next.get(character)
    if (next) return next
  }
  return root
}

/** One character for one: a lower case of two would move all places behind it. */
function lower(character: string): string {
  const lowered = character.toLowerCase()
  return lowered.length === 1 ? lowered : character
}
