import { byId, element } from "../../pages/files/elements.js";
import { moment } from "../../pages/files/words.js";

/**
 * The sessions at the left.
 *
 * @param {object} handlers `onSelect(session)`, `onRename(session, name)`, `onDelete(session)`
 */
export function createSessionList({ onSelect, onRename, onDelete }) {
  const list = byId("session-list");
  let shown = { sessions: [], selected: null };
  let renaming = null;

  return { show };

  function show(sessions, selected) {
    // A name that is being typed stays.
    shown = { sessions, selected };
    if (renaming !== null) return;
    const focused = list.contains(document.activeElement)
      ? document.activeElement.dataset.focus
      : null;
    list.replaceChildren(...sessions.map((session) => item(session, session === selected)));
    if (focused) list.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
  }

  function item(session, isSelected) {
    const { id, view, isUnread } = session;
    const open = element(
      "button",
      {
        type: "button",
        className: "session-name",
        "aria-current": isSelected ? "true" : null,
        title: view.name,
        onclick: () => onSelect(session),
      },
      element("span", { className: "session-title" }, view.name),
      isUnread ? element("span", { className: "unread" }, "new") : null,
    );
    open.dataset.focus = `open-${id}`;
    const rename = element(
      "button",
      {
        type: "button",
        className: "icon-button",
        "aria-label": `Rename ${view.name}`,
        title: "Rename",
        onclick: (event) => {
          renaming = id;
          const row = event.currentTarget.closest("li");
          row.replaceChildren(renameForm(session));
          row.querySelector("input").select();
        },
      },
      "✎",
    );
    const remove = element(
      "button",
      {
        type: "button",
        className: "icon-button",
        "aria-label": `Delete ${view.name}`,
        title: "Delete",
        onclick: () => onDelete(session),
      },
      "✕",
    );
    const share = element(
      "a",
      {
        className: "icon-button",
        href: `/chat/sessions/${id}`,
        target: "_blank",
        "aria-label": `${view.name} as JSON`,
        title: "As JSON, to share it",
      },
      "{ }",
    );
    const { iso, words } = moment(view.createdAt);
    const begun = element("time", { dateTime: iso, className: "session-time" }, words);
    return element("li", { className: "session" }, open, begun, share, rename, remove);
  }

  function renameForm(session) {
    const input = element("input", {
      value: session.view.name,
      maxLength: 100,
      "aria-label": "Name of the session",
    });
    const end = () => {
      if (renaming === null) return;
      renaming = null;
      show(shown.sessions, shown.selected);
      list.querySelector(`[data-focus="open-${session.id}"]`)?.focus();
    };
    input.onblur = end;
    input.onkeydown = (event) => {
      if (event.key === "Escape") end();
    };
    return element(
      "form",
      {
        className: "rename",
        onsubmit: (event) => {
          event.preventDefault();
          onRename(session, input.value.trim());
          end();
        },
      },
      input,
    );
  }
}
