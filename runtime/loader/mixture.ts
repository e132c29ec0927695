/** What stands at a position of a mixture: the sample that source `source` gives as its `number`th, from 0. */
export interface Drawn {
  readonly source: number;
  readonly number: number;
}

/**
 * Interleaves sources by their shares, which are positive, as evenly as whole samples allow: of the first n positions,
 * each source has its share of n to within 2, each of two to within ½. A position alone says what stands there, so
 * a run can begin anywhere. Draws by chance would be off by some √n, would differ from batch to batch, and only who
 * makes all draws before a position knows how many samples of a source they took.
 *
 * The sources are the leaves of a Huffman tree of the shares. A fork gives its light side the turns at which its share
 * of the turns, rounded, grows: this errs by ½ at most. It also hands on its own error in proportion, and as a fork
 * below a fork has at most ⅔ of its turns, errors sum to less than ½ + ⅔ · ½ + (⅔)² · ½ + … = 1½ at any fork, and to
 * ½ more at a source.
 */
export function mixture(shares: readonly number[]): (position: number) => Drawn {
  const root = huffmanTree(shares);
  return (position) => {
    let node = root;
    let number = position;
    while ("light" in node) {
      const light = Math.round(number * node.lightShare);
      // It grows by 1 at most: the light side has at most half of the fork's turns.
      const isLight = Math.round((number + 1) * node.lightShare) > light;
      number = isLight ? light : number - light;
      node = isLight ? node.light : node.heavy;
    }
    return { source: node.source, number };
  };
}

type Node = Leaf | Fork;

interface Leaf {
  readonly share: number;
  readonly source: number;
}

interface Fork {
  readonly share: number;
  readonly light: Node;
  readonly heavy: Node;
  /** The light side's share of this fork's turns, at most ½. */
  readonly lightShare: number;
}

/** Joins the two lightest nodes until one is left (D. A. Huffman, 1952). */
function huffmanTree(shares: readonly number[]): Node {
  const nodes: Node[] = shares.map((share, source) => ({ share, source }));
  for (;;) {
    nodes.sort((a, b) => a.share - b.share);
    const [light, heavy, ...others] = nodes;
    if (!light) throw new Error("a mixture of nothing");
    if (!heavy) return light;
    const share = light.share + heavy.share;
    nodes.splice(0, nodes.length, { share, light, heavy, lightShare: light.share / share }, ...others);
  }
}
