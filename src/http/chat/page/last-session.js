const key = "chat-last-session";

/** The session that this browser was last in, as far as it lets a page keep anything. */
export const lastSession = {
  /** @returns {string | null} its id */
  read() {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  keep(id) {
    try {
      localStorage.setItem(key, id);
    } catch {
      // Private windows of some browsers refuse: the page then begins a new session.
    }
  },
};
