import { byId } from "../../pages/files/elements.js";

/**
 * The field with the customer's name. A name that is being typed goes to the session in which it was
 * begun, also when another one is shown meanwhile.
 *
 * @param {(session: object, name: string) => void} onRename
 */
export function createCustomerName(onRename) {
  const field = byId("customer-name");
  let shown = null;
  /** What was put into the field; what stands there beyond it is being typed. */
  let given = "";

  const finish = () => {
    const name = field.value.trim();
    if (shown !== null && name !== shown.view.customerName) onRename(shown, name);
  };
  field.onchange = finish;

  return {
    show(session) {
      const isTyping = document.activeElement === field && field.value !== given;
      if (session === shown && isTyping) return;
      if (isTyping) finish();
      shown = session;
      given = session.view.customerName;
      field.value = given;
    },
  };
}
