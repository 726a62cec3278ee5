/** What the server puts in place of `__WADJET__`, and into the choices page. */
interface Offer {
  site: string;
  base: string;
  token: string;
  version: number;
  /** Decisions on an earlier version are asked again. */
  asksSince: number;
  /** Address of the policy, at whose side stand `choices/` and `v/2/changes/1/`. */
  policy: string;
  incomplete: boolean;
  /** How long a consent counts: the shortest term of the purposes asked here (policy 8.4). */
  days: number;
  asked: string[];
  required: string[];
  words: Record<string, Words>;
  fallback: string;
  /** The version that this offer replaced while the page stood open. */
  replaced?: number;
}

interface Words {
  /** Sentences in the order of static/words.json. */
  ui: string[];
  /** key → name, description */
  purposes: Record<string, string[]>;
  summary?: string;
}

type Purposes = Record<string, boolean>;

/** As it is posted. */
interface Decision {
  id: string;
  event: "given" | "refused" | "withdrawn";
  purposes: Purposes;
  language?: string;
  at?: string;
  offer?: string;
  previous?: string;
}

/** A consent that the server has acknowledged: kept is `Acknowledged`, the rest is what its proof says. */
interface Given extends Decision, Acknowledged {
  version: number;
}

interface Acknowledged {
  /** The decision as it was posted: a compact JWS, or its JSON where it went unsigned. */
  proof: string;
  /** When the server was last asked whether it still stands, in milliseconds. */
  seen: number;
  /** When its term is over, in milliseconds. */
  until: number;
}

/** A decision on its way. */
interface Waiting extends Decision {
  version: number;
  /** To be sent without a signature: the server did not take the signed one. */
  plain?: boolean;
}

/** What the browser keeps. After a refusal or withdrawal: `refused` alone, the same bytes for everybody. */
interface Stored extends Kept {
  given?: Given;
}

interface Kept {
  refused?: number;
  /** The refusal is yet to be told to the server. Its id lives as long as the page. */
  unsent?: boolean;
  given?: Acknowledged;
  waiting?: Waiting;
}

type Pending = Stored & { waiting: Waiting };

type Step = "ask" | "send" | "check" | "rest";

/** Of a template, as build.mjs writes it: a number is an index into the words; an element is
 * its name, its attributes as [name, value, …] or 0, and its children. */
type Tree = string | number | [string, any, ...Tree[]];

/** Marks an English sentence; build.mjs replaces the call by the sentence's index. */
declare function _(sentence: string): number;
declare const __WADJET__: Offer;

declare module "*.html" {
  const tree: Tree;
  export default tree;
}
declare module "*.css" {
  const text: string;
  export default text;
}
