/** What the server puts in place of `__WADJET__`, and into the choices page. */
interface Offer {
  site: string;
  base: string;
  token: string;
  version: number;
  /** Decisions on an earlier version are asked again. */
  asksSince: number;
  policy: string;
  choices: string;
  /** Address with `{m}` for the earlier version. */
  changes: string;
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
  at?: string | Date;
  offer?: string;
  previous?: string;
}

/** A consent that the server has acknowledged. */
interface Given extends Decision {
  version: number;
  /** When the server was last asked whether it still stands, in milliseconds. */
  checked: number;
  /** When its term is over, in milliseconds. */
  until?: number;
}

/** A decision on its way. */
interface Waiting extends Decision {
  version: number;
  /** To be sent without a signature: the server did not take the signed one. */
  plain?: boolean;
}

/** What the browser keeps. After a refusal or withdrawal: `refused` alone, the same bytes for everybody. */
interface Stored {
  refused?: number;
  /** The refusal is yet to be told to the server. Its id lives as long as the page. */
  unsent?: boolean;
  given?: Given;
  waiting?: Waiting;
}

type Pending = Stored & { waiting: Waiting };

type Step = "ask" | "send" | "check" | "rest";


/** Of a template, as build.mjs writes it: a number is an index into the words. */
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
