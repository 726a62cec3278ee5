/** What the server puts in place of `__WADJET__`, in one language. */
interface ContactData {
  site: string;
  base: string;
  token: string;
  version: number;
  /** Address of /privacy/. */
  policy: string;
  language: string;
  fields: ContactField[];
  purposes: ContactPurpose[];
  /** Sentences in the order of static/contact.json. */
  words: string[];
}

interface ContactField {
  name: string;
  label: string;
  hint?: string;
  /** Of the HTML input; or "textarea". */
  kind: string;
  required: boolean;
  autocomplete: string;
  inputmode?: string;
  /** In characters. */
  longest: number;
}

interface ContactPurpose {
  key: string;
  /** Without it nothing is sent. */
  required: boolean;
  name: string;
  description: string;
}

/** What a person typed, by field. */
type Typed = Record<string, string>;

/** A decision ready to be posted, once or again: of the same ticks and the same text. */
interface Sealed {
  id: string;
  purposes: Purposes;
  /** A compact JWS; over plain http the decision itself. */
  decision: string | Decision;
}

/** The backend's answer to a message. */
interface Posted {
  id: string;
  receipt: string;
  /** It counts only once the letter was followed. */
  unconfirmed?: boolean;
}

interface Draft {
  typed: Typed;
  sealed?: Sealed;
}

/** What is wrong with one answer. */
interface Fault {
  /** A field or a purpose. */
  field: string;
  message: string;
}

/** ALTCHA, protocol version 2. */
interface WorkToDo {
  parameters: import("altcha-lib/types").ChallengeParameters;
  signature?: string;
}
