/** How the parser chooses by one token of lookahead, made so that starting costs little. */

import {
  Alternation,
  type ILookaheadStrategy,
  type IOrAlt,
  type IProduction,
  type IToken,
  LLkLookaheadStrategy,
  NonTerminal,
  Option,
  Repetition,
  type Rule,
  Terminal,
} from "chevrotain";
import { once } from "./once.ts";

type AlternationRequest = Parameters<ILookaheadStrategy["buildLookaheadForAlternation"]>[0];
type OptionalRequest = Parameters<ILookaheadStrategy["buildLookaheadForOptional"]>[0];

/** What the functions of a strategy are called on. */
interface LookingAhead {
  LA(distance: number): IToken;
}

/** The tokens that a stretch of the grammar can start with. */
interface Start {
  /** By their types' numbers, members of categories among them. */
  readonly types: ReadonlySet<number>;
  /** Whether the stretch may also be empty. */
  readonly isNullable: boolean;
}

/**
 * Chevrotain's LL(1) choices, worked out when a rule is first entered rather than for the whole grammar at the
 * start, and once for each rule rather than once for each place that leads to it. Most runs of the command
 * line read one recipe and never enter the rules for what people get wrong. Validation is Chevrotain's own.
 */
export class LazyLookahead extends LLkLookaheadStrategy {
  readonly #starts = new Map<Rule, Start>();

  constructor() {
    super({ maxLookahead: 1 });
  }

  /** The first alternative whose gate is open and that can start with the next token. */
  override buildLookaheadForAlternation({ rule, prodOccurrence }: AlternationRequest) {
    const starts = once(() => {
      const isWanted = (production: IProduction) =>
        production instanceof Alternation && production.idx === prodOccurrence;
      return find(rule, isWanted).definition.map((alternative) => this.#startOf(alternative));
    });
    return function (this: LookingAhead, alternatives?: readonly IOrAlt<unknown>[]): number | undefined {
      const { tokenTypeIdx } = this.LA(1);
      const isOpen = (index: number) => alternatives?.[index]?.GATE?.call(this) ?? true;
      const index = starts().findIndex((start, at) => isOpen(at) && matches(start, tokenTypeIdx));
      return index < 0 ? undefined : index;
    };
  }

  /** Whether what is optional or repeated can start with the next token. */
  override buildLookaheadForOptional({ rule, prodOccurrence, prodType }: OptionalRequest) {
    const start = once(() => {
      const kind = optionalKinds.get(prodType);
      if (kind === undefined) throw new Error(`the grammar uses ${prodType}, which has no lookahead`);
      const isWanted = (production: IProduction) =>
        production instanceof kind && production.idx === prodOccurrence;
      return this.#startOfAll(find(rule, isWanted).definition);
    });
    return function (this: LookingAhead): boolean {
      return matches(start(), this.LA(1).tokenTypeIdx);
    };
  }

  #startOf(production: IProduction): Start {
    if (production instanceof Terminal) {
      const { tokenTypeIdx, categoryMatches = [] } = production.terminalType;
      const own = tokenTypeIdx === undefined ? [] : [tokenTypeIdx];
      return { types: new Set([...own, ...categoryMatches]), isNullable: false };
    }
    if (production instanceof NonTerminal) return this.#startOfRule(production.referencedRule);
    const inside = definitionOf(production);
    if (production instanceof Alternation) return union(inside.map((one) => this.#startOf(one)));
    const start = this.#startOfAll(inside);
    const canBeLeftOut = production instanceof Option || production instanceof Repetition;
    return canBeLeftOut ? { ...start, isNullable: true } : start;
  }

  #startOfRule(rule: Rule): Start {
    const known = this.#starts.get(rule);
    if (known !== undefined) return known;
    const start = this.#startOfAll(rule.definition);
    this.#starts.set(rule, start);
    return start;
  }

  /** The start of productions that follow one another. */
  #startOfAll(sequence: readonly IProduction[]): Start {
    const starts: Start[] = [];
    for (const production of sequence) {
      const start = this.#startOf(production);
      starts.push(start);
      if (!start.isNullable) return { types: union(starts).types, isNullable: false };
    }
    return { types: union(starts).types, isNullable: true };
  }
}

/** The optional productions that the grammar uses, by Chevrotain's names for them. */
const optionalKinds: ReadonlyMap<string, typeof Option | typeof Repetition> = new Map([
  ["Option", Option],
  ["Repetition", Repetition],
]);

const matches = ({ types, isNullable }: Start, type: number): boolean => isNullable || types.has(type);

function union(starts: readonly Start[]): Start {
  return {
    types: new Set(starts.flatMap((start) => [...start.types])),
    isNullable: starts.some((start) => start.isNullable),
  };
}

type WithDefinition = IProduction & { readonly definition: readonly IProduction[] };

function definitionOf(production: IProduction): readonly IProduction[] {
  return "definition" in production ? (production as WithDefinition).definition : [];
}

/** The production of a rule that is wanted; Chevrotain asks only for those that it has seen. */
function find(rule: Rule, isWanted: (production: IProduction) => boolean): WithDefinition {
  const open: IProduction[] = [...rule.definition];
  for (let production = open.pop(); production !== undefined; production = open.pop()) {
    if (isWanted(production)) return production as WithDefinition;
    if (!(production instanceof NonTerminal)) open.push(...definitionOf(production));
  }
  throw new Error(`rule ${rule.name} has no such production`);
}
