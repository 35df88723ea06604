import { createRedact } from "../lib/redact.ts";
import { isToken } from "./secret-forms.ts";
import { type VariableName, variables } from "./variables.ts";

/** The addresses of a Redis and of a database carry their passwords. */
const secretNames = /_(?:TOKEN|SECRET|KEY)$|^(?:REDIS|MEMORY)_URL$/;
const longestShown = 80;
/** Nobody types 20 letters and digits without a space; they were copied, and may be a secret. */
const looksCopied = /^(?=.*\d)(?=.*[a-z])[a-z0-9+/=_-]{20,}$/i;
const redact = createRedact();

/** What the variable does, what stands for it unless set, and where its value is found. */
export function explain(name: VariableName): string {
  const { purpose, where, byDefault } = variables[name];
  return [
    `It ${purpose}.`,
    ...(byDefault === null ? [] : [`Unset, it is ${byDefault}.`]),
    ...(where === null ? [] : [`Where to find it: ${where}.`]),
  ].join(" ");
}

/**
 * `NAME=value`, or the name alone where the value is or may be a secret, in the wrong place
 * perhaps, or is too long to be read.
 */
export function assignment(name: VariableName, value: string): string {
  const isShown =
    !secretNames.test(name) &&
    value.length <= longestShown &&
    !/[\r\n]/.test(value) &&
    !isToken(value) &&
    !looksCopied.test(value) &&
    redact(value) === value;
  return isShown ? `${name}=${value}` : name;
}
