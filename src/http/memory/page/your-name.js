import { byId } from "../../pages/files/elements.js";

const key = "memory-your-name";

/** The name stays in this browser; what is changed carries it. */
export function beginYourName() {
  const field = byId("your-name");
  field.value = localStorage.getItem(key) ?? "";
  field.oninput = () => localStorage.setItem(key, field.value.trim());
}

/** For the body of a change: `{ by }`, or nothing where nobody gave a name. */
export function by() {
  const name = byId("your-name").value.trim();
  return name === "" ? {} : { by: name };
}
